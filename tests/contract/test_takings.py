"""Every kind of taking passes the same examination, on every store; and a careless one does not (STK-R7, R13)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from retail_adapters.memory.store import Memory, MemoryTools
from retail_adapters.memory.unit_of_work import MemoryStore
from retail_adapters.serialization.events import EVERY_EVENT
from retail_domain.inventory import Owner, Quota, ReservationState, quota_ground
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import UnknownKinds
from retail_domain.kernel.ranks import Rank
from retail_domain.ordering import CloseReason, Order, OrderStatus, claim_order
from retail_domain.points import Award, Because, LotKey, PointsCause, PointsLot, PointsSource, PointsUse, award
from retail_domain.pricing import POINTS, PointsTerms, Wish
from retail_domain.processes.takings import (
    CampaignQuota,
    Demand,
    Paid,
    PointsOfOrders,
    PurchaseLimits,
    Stock,
    Takings,
    Why,
    our_takings,
)
from retail_domain.processes.worker.reactions import reactions_to
from retail_domain.settings import SettingsChange, Timetable
from retail_domain.testing.baskets import goods, sku
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.contracts.inventory import a_location, a_shelf, key
from retail_domain.testing.contracts.takings import Held, TakingContract
from retail_domain.testing.demands import a_demand, placing
from retail_domain.testing.orders import ALICE, CLERK, NOON, placed
from tests.support.rewards import Points
from tests.support.stores import STORES, Place, Surroundings, open_store, place_of

UNITS = 500


@pytest.fixture(params=STORES)
def store_place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def begin(store_place: Place, clock: SettableClock) -> AsyncIterator[Any]:
    """Units of work on an empty store."""
    async with open_store(store_place, Surroundings(EVERY_EVENT, clock=clock, reactions=reactions_to)) as store:
        yield store.begin


class TestStock(TakingContract):
    """Shelves and promises."""

    def kind(self) -> Stock:
        return Stock()

    async def prepare(self, work: Any) -> None:
        work.locations.save(Change(None, a_location()))
        for number in (1, 2):
            work.stock.save(a_shelf(number, UNITS))

    def wanted(self, number: int) -> Demand:
        return a_demand(number)

    def too_much(self) -> Demand:
        return a_demand(1, UNITS + 1)

    def unwanting(self) -> None:
        """Whoever orders wants stock."""

    async def counted(self, work: Any, numbers: Sequence[int]) -> int:
        shelves = await work.stock.claim([key(1), key(2)])
        return sum(UNITS - shelf.on_hand + shelf.reserved for shelf in shelves.values())

    async def held(self, work: Any, order: Order) -> Held:
        promises = await work.reservations.of(Owner.order(order.id))
        held = sum(one.open for one in promises if one.state is ReservationState.HELD)
        return Held(
            taken=sum(one.quantity for one in promises), open=held,
            used=sum(one.open + one.consumed for one in promises) - held, back=sum(one.released for one in promises),
        )  # fmt: skip


class TestLimits(TakingContract):
    """Counters."""

    LIMIT = 2_000

    def kind(self) -> PurchaseLimits:
        return PurchaseLimits()

    async def prepare(self, work: Any) -> None:
        """Counters begin by themselves."""

    def wanted(self, number: int) -> Demand:
        return a_demand(number, limit=self.LIMIT)

    def too_much(self) -> Demand:
        return a_demand(1, self.LIMIT + 1, limit=self.LIMIT)

    async def counted(self, work: Any, numbers: Sequence[int]) -> int:
        products = [goods(number).product_id for number in (1, 2)]
        return sum((await work.purchase_counters.taken(ALICE, products)).values())

    async def held(self, work: Any, order: Order) -> Held:
        taken = sum(line.quantity for line in order.lines if line.limited)
        back = taken if order.closed_at and not order.paid_at else sum(line.refunded for line in order.lines)
        left = taken - back
        return Held(taken=taken, back=back, open=0 if order.paid_at else left, used=left if order.paid_at else 0)


class TestQuota(TakingContract):
    """The part of a SKU's stock that a campaign sells."""

    def kind(self) -> CampaignQuota:
        return CampaignQuota()

    async def prepare(self, work: Any) -> None:
        work.quotas.save(Quota.opened(sku(1), UNITS))

    def wanted(self, number: int) -> Demand:
        return a_demand(number, grounds=(quota_ground(sku(1), 1),))

    def too_much(self) -> Demand:
        return a_demand(1, UNITS + 1, grounds=(quota_ground(sku(1), 1),))

    async def counted(self, work: Any, numbers: Sequence[int]) -> int:
        taken: int = (await work.quotas.claim([sku(1)]))[sku(1)].taken
        return taken

    async def held(self, work: Any, order: Order) -> Held:
        (share,) = await work.quota_shares.of_order(order.id)
        return Held(taken=share.quantity, open=share.open, used=share.used, back=share.back)


