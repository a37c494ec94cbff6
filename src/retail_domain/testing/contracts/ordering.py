"""The examination every store of orders passes: the promises of `Orders` as tests.

An adapter's author subclasses it with a fixture `begin` that opens units of work on an empty store:

    class TestMyOrders(OrdersContract):
        @pytest.fixture
        def begin(self) -> Begin[OrderingWork]: ...
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import Stale, Taken
from retail_domain.kernel.ids import CartId
from retail_domain.kernel.units import Begin
from retail_domain.ordering import (
    AtStore,
    CloseReason,
    LineShare,
    Order,
    OrderingWork,
    OrderMemo,
    OrderNotFound,
    OrderStatus,
    RefundWish,
    Repricing,
    Units,
)
from retail_domain.testing.orders import (
    ALICE,
    CLERK,
    NOON,
    WAREHOUSE,
    a_line,
    order_id,
    parcel,
    pay,
    placed,
    refund,
    sku,
    wish,
)


async def stored(begin: Begin[OrderingWork], change: Change[Order]) -> Order:
    """What the store says after storing it."""
    async with begin() as work:
        work.orders.save(change)
        await work.commit()
    async with begin() as work:
        return await work.orders.get(change.state.id)


@pytest.mark.asyncio
class OrdersContract:
    """What every store of orders promises."""

    async def test_a_stored_order_comes_back_as_it_was(self, begin: Begin[OrderingWork]) -> None:
        """R32: nothing is lost on the way, at any point of its life."""
        rule = ("gateway", "gift_card")
        first = placed(a_line(2, 3, 1_000), a_line(1, 1, 0, limited=True, image_url="https://x/y"), refund_order=rule)
        order = await stored(begin, first)
        assert order == evolve(first.state, version=1)
        life: list[Callable[[Order], Change[Order]]] = [
            lambda one: one.begin_closing(CloseReason.MEMBER, actor=CLERK, at=NOON, note="no more"),
            lambda one: one.extend_closing(at=NOON),
            pay,
            lambda one: one.ship(parcel(1, s2=1), actor=CLERK, at=NOON),
            lambda one: refund(one, wish(100, s2=2)),
            lambda one: one.ship(parcel(2, s1=1), actor=CLERK, at=NOON),
            lambda one: one.sign(actor=CLERK, at=NOON),
            lambda one: one.complete(at=NOON + timedelta(days=30)),
        ]
        for version, step in enumerate(life, 2):
            change = step(order)
            order = await stored(begin, change)
            assert order == evolve(change.state, version=version)

    async def test_an_order_keeps_where_it_goes_what_it_took_and_how_its_price_came_about(
        self, begin: Begin[OrderingWork]
    ) -> None:
        """R32: a gift beside the same goods, collected at a store; freight, tax, and what was kept back of a refund."""
        goods, freight = LineShare("base", "sale_price", "", 2_000), LineShare("freight", "freight_template", "f-1", 300)
        bought = a_line(1, 2, 2_000, shares=(goods,), freight_minor=300, freight_shares=(freight,), included_tax_minor=230)
        waived = (LineShare("base", "sale_price", "", 1_000), LineShare("line_price", "gift", "g-1", -1_000))
        gift = a_line(1, 1, 0, shares=waived, gift=True)
        change = placed(
            bought, gift, freight_minor=300, goes=AtStore(WAREHOUSE), took=frozenset({"stock", "limits"}),
            held_until=NOON + timedelta(minutes=15),
        )  # fmt: skip
        order = await stored(begin, change)
        assert order == evolve(change.state, version=1)
        assert (order.goes, order.pay_by) == (AtStore(WAREHOUSE), NOON + timedelta(minutes=15))

        waiting = await stored(begin, order.pay(order.payable, actor=CLERK, at=NOON, waits=True))
        ready = await stored(begin, waiting.go_on(actor=CLERK, at=NOON))
        part = RefundWish(units=(Units(order.line(1).sku_id, 1, 1),), reason="broken")
        back = await stored(begin, refund(ready, part, kept_back_minor=400))

        assert (back.refunded_minor, back.kept_back_minor, back.returned_minor) == (600, 400, 1_000)
        assert (back.status, back.took) == (OrderStatus.READY_FOR_PICKUP, frozenset({"stock", "limits"}))

    async def test_a_price_that_was_agreed_later_comes_back_line_by_line(self, begin: Begin[OrderingWork]) -> None:
        """R32, ORD-R4: twice, its shares and its tax too; what was agreed is what is paid."""
        goods = LineShare("base", "sale_price", "", 2_000)
        order = await stored(begin, placed(a_line(1, 2, 2_000, shares=(goods,), included_tax_minor=230), a_line(2, 1, 0)))
        for minor in (1_801, 90_000):
            change = order.reprice(Repricing(payable_minor=minor, reason="agreed"), actor=CLERK, at=NOON)
            order = await stored(begin, change)
            assert order == evolve(change.state, version=order.version)

        paid = await stored(begin, pay(order))
        assert (paid.paid_minor, paid.line(1).payable_minor, paid.line(2).payable_minor) == (90_000, 89_200, 0)

    async def test_what_its_buyer_told_the_shop_stays_with_an_order(self, begin: Begin[OrderingWork]) -> None:
        """R32, ORD-R12: several lines of it, whatever becomes of the order."""
        order = await stored(begin, placed(remark="请放在门口\n谢谢 🙏"))
        assert (await stored(begin, pay(order))).remark == order.remark == "请放在门口\n谢谢 🙏"
        assert (await stored(begin, placed(which=2))).remark == ""

    async def test_memos_of_an_order_come_back_in_their_order_and_no_number_twice(self, begin: Begin[OrderingWork]) -> None:
        """ORD-R13, GEN-R10: staged ones too, and none of another order."""
        order, other = await stored(begin, placed(which=1)), await stored(begin, placed(which=2))
        async with begin() as work:
            for text in ("buyer called", "第二条"):
                others = len(await work.order_memos.of_order(order.id))
                work.order_memos.save(OrderMemo.written(order, others, text, actor=CLERK, at=NOON))
            await work.commit()
        async with begin() as work:
            memos = await work.order_memos.of_order(order.id)
            assert [(one.number, one.text, one.by, one.member_id) for one in memos] == [
                (1, "buyer called", CLERK, ALICE), (2, "第二条", CLERK, ALICE),
            ]  # fmt: skip
            assert list(await work.order_memos.of_order(other.id)) == []
            work.order_memos.save(OrderMemo.written(order, 1, "again", actor=CLERK, at=NOON))
            with pytest.raises(Taken):
                await work.commit()

    async def test_an_unknown_order_is_not_found_and_not_claimed(self, begin: Begin[OrderingWork]) -> None:
        async with begin() as work:
            with pytest.raises(OrderNotFound):
                await work.orders.get(order_id(9))
            assert await work.orders.claim([order_id(9)]) == {}

    async def test_a_unit_sees_what_it_staged_and_others_do_not_before_its_commit(self, begin: Begin[OrderingWork]) -> None:
        """R16, GEN-R18."""
        order = await stored(begin, placed())
        async with begin() as work:
            work.orders.save(pay(order))
            assert (await work.orders.get(order.id)).status is OrderStatus.TO_SHIP
            assert (await work.orders.claim([order.id]))[order.id].status is OrderStatus.TO_SHIP
        async with begin() as work:
            assert (await work.orders.get(order.id)).status is OrderStatus.PENDING_PAYMENT

    async def test_a_change_of_an_old_version_is_refused(self, begin: Begin[OrderingWork]) -> None:
        """GEN-R8, R13: written only on the version that was seen."""
        order = await stored(begin, placed())
        await stored(begin, pay(order))

        async with begin() as work:
            work.orders.save(order.begin_closing(CloseReason.MEMBER, actor=CLERK, at=NOON))
            with pytest.raises(Stale):
                await work.commit()

    async def test_a_quote_is_ordered_once_and_a_number_is_given_once(self, begin: Begin[OrderingWork]) -> None:
        """R18, GEN-R10."""
        first = await stored(begin, placed(which=1))

        for change, constraint in (
            (placed(which=2, quote_id=first.quote_id), "orders.quote_id"),
            (placed(which=3, number=first.number), "orders.number"),
        ):
            async with begin() as work:
                work.orders.save(change)
                with pytest.raises(Taken) as taken:
                    await work.commit()
            assert taken.value.rule == constraint

    async def test_orders_are_found_by_their_quotes(self, begin: Begin[OrderingWork]) -> None:
        """R18: placing looks them up in one statement."""
        first, second = await stored(begin, placed(which=1)), await stored(begin, placed(which=2))

        async with begin() as work:
            found = await work.orders.placed_from([first.quote_id, second.quote_id, placed(which=9).state.quote_id])
            assert {order.id for order in found} == {first.id, second.id}
            assert list(await work.orders.placed_from([])) == []

    async def test_orders_are_found_by_the_version_of_the_cart_they_came_of(self, begin: Begin[OrderingWork]) -> None:
        """R18: a cart that was ordered at one version is not ordered at another."""
        mine, other = CartId(UUID(int=1)), CartId(UUID(int=2))
        first = await stored(begin, placed(which=1, cart_id=mine, cart_version=3))
        second = await stored(begin, placed(which=2, cart_id=other, cart_version=4))
        third = await stored(begin, placed(which=3))

        async with begin() as work:
            crossed = await work.orders.placed_from([], [(mine, 4), (other, 3)])
            found = await work.orders.placed_from([third.quote_id], [(mine, 3), (other, 3), (CartId(UUID(int=9)), 3)])
            both = await work.orders.placed_from([second.quote_id], [(other, 4)])

        assert list(crossed) == []
        assert {order.id for order in found} == {first.id, third.id}
        assert [order.id for order in both] == [second.id]

    async def test_what_is_due_comes_most_overdue_first_and_only_once_its_time_has_come(
        self, begin: Begin[OrderingWork]
    ) -> None:
        """R28, GEN-R6: a deadline is reached when now equals it."""
        orders = [await stored(begin, placed(which=which, at=NOON - timedelta(minutes=which))) for which in (1, 3, 2)]
        await stored(begin, placed(which=4, at=NOON).then(pay))
        first_due = orders[1].pay_by

        async with begin() as work:
            due = work.orders.due
            assert await due(OrderStatus.PENDING_PAYMENT, first_due - timedelta(microseconds=1), 9) == ()
            assert await due(OrderStatus.PENDING_PAYMENT, first_due, 9) == (orders[1].id,)
            later = NOON + timedelta(days=1)
            assert await due(OrderStatus.PENDING_PAYMENT, later, 2) == (orders[1].id, orders[2].id)
            assert await due(OrderStatus.SHIPPED, later, 9) == ()

    async def test_the_lowest_price_paid_is_of_units_that_somebody_has_paid_for_and_kept(
        self, begin: Begin[OrderingWork]
    ) -> None:
        """CAT-R9: in `[since, until)`; gifts, unpaid orders and lines that came back whole tell of no price."""

        async def order(which: int, payable_minor: int, at: datetime | None, **more: Any) -> Order:
            line = a_line(1, 2, payable_minor=payable_minor, **more)
            change = placed(line, a_line(2, 1, payable_minor=100), which=which)
            return await stored(begin, change if at is None else change.then(lambda one: pay(one, at)))

        since, until, second = NOON, NOON + timedelta(days=7), timedelta(microseconds=1)
        await order(1, 1_001, since)
        await order(2, 900, until - second)
        for which, minor, at, more in (
            (3, 200, None, {}), (4, 300, since - second, {}), (5, 400, until, {}), (6, 0, since, {"gift": True}),
        ):  # fmt: skip
            await order(which, minor, at, **more)
        back = await order(7, 600, since)
        async with begin() as work:
            (held,) = (await work.orders.claim([back.id])).values()
            work.orders.save(refund(held, wish(s1=2)))
            await work.commit()

        async with begin() as work:
            lowest = work.orders.lowest_paid
            assert await lowest(sku(1), since, until) == 450
            assert await lowest(sku(1), since, until - second) == 500, "1,001 for two: 500 for the cheaper one"
            assert await lowest(sku(3), since, until) is None

    async def test_several_orders_are_stored_in_one_unit(self, begin: Begin[OrderingWork]) -> None:
        """GEN-R18: the same lines serve one command and a batch."""
        async with begin() as work:
            for which in range(1, 6):
                work.orders.save(placed(a_line(1), a_line(2), which=which))
            await work.commit()
        async with begin() as work:
            claimed = await work.orders.claim([order_id(which) for which in (5, 3, 1, 9)])
        assert list(claimed) == [order_id(1), order_id(3), order_id(5)]
        assert all(order.member_id == ALICE and len(order.lines) == 2 for order in claimed.values())
