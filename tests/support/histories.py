"""Drawn histories of orders: a campaign's quota, a gift of what was bought, a purchase limit, one or two warehouses.

After every step everything an order took is counted again from the orders themselves: every unit once, whatever happened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any, Final

from attrs import define, field, frozen

from retail_adapters.assemble import Outside, on_database, on_units
from retail_adapters.assembly.policies import Policies
from retail_adapters.memory.reads import MemoryReads
from retail_adapters.memory.store import Memory, MemoryTools
from retail_adapters.memory.unit_of_work import MemoryStore
from retail_adapters.payments import counter_gateway
from retail_adapters.serialization import EventCodec
from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.sql.database import Database
from retail_adapters.sql.session import SqlTools
from retail_adapters.sql.unit_of_work import SqlStore
from retail_domain.catalog import PurchaseKey
from retail_domain.inventory import (
    CloseQuota,
    Location,
    OpenLocation,
    Owner,
    QuotaNotFound,
    ReceiveStock,
    Reservation,
    SetQuota,
)
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.frames import deciding_batch
from retail_domain.kernel.ids import LocationId, OrderId, SkuId
from retail_domain.ordering import CancelOrder, CloseOrder, Order, RefundOrder, ShipOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.pricing import Adjustment, Outcome, Quote, SaleLine, Sheet, Source, Stage, Step
from retail_domain.processes.purchase.checkout import CheckoutRules, Placed, PlaceOrder, place_orders
from retail_domain.processes.purchase.quoting import QuotingRules
from retail_domain.processes.takings import our_takings
from retail_domain.processes.worker.reactions import reactions_to
from tests.support.market import CLERK, LIMITS, Buyer, Market
from tests.support.stores import HandClock, Place, open_database

QUOTA: Final = 5
LIMIT: Final = 9
STOCK: Final = 6
"""What lies at each warehouse."""

CODES: Final = ("main", "north")
WHAT: Final = (
    "place", "place", "place", "pay", "pay", "pay", "refund", "refund", "ship", "ship", "cancel", "close", "resize", "end",
    "order late", "rush",
)  # fmt: skip
NAMED: Final = ((0, 0), (0, 1), (0, 3), (1, 0), (1, 2), (0, 2))
"""Goods and the line they are said to stand in: the campaign's are in the first, as a gift in the last; 0 names none."""


REFUSALS: Final = frozenset({
    "stock.sold_out", "stock.quota_too_small", "stock.quota_not_found", "quote.price_changed", "quote.empty",
    "catalog.purchase_limit", "order.goods_in_several_lines", "order.goods_in_several_places", "order.no_such_goods",
    "order.no_such_line", "order.too_many_units", "order.wrong_state", "input.invalid",
})  # fmt: skip
"""What anybody may be told in such a history."""

Stride = tuple[str, int, int]
"""What somebody does, to which order or line, and with how many units."""


def one_more(lines: Sequence[SaleLine]) -> Sequence[SaleLine]:
    """Who buys two or more of anything gets one more of it."""
    return [SaleLine(line.goods, 1, nth=2, gift=True) for line in lines if line.quantity > 1]


def for_nothing(sheet: Sheet) -> Outcome:
    """Gifts cost nothing."""
    free = {key: -sheet.payable[key] for key, line in sheet.lines.items() if line.gift}
    return Outcome(adjustments=(Adjustment(source=Source("gift"), goods=free),) if free else ())


GIFTS: Final = Step(Stage.LINE_PRICE, for_nothing)


def a_history(luck: Random, length: int = 32) -> list[Stride]:
    """So many strides."""
    return [(luck.choice(WHAT), luck.randint(0, 9), luck.randint(1, 4)) for _ in range(length)]


@frozen
class Taken:
    """What the shop stores of its orders and of what they took, read in one transaction."""

    orders: Sequence[Order]
    quotes: Sequence[Quote]
    promises: Sequence[Sequence[Reservation]]
    shares: Sequence[Sequence[Any]]
    quota: Any
    shelves: Sequence[Any]
    counted: int