class TestPoints(TakingContract):
    """Points of a buyer's lots: the account is locked, then its lots are read."""

    claimed_with = 2
    EACH = 400
    RULES = Timetable((
        SettingsChange(number=1, values={"points.unit_worth": 100}, effective_at=NOON, at=NOON, actor=CLERK, reason="x"),
    ))  # fmt: skip

    def kind(self) -> PointsOfOrders:
        return PointsOfOrders()

    async def prepare(self, work: Any) -> None:
        for number in range(10):
            key, cause = LotKey(f"{number}", PointsSource.CAMPAIGN), PointsCause(Because.CAMPAIGN)
            wish = Award(member_id=ALICE, key=key, points=5_050, cause=cause)
            await award(work, wish, NOON, NOON + timedelta(days=90 + number))

    def wanted(self, number: int) -> Demand:
        return self._wanting(number, self.EACH)

    def too_much(self) -> Demand:
        return self._wanting(1, 60_000)

    def _wanting(self, number: int, points: int) -> Demand:
        terms = PointsTerms(available=10**6, unit=100, worth_minor=100, most_bps=5_000)
        return a_demand(
            number, wishes=(Wish(POINTS, "", points),), known={POINTS: terms}, timetable=self.RULES,
            price_minor=points * 2,
        )  # fmt: skip

    async def counted(self, work: Any, numbers: Sequence[int]) -> int:
        lots: Sequence[PointsLot] = await work.points_lots.free_of([ALICE], [str(number) for number in range(10)])
        return sum(lot.locked + lot.spent for lot in lots)

    async def held(self, work: Any, order: Order) -> Held:
        uses: Sequence[PointsUse] = await work.points_uses.of_order(order.id)
        return Held(
            taken=sum(one.units for one in uses), open=sum(one.open for one in uses), used=sum(one.spent for one in uses),
            back=sum(one.back for one in uses),
        )  # fmt: skip


class _Waits(CampaignQuota):
    def paid(self, shared: Any, own: Any, order: Order, at: datetime) -> Any:
        return (*super().paid(shared, own, order, at)[:2], Paid.WAITS)


class TestQuotaOfGroups(TestQuota):
    """A kind whose orders are paid and cannot be sent yet."""

    paid_hears = Paid.WAITS

    def kind(self) -> CampaignQuota:
        return _Waits()


# ---- the examination bites -----------------------------------------------------------------------------------------------


class _TakesInPlace(CampaignQuota):
    def take(self, shared: Any, demand: Demand, minted: Any, at: datetime) -> Any:
        taken = super().take(shared, demand, minted, at)
        if taken is not None:
            shared.update(taken[0])
        return taken


class _AsksForEach(CampaignQuota):
    async def claim(self, work: Any, demands: Sequence[Demand]) -> Any:
        found: dict[Any, Any] = {}
        for demand in demands:
            found.update(await super().claim(work, [demand]))
        return found


class _AsksAlways(CampaignQuota):
    async def claim(self, work: Any, demands: Sequence[Demand]) -> Any:
        return {id: Change(one, one) for id, one in (await work.quotas.claim([sku(1)])).items()}


class _ForgetsTheQuota(CampaignQuota):
    def follow(self, shared: Any, own: Any, change: Any, at: datetime) -> Any:
        return shared, super().follow(shared, own, change, at)[1]


class _FirmsTwice(CampaignQuota):
    def paid(self, shared: Any, own: Any, order: Order, at: datetime) -> Any:
        quotas = {id: one.then(lambda quota: quota.take(1)) for id, one in shared.items()} if shared else shared
        again = tuple(one.then(lambda share: Change(share, evolve(share, quantity=share.quantity + 1, used=share.used + 1)))
                      for one in own)  # fmt: skip
        return quotas, again, Paid.FIRM


class _NeverFirm(CampaignQuota):
    def paid(self, shared: Any, own: Any, order: Order, at: datetime) -> Any:
        return shared, own, Paid.FIRM


class _LosesWhatWaited(_Waits):
    reads = frozenset({*CampaignQuota.reads, Why.GOING_ON})

    def follow(self, shared: Any, own: Any, change: Any, at: datetime) -> Any:
        if change.before.status is not OrderStatus.AWAITING_GROUP or change.state.status is not OrderStatus.TO_SHIP:
            return super().follow(shared, own, change, at)
        return shared, tuple(one.then(lambda share: share.give_back(share.used)) for one in own)


class _LocksNothing(CampaignQuota):
    async def lock(self, work: Any, order: Order) -> Any:
        return {}


class _WantsAnotherGround(CampaignQuota):
    def present(self, shared: Any, demand: Demand) -> Any:
        return ()


class _ReadsWithTheLock(CampaignQuota):
    reads = frozenset({Why.PAYING})


