"""A small shop's life in deeds, told so that the release 0.1.0 and today's code understand it alike.

It imports nothing but what both releases call by the same names: the recorder and `make upgrade` run it with the packages of
the release. When today's names change, the file as it was goes to the release's folder, and this one follows the names.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final
from uuid import UUID

from attrs import define, field
from sqlalchemy import bindparam, select

from retail_adapters.assemble import Outside, on_database
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.inventory import reservations
from retail_adapters.sql.tables.ordering import orders
from retail_domain.accounts import AddAddress, AdmitMember, ContactAsTyped
from retail_domain.application import Retail
from retail_domain.cart import CartLine, CartOwner
from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.inventory import OpenLocation, ReceiveStock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import MemberId, OrderId, PaymentId, QuoteId
from retail_domain.kernel.once import Once
from retail_domain.ordering import CancelOrder, CloseOrder, ConfirmReceipt, RefundOrder, ShipOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.pricing import ChargeBy, FreightZone, WantedLine
from retail_entrypoints.worker import work_once


def _process(name: str) -> Any:
    """A module of `processes`, which had no rooms in 0.1.0."""
    has_rooms = find_spec("retail_domain.processes.purchase") is not None
    return import_module(f"retail_domain.processes.{'purchase.' if has_rooms else ''}{name}")


AddToCart: Final = _process("carting").AddToCart
PlaceOrder: Final = _process("checkout").PlaceOrder
QuoteBasket: Final = _process("quoting").QuoteBasket
StoreFreightTemplate: Final = _process("quoting").StoreFreightTemplate

CLERK: Final = Actor.system("clerk")
DAWN: Final = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
CHAPTERS: Final = {
    "bought": ("place", "pay", "ship", "refund"),
    "called_off": ("place", "pay", "close"),
    "cancelled": ("place", "cancel"),
}
"""Orders whose every step was recorded, each from a quote that waits in the recorded shop."""

_NUMBER: Final = Statement("number", select(orders.c.number).where(orders.c.id == bindparam("id")))
_PROMISES: Final = Statement(
    "promises", select(reservations.c.sku_id, reservations.c.id).where(reservations.c.order_id == bindparam("id"))
)


@define
class Hands:
    """A clock that stands still until it is moved."""

    at: datetime = DAWN

    def now(self) -> datetime:
        return self.at

    def pass_(self, minutes: int = 1) -> None:
        self.at += timedelta(minutes=minutes)


@define
class Life:
    """A shop on a database, and what its deeds must remember of one another; `notes` can be kept as JSON."""

    retail: Retail
    clock: Hands
    notes: dict[str, Any] = field(factory=dict)

    @classmethod
    def on(cls, database: Any, clock: Hands, notes: dict[str, Any] | None = None) -> Life:
        """A shop of this release."""
        return cls(on_database(database, Outside(clock=clock)), clock, notes if notes is not None else {})

    async def opens(self) -> None:
        """A warehouse, freight, goods, and buyers with an address."""
        await self.retail.inventory.open_location(OpenLocation(code="main", name="Warehouse", actor=CLERK))
        zone = FreightZone(regions=("",), delivers=True, first_minor=800)
        await self.retail.quoting.store_freight_template(
            StoreFreightTemplate(name="Parcel", charge_by=ChargeBy.PIECE, zones=(zone,), is_default=True, actor=CLERK)
        )
        self.notes |= {"skus": {}, "buyers": {}, "quotes": {}, "orders": {}, "payments": {}}

    async def stocks(self, name: str, *, limit: int | None = None) -> None:
        """Two kinds of goods for one story, thirty of each, so that no story shares a shelf with another."""
        for kind in ("a", "b"):
            code = f"{name}-{kind}"
            listing = Listing(title=f"Goods {code}", purchase_limit=limit)
            wish = SkuWish(code=code, price_minor=1_000, weight_grams=500, options=(("size", "M"),))
            made = await self.retail.catalog.create(
                CreateProduct(code=f"P-{code}", listing=listing, skus=(wish,), on_sale=True)
            )
            (sku_id,) = made.sku_ids
            arrived = ReceiveStock(sku_id=sku_id, location="main", quantity=30, reference="note", actor=CLERK)
            await self.retail.inventory.receive(arrived)
            self.notes["skus"][code] = sku_id.hex

    async def admits(self, name: str) -> None:
        """A buyer, with an address."""
        phone = Phone.parse(f"1380013{self.notes.get('number', 0) + len(self.notes['buyers']):04d}")
        member = (await self.retail.accounts.admit_member(AdmitMember(actor=CLERK, phone=phone))).member_id
        typed = ContactAsTyped(recipient="A Buyer", phone=phone, region_code="440305", region="Somewhere", detail="Street 1")
        home = (await self.retail.accounts.add_address(AddAddress(member_id=member, contact=typed))).address_id
        self.notes["buyers"][name] = [member.hex, home.hex]

    async def quotes(self, name: str) -> None:
        """What three of one kind and two of the other cost."""
        member, home = (UUID(one) for one in self.notes["buyers"][name])
        skus = self.notes["skus"]
        lines = (WantedLine(_id(skus[f"{name}-a"]), 3), WantedLine(_id(skus[f"{name}-b"]), 2))
        quote = await self.retail.quoting.quote(QuoteBasket(member_id=MemberId(member), address_id=_id(home.hex), lines=lines))
        self.notes["quotes"][name] = [quote.id.hex, quote.hash]

    async def story(self, name: str, *, limit: int | None = None) -> None:
        """Goods, a buyer and a quote of one story."""
        await self.stocks(name, limit=limit)
        await self.admits(name)
        await self.quotes(name)

    def _buyer(self, name: str) -> MemberId:
        return MemberId(UUID(self.notes["buyers"][name][0]))

    def order(self, name: str) -> OrderId:
        """The order of a story."""
        return OrderId(UUID(self.notes["orders"][name]))

    async def place(self, name: str) -> None:
        """The quote becomes an order."""
        quote, hash = self.notes["quotes"][name]
        buyer = self._buyer(name)
        once = Once(principal=f"member:{buyer}", operation="orders", key=f"key of {name}", fingerprint=hash)
        placed = await self.retail.checkout.place(
            PlaceOrder(member_id=buyer, quote_id=QuoteId(UUID(quote)), hash=hash, once=once)
        )
        self.notes["orders"][name] = placed.order_id.hex

    async def start(self, name: str) -> None:
        """An attempt to pay at the counter."""
        started = await self.retail.payments.start(
            StartPayment(member_id=self._buyer(name), order_id=self.order(name), gateway="counter", flow=Flow.COUNTER)
        )
        self.notes["payments"][name] = started.payment_id.hex

    async def pay(self, name: str) -> None:
        """Paid in full at the counter."""
        if name not in self.notes["payments"]:
            await self.start(name)
        payment_id = PaymentId(UUID(self.notes["payments"][name]))
        order = await self.retail.ordering.show.show(self.order(name))
        await self.retail.payments.confirm_counter(
            ConfirmCounterPayment(payment_id=payment_id, amount=order.payable, actor=CLERK)
        )

    async def ship(self, name: str) -> None:
        """Two units of the first kind leave."""
        units = (Units(_id(self.notes["skus"][f"{name}-a"]), 2),)
        await self.retail.ordering.ship(
            ShipOrder(order_id=self.order(name), carrier="SF", tracking_number="1", actor=CLERK, units=units)
        )

    async def send_rest(self, name: str) -> None:
        """Everything that is left leaves."""
        await self.retail.ordering.ship(ShipOrder(order_id=self.order(name), carrier="SF", tracking_number="2", actor=CLERK))

    async def receive(self, name: str) -> None:
        """The buyer has the goods."""
        await self.retail.ordering.confirm_receipt(ConfirmReceipt(member_id=self._buyer(name), order_id=self.order(name)))

    async def refund(self, name: str) -> None:
        """One unit of the second kind is paid back."""
        units = (Units(_id(self.notes["skus"][f"{name}-b"]), 1),)
        await self.retail.ordering.refund(RefundOrder(order_id=self.order(name), reason="unwanted", actor=CLERK, units=units))

    async def close(self, name: str) -> None:
        """Staff call the order off."""
        await self.retail.ordering.close(CloseOrder(order_id=self.order(name), reason="broken", actor=CLERK))

    async def cancel(self, name: str) -> None:
        """The buyer does not want it any more."""
        await self.retail.ordering.cancel(CancelOrder(member_id=self._buyer(name), order_id=self.order(name)))

    async def fill_cart(self, name: str) -> None:
        """Something lies in the buyer's cart."""
        await self.retail.cart.put(
            AddToCart(owner=CartOwner.member(self._buyer(name)), line=CartLine(_id(self.notes["skus"][f"{name}-a"]), 1))
        )

    async def works(self) -> None:
        """A worker makes its rounds."""
        for _ in range(3):
            retail: Any = self.retail
            await work_once(retail.background if hasattr(retail, "background") else retail.backstage)

    async def does(self, deed: str, name: str) -> None:
        """A deed by its name; a minute passes before it."""
        self.clock.pass_()
        act: Callable[[str], Awaitable[None]] = getattr(self, deed)
        await act(name)


