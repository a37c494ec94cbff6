"""Races about an order that is placed: who pays, cancels, ships, refunds or closes it first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from retail_domain.kernel.ids import OrderId, SkuId
from retail_domain.ordering import (
    CancelOrder,
    CloseOrder,
    ConfirmReceipt,
    OrderStatus,
    RefundOrder,
    RepriceOrder,
    ShipOrder,
    Units,
)
from retail_domain.payments import (
    ConfirmCounterPayment,
    Flow,
    MoneyState,
    PaymentState,
    PaymentView,
    RefundAside,
    StartPayment,
)
from retail_domain.processes.purchase.checkout import Placed
from tests.races.race import Count, Heat, Race, Scene
from tests.support.market import CLERK
from tests.support.shop import Shop, Told

_OVER = ("order.wrong_state", "order.too_many_units")


async def _unpaid(scene: Scene, units: int = 1) -> tuple[Placed, SkuId]:
    tea = await scene.goods()
    return await scene.shop.order(await scene.buyer(), (tea, units)), tea


async def _paid(scene: Scene, units: int = 1) -> tuple[Placed, SkuId]:
    tea, buyer = await scene.goods(), await scene.buyer()
    placed = await scene.shop.order(buyer, (tea, units))
    view = await scene.shop.start(buyer, placed, Flow.COUNTER, "counter")
    await scene.shop.retail.payments.confirm_counter(_in_cash(view, placed))
    return placed, tea


def _in_cash(view: PaymentView, placed: Placed) -> ConfirmCounterPayment:
    return ConfirmCounterPayment(payment_id=view.payment_id, amount=placed.payable, actor=CLERK)


def _ways_out(order_id: OrderId, *ends: OrderStatus) -> Count:
    async def ways_out(shop: Shop, _answers: Sequence[Told]) -> int:
        history = await shop.retail.ordering.show.history(order_id)
        return sum(1 for step in history if step.to_status in ends and step.from_status is not step.to_status)

    return ways_out


async def _attempts(scene: Scene) -> Heat:
    placed, _ = await _unpaid(scene)
    start = StartPayment(member_id=(await scene.buyer()).id, order_id=placed.order_id, gateway="counter", flow=Flow.COUNTER)

    async def attempts(shop: Shop, answers: Sequence[Told]) -> int:
        assert len({one.answer.payment_id for one in answers if one.is_done}) == 1
        return len(await shop.retail.payments.show.of_order(placed.order_id))

    return Heat(calls=scene.dealt(("payments.start", start)), allowed=1, won=attempts)


async def _effects_of_a_notice(scene: Scene) -> Heat:
    placed, tea = await _unpaid(scene, units=2)
    notice = scene.shop.buyer_pays(await scene.shop.start(await scene.buyer(), placed))

    async def paid(shop: Shop, _answers: Sequence[Told]) -> int:
        assert (await shop.shelf(tea)).reserved == 2
        return await _ways_out(placed.order_id, OrderStatus.TO_SHIP)(shop, ())

    return Heat(calls=scene.dealt(("payments.take_notice", notice)), allowed=1, won=paid)


async def _cash(scene: Scene) -> Heat:
    placed, _ = await _unpaid(scene)
    view = await scene.shop.start(await scene.buyer(), placed, Flow.COUNTER, "counter")
    confirmed = ("payments.confirm_counter", _in_cash(view, placed))
    return Heat(calls=scene.dealt(confirmed), allowed=1, refusals=("payment.not_open",))


async def _pay_or_cancel(scene: Scene) -> Heat:
    placed, _ = await _unpaid(scene)
    buyer = await scene.buyer()
    notice = scene.shop.buyer_pays(await scene.shop.start(buyer, placed))
    cancel = CancelOrder(member_id=buyer.id, order_id=placed.order_id)
    return Heat(
        calls=scene.dealt(("payments.take_notice", notice), ("ordering.cancel", cancel)), allowed=1,
        refusals=("order.wrong_state",), won=_ways_out(placed.order_id, OrderStatus.TO_SHIP, OrderStatus.CLOSED),
    )  # fmt: skip


async def _pay_or_reprice(scene: Scene) -> Heat:
    """Whoever pays has paid what the order cost; whoever agreed on a price has done so before."""
    placed, _ = await _unpaid(scene)
    buyer = await scene.buyer()
    view = await scene.shop.start(buyer, placed)
    notice = scene.shop.buyer_pays(view)
    wish = RepriceOrder(order_id=placed.order_id, payable_minor=placed.payable.minor - 100, reason="agreed", actor=CLERK)

    async def paid_what_it_costs(shop: Shop, _answers: Sequence[Told]) -> int:
        seen, (attempt,) = await shop.see(placed), await shop.retail.payments.show.of_order(placed.order_id)
        is_old = seen.payable == view.amount
        assert seen.paid.minor == (seen.payable.minor if is_old else 0), seen.paid
        assert attempt.money is (MoneyState.APPLIED if is_old else MoneyState.LATE), attempt.money
        return await _ways_out(placed.order_id, OrderStatus.TO_SHIP)(shop, ()) + (not is_old)

    return Heat(
        calls=scene.dealt(("payments.take_notice", notice), ("ordering.reprice", wish)), allowed=1,
        refusals=("order.wrong_state", "payment.attempt_open"), won=paid_what_it_costs,
    )  # fmt: skip


async def _prices(scene: Scene) -> Heat:
    placed, _ = await _unpaid(scene)
    was = placed.payable.minor
    wishes = [
        RepriceOrder(order_id=placed.order_id, payable_minor=was + more, was_minor=was, reason="agreed", actor=CLERK)
        for more in range(1, scene.rivals + 1)
    ]

    async def agreed(shop: Shop, answers: Sequence[Told]) -> int:
        steps = await shop.retail.ordering.show.history(placed.order_id)
        said = [one.answer.payable for one in answers if one.is_done]
        assert said == [(await shop.see(placed)).payable]
        return sum(step.payable_after is not None for step in steps)

    return Heat(
        calls=[("ordering.reprice", wish) for wish in wishes], allowed=1, refusals=("order.amount_differs",), won=agreed
    )


async def _close_or_reprice(scene: Scene) -> Heat:
    placed, tea = await _unpaid(scene, units=3)
    cancel = CancelOrder(member_id=(await scene.buyer()).id, order_id=placed.order_id)
    wish = RepriceOrder(order_id=placed.order_id, payable_minor=placed.payable.minor + 7, reason="agreed", actor=CLERK)

    async def closed(shop: Shop, _answers: Sequence[Told]) -> int:
        assert (await shop.shelf(tea)).reserved == 0
        return await _ways_out(placed.order_id, OrderStatus.CLOSED)(shop, ())

    calls = scene.dealt(("ordering.cancel", cancel), ("ordering.reprice", wish))
    return Heat(calls=calls, allowed=1, refusals=_OVER, won=closed)


async def _begin_or_reprice(scene: Scene) -> Heat:
    """An attempt that stands in the end asks for what the order costs."""
    placed, _ = await _unpaid(scene)
    start = StartPayment(member_id=(await scene.buyer()).id, order_id=placed.order_id, gateway="counter", flow=Flow.COUNTER)
    wish = RepriceOrder(order_id=placed.order_id, payable_minor=placed.payable.minor + 9, reason="agreed", actor=CLERK)

    async def standing(shop: Shop, _answers: Sequence[Told]) -> int:
        costs = (await shop.see(placed)).payable
        attempts = await shop.retail.payments.show.of_order(placed.order_id)
        open_ones = [one for one in attempts if one.status in (PaymentState.CREATED, PaymentState.PENDING)]
        assert [one.amount for one in open_ones] in ([], [costs]), (open_ones, costs)
        return 1

    return Heat(
        calls=scene.dealt(("payments.start", start), ("ordering.reprice", wish)), allowed=1,
        refusals=("payment.attempt_open", "payment.not_sent"), won=standing,
    )  # fmt: skip


async def _cancels(scene: Scene) -> Heat:
    placed, tea = await _unpaid(scene, units=3)
    cancel = CancelOrder(member_id=(await scene.buyer()).id, order_id=placed.order_id)

    async def given_back(shop: Shop, _answers: Sequence[Told]) -> int:
        shelf = await shop.shelf(tea)
        assert (shelf.on_hand, shelf.reserved) == (100, 0)
        return await _ways_out(placed.order_id, OrderStatus.CLOSED)(shop, ())

    return Heat(calls=scene.dealt(("ordering.cancel", cancel)), allowed=1, refusals=_OVER, won=given_back)


async def _pay_or_expire(scene: Scene) -> Heat:
    placed, _ = await _unpaid(scene)
    notice = scene.shop.buyer_pays(await scene.shop.start(await scene.buyer(), placed))
    calls = [("timer:close_unpaid", None)] * 4 + [("payments.take_notice", notice)] * (scene.rivals - 4)
    return Heat(calls=calls, allowed=1, won=_ways_out(placed.order_id, OrderStatus.TO_SHIP, OrderStatus.CLOSED))


async def _expiries(scene: Scene) -> Heat:
    placed, _ = await _unpaid(scene)
    calls = [("timer:close_unpaid", None)] * 8
    return Heat(calls=calls, allowed=1, won=_ways_out(placed.order_id, OrderStatus.CLOSED))


async def _shipped_units(scene: Scene) -> Heat:
    placed, tea = await _paid(scene, units=7)
    return Heat(calls=scene.dealt(("ordering.ship", _sent(placed, tea, 1))), allowed=7, refusals=_OVER)


async def _refunded_units(scene: Scene) -> Heat:
    placed, tea = await _paid(scene, units=5)
    back = RefundOrder(order_id=placed.order_id, reason="x", actor=CLERK, units=(Units(tea, 1),))

    async def given_back(shop: Shop, _answers: Sequence[Told]) -> int:
        refunds = await shop.retail.payments.show.refunds_of_order(placed.order_id)
        assert sum(one.amount.minor for one in refunds) == placed.payable.minor
        return len(refunds)

    return Heat(calls=scene.dealt(("ordering.refund", back)), allowed=5, refusals=_OVER, won=given_back)


async def _ship_or_refund(scene: Scene) -> Heat:
    placed, tea = await _paid(scene, units=4)
    back = RefundOrder(order_id=placed.order_id, reason="x", actor=CLERK, units=(Units(tea, 3),))

    async def accounted_for(shop: Shop, _answers: Sequence[Told]) -> int:
        shelf, (line,) = await shop.shelf(tea), (await shop.see(placed)).lines
        kept_back = line.quantity - line.shipped - line.unshipped
        assert (shelf.on_hand, shelf.reserved) == (100 - line.shipped, line.unshipped)
        return line.shipped + line.unshipped + kept_back

    calls = scene.dealt(("ordering.ship", _sent(placed, tea, 3)), ("ordering.refund", back))
    return Heat(calls=calls, allowed=4, refusals=_OVER, won=accounted_for)


async def _ship_or_close(scene: Scene) -> Heat:
    placed, tea = await _paid(scene, units=2)
    close = CloseOrder(order_id=placed.order_id, reason="no more", actor=CLERK)
    calls = scene.dealt(("ordering.ship", _sent(placed, tea, 2)), ("ordering.close", close))
    return Heat(calls=calls, allowed=1, refusals=_OVER)


async def _receipts(scene: Scene) -> Heat:
    placed, tea = await _paid(scene)
    await scene.shop.retail.ordering.ship(_sent(placed, tea, 1))
    receipt = ConfirmReceipt(member_id=(await scene.buyer()).id, order_id=placed.order_id)
    return Heat(calls=scene.dealt(("ordering.confirm_receipt", receipt)), allowed=1, refusals=_OVER)


async def _completions(scene: Scene) -> Heat:
    placed, tea = await _paid(scene)
    await scene.shop.retail.ordering.ship(_sent(placed, tea, 1))
    await scene.shop.retail.ordering.confirm_receipt(
        ConfirmReceipt(member_id=(await scene.buyer()).id, order_id=placed.order_id)
    )
    calls = [("timer:complete", None)] * 8
    return Heat(calls=calls, allowed=1, won=_ways_out(placed.order_id, OrderStatus.COMPLETED))


async def _refunds_at_the_provider(scene: Scene) -> Heat:
    tea, buyer = await scene.goods(), await scene.buyer()
    placed, view = await scene.shop.paid_order(buyer, (tea, 1))
    back = RefundOrder(order_id=placed.order_id, reason="x", actor=CLERK, units=(Units(tea, 1),))
    await scene.shop.retail.ordering.refund(back)

    async def sent(shop: Shop, _answers: Sequence[Told]) -> int:
        return len(shop.sandbox.refunds(view.payment_id.hex))

    return Heat(calls=[("timer:push_refunds", None)] * 8, allowed=1, won=sent)


async def _money_kept_aside(scene: Scene) -> Heat:
    placed, _ = await _unpaid(scene)
    view = await scene.shop.start(await scene.buyer(), placed)
    scene.shop.sandbox.arm("wrong_amount", on="notice")
    await scene.shop.hears(scene.shop.buyer_pays(view))
    aside = RefundAside(payment_id=view.payment_id, reason="wrong sum", actor=CLERK)
    return Heat(calls=scene.dealt(("payments.refund_aside", aside)), allowed=1, refusals=("payment.not_suspect",))


def _sent(placed: Placed, tea: SkuId, units: int) -> ShipOrder:
    return ShipOrder(order_id=placed.order_id, carrier="SF", tracking_number="1", actor=CLERK, units=(Units(tea, units),))


RACES = (
    Race(limit="open attempts of an order", rules="PAY-R1 R12", prepare=_attempts),
    Race(limit="effects of a paid notice", rules="R8 PAY-I3 R26", prepare=_effects_of_a_notice),
    Race(limit="times the same cash is taken", rules="R14 PAY-R2", prepare=_cash),
    Race(limit="ways out: paid or cancelled", rules="R14 R10", prepare=_pay_or_cancel),
    Race(limit="prices paid: the old or the agreed one", rules="ORD-R4 PAY-R2 R13", prepare=_pay_or_reprice),
    Race(limit="prices agreed by who saw the same one", rules="ORD-R4 R13", prepare=_prices),
    Race(limit="ends of an order that is repriced", rules="ORD-R4 R14", prepare=_close_or_reprice),
    Race(limit="attempts at the price of an order", rules="ORD-R4 PAY-R1", prepare=_begin_or_reprice),
    Race(limit="ends of an unpaid order, units given back", rules="R3 ORD-I5 GEN-R11", prepare=_cancels),
    Race(limit="shipped units of seven", rules="T6 ORD-I3", prepare=_shipped_units),
    Race(limit="refunded units of five, to the cent", rules="R5 PAY-I4 ORD-I4", prepare=_refunded_units),
    Race(limit="units of four, shipped or paid back", rules="R14 ORD-I3", prepare=_ship_or_refund),
    Race(limit="ways on: shipped or called off", rules="R14 T6 T11", prepare=_ship_or_close),
    Race(limit="receipts of an order", rules="R13 T8", prepare=_receipts),
    Race(limit="refunds of money kept aside", rules="R10 PAY-I4", prepare=_money_kept_aside),
    Race(limit="refunds at the provider", rules="R12 PAY-R9 R28", prepare=_refunds_at_the_provider),
    Race(
        limit="ways out: paid or expired",
        rules="R14 R28 PAY-R6",
        prepare=_pay_or_expire,
        passes=timedelta(hours=1),
        settles=True,
    ),
    Race(limit="ends of an expired order", rules="R28", prepare=_expiries, passes=timedelta(hours=3), settles=True),
    Race(limit="completions of an order", rules="R28 T9", prepare=_completions, passes=timedelta(days=40), settles=True),
)
"""Everything about an order that happens once; those that let time pass come last."""