@pytest.mark.parametrize(
    ("careless", "promise"),
    [
        (_TakesInPlace, "test_taking_changes_nothing_that_it_was_given"),
        (_AsksForEach, "test_a_batch_is_claimed_with_one_statement_and_who_wants_nothing_costs_none"),
        (_AsksAlways, "test_a_batch_is_claimed_with_one_statement_and_who_wants_nothing_costs_none"),
        (_ForgetsTheQuota, "test_whatever_happens_each_unit_is_open_used_or_given_back"),
        (_NeverFirm, "test_whatever_happens_each_unit_is_open_used_or_given_back"),
        (_ReadsWithTheLock, "test_whatever_happens_each_unit_is_open_used_or_given_back"),
        (_FirmsTwice, "test_money_that_is_heard_of_twice_changes_nothing_the_second_time"),
        (_LocksNothing, "test_what_orders_share_is_locked_before_the_order_and_what_one_has_is_read_after"),
        (_Waits, "test_whatever_happens_each_unit_is_open_used_or_given_back"),
        (_LosesWhatWaited, "test_whatever_happens_each_unit_is_open_used_or_given_back"),
        (_WantsAnotherGround, "test_what_a_fresh_quote_rests_on_is_what_is_present"),
    ],
)
async def test_a_careless_kind_is_found_out(careless: type[CampaignQuota], promise: str) -> None:
    """STK-R7, R13, R17."""

    class Careless(TestQuota):
        paid_hears = Paid.WAITS if careless is _LosesWhatWaited else Paid.FIRM

        def kind(self) -> CampaignQuota:
            return careless()

    memory = MemoryStore(Memory(Surroundings(EVERY_EVENT, reactions=reactions_to).tools(MemoryTools)))
    with pytest.raises((AssertionError, pytest.fail.Exception, TypeError, ValueError, KeyError)):
        await getattr(Careless(), promise)(memory.begin)


async def test_a_process_that_reads_what_an_order_has_before_it_locks_the_order_fails(begin: Any) -> None:
    """R13: on every store, whatever the kind."""
    examination = TestQuota()
    kind = examination.kind()
    takings, number = Takings((kind,)), 1
    async with begin() as work:
        await examination.prepare(work)
        await work.commit()
    async with begin() as work:
        shared, sale = placing(takings, await takings.claim(work, [examination.wanted(number)]), examination.wanted(number))
        takings.save(work, shared, [sale.own])
        work.orders.save(sale.order)
        await work.commit()

    async def give_back(*, careless: bool) -> None:
        async with begin() as work:
            seen = await work.orders.get(sale.order.state.id)
            shared = await takings.lock(work, seen, Why.RELEASING)
            own = await takings.own(work, seen, Why.RELEASING) if careless else {}
            order = await claim_order(work.orders, seen.id)
            own = own or await takings.own(work, order, Why.RELEASING)
            change = order.begin_closing(CloseReason.STAFF, actor=CLERK, at=NOON).then(lambda one: one.close_unpaid(at=NOON))
            shared, own = takings.follow(shared, own, change, NOON)
            takings.save(work, shared, [own])
            work.orders.save(change)
            await work.commit()

    with pytest.raises(AssertionError, match="while the order is locked"):
        await give_back(careless=True)
    await give_back(careless=False)


def test_two_kinds_of_one_name_and_one_that_comes_after_the_order_are_refused() -> None:
    """R13: what orders share is locked before the order."""

    class Late(CampaignQuota):
        kind = "late"
        rank = Rank.ORDER

    with pytest.raises(ValueError, match="name of its own"):
        Takings((Stock(), Stock(split=True)))
    with pytest.raises(ValueError, match="before the order"):
        Takings((Stock(), Late()))
    assert [one.kind for one in Takings((Stock(), CampaignQuota(), PurchaseLimits())).kinds] == ["limits", "quota", "stock"]


@pytest.mark.parametrize("name", ["gift wrap", "Wrapping", "gift-wrap", "", "1st", "wrap\n", "w" * 32])
@pytest.mark.parametrize("like", [CampaignQuota, Points])
def test_a_kind_has_a_name_that_can_be_kept_with_others(like: type[Any], name: str) -> None:
    """An order keeps the names of what it took joined by blanks: "gift wrap" would come back as two kinds."""
    with pytest.raises(ValueError, match=f"not {re.escape(repr(name))}"):
        Takings((Stock(), type("Named", (like,), {"kind": name})()))
    assert Takings((Stock(), type("Named", (like,), {"kind": "gift_wrap_2"})())).kinds


async def test_an_order_that_took_what_this_process_does_not_know_is_left_alone(begin: Any) -> None:
    """STK-R11: else what it took would be lost for good."""
    order = evolve(placed().state, took=frozenset({"stock", "slots"}))
    async with begin() as work:
        with pytest.raises(UnknownKinds) as refused:
            await our_takings().lock(work, order, Why.RELEASING)
    assert refused.value.kinds == ("slots",)