def _id(text: str) -> Any:
    return UUID(text)


async def names(life: Life, database: Any, name: str) -> dict[str, str]:
    """What an order and what belongs to it are called, by what they are."""
    given = {"order": life.notes["orders"][name]}
    if name in life.notes["payments"]:
        given["payment"] = life.notes["payments"][name]
    id = life.order(name)
    given["number"] = (await database.rows(_NUMBER, id=id))[0]["number"]
    promises = await database.rows(_PROMISES, id=id)
    return given | {f"promise of {one['sku_id'].hex}": one["id"].hex for one in promises}


async def first_days(life: Life) -> None:
    """What the recorded shop has lived through: an order in every state it can be in, and deliveries that still wait."""
    await life.opens()
    lives = {
        "open": ("place",), "started": ("place", "start"), "paid": ("place", "pay"),
        "refunded": ("place", "pay", "refund"), "sent": ("place", "pay", "ship"),
        "signed": ("place", "pay", "send_rest", "receive"), "gone": ("place", "cancel"), "off": ("place", "pay", "close"),
    }  # fmt: skip
    for name, deeds in lives.items():
        await life.story(name, limit=9 if name in ("open", "refunded") else None)
        for deed in deeds:
            await life.does(deed, name)
    await life.works()
    await life.fill_cart("gone")
    for name in ("late", "fresh"):
        await life.story(name)
        await life.does("place", name)
    await life.does("pay", "late")  # nobody has reacted to this yet
    for name in CHAPTERS:
        await life.story(name)
