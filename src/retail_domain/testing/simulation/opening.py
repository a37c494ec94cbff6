"""How a simulation begins: a world, processes, and a shop with something to sell."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from retail_domain.accounts import AddAddress, AdmitMember, ContactAsTyped
from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.inventory import OpenLocation, ReceiveStock
from retail_domain.kernel.contact import Phone
from retail_domain.ordering import OrderTimers
from retail_domain.pricing import ChargeBy, FreightZone, StoreFreightTemplate
from retail_domain.testing.ids import CountingIds
from retail_domain.testing.simulation.auditor import Auditor, EndLaw, RowLaw, by_table
from retail_domain.testing.simulation.book import Goods, Undertaking
from retail_domain.testing.simulation.deeds import DEEDS, Deed
from retail_domain.testing.simulation.deeds.deed import CLERK
from retail_domain.testing.simulation.deeds.shopping import FREIGHT_FIRST_MINOR, FREIGHT_NEXT_MINOR
from retail_domain.testing.simulation.laws import END_LAWS, ROW_LAWS
from retail_domain.testing.simulation.mix import Mix, between
from retail_domain.testing.simulation.people import bring, do_later
from retail_domain.testing.simulation.provider import CODE, Provider, SimulatedGateway, SimulatedReader
from retail_domain.testing.simulation.scheduler import Dice, Locks, Scheduler
from retail_domain.testing.simulation.traffic import Committed, SimulatedTraffic
from retail_domain.testing.simulation.trouble import Fault, Trouble
from retail_domain.testing.simulation.world import Buyer, LayGround, NodeClock, World


@frozen(kw_only=True)
class Play:
    """What people do and what must hold; give your own to try a new context."""

    deeds: tuple[Deed, ...] = DEEDS
    row_laws: tuple[RowLaw, ...] = ROW_LAWS
    end_laws: tuple[EndLaw, ...] = END_LAWS
    chances: Mapping[Fault, float] = field(factory=dict)
    """How likely these kinds of trouble are, whatever the mix of a seed says."""
    timers: OrderTimers | None = None
    """How long orders wait for each thing as long as nobody sets anything else, whatever the mix of a seed says."""


def new_world(dice: Dice, ground: LayGround, mix: Mix, play: Play) -> World:
    """A world in which nothing has happened yet."""
    scheduler = Scheduler(dice, seconds_a_step=mix.seconds_a_step)
    trouble = Trouble(dice, {**mix.chances, **play.chances}, is_on=False)
    ids = CountingIds()
    traffic = SimulatedTraffic(Locks(scheduler), trouble, _nobody_watches)
    provider = Provider(
        now=lambda: scheduler.now, trouble=trouble, dice=dice, later=lambda *what: do_later(world, *what),
        send=lambda *what: bring(world, *what),
    )  # fmt: skip
    timers = play.timers or mix.timers
    auditor = Auditor(scheduler, trouble, provider, by_table(play.row_laws), play.end_laws, mix.limit, timers)
    traffic.notice = auditor.committed
    world = World(
        mix=mix, dice=dice, scheduler=scheduler, trouble=trouble, traffic=traffic, provider=provider, auditor=auditor,
        ground=ground(traffic, NodeClock(scheduler), ids), gateways={CODE: SimulatedGateway(provider)},
        readers={CODE: SimulatedReader()}, ids=ids,
    )  # fmt: skip
    return world


async def set_up(world: World) -> None:
    """Processes, places, goods, prices of delivery, and members with an address."""
    mix = world.mix
    for number in range(mix.servers):
        skew = (world.dice.random() - 0.5) * 2 * mix.skew_seconds
        world.open_node(f"server {number + 1}", skew)
    retail = world.nodes[0].shop.retail
    for number in range(mix.places):
        code = f"place-{number + 1}"
        opened = await retail.inventory.open_location(OpenLocation(code=code, name=code, actor=CLERK, priority=number))
        world.places.append(code)
        world.place_ids.append(opened.location_id)
    zone = FreightZone(first_minor=FREIGHT_FIRST_MINOR, next_minor=FREIGHT_NEXT_MINOR)
    await retail.quoting.store_freight_template(
        StoreFreightTemplate(name="Parcel", charge_by=ChargeBy.PIECE, zones=(zone,), is_default=True, actor=CLERK)
    )
    for number in range(mix.products):
        await _lay_out(world, number)
    for number in range(mix.members):
        await _welcome(world, number)


async def _lay_out(world: World, number: int) -> None:
    retail, mix, kinds = world.nodes[0].shop.retail, world.mix, between(world.dice, 1, 2)
    prices = [between(world.dice, 100, 9_999) for _ in range(kinds)]
    wishes = tuple(
        SkuWish(code=f"sku-{number}-{kind}", price_minor=minor, options=(("kind", str(kind)),))
        for kind, minor in enumerate(prices)
    )
    made = await retail.catalog.create(
        CreateProduct(
            code=f"goods-{number}",
            listing=Listing(title=f"Goods {number}", purchase_limit=mix.limit),
            skus=wishes,
            on_sale=True,
        )
    )
    for sku_id, minor in zip(made.sku_ids, prices, strict=True):
        goods = Goods(sku_id, made.product_id, prices=[(Undertaking(0, 0), minor)])
        world.auditor.book.goods[sku_id] = goods
        world.skus.append(sku_id)
        for place in world.places:
            goods.on_hand.first += mix.units
            note = ReceiveStock(sku_id=sku_id, location=place, quantity=mix.units, reference="first", actor=CLERK)
            await retail.inventory.receive(note)


async def _welcome(world: World, number: int) -> None:
    accounts, phone = world.nodes[0].shop.retail.accounts, Phone.parse(f"1380013{number:04d}")
    member = await accounts.admit_member(AdmitMember(actor=CLERK, phone=phone))
    typed = ContactAsTyped(recipient="A Buyer", phone=phone, region_code="440305", region="Somewhere", detail="Street 1")
    home = await accounts.add_address(AddAddress(member_id=member.member_id, contact=typed))
    world.buyers.append(Buyer(member.member_id, home.address_id))


def _nobody_watches(commit: Committed) -> None:
    return None