@define
class Campaign:
    """A buyer, goods of a campaign with a purchase limit, other goods, and every order so far."""

    market: Market
    begin: Any
    buyer: Buyer
    goods: tuple[SkuId, SkuId]
    places: Sequence[LocationId]
    split: bool
    orders: list[OrderId] = field(factory=list)
    paid: list[OrderId] = field(factory=list)
    done: Counter[str] = field(factory=Counter)
    refused: Counter[str] = field(factory=Counter)

    async def live(self, history: Iterable[Stride]) -> None:
        """Take every stride, and count everything again after each."""
        for what, which, units in history:
            try:
                did = await self._stride(what, which, units)
            except DomainError as refusal:
                self.refused[refusal.code] += 1
            else:
                self.done[what] += did
            assert set(self.refused) <= REFUSALS
            await self.check()

    async def quote(self, units: int) -> Quote:
        """So many units of the campaign's goods, and one of the others."""
        return await self.market.quote(self.buyer, (self.goods[0], units), (self.goods[1], 1))

    async def place(self, quote: Quote) -> OrderId:
        """Accept it."""
        ask = PlaceOrder(member_id=self.buyer.id, quote_id=quote.id, hash=quote.hash)
        self.orders.append((await self.market.retail.checkout.place(ask)).order_id)
        return self.orders[-1]

    async def pay(self, order_id: OrderId) -> None:
        """At the till."""
        payments = self.market.retail.payments
        start = StartPayment(member_id=self.buyer.id, order_id=order_id, gateway="counter", flow=Flow.COUNTER)
        due = await payments.start(start)
        await payments.confirm_counter(ConfirmCounterPayment(payment_id=due.payment_id, amount=due.amount, actor=CLERK))
        self.paid.append(order_id)

    async def ship(self, order_id: OrderId, *units: Units, place: LocationId | None = None) -> None:
        """A parcel leaves."""
        await self.market.retail.ordering.ship(ShipOrder(
            order_id=order_id, carrier="SF", tracking_number="1", actor=CLERK, units=units, location_id=place
        ))  # fmt: skip

    async def refund(self, order_id: OrderId, *units: Units) -> None:
        """Units are paid back."""
        wish = RefundOrder(order_id=order_id, reason="x", actor=CLERK, units=units)
        await self.market.retail.ordering.refund(wish)

    async def set_quota(self, size: int) -> None:
        """A campaign begins, or is resized."""
        await self.market.retail.inventory.set_quota(SetQuota(sku_id=self.goods[0], size=size, actor=CLERK))

    async def end_quota(self) -> None:
        """It is over."""
        await self.market.retail.inventory.close_quota(CloseQuota(sku_id=self.goods[0], actor=CLERK))

    async def _stride(self, what: str, which: int, units: int) -> bool:
        match what:
            case "place":
                await self.place(await self.quote(units))
            case "resize":
                await self.set_quota(QUOTA + units - 3)
            case "end":
                await self.end_quota()
            case "rush":  # each quote alone could be had
                for quote in [await self.quote(units), await self.quote(units)]:
                    await self.place(quote)
            case "order late":
                await self._late(which, units)
            case _ if self.orders:
                those = self.paid if self.paid and what in ("refund", "ship") else self.orders
                await self._later(what, those[which % len(those)], which, units)
            case _:
                return False
        return True

    async def _late(self, which: int, units: int) -> None:
        """Staff do something about the campaign between quote and order (R7)."""
        quote, before = await self.quote(units), await self._quota()
        try:
            await (self.set_quota(QUOTA + units) if which % 2 else self.end_quota())
        except QuotaNotFound:
            assert before is None
        wanted = any(line.goods.sku_id == self.goods[0] for line in quote.lines)
        changed = wanted and _edition(before) != _edition(await self._quota())
        code = ""
        try:
            await self.place(quote)
        except DomainError as refusal:
            code = refusal.code
            raise
        finally:
            assert (code == "quote.price_changed") == changed, code

    async def _later(self, what: str, order_id: OrderId, which: int, units: int) -> None:
        retail = self.market.retail
        goods, line = NAMED[which % len(NAMED)]
        some = Units(self.goods[goods], 1 if line == 3 else units, line)
        place = (None, *self.places)[(which + units) % (len(self.places) + 1)]
        match what:
            case "pay":
                await self.pay(order_id)
            case "refund":
                await self.refund(order_id, some)
            case "ship":
                await self.ship(order_id, *(() if which % 3 == 0 else (some,)), place=place)
            case "cancel":
                await retail.ordering.cancel(CancelOrder(member_id=self.buyer.id, order_id=order_id))
            case "close":
                await retail.ordering.close(CloseOrder(order_id=order_id, reason="x", actor=CLERK))

    async def _quota(self) -> Any:
        async with self.begin() as work:
            return (await work.quotas.claim([self.goods[0]])).get(self.goods[0])

    # ---- counting again ----------------------------------------------------------------------------------------------

    async def check(self) -> None:
        """STK-R7, STK-I2, R3, ORD-I5: what was taken is what the orders hold, have used or gave back, each unit once."""
        seen = await self._seen()
        for order, quote, promises, shares in zip(seen.orders, seen.quotes, seen.promises, seen.shares, strict=True):
            self._check_promises(order, promises)
            self._check_shares(order, quote, shares)
        every = [share for shares in seen.shares for share in shares]
        if seen.quota is not None:
            assert seen.quota.taken == sum(one.open + one.used for one in every) <= seen.quota.size
        else:
            assert not every
        for shelf in seen.shelves:
            here = [one.open for promises in seen.promises for one in promises if one.key == shelf.key]
            assert shelf.reserved == sum(here) <= shelf.on_hand
        lines = [(order, line) for order in seen.orders for line in order.lines if line.sku_id == self.goods[0]]
        kept = sum(0 if _closed_unpaid(order) else line.quantity - line.refunded for order, line in lines)
        assert seen.counted == kept <= LIMIT

    def _check_promises(self, order: Order, promises: Sequence[Reservation]) -> None:
        places = {one.key.location_id for one in promises}
        assert self.split or len(places) == 1
        for line in order.lines:
            of_line = [one for one in promises if one.line == line.number]
            assert {one.key.sku_id for one in of_line} == {line.sku_id}
            assert sum(one.open for one in of_line) == (0 if _closed_unpaid(order) else line.unshipped)
            assert sum(one.consumed for one in of_line) == line.shipped
            assert sum(one.quantity for one in of_line) == line.quantity

    def _check_shares(self, order: Order, quote: Quote, shares: Sequence[Any]) -> None:
        named = {ground.id for ground in quote.grounds if ground.kind == "quota"}
        limited = any(line.sku_id == self.goods[0] for line in order.lines)
        assert order.took == {"stock", *(["limits"] if limited else []), *(["quota"] if named else [])}
        fed = [line for line in order.lines if str(line.sku_id) in named]
        assert [(one.line, one.sku_id, one.quantity) for one in shares] == [
            (line.number, line.sku_id, line.quantity) for line in fed
        ]
        for line, share in zip(fed, shares, strict=True):
            assert share.back == (line.quantity if _closed_unpaid(order) else line.refunded_unshipped)
            assert share.open == (line.quantity if order.awaits_payment else 0)

    async def _seen(self) -> Taken:
        async with self.begin() as work:
            orders = [await work.orders.get(id) for id in self.orders]
            quotes = await work.quotes.claim([order.quote_id for order in orders])
            key = PurchaseKey(self.buyer.id, self.market.products[self.goods[0]])
            counter = (await work.purchase_counters.claim([key]))[key]
            quota = (await work.quotas.claim([self.goods[0]])).get(self.goods[0])
            online = await work.stock.claim_online(self.goods)
            return Taken(
                orders=orders, quotes=[quotes[order.quote_id] for order in orders],
                promises=[await work.reservations.of(Owner.order(id)) for id in self.orders],
                shares=[await work.quota_shares.of_order(id) for id in self.orders],
                quota=quota, shelves=tuple(online.items.values()), counted=counter.taken,
            )  # fmt: skip


