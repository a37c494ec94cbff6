"""A shop with goods, stock and a member with an address: what journeys through quotes and carts begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from attrs import define, field, frozen

from retail_adapters.assemble import Outside, on_database, on_memory
from retail_adapters.assembly.policies import Policies
from retail_domain.accounts import AddAddress, AdmitMember, ContactAsTyped
from retail_domain.application import Retail
from retail_domain.cart import CartOwner
from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.inventory import OpenLocation, ReceiveStock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import AddressId, MemberId, ProductId, SkuId
from retail_domain.kernel.limits import Limits
from retail_domain.pricing import ChargeBy, FreightTemplate, FreightZone, WantedLine
from retail_domain.processes.purchase.quoting import (
    Beside,
    Quote,
    QuoteBasket,
    QuotingRules,
    StoreFreightTemplate,
    nothing_beside,
)
from tests.support.stores import HandClock, Place, open_database

CLERK = Actor.system("clerk")
LIMITS = Limits(lines_max=3, quantity_max=100)


@frozen
class Buyer:
    """A member and where they live."""

    id: MemberId
    home: AddressId

    @property
    def cart(self) -> CartOwner:
        return CartOwner.member(self.id)


@define
class Market:
    """The shop, its clock, and givens in a word."""

    retail: Retail
    clock: HandClock
    products: dict[SkuId, ProductId] = field(factory=dict)

    async def goods(self, code: str, price_minor: int = 1_000, stock: int = 10, limit: int | None = None) -> SkuId:
        """Goods on sale with so many units in the warehouse."""
        wish = SkuWish(code=code, price_minor=price_minor, weight_grams=500, options=(("size", "M"),))
        listing = Listing(title=f"Goods {code}", purchase_limit=limit)
        made = await self.retail.catalog.create(CreateProduct(code=f"P-{code}", listing=listing, skus=(wish,), on_sale=True))
        (sku_id,) = made.sku_ids
        self.products[sku_id] = made.product_id
        if stock:
            arrived = ReceiveStock(sku_id=sku_id, location="main", quantity=stock, reference="note", actor=CLERK)
            await self.retail.inventory.receive(arrived)
        return sku_id

    async def buyer(self, number: int = 1, region: str = "440305") -> Buyer:
        """A member with an address in that region."""
        phone = Phone.parse(f"138{130_000 + number:08d}")
        member = await self.retail.accounts.admit_member(AdmitMember(actor=CLERK, phone=phone))
        typed = ContactAsTyped(recipient="A Buyer", phone=phone, region_code=region, region="Somewhere", detail="Street 1")
        added = await self.retail.accounts.add_address(AddAddress(member_id=member.member_id, contact=typed))
        return Buyer(member.member_id, added.address_id)

    async def freight(self, first_minor: int = 800, *regions: str, delivers: bool = True) -> FreightTemplate:
        """A default template that charges that once, everywhere or in these regions only."""
        zone = FreightZone(regions=regions or ("",), delivers=delivers, first_minor=first_minor)
        return await self.retail.quoting.store_freight_template(
            StoreFreightTemplate(name="Parcel", charge_by=ChargeBy.PIECE, zones=(zone,), is_default=True, actor=CLERK)
        )

    async def quote(self, buyer: Buyer, *wanted: tuple[SkuId, int]) -> Quote:
        """What these goods cost, delivered home."""
        lines = tuple(WantedLine(sku_id, quantity) for sku_id, quantity in wanted)
        return await self.retail.quoting.quote(QuoteBasket(member_id=buyer.id, address_id=buyer.home, lines=lines))


@asynccontextmanager
async def open_market(place: Place, *, beside: Beside = nothing_beside, **outside_more: Any) -> AsyncIterator[Market]:
    """An open shop with a warehouse and nothing in it; no gateways unless they are given."""
    clock = HandClock()
    policies = Policies(quoting=QuotingRules(limits=LIMITS, beside=beside))
    outside = Outside(**{"clock": clock, "gateways": {}, "policies": policies, **outside_more})
    if place.kind == "memory":
        market = Market(on_memory(outside), clock)
        await _warehouse(market)
        yield market
        return
    async with open_database(place) as database:
        market = Market(on_database(database, outside), clock)
        await _warehouse(market)
        yield market


async def _warehouse(market: Market) -> None:
    await market.retail.inventory.open_location(OpenLocation(code="main", name="Warehouse", actor=CLERK))
