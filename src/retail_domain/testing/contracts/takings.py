"""The examination every kind of taking passes: taken = open + used + given back, each unit once, whatever happens to an order.

The author of a kind subclasses it with a fixture and six answers; the store is any that the shop runs on, nearly empty:

    class TestMySlots(TakingContract):
        @pytest.fixture
        def begin(self) -> Begin[Any]: ...              # units of work
        def kind(self) -> Slots: ...
        async def prepare(self, work) -> None: ...      # stage what there is to be taken: enough for a hundred orders
        def wanted(self, number) -> Demand: ...         # the demand of that number; `retail_domain.testing.demands` makes them
        def too_much(self) -> Demand: ...               # more than there is
        async def counted(self, work, numbers) -> int:  # what shared rows say that orders of these numbers have taken
        async def held(self, work, order) -> Held: ...  # what the order has of it alone
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import product
from typing import Any, ClassVar, Final
from uuid import UUID

import pytest
from attrs import frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import DomainError, InvalidInput
from retail_domain.kernel.ids import OrderId, ParcelId
from retail_domain.kernel.ranks import Rank
from retail_domain.kernel.units import Begin
from retail_domain.ordering import CloseReason, Order, OrderStatus, RefundWish, Shipment, Units, claim_order, refund_amount
from retail_domain.processes.takings import Demand, Paid, Taking, Takings, Why, closed_unpaid
from retail_domain.testing.demands import a_demand, minted, placing
from retail_domain.testing.orders import CLERK, NOON, call_off
from retail_domain.testing.points import Points, numbered_units

_ACTS: Final = ("pay", "ship", "refund", "close", "complete")
HISTORIES: Final[tuple[tuple[str, ...], ...]] = (
    *product(_ACTS, repeat=2),
    *(("pay", *acts) for acts in product(_ACTS[1:], repeat=2)),
    ("pay", "refund", "ship", "refund", "rest"),
    ("pay", "ship", "ship", "refund", "complete", "refund", "rest"),
    *(("pay", "rest", "pay", "close"), ("pay", "complete", "rest", "rest")),
)
"""What happens to an order: each in turn, whether it may happen then or is refused."""
LATER: Final = NOON + timedelta(days=60)


@frozen(kw_only=True)
class Held:
    """What one order has of a kind: `taken` once, and each of it open, used or given back."""

    taken: int
    open: int = 0
    used: int = 0
    back: int = 0


@pytest.mark.asyncio
class TakingContract:
    """What every kind of taking promises."""

    paid_hears: ClassVar[Paid] = Paid.FIRM
    """To money that comes in time: `Paid.WAITS` if orders cannot be sent at once, and go on before; what is taken is used."""

    claimed_with: ClassVar[int] = 1
    """How many statements claim a batch: two where what is shared has parts that are read under its lock."""

    # ---- what its author answers -------------------------------------------------------------------------------------

    @abstractmethod
    def kind(self) -> Taking[Any, Any, Any]:
        """The kind."""

    @abstractmethod
    async def prepare(self, work: Any) -> None:
        """Stage what there is to be taken."""

    @abstractmethod
    def wanted(self, number: int) -> Demand:
        """A demand that wants some of it."""

    @abstractmethod
    def too_much(self) -> Demand:
        """A demand that wants more of it than there is."""

    @abstractmethod
    async def counted(self, work: Any, numbers: Sequence[int]) -> int:
        """How much the shared rows say that was taken for these demands, open or used."""

    @abstractmethod
    async def held(self, work: Any, order: Order) -> Held:
        """What an order has of it."""

    def unwanting(self) -> Demand | None:
        """A demand that wants nothing of it; None if there is no such thing."""
        return a_demand(99)

    # ---- life of an order --------------------------------------------------------------------------------------------

    async def test_whatever_happens_each_unit_is_open_used_or_given_back(self, begin: Begin[Any]) -> None:
        """STK-R7, ORD-I5, R3: and what shared rows count is what orders have, open and used alike."""
        shop, taken = await self._opened(begin), 0
        for number, acts in enumerate(HISTORIES, 1):
            order_id = await shop.place(number)
            now = await self._checked(shop, number, taken, None)
            for act in acts:
                await shop.act(act, order_id)
                now = await self._checked(shop, number, taken, now)
            taken += now.open + now.used

    async def test_orders_that_are_placed_together_take_one_after_the_other(self, begin: Begin[Any]) -> None:
        """R1, GEN-R18: one claim for all of them, and each finds what the one before has left."""
        shop = await self._opened(begin)
        ids = await shop.place_together(1, 2, 3)

        async with begin() as work:
            held = [await self.held(work, await work.orders.get(id)) for id in ids]
            assert await self.counted(work, [1, 2, 3]) == sum(one.open + one.used for one in held)
        assert all(one.taken > 0 for one in held)

    async def test_money_that_is_heard_of_twice_changes_nothing_the_second_time(self, begin: Begin[Any]) -> None:
        """R8: making firm is idempotent."""
        shop = await self._opened(begin)
        order_id = await shop.place(1)

        async with begin() as work:
            shared, order, own = await shop.met(work, order_id, Why.PAYING)
            once = shop.takings.paid(shared, own, order, NOON)
            assert shop.takings.paid(once[0], once[1], order, NOON) == once

    # ---- deciding ----------------------------------------------------------------------------------------------------

    async def test_taking_changes_nothing_that_it_was_given(self, begin: Begin[Any]) -> None:
        """R17: whoever is refused afterwards leaves everything as it was."""
        shop = await self._opened(begin)
        async with begin() as work:
            shared = await shop.takings.claim(work, [self.wanted(1), self.wanted(2)])
            before = repr(shared)
            after, sale = placing(shop.takings, shared, self.wanted(1))
            assert repr(shared) == before != repr(after)
            assert sale.order.state.took == {shop.kind.kind}

            both = Takings((shop.kind, _Refusing()))
            with pytest.raises(InvalidInput):
                _ = both.take({**shared, _Refusing.kind: None}, self.wanted(1), minted(1), NOON)
            assert repr(shared) == before

    async def test_what_there_is_not_enough_of_is_refused(self, begin: Begin[Any]) -> None:
        """R1: and refusing changes nothing."""
        shop = await self._opened(begin)
        async with begin() as work:
            shared = await shop.takings.claim(work, [self.too_much()])
            before = repr(shared)
            with pytest.raises(DomainError):
                placing(shop.takings, shared, self.too_much())
            assert repr(shared) == before

    async def test_what_a_fresh_quote_rests_on_is_what_is_present(self, begin: Begin[Any]) -> None:
        """R7: else nobody could order it."""
        shop = await self._opened(begin)
        async with begin() as work:
            shared = await shop.takings.claim(work, [self.wanted(1)])
            assert shop.takings.present(shared, self.wanted(1)) == set(self.wanted(1).grounds(shop.kind.kind))

    # ---- statements and locks ----------------------------------------------------------------------------------------

    async def test_a_batch_is_claimed_with_one_statement_and_who_wants_nothing_costs_none(self, begin: Begin[Any]) -> None:
        """R46: however many want some of it."""
        shop = await self._opened(begin)
        unwanting = self.unwanting()

        batch = await shop.statements_of_claiming([self.wanted(number) for number in range(1, 6)])
        wanted = self.claimed_with
        assert batch == wanted, f"`claim` asks {wanted} times for five demands that want some of it, not {batch} times"
        nobody = await shop.statements_of_claiming([])
        assert nobody == 0, f"`claim` asks nothing when there is no demand, not {nobody} times"
        if unwanting is not None:
            one = await shop.statements_of_claiming([unwanting])
            assert one == 0, f"`claim` asks nothing for a demand that wants nothing of it, not {one} times"

    async def test_nothing_is_asked_for_decisions_that_the_kind_does_not_name(self, begin: Begin[Any]) -> None:
        """R46."""
        shop = await self._opened(begin)
        order_id = await shop.place(1)
        async with begin() as work:
            order = await work.orders.get(order_id)
        for why in set(Why) - (shop.kind.locks | shop.kind.reads):
            assert await shop.takings.lock(_Forbidden(), order, why) == {}
            assert await shop.takings.own(_Forbidden(), order, why) == {}
        for why in shop.kind.locks - shop.kind.reads:
            assert await shop.takings.own(_Forbidden(), order, why) == {shop.kind.kind: None}

    async def test_what_orders_share_is_locked_before_the_order_and_what_one_has_is_read_after(self, begin: Begin[Any]) -> None:
        """R13: the other way round, two units could wait for each other, or write over what a rival did."""
        shop = await self._opened(begin)
        order_id = await shop.place(1)
        for why in shop.kind.reads:
            async with begin() as work:
                with pytest.raises(AssertionError, match="while the order is locked"):
                    await shop.takings.own(work, await work.orders.get(order_id), why)
        for why in shop.kind.locks:
            async with begin() as work:
                await shop.takings.lock(work, await work.orders.get(order_id), why)
                assert work.holds(shop.kind.rank) and not work.holds(Rank.ORDER), "what is locked is noted, at its rank"
            async with begin() as work:
                order = await claim_order(work.orders, order_id)
                with pytest.raises(AssertionError, match="one order"):
                    await shop.takings.lock(work, order, why)

    # ---- helpers -----------------------------------------------------------------------------------------------------

    async def _opened(self, begin: Begin[Any]) -> _Shop:
        async with begin() as work:
            await self.prepare(work)
            await work.commit()
        kind = self.kind()
        return _Shop(begin=begin, kind=kind, takings=Takings((kind,)), wanted=self.wanted, paid_hears=self.paid_hears)

    async def _checked(self, shop: _Shop, number: int, by_others: int, before: Held | None) -> Held:
        async with shop.begin() as work:
            order = await work.orders.get(minted(number).order_id)
            held = await self.held(work, order)
            counted = await self.counted(work, range(1, number + 1))
        told = f"{held} of an order that is {order.status.value}"
        assert held.taken > 0, "a demand that wants some of it takes some of it"
        assert min(held.open, held.used, held.back) >= 0 and held.taken == held.open + held.used + held.back, told
        assert counted == by_others + held.open + held.used, f"{counted} counted, {by_others} of others: {told}"
        assert held.open == 0 or order.awaits_payment, f"what is paid for is used: {told}"
        assert held.used == 0 or order.paid_at is not None, f"what is not paid for is not used: {told}"
        if order.closed_at is not None and order.paid_at is None:
            assert held.back == held.taken, f"closed unpaid, all of it is given back: {told}"
        if before is not None:
            assert held.taken == before.taken and held.back >= before.back, f"{told}; before: {before}"
        return held


@frozen(kw_only=True)
class _Shop:
    """As much of a shop as a kind needs: orders that go through their lives."""

    begin: Begin[Any]
    kind: Taking[Any, Any, Any]
    takings: Takings
    wanted: Callable[[int], Demand]
    paid_hears: Paid

    async def place(self, number: int) -> OrderId:
        """The order of that number."""
        (order_id,) = await self.place_together(number)
        return order_id

    async def place_together(self, *numbers: int) -> list[OrderId]:
        """A batch."""
        async with self.begin() as work:
            demands = [self.wanted(number) for number in numbers]
            shared = await self.takings.claim(work, demands)
            sales = []
            for number, demand in zip(numbers, demands, strict=True):
                shared, sale = placing(self.takings, shared, demand, number)
                sales.append(sale)
            self.takings.save(work, shared, [sale.own for sale in sales])
            for sale in sales:
                work.orders.save(sale.order)
            await work.commit()
        return [sale.order.state.id for sale in sales]

    async def met(self, work: Any, order_id: OrderId, why: Why) -> tuple[Any, Order, Any]:
        """What is shared, the order, and what it has alone, in the order of locks."""
        shared = await self.takings.lock(work, await work.orders.get(order_id), why)
        order = await claim_order(work.orders, order_id)
        return shared, order, await self.takings.own(work, order, why)

    async def statements_of_claiming(self, demands: Sequence[Demand]) -> int:
        """How often a collection is asked."""
        points = Points()
        async with numbered_units(self.begin, points)() as work:
            await self.takings.claim(work, demands)
        return sum(name.startswith("before ") for name in points.passed)

    async def act(self, act: str, order_id: OrderId) -> None:
        """Let it happen, or be refused."""
        steps: Sequence[tuple[Why, Callable[[Order], Change[Order]]]] = {
            "pay": [(Why.PAYING, self._paying)],
            "ship": [(Why.SHIPPING, _sending_one)],
            "refund": [(Why.RELEASING, _refunding_one)],
            "rest": [(Why.RELEASING, _refunding_the_rest)],
            "close": [(Why.RELEASING, _closing)],
            "complete": [(Why.SHIPPING, _sending_all), (Why.SHIPPING, _signing), (Why.COMPLETING, _completing)],
        }[act]
        try:
            if act in ("ship", "complete") and await self._waits(order_id):
                await self._decide(order_id, Why.GOING_ON, _going_on)
            for why, decide in steps:
                await self._decide(order_id, why, decide)
        except DomainError:
            return  # the order says no: what was taken stays as it was, which is checked next

    async def _decide(self, order_id: OrderId, why: Why, decide: Callable[[Order], Change[Order]]) -> None:
        async with self.begin() as work:
            shared, order, own = await self.met(work, order_id, why)
            change = decide(order)
            if why is Why.PAYING:
                shared, own, said = self.takings.paid(shared, own, order, NOON)
                assert said is self.paid_hears, f"money that comes in time hears {said}, not {self.paid_hears}"
            shared, own = self.takings.follow(shared, own, change, NOON)
            self.takings.save(work, shared, [own])
            work.orders.save(change)
            await work.commit()

    def _paying(self, order: Order) -> Change[Order]:
        return order.pay(order.payable, actor=CLERK, at=NOON, waits=self.paid_hears is Paid.WAITS)

    async def _waits(self, order_id: OrderId) -> bool:
        async with self.begin() as work:
            order: Order = await work.orders.get(order_id)
            return order.status is OrderStatus.AWAITING_GROUP


class _Forbidden:
    """A unit in which the order is locked, and of which nobody may ask anything."""

    def holds(self, rank: Rank) -> bool:
        """It is."""
        return True

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"nobody asked for this decision to be told: {name}")


class _Refusing(Taking[Any, None, None]):
    """The last of all kinds, which never has anything left."""

    kind = "zzz_refusing"
    rank = Rank(Rank.ORDER - 10)

    async def claim(self, work: Any, demands: Sequence[Demand]) -> None:
        """Nothing."""

    def take(self, shared: None, demand: Demand, minted: Any, at: Any) -> None:
        """Never."""
        raise InvalidInput.of("lines", "sold_out", "never")

    async def lock(self, work: Any, order: Order) -> None:
        """Nothing."""

    async def own(self, work: Any, order: Order) -> None:
        """Nothing."""

    def save(self, work: Any, shared: None, own: Sequence[None]) -> None:
        """Nothing."""


def _parcel(order: Order, units: Sequence[Units]) -> Shipment:
    sent = sum(line.shipped for line in order.lines)
    return Shipment(parcel_id=ParcelId(UUID(int=order.id.int * 100 + sent)), units=tuple(units))


def _going_on(order: Order) -> Change[Order]:
    return order.go_on(actor=CLERK, at=NOON)


def _sending_one(order: Order) -> Change[Order]:
    return order.ship(_parcel(order, [Units(order.lines[0].sku_id, 1, 1)]), actor=CLERK, at=NOON)


def _sending_all(order: Order) -> Change[Order]:
    left = [Units(line.sku_id, line.unshipped, line.number) for line in order.lines if line.unshipped]
    return order.ship(_parcel(order, left), actor=CLERK, at=NOON)


def _signing(order: Order) -> Change[Order]:
    return order.sign(actor=CLERK, at=NOON)


def _completing(order: Order) -> Change[Order]:
    return order.complete(at=LATER)


def _refunding_one(order: Order) -> Change[Order]:
    return _refunding(order, [Units(order.lines[0].sku_id, 1, 1)])


def _refunding_the_rest(order: Order) -> Change[Order]:
    return _refunding(order, [Units(line.sku_id, line.refundable, line.number) for line in order.lines if line.refundable])


def _refunding(order: Order, units: Sequence[Units]) -> Change[Order]:
    returning = order.returning(RefundWish(units=tuple(units), reason="x"))
    return order.refund(returning, refund_amount(order.refunded_minor, returning), actor=CLERK, at=NOON)


def _closing(order: Order) -> Change[Order]:
    if not order.awaits_payment:
        return call_off(order)
    change = order.begin_closing(CloseReason.STAFF, actor=CLERK, at=NOON).then(lambda one: one.close_unpaid(at=NOON))
    assert closed_unpaid(change)
    return change