def _edition(quota: Any) -> int | None:
    return quota.edition if quota is not None and quota.is_open else None


def _closed_unpaid(order: Order) -> bool:
    return order.closed_at is not None and order.paid_at is None


@frozen
class Ground:
    """An open shop with its warehouses, and nothing in it; campaign after campaign is held there."""

    market: Market
    begin: Any
    places: Sequence[LocationId]
    split: bool
    means: Outside
    database: Any = None

    async def batch(self, asks: Sequence[PlaceOrder]) -> Sequence[Any]:
        """Orders placed in one transaction; an answer or a refusal for each."""
        means = self.means
        takings = our_takings(split=self.split)
        place = deciding_batch(self.begin, place_orders, Placed, means.means, means.policies.checkout, takings)
        return await place(asks)

    async def campaign(self, number: int = 1, stock: int = STOCK) -> Campaign:
        """A buyer nobody has seen before, and goods of their own, some at each warehouse; no quota yet."""
        goods = [
            await self.market.goods(f"{name}{number}", stock=units, limit=limit)
            for name, units, limit in (("Q", stock, LIMIT), ("N", 20 * stock, None))
        ]
        for code in CODES[1 : len(self.places)]:
            for sku_id in goods:
                await self.market.retail.inventory.receive(
                    ReceiveStock(sku_id=sku_id, location=code, quantity=stock, reference="note", actor=CLERK)
                )
        buyer = await self.market.buyer(number)
        return Campaign(self.market, self.begin, buyer, (goods[0], goods[1]), self.places, self.split)


