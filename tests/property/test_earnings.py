"""What orders bring, in every history: granted = frozen + released + revoked, and refunded + kept back = what was returned.

GEN-R5, R5, RECLAIM: what was kept back is paid back by a later refund when the buyer has the points again.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from attrs import define, field, frozen
from hypothesis import HealthCheck, example, given, settings, strategies as st

from retail_adapters.assemble import Outside, on_database, on_units
from retail_adapters.memory.reads import MemoryReads
from retail_adapters.memory.store import Memory, MemoryTools
from retail_adapters.memory.unit_of_work import MemoryStore
from retail_adapters.payments import counter_gateway
from retail_adapters.serialization import EventCodec
from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.sql.audit import audit
from retail_adapters.sql.session import SqlTools
from retail_adapters.sql.unit_of_work import SqlStore
from retail_domain.inventory import OpenLocation
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import OrderId, SkuId
from retail_domain.kernel.ranks import Rank
from retail_domain.ordering import (
    CancelOrder,
    CloseOrder,
    ConfirmReceipt,
    Order,
    OrderStatus,
    RefundOrder,
    Returning,
    ShipOrder,
    Units,
    refund_amount,
)
from retail_domain.payments import ConfirmCounterPayment, Flow, Posting, StartPayment
from retail_domain.pricing import Adjustment, Outcome, Sheet, Source, Stage, Step
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.takings import Earning, Why, our_takings
from retail_domain.processes.worker.reactions import reactions_to
from retail_domain.testing import points as numbers
from retail_domain.testing.orders import ALICE, NOON, a_line, paid, wish
from tests.support.market import CLERK, Buyer, Market
from tests.support.rewards import (
    ACCOUNTS,
    GRANTS,
    IN_MEMORY,
    IN_SQL,
    POINT_MINOR,
    Account,
    Benefit,
    Discount,
    Grant,
    Points,
    earned,
    make_tables,
    spend,
)
from tests.support.stores import STORES, HandClock, Place, open_database, place_of

PRICES = (9_999, 1, 333)
BENEFIT = Benefit(from_minor=15_000, worth_minor=2_500)
WHAT = ("place", "pay", "send", "send", "complete", "refund", "refund", "freight", "close", "cancel", "spend", "give")
STEPS = st.lists(st.tuples(st.sampled_from(WHAT), st.integers(0, 9), st.integers(1, 4)), max_size=16)

Act = tuple[str, int, int]


def _trifles_are_free(sheet: Sheet) -> Outcome:
    trifles = {key: -sheet.payable[key] for key, line in sheet.lines.items() if line.goods.unit_price_minor == 1}
    return Outcome(adjustments=(Adjustment(source=Source("trifle"), goods=trifles),))


FREE = Step(Stage.LINE_PRICE, _trifles_are_free)


@frozen
class Stands:
    """How money and points of an order stand."""

    order: Order
    grant: Grant | None


@define
class Story:
    """One buyer, some goods, and every order of his."""

    market: Market
    buyer: Buyer
    goods: list[SkuId]
    begin: Any
    earnings: tuple[Any, ...] = (Points(),)
    ids: list[OrderId] = field(factory=list)
    orders: dict[OrderId, Stands] = field(factory=dict)
    booked: Callable[[], Iterable[Posting]] = tuple
    done: Counter[str] = field(factory=Counter)

    async def step(self, what: str, which: int, units: int) -> None:
        """Do it, or be refused."""
        try:
            await self._do(what, which, units)
        except DomainError:
            self.done["refused"] += 1
        else:
            self.done[what] += 1
        await self.check()

    async def _do(self, what: str, which: int, units: int) -> None:
        retail, sku_id = self.market.retail, self.goods[which % len(self.goods)]
        if what == "place":
            quote = await self.market.quote(self.buyer, (sku_id, units), *([(self.goods[0], 1)] if which % 2 else []))
            ask = PlaceOrder(member_id=self.buyer.id, quote_id=quote.id, hash=quote.hash)
            self.ids.append((await retail.checkout.place(ask)).order_id)
        elif what in ("spend", "give"):
            await spend(self.begin, self.buyer.id, 10 * units if what == "spend" else -10 * units)
        elif self.ids:
            await self._later(what, self.ids[which % len(self.ids)], which, units)

    async def _later(self, what: str, order_id: OrderId, which: int, units: int) -> None:
        retail, order = self.market.retail, self.orders[order_id].order
        line = order.lines[which % len(order.lines)]
        some = (Units(line.sku_id, min(units, max(1, line.refundable)), line.number),)
        if what == "pay":
            start = StartPayment(member_id=self.buyer.id, order_id=order_id, gateway="counter", flow=Flow.COUNTER)
            due = await retail.payments.start(start)
            paid = ConfirmCounterPayment(payment_id=due.payment_id, amount=due.amount, actor=CLERK)
            await retail.payments.confirm_counter(paid)
        if what == "send":
            await retail.ordering.ship(ShipOrder(order_id=order_id, carrier="SF", tracking_number="1", actor=CLERK))
            await retail.ordering.confirm_receipt(ConfirmReceipt(member_id=self.buyer.id, order_id=order_id))
        if what == "complete":
            self.market.clock.pass_(timedelta(days=8))
            assert not (await retail.background.timers["complete"]()).failed
        if what == "refund":
            await retail.ordering.refund(RefundOrder(order_id=order_id, reason="x", actor=CLERK, units=some))
        if what == "freight":
            await retail.ordering.refund(RefundOrder(order_id=order_id, reason="x", actor=CLERK, freight_minor=100 * units))
        if what == "close":
            await retail.ordering.close(CloseOrder(order_id=order_id, reason="x", actor=CLERK))
        if what == "cancel":
            await retail.ordering.cancel(CancelOrder(member_id=self.buyer.id, order_id=order_id))

    async def check(self) -> None:
        """Look at everything there is."""
        async with self.begin() as work:
            account = (await work.hosted(ACCOUNTS).of([self.buyer.id])).get(self.buyer.id)
            grants = await work.hosted(GRANTS).of(self.ids)
            now = {id: Stands(await work.orders.get(id), grants.get(id)) for id in self.ids}
        books = books_of(self.booked())
        for id, stands in now.items():
            self._check_order(stands, self.orders.get(id))
            if id in books:
                check_books(books[id], stands.order)
        if account is not None:
            assert account.spendable == account.given - account.spent + sum(one.released + one.owed for one in grants.values())
        self.orders = now

    def _check_order(self, now: Stands, before: Stands | None) -> None:
        order, grant = now.order, now.grant
        assert order.refunded_minor + order.kept_back_minor == order.returned_minor  # R5
        if order.is_refunded and order.freight_refunded_minor == order.freight_minor:
            assert order.refunded_minor + order.kept_back_minor == order.paid_minor
        if not any(isinstance(one, Points) for one in self.earnings):
            return
        assert (grant is None) == (order.paid_at is None)
        if grant is None:
            return
        assert grant.granted == earned(order) == grant.frozen + grant.released + grant.revoked
        completed = order.status is OrderStatus.COMPLETED
        assert (grant.frozen == 0) if completed else (grant.released == 0)
        if order.is_refunded and order.freight_refunded_minor == order.freight_minor:
            assert grant.revoked == grant.granted
        if before is not None and before.order.returned_minor != order.returned_minor and self.earnings == (Points(),):
            kept = min(grant.owed * POINT_MINOR, order.returned_minor)  # in all, not by this refund
            assert order.refunded_minor == max(before.order.refunded_minor, order.returned_minor - kept)


def books_of(postings: Iterable[Posting]) -> Mapping[OrderId, Counter[str]]:
    """What every account holds of every order."""
    books: dict[OrderId, Counter[str]] = defaultdict(Counter)
    for posting in postings:
        for entry in posting.entries:
            books[posting.order_id][entry.account] += entry.amount.minor
    return books


def check_books(books: Counter[str], order: Order) -> None:
    """Where nothing is kept back, goods and freight have each earned what was not returned: of all that is returned, 0."""
    earned = (-books["sales"], -books["freight"])
    kept = (order.payable_minor - order.freight_minor - order.returned_minor + order.freight_refunded_minor,
            order.freight_minor - order.freight_refunded_minor)  # fmt: skip
    assert sum(earned) == sum(kept) + order.kept_back_minor
    assert all(one >= other for one, other in zip(earned, kept, strict=True))
    assert earned == kept or order.kept_back_minor


async def story(market: Market, begin: Any, earnings: tuple[Any, ...] = (Points(),), freight: int = 450) -> Story:
    await market.retail.inventory.open_location(OpenLocation(code="main", name="W", actor=CLERK))
    await market.freight(freight)
    goods = [await market.goods(f"G{at}", price_minor=price, stock=99) for at, price in enumerate(PRICES)]
    return Story(market, await market.buyer(), goods, begin, earnings)


def outside(clock: HandClock, hosted: Any, earnings: tuple[Any, ...] = (Points(),)) -> Outside:
    gateways = {"counter": counter_gateway("a secret that only tests know")}
    return Outside(clock=clock, gateways=gateways, takings=earnings, steps=(FREE,), hosted=hosted)


def tools(kind: type[Any], means: Outside) -> Any:
    return kind(clock=means.clock, ids=means.ids, codec=EventCodec(EVERY_EVENT), reactions=reactions_to, hosted=means.hosted)


async def told_in_memory(steps: Sequence[Act], earnings: tuple[Any, ...] = (Points(),), freight: int = 450) -> Story:
    clock = HandClock()
    means = outside(clock, IN_MEMORY, earnings)
    store = MemoryStore(Memory(tools(MemoryTools, means)))
    market = Market(on_units(store.begin, MemoryReads(store.memory), means), clock)
    one = await story(market, store.begin, earnings, freight)
    one.booked = lambda: store.memory.log("ledger")
    for step in steps:
        await one.step(*step)
    return one


FREIGHT = st.sampled_from([0, 450])


@given(STEPS, FREIGHT)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_point_is_frozen_released_or_revoked_and_every_fen_paid_back_or_kept(steps: list[Act], freight: int) -> None:
    asyncio.run(told_in_memory(steps, freight=freight))


@given(STEPS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_kinds_that_keep_something_back_do_so_together(steps: list[Act]) -> None:
    asyncio.run(told_in_memory(steps, (Points(), BENEFIT)))


HISTORY: list[Act] = [
    ("place", 0, 3), ("pay", 0, 1), ("send", 0, 1), ("complete", 0, 1),  # 304.47 bring 307 points
    *[("spend", 0, 4)] * 5, ("refund", 0, 1), ("give", 0, 4), ("refund", 0, 1),  # 200 of them are spent, 40 come back
    ("place", 1, 1), ("pay", 1, 1), ("close", 1, 1), ("place", 2, 2), ("cancel", 2, 1),
    ("refund", 0, 1), ("freight", 0, 2), ("freight", 0, 2), ("place", 1, 2), ("pay", 3, 1), ("refund", 3, 1),
]  # fmt: skip
EXPECTED = [(25_597, 4_800, 160), (10_449, 0, 0), (0, 0, -1), (9_999, 0, 0)]
"""Paid back, kept back, points owed; -1 where an order brought none."""


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    return place_of(request)


async def test_the_same_history_on_every_store(place: Place) -> None:
    """R32: alike everywhere, and the audit of a database that holds kept back money is clean (R5)."""
    if place.kind == "memory":
        one = await told_in_memory(HISTORY)
        assert _sums(one) == EXPECTED
        return
    async with open_database(place) as database:
        await asyncio.to_thread(make_tables, f"sqlite:///{place.address}" if place.kind == "sqlite" else place.address)
        clock = HandClock()
        means = outside(clock, IN_SQL)
        store = SqlStore(database, tools(SqlTools, means))
        one = await story(Market(on_database(database, means), clock), store.begin)
        for step in HISTORY:
            await one.step(*step)
        assert _sums(one) == EXPECTED
        assert await audit(database, at=clock.now(), grace=timedelta(days=99)) == []


def _sums(one: Story) -> list[tuple[int, int, int]]:
    return [
        (stands.order.refunded_minor, stands.order.kept_back_minor, stands.grant.owed if stands.grant else -1)
        for stands in one.orders.values()
    ]


async def test_what_was_kept_back_is_paid_back_later_when_the_points_are_there_again() -> None:
    """RECLAIM: `kept back` counts in all."""
    bought: list[Act] = [("place", 0, 3), ("pay", 0, 1), ("send", 0, 1), ("complete", 0, 1), *[("spend", 0, 4)] * 20]
    one = await told_in_memory(bought)
    (order_id,) = one.orders

    await one.step("refund", 0, 1)
    kept = one.orders[order_id].order
    assert 0 < kept.kept_back_minor < kept.returned_minor

    for _ in range(20):
        await one.step("give", 0, 4)
    await one.step("refund", 0, 1)
    back = one.orders[order_id].order
    assert back.kept_back_minor == 0
    assert back.refunded_minor - kept.refunded_minor > back.returned_minor - kept.returned_minor


async def test_freight_that_was_kept_back_is_booked_as_freight_when_it_is_paid_back() -> None:
    """R5, R6: the books are right by account, whatever was kept back in between."""
    steps: list[Act] = [("place", 0, 1), ("pay", 0, 1), ("send", 0, 1), ("complete", 0, 1), *[("spend", 0, 4)] * 3]
    one = await told_in_memory([*steps, ("freight", 0, 4)])
    (stands,) = one.orders.values()
    assert 0 < stands.order.refunded_minor < stands.order.freight_refunded_minor == 400

    for step in [*[("give", 0, 4)] * 3, ("refund", 0, 1), ("freight", 0, 4)]:
        await one.step(*step)
    (stands,) = one.orders.values()
    assert stands.order.kept_back_minor == 0 and stands.order.is_refunded
    (books,) = books_of(one.booked()).values()
    assert (books["freight"], books["sales"]) == (-50, 0)


@define(eq=False)
class Whim(Earning[Any, None, None]):
    """Keeps back whatever it is told to, more now and less later."""

    kind: ClassVar[str] = "whim"
    rank: ClassVar[Rank] = Rank.HOST
    reads: ClassVar[frozenset[Why]] = frozenset({Why.RELEASING})
    kept: int = 0

    async def lock(self, work: Any, order: Order) -> None:
        """Nothing is shared."""

    async def own(self, work: Any, order: Order) -> None:
        """Nothing of its own."""

    def keeps_back(self, shared: None, own: None, order: Order, returning: Returning) -> int:
        """What it was told."""
        return self.kept

    def save(self, work: Any, shared: None, own: Sequence[None]) -> None:
        """Nothing."""


RETURNED = st.tuples(st.sampled_from(["refund", "freight"]), st.integers(1, 2), st.integers(0, 25_000))


@given(st.lists(RETURNED, max_size=4))
@example([("freight", 2, 450)])
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_was_kept_back_meanwhile_goods_and_freight_are_booked_apart(returned: list[tuple[str, int, int]]) -> None:
    """R5, R6: when all was returned and paid back, every account of the order is at 0."""
    asyncio.run(_returned_in_the_end(returned))


async def _returned_in_the_end(returned: list[tuple[str, int, int]]) -> None:
    whim = Whim()
    one = await told_in_memory([("place", 0, 9), ("pay", 0, 1)], (whim,))
    (order_id,) = one.orders
    for what, units, kept in returned:
        whim.kept = kept
        await one.step(what, 0, units)
    whim.kept = 0
    order = one.orders[order_id].order
    await one.market.retail.ordering.refund(RefundOrder(
        order_id=order_id, reason="x", actor=CLERK, freight_minor=order.freight_minor - order.freight_refunded_minor,
        units=tuple(Units(line.sku_id, line.refundable, line.number) for line in order.lines if line.refundable),
    ))  # fmt: skip
    await one.market.retail.background.timers["push_refunds"]()
    await one.check()
    (books,) = books_of(one.booked()).values()
    assert not any(books.values())


async def test_a_paid_order_that_is_called_off_keeps_back_as_a_refund_does() -> None:
    """T11."""
    one = await told_in_memory([("place", 0, 2), ("pay", 0, 1), ("close", 0, 1)], (Points(), BENEFIT))
    ((_, stands),) = one.orders.items()

    order = stands.order
    assert order.status is OrderStatus.CLOSED
    assert (order.kept_back_minor, order.refunded_minor) == (2_500, order.paid_minor - 2_500)


async def test_who_keeps_nothing_is_paid_back_all_he_paid_unless_something_is_spent() -> None:
    """PRC-R7: a threshold is missed by what is kept; what was spent is owed by who keeps nothing, too."""
    for kind, kept in ((Discount(from_minor=15_000, worth_minor=2_500), 0), (BENEFIT, 2_500)):
        one = await told_in_memory([("place", 0, 2), ("pay", 0, 1), ("send", 0, 1), ("refund", 0, 1)], (kind,))
        (stands,) = one.orders.values()
        assert (stands.order.kept_back_minor, stands.order.refunded_minor) == (2_500, 9_999 - 2_500)

        await one.step("freight", 0, 4)
        await one.step("refund", 0, 1)
        (stands,) = one.orders.values()
        assert stands.order.is_refunded
        assert (stands.order.kept_back_minor, stands.order.refunded_minor) == (kept, 2 * 9_999 + 400 - kept)


async def test_more_may_be_kept_back_than_a_refund_of_freight_leaves() -> None:
    """What goes back is less than the freight that was returned: all of it is freight."""
    steps = [("place", 2, 1), ("pay", 0, 1), ("close", 0, 1)]
    one = await told_in_memory(steps, (Points(), BENEFIT), freight=18_000)
    ((_, stands),) = one.orders.items()
    order = stands.order

    assert order.status is OrderStatus.CLOSED
    assert order.refunded_minor == order.paid_minor - 2_500 < order.freight_refunded_minor == 18_000


async def test_what_costs_nothing_brings_what_it_brings() -> None:
    """A free order is paid as it is placed."""
    one = await told_in_memory([("place", 4, 3)], freight=0)
    ((_, stands),) = one.orders.items()

    assert stands.order.status is OrderStatus.TO_SHIP and stands.order.payable_minor == 0
    assert stands.grant is not None and stands.grant.frozen == 3

    await one.step("refund", 0, 2)
    await one.step("close", 0, 1)
    (stands,) = one.orders.values()
    assert stands.order.status is OrderStatus.CLOSED and stands.grant is not None and stands.grant.revoked == 3


async def test_an_order_that_was_placed_before_brings_something_and_one_that_was_paid_before_does_not() -> None:
    """A kind that joins a shop changes nothing that is over."""
    clock = HandClock()
    memory = Memory(tools(MemoryTools, outside(clock, IN_MEMORY)))
    store, reads = MemoryStore(memory), MemoryReads(memory)
    before = await story(Market(on_units(store.begin, reads, outside(clock, IN_MEMORY, ())), clock), store.begin, ())
    for act in [("place", 0, 1), ("place", 0, 2), ("pay", 0, 1)]:
        await before.step(*act)

    shop = Market(on_units(store.begin, reads, outside(clock, IN_MEMORY)), clock)
    after = Story(shop, before.buyer, before.goods, store.begin, (), ids=before.ids, orders=before.orders)
    for act in [("refund", 0, 1), ("pay", 1, 1), ("send", 1, 1), ("complete", 1, 1)]:
        await after.step(*act)

    old, new = after.orders.values()
    assert after.done == Counter(refund=1, pay=1, send=1, complete=1)
    assert old.grant is None and old.order.status is OrderStatus.CLOSED and old.order.kept_back_minor == 0
    assert new.grant is not None and new.grant.released == new.grant.granted


async def test_placing_and_paying_ask_nothing_more_when_orders_bring_something() -> None:
    """R46: there is nothing to be read before an order is paid."""

    async def asked(earnings: tuple[Any, ...]) -> list[str]:
        clock, passed = HandClock(), numbers.Points()
        means = outside(clock, IN_MEMORY, earnings)
        store = MemoryStore(Memory(tools(MemoryTools, means)))
        market = Market(on_units(numbers.numbered_units(store.begin, passed), MemoryReads(store.memory), means), clock)
        one = await story(market, store.begin, earnings)
        passed.passed.clear()
        await one.step("place", 0, 1)
        await one.step("pay", 0, 1)
        await one.step("send", 0, 1)
        return passed.passed

    without, with_points = await asked(()), await asked((Points(),))
    assert with_points == without and len(without) > 20


@pytest.mark.parametrize(
    ("locks", "reads"), [({Why.PAYING, Why.RELEASING}, set()), ({Why.RELEASING}, {Why.PAYING}), ({Why.COMPLETING}, set())]
)
def test_an_earning_begins_with_the_payment_and_follows_refunds(locks: set[Why], reads: set[Why]) -> None:
    class Wrong(Points):
        pass

    Wrong.locks, Wrong.reads = frozenset(locks), frozenset(reads)
    with pytest.raises(ValueError, match="begins with the payment"):
        our_takings(Wrong())


@given(st.integers(1, 6), st.integers(3_000, 90_000), st.lists(st.integers(1, 3), max_size=6), st.integers(0, 2_000))
def test_any_partition_of_a_refund_pays_and_revokes_the_same_in_all(
    quantity: int, price: int, parts: list[int], spendable: int
) -> None:
    """R5, GEN-R5: in one piece or in many, to the cent and to the point."""
    points, before = Points(), paid(a_line(1, quantity, price * quantity), freight_minor=0)
    account: Any = Change(None, Account(member_id=ALICE, spendable=spendable))
    released = Grant(order_id=before.id, member_id=ALICE, granted=earned(before), frozen=0, released=earned(before))

    def refunded_in(parts: Sequence[int]) -> tuple[int, int, Any, Any]:
        order, shared, own = before, account, Change[Any](None, released)
        for part in parts:
            units = min(part, order.lines[0].refundable)
            if units:
                returning = order.returning(wish(s1=units))
                kept = points.keeps_back(shared, own, order, returning)
                change = order.refund(returning, refund_amount(order.refunded_minor, returning, kept), actor=CLERK, at=NOON)
                shared, own = points.follow(shared, own, change, NOON)
                order = change.state
        return order.refunded_minor, order.kept_back_minor, shared.state, own.state

    in_pieces, at_once = refunded_in([*parts, quantity]), refunded_in([quantity])

    assert in_pieces == at_once
    assert sum(at_once[:2]) == before.paid_minor
    assert at_once[1] == at_once[3].owed * POINT_MINOR and at_once[3].revoked == released.granted
