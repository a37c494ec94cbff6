"""A past to multiply: orders that lived whole lives in the shop, by its own use cases, under a clock and ids of ours.

Every id that the shop mints while such a past is made begins with one mark of eight hex digits, so that a copy of the past is
the same rows with another mark and at another time, wherever an id is written: in a key, in a text, in a document.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from attrs import define, evolve, field, frozen

from benchmarks.furnished import CLERK, Goods
from retail_adapters.assemble import Outside, on_database
from retail_adapters.payments import SandboxConfig, SandboxGateway, counter_gateway, sandbox_gateway
from retail_adapters.sql.database import Database
from retail_adapters.system.clock import SystemClock
from retail_adapters.system.luck import SystemLuck
from retail_domain.accounts import AddAddress, AdmitMember, ContactAsTyped
from retail_domain.application import Retail
from retail_domain.cart import CartLine, CartOwner
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import AddressId, MemberId, OrderId, PaymentId, SkuId
from retail_domain.kernel.once import Once
from retail_domain.ordering import CloseOrder, ConfirmReceipt, RefundOrder, ShipOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment, TakeNotice
from retail_domain.payments.gateway import ChargeRequest, ChargeStarted
from retail_domain.pricing import WantedLine
from retail_domain.processes.purchase.carting import AddToCart
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_entrypoints.worker import work_once
from tests.support.sandbox import Sandbox

TICK: Final = timedelta(milliseconds=1 << 16)
"""By so much later is an id whose mark is greater by one."""
_NOTICES_GO_NOWHERE: Final = "http://127.0.0.1:9/notices"
_SECRET: Final = "a counter secret that only benchmarks know"


def mark_of(at: datetime) -> int:
    """The first eight hex digits of an id that is minted then."""
    return int(at.timestamp() * 1000) >> 16


def as_text(mark: int) -> str:
    """A mark as it stands in ids."""
    return f"{mark:08x}"


@define
class HandClock:
    """Stands still until it is moved."""

    at: datetime

    def now(self) -> datetime:
        """The time that it was set to."""
        return self.at


@define
class MarkedIds:
    """UUIDv7 ids that begin with one mark, each greater than the one before."""

    mark: int
    _count: Any = field(factory=itertools.count, init=False)
    _luck: random.Random = field(factory=random.Random, init=False)

    def new(self) -> UUID:
        """The next one."""
        number = next(self._count)
        below = 0b10 << 62 | self._luck.getrandbits(62)
        return UUID(int=self.mark << 96 | (number >> 12) << 80 | 0x7 << 76 | (number & 0xFFF) << 64 | below)


@frozen
class LateProvider:
    """The provider lives today: what is to be paid in the past is to be paid within an hour of now."""

    gateway: SandboxGateway

    def __getattr__(self, name: str) -> Any:
        return getattr(self.gateway, name)

    async def begin(self, request: ChargeRequest) -> ChargeStarted:
        """Begin it as if the order were new."""
        return await self.gateway.begin(evolve(request, expires_at=now() + timedelta(hours=1)))


@frozen
class Member:
    """Somebody with an address and a phone."""

    id: MemberId
    home: AddressId
    phone: str


@frozen(kw_only=True)
class Past:
    """What was lived through, and how it is known in the database."""

    mark: int
    members: tuple[Member, ...]
    orders: int


@define(kw_only=True)
class Life:
    """A shop under our clock, the provider beside it, and what is for sale."""

    retail: Retail
    clock: HandClock
    sandbox: Sandbox
    goods: Sequence[Goods]
    ids: MarkedIds
    luck: random.Random
    _notes: Any = field(factory=itertools.count, init=False)

    async def member(self, number: int) -> Member:
        """Somebody new."""
        phone = Phone.parse(f"+86139{number:08d}")
        admitted = await self.retail.accounts.admit_member(AdmitMember(actor=CLERK, phone=phone))
        home = ContactAsTyped(recipient="小明", phone=phone, region_code="310000", region="上海市", detail="南京东路1号")
        added = await self.retail.accounts.add_address(AddAddress(member_id=admitted.member_id, contact=home))
        return Member(admitted.member_id, added.address_id, phone.e164)

    async def place(self, buyer: Member) -> Placed:
        """An order of one to three lines, placed under a key."""
        chosen = self.luck.sample(self.goods, self.luck.randint(1, 3))
        lines = tuple(WantedLine(SkuId(UUID(one.sku_id)), self.luck.randint(1, 2)) for one in chosen)
        quote = await self.retail.quoting.quote(QuoteBasket(member_id=buyer.id, address_id=buyer.home, lines=lines))
        once = Once(principal=f"member:{buyer.id}", operation="orders.place", key=f"order-{quote.id}", fingerprint=quote.hash)
        asked = PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash, once=once)
        return await self.retail.checkout.place(asked)

    async def start(self, buyer: Member, placed: Placed, gateway: str) -> PaymentId:
        """The buyer begins to pay."""
        flow = Flow.COUNTER if gateway == "counter" else Flow.DESKTOP_QR
        asked = StartPayment(member_id=buyer.id, order_id=placed.order_id, gateway=gateway, flow=flow)
        return (await self.retail.payments.start(asked)).payment_id

    async def pay(self, buyer: Member, placed: Placed, gateway: str) -> None:
        """The buyer pays, at the counter or at the provider, whose notice arrives."""
        payment_id = await self.start(buyer, placed, gateway)
        if gateway == "counter":
            paid = ConfirmCounterPayment(payment_id=payment_id, amount=placed.payable, actor=CLERK)
            await self.retail.payments.confirm_counter(paid)
            return
        raw = self.sandbox.signed(self.sandbox.pay(payment_id.hex, force=True))
        await self.retail.payments.take_notice(
            TakeNotice(gateway="sandbox", headers=raw.headers, body=raw.body, received_at=raw.received_at)
        )

    async def ship(self, order_id: OrderId, units: tuple[Units, ...] = ()) -> None:
        """A parcel leaves: of these units, or of all."""
        number = f"SF{next(self._notes):010d}"
        await self.retail.ordering.ship(
            ShipOrder(order_id=order_id, carrier="SF", tracking_number=number, units=units, actor=CLERK)
        )

    async def works(self) -> None:
        """A worker makes rounds until there is nothing to do."""
        while await work_once(self.retail.background):
            continue


@asynccontextmanager
async def life(
    database: Database, sandbox: Sandbox, goods: Sequence[Goods], ids: MarkedIds, at: datetime
) -> AsyncIterator[Life]:
    """The shop on that database, under our clock and ids."""
    clock = HandClock(at)
    config = SandboxConfig(base_url=sandbox.url, notify_url=_NOTICES_GO_NOWHERE, total_seconds=10.0)
    provider = sandbox_gateway(config, clock=SystemClock(), luck=SystemLuck())
    gateways: dict[str, Any] = {"sandbox": LateProvider(provider), "counter": counter_gateway(_SECRET)}
    outside = Outside(clock=clock, ids=ids, gateways=gateways, readers={"sandbox": provider})
    retail = on_database(database, outside)
    try:
        yield Life(retail=retail, clock=clock, sandbox=sandbox, goods=goods, ids=ids, luck=random.Random(ids.mark))
    finally:
        await retail.aclose()
        await provider.aclose()


_DAY: Final = timedelta(days=1)
LIVED: Final = 40 * _DAY
"""So long after its beginning everything of a past is over."""


async def finished(life: Life, *, members: int, orders: int, span: timedelta) -> Past:
    """Orders that were placed within a span and are over: completed, closed unpaid, closed and paid back, partly paid back."""
    began = life.clock.at
    buyers = [await life.member(number) for number in range(members)]
    placed: list[tuple[int, Member, Placed]] = []
    for number in range(orders):
        life.clock.at = began + span * (number / orders)
        buyer = buyers[(number + number // members) % members]  # nobody has all those that are not paid (STK-R12)
        placed.append((number, buyer, await life.place(buyer)))
        if number % 10:
            life.clock.at += timedelta(minutes=1)
            await life.pay(buyer, placed[-1][2], "sandbox" if number % 4 == 3 else "counter")
        elif number % 20:
            await life.start(buyer, placed[-1][2], "counter")
    life.clock.at = began + span + timedelta(hours=3)
    await life.works()  # those that nobody paid are closed
    sent = [one for one in placed if one[0] % 10]
    for number, _, order in sent:
        life.clock.at += timedelta(seconds=1)
        if number % 10 == 5 and number % 20 == 5:
            await life.retail.ordering.close(CloseOrder(order_id=order.order_id, reason="out of stock", actor=CLERK))
        else:
            await life.ship(order.order_id)
    life.clock.at = began + 4 * _DAY
    for number, buyer, order in sent:
        if number % 10 in (1, 2):
            await life.retail.ordering.confirm_receipt(ConfirmReceipt(member_id=buyer.id, order_id=order.order_id))
        elif number % 20 == 4:
            await life.retail.ordering.refund(await _one_unit_back(life, order.order_id))
    for days in (18, 27, 28, 39):  # signed by the timer, completed by the timer, refunds sent and asked about
        life.clock.at = began + days * _DAY
        await life.works()
    return Past(mark=life.ids.mark, members=tuple(buyers), orders=orders)


async def _one_unit_back(life: Life, order_id: OrderId) -> RefundOrder:
    line = (await life.retail.ordering.show.show(order_id)).lines[0]
    return RefundOrder(order_id=order_id, reason="broken", units=(Units(line.sku_id, 1),), actor=CLERK)


async def under_way(life: Life, *, members: int, first: int) -> Past:
    """Orders of today at every stage: two for each member; carts with goods in them, and quotes that nobody took yet."""
    buyers = [await life.member(first + number) for number in range(members)]
    stages = itertools.cycle(("waits", "pays", "paid", "paid", "paid", "partly", "shipped", "shipped", "shipped", "signed"))
    for buyer, _ in itertools.product(buyers, range(2)):
        await _brought_to(life, buyer, next(stages))
    for number, buyer in enumerate(buyers):
        sku_id = SkuId(UUID(life.goods[number % len(life.goods)].sku_id))
        await life.retail.cart.put(AddToCart(owner=CartOwner.member(buyer.id), line=CartLine(sku_id, 2)))
        lines = (WantedLine(sku_id, 1),)
        await life.retail.quoting.quote(QuoteBasket(member_id=buyer.id, address_id=buyer.home, lines=lines))
    await life.works()
    return Past(mark=life.ids.mark, members=tuple(buyers), orders=2 * members)


async def _brought_to(life: Life, buyer: Member, stage: str) -> None:
    placed = await life.place(buyer)
    if stage in ("waits", "pays"):
        if stage == "pays":
            await life.start(buyer, placed, "counter")
        return
    await life.pay(buyer, placed, "sandbox")
    if stage == "partly":
        lines = (await life.retail.ordering.show.show(placed.order_id)).lines
        if sum(line.quantity for line in lines) > 1:
            await life.ship(placed.order_id, (Units(lines[0].sku_id, 1),))
    elif stage in ("shipped", "signed"):
        await life.ship(placed.order_id)
        if stage == "signed":
            await life.retail.ordering.confirm_receipt(ConfirmReceipt(member_id=buyer.id, order_id=placed.order_id))


def now() -> datetime:
    """The real time."""
    return datetime.now(UTC)