def _outside(clock: HandClock, split: bool) -> Outside:
    policies = Policies(quoting=QuotingRules(limits=LIMITS, beside=one_more), checkout=CheckoutRules(split=split))
    gateways = {"counter": counter_gateway("a secret that only tests know")}
    return Outside(clock=clock, gateways=gateways, policies=policies, steps=(GIFTS,))


def _tools(kind: type[Any], means: Outside) -> Any:
    return kind(clock=means.clock, ids=means.ids, codec=EventCodec(EVERY_EVENT), reactions=reactions_to)


@asynccontextmanager
async def ground_on(
    place: Place, *, split: bool = False, through: Callable[[Database], Any] = lambda database: database
) -> AsyncIterator[Ground]:
    """A shop on one of the stores, with two warehouses if lines may be split; `through` puts something before its database."""
    clock = HandClock()
    means = _outside(clock, split)
    if place.kind == "memory":
        memory = MemoryStore(Memory(_tools(MemoryTools, means)))
        market = Market(on_units(memory.begin, MemoryReads(memory.memory), means), clock)
        yield Ground(market, memory.begin, await _opened(market, split), split, means)
        return
    async with open_database(place) as opened:
        database = through(opened)
        store = SqlStore(database, _tools(SqlTools, means))
        market = Market(on_database(database, means), clock)
        yield Ground(market, store.begin, await _opened(market, split), split, means, database)


async def _opened(market: Market, split: bool) -> Sequence[LocationId]:
    inventory = market.retail.inventory
    for number, code in enumerate(CODES[: 1 + split]):
        await inventory.open_location(OpenLocation(code=code, name=code, actor=CLERK, priority=number))
    await market.freight()
    opened: Sequence[Location] = await inventory.show.locations()
    return [one.id for one in opened]
