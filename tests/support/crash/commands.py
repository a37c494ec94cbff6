"""What members and staff do, killed at every point: for each, what is given, the call, and what must be so in the end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from attrs import evolve

from retail_domain.accounts import Purpose
from retail_domain.accounts.use_cases.send_code import SendCode
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import CancelOrder, CloseOrder, ConfirmReceipt, OrderStatus, RepriceOrder
from retail_domain.payments import (
    AskedTooOften,
    ConfirmCounterPayment,
    Flow,
    PaymentState,
    RefreshPayment,
    StartPayment,
)
from tests.support.crash import behind_the_counter, seconding, speaking, wallets
from tests.support.crash.givens import (
    COMMANDS,
    CORE,
    UNITS,
    Danger,
    Prepare,
    Sold,
    closed_here_and_there,
    command,
    events_of,
    gone_back_once,
    money_back,
    once,
    paid_order,
    parcel,
    placed_order,
    sent_order,
    shelf_of_tea,
    started_order,
    tea,
)
from tests.support.market import CLERK
from tests.support.shop import Shop


@command
async def place(shop: Shop, number: int) -> Danger:
    """R15, R16, R18: a quote becomes one order."""
    buyer = await shop.buyer(number)
    ask = await shop.ask(buyer, (tea(shop), UNITS), once=once(buyer, "place"))
    before = await shelf_of_tea(shop)

    async def check(shop: Shop) -> None:
        (order,) = (await shop.retail.ordering.show.mine(buyer.id, PageRequest(10))).items
        assert await events_of(shop, order.order_id) == {"order.placed": 1}
        assert await shelf_of_tea(shop) == (before[0], before[1] + UNITS)

    return Danger(call=("checkout.place", ask), check=check)


@command
async def place_three(shop: Shop, number: int) -> Danger:
    """R16, GEN-R19: a batch of three orders happens wholly or not at all."""
    buyers = [await shop.buyer(3 * number + each) for each in range(3)]
    asks = [await shop.ask(buyer, (tea(shop), UNITS), once=once(buyer, "place")) for buyer in buyers]
    before = await shelf_of_tea(shop)

    async def check(shop: Shop) -> None:
        for buyer in buyers:
            (order,) = (await shop.retail.ordering.show.mine(buyer.id, PageRequest(10))).items
            assert await events_of(shop, order.order_id) == {"order.placed": 1}
        assert await shelf_of_tea(shop) == (before[0], before[1] + 3 * UNITS)

    return Danger(call=("batch", asks), check=check)


@command
async def pay(shop: Shop, number: int) -> Danger:
    """R12: the attempt is stored, its provider called, the answer recorded; the provider hears of one payment."""
    sold = await placed_order(shop, number)

    async def check(shop: Shop) -> None:
        (attempt,) = await shop.retail.payments.show.of_order(sold.placed.order_id)
        assert (attempt.status, await events_of(shop, attempt.payment_id)) == (PaymentState.PENDING, {"payment.started": 1})
        evolve(sold, payment=attempt).is_charged_once(shop)
        await sold.ends(shop, OrderStatus.PENDING_PAYMENT)

    return Danger(call=("payments.start", _way(sold, Flow.DESKTOP_QR)), check=check)


def _way(sold: Sold, flow: Flow, gateway: str = "sandbox") -> StartPayment:
    start = StartPayment(member_id=sold.buyer.id, order_id=sold.placed.order_id, gateway=gateway, flow=flow)
    return evolve(start, once=once(sold.buyer, f"pay {flow.value}"))


@command
async def pay_otherwise(shop: Shop, number: int) -> Danger:
    """R12, PAY-R6: an open attempt is closed at its provider before another one begins."""
    sold = await started_order(shop, number)

    async def check(shop: Shop) -> None:
        first, second = await shop.retail.payments.show.of_order(sold.placed.order_id)
        assert (first.status, second.status) == (PaymentState.CLOSED, PaymentState.PENDING)
        evolve(sold, payment=second).is_charged_once(shop)
        (theirs,) = [one for one in shop.sandbox.payments() if one["ref"] == first.payment_id.hex]
        assert theirs["status"] == "closed"

    return Danger(call=("payments.start", _way(sold, Flow.MOBILE_WEB)), check=check)


@command
async def notice(shop: Shop, number: int) -> Danger:
    """R8, R10, PAY-R8: a notice that is not acknowledged comes again, and the order is paid once."""
    sold = await started_order(shop, number)
    assert sold.payment is not None
    heard = shop.buyer_pays(sold.payment)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.TO_SHIP, "paid")
        await sold.holds(shop, "sandbox", sold.placed.payable.minor)

    return Danger(call=("payments.take_notice", heard), check=check)


@command
async def confirm_counter(shop: Shop, number: int) -> Danger:
    """R8: what a clerk takes at the counter is taken once."""
    sold = await started_order(shop, number, "counter", Flow.COUNTER)
    assert sold.payment is not None
    confirm = ConfirmCounterPayment(payment_id=sold.payment.payment_id, amount=sold.placed.payable, actor=CLERK, once=sold.once)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.TO_SHIP, "paid")
        assert sum((await shop.books()).values()) == 0

    return Danger(call=("payments.confirm_counter", confirm), check=check)


@command
async def ship(shop: Shop, number: int) -> Danger:
    """R3, R15: one parcel leaves, its units leave the shelf once."""
    sold = await paid_order(shop, number)

    async def check(shop: Shop) -> None:
        assert len(await shop.retail.fulfilment.show.of_order(sold.placed.order_id)) == 1
        await sold.ends(shop, OrderStatus.SHIPPED, "paid", "shipped", shelf=(-UNITS, -UNITS))

    return Danger(call=("ordering.ship", parcel(sold, once=sold.once)), check=check)


@command
async def receive(shop: Shop, number: int) -> Danger:
    """R13: a receipt is confirmed once."""
    sold = await sent_order(shop, number)
    wish = ConfirmReceipt(member_id=sold.buyer.id, order_id=sold.placed.order_id, once=sold.once)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.SIGNED, "paid", "shipped", "signed")

    return Danger(call=("ordering.confirm_receipt", wish), check=check)


@command
async def refund(shop: Shop, number: int) -> Danger:
    """R5, R12: the money goes back once, and the worker sends it."""
    sold = await paid_order(shop, number)

    async def check(shop: Shop) -> None:
        await gone_back_once(shop, sold)
        await sold.ends(shop, OrderStatus.CLOSED, "paid", "refunded", "closed", shelf=(0, -UNITS))

    return Danger(call=("ordering.refund", money_back(shop, sold, once=sold.once)), check=check)


@command
async def call_off(shop: Shop, number: int) -> Danger:
    """T11, R5: staff call a paid order off; everything goes back once."""
    sold = await paid_order(shop, number)
    wish = CloseOrder(order_id=sold.placed.order_id, reason="broken", actor=CLERK, once=sold.once)

    async def check(shop: Shop) -> None:
        await gone_back_once(shop, sold)
        await sold.ends(shop, OrderStatus.CLOSED, "paid", "refunded", "closed", shelf=(0, -UNITS))

    return Danger(call=("ordering.close", wish), check=check)


@command
async def cancel(shop: Shop, number: int) -> Danger:
    """R3: an order nobody pays is closed at once, and its units are free again, once."""
    sold = await placed_order(shop, number)
    wish = CancelOrder(member_id=sold.buyer.id, order_id=sold.placed.order_id, once=sold.once)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.CLOSED, "closing", "closed", shelf=(0, -UNITS))

    return Danger(call=("ordering.cancel", wish), check=check)


@command
async def cancel_while_paying(shop: Shop, number: int) -> Danger:
    """R11, ORD-R9: an open attempt is closed at its provider before the order is."""
    sold = await started_order(shop, number)
    wish = CancelOrder(member_id=sold.buyer.id, order_id=sold.placed.order_id, once=sold.once)
    return Danger(call=("ordering.cancel", wish), check=closed_here_and_there(sold), later=timedelta(minutes=3))


@command
async def reprice(shop: Shop, number: int) -> Danger:
    """ORD-R4, PAY-R6: an attempt at the old price is closed at its provider, then the order costs something else, once."""
    sold = await started_order(shop, number)
    assert sold.payment is not None
    payment_id, minor = sold.payment.payment_id, sold.placed.payable.minor + 500
    wish = RepriceOrder(order_id=sold.placed.order_id, payable_minor=minor, reason="agreed", actor=CLERK, once=sold.once)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.PENDING_PAYMENT, "repriced")
        assert (await shop.see(sold.placed)).payable.minor == minor
        (theirs,) = [one for one in shop.sandbox.payments() if one["ref"] == payment_id.hex]
        (ours,) = await shop.retail.payments.show.of_order(sold.placed.order_id)
        assert (theirs["status"], ours.status) == ("closed", PaymentState.CLOSED)

    return Danger(call=("ordering.reprice", wish), check=check)


@command
async def refresh(shop: Shop, number: int) -> Danger:
    """R8, R11: a member asks whether the money has come; it is taken once."""
    sold = await started_order(shop, number)
    assert sold.payment is not None
    shop.sandbox.pay(sold.payment.payment_id.hex)
    wish = RefreshPayment(member_id=sold.buyer.id, payment_id=sold.payment.payment_id)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.TO_SHIP, "paid")
        await sold.holds(shop, "sandbox", sold.placed.payable.minor)

    call, later = ("payments.refresh", wish), timedelta(minutes=1)
    return Danger(call=call, check=check, later=later, same_answer=False, or_refused=AskedTooOften.code)


@command
async def send_code(shop: Shop, number: int) -> Danger:
    """R17, R36: a code is sent at most once, and the same request names the same challenge."""
    phone = Phone.parse(f"1380014{number:04d}")
    wish = SendCode(phone=phone, purpose=Purpose.LOGIN, client=f"10.1.{number // 200}.{number % 200}")
    key = Once(principal=f"guest:{number}", operation="code", key="the-key", fingerprint="one")

    async def check(shop: Shop) -> None:
        sent = Path(shop.where.messages)
        assert (sent.read_text() if sent.exists() else "").count(phone.e164) <= 1

    return Danger(call=("accounts.send_code", evolve(wish, once=key)), check=check)


__all__ = ("COMMANDS", "CORE", "Danger", "Prepare", "behind_the_counter", "seconding", "speaking", "wallets")
