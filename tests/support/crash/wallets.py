"""Wallets, killed at every point: money is held, taken back, asked for and paid out once (PAY-R11, MSC-I4)."""

from __future__ import annotations

from retail_domain.kernel.money import Money
from retail_domain.ordering import OrderStatus
from retail_domain.payments import PayFromAccount, PaymentState, TakeBackHeld
from retail_domain.wallet import ApproveWithdrawal, PayWithdrawal, RequestWithdrawal, WithdrawalState
from tests.support.crash.givens import Danger, Sold, command, once, placed_order
from tests.support.market import CLERK, Buyer
from tests.support.shop import Shop
from tests.support.wallets import put_into_wallet

FILLED = 1_000


async def _has(shop: Shop, buyer: Buyer) -> tuple[int, int]:
    """Paid in, frozen."""
    found = await shop.retail.wallet.show.balances(buyer.id)
    return (found[0].paid_in, found[0].frozen) if found else (0, 0)


async def _filled(shop: Shop, number: int) -> Sold:
    sold = await placed_order(shop, number)
    await put_into_wallet(shop.retail.begin, sold.buyer.id, FILLED)
    return sold


@command
async def hold_from_wallet(shop: Shop, number: int) -> Danger:
    """R15, R17, PAY-R11: charged once, and held once."""
    sold = await _filled(shop, number)
    wish = PayFromAccount(
        member_id=sold.buyer.id, order_id=sold.placed.order_id, tender="wallet", most_minor=400, once=sold.once
    )

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.PENDING_PAYMENT)
        (held,) = await shop.retail.payments.show.of_order(sold.placed.order_id)
        assert (held.status, held.amount.minor) == (PaymentState.HELD, 400)
        assert await _has(shop, sold.buyer) == (FILLED - 400, 0)

    return Danger(call=("payments.pay_from_account", wish), check=check)


@command
async def take_back_into_wallet(shop: Shop, number: int) -> Danger:
    """R15, R17, GEN-R11: given back once."""
    sold = await _filled(shop, number)
    order = {"member_id": sold.buyer.id, "order_id": sold.placed.order_id, "tender": "wallet"}
    await shop.retail.payments.pay_from_account(PayFromAccount(**order))  # type: ignore[arg-type]
    wish = TakeBackHeld(**order, once=sold.once)  # type: ignore[arg-type]

    async def check(shop: Shop) -> None:
        (held,) = await shop.retail.payments.show.of_order(sold.placed.order_id)
        assert held.status is PaymentState.CLOSED and await _has(shop, sold.buyer) == (FILLED, 0)

    return Danger(call=("payments.take_back", wish), check=check)


@command
async def ask_to_be_paid_out(shop: Shop, number: int) -> Danger:
    """R15, R17, MSC-I4: frozen once, for one withdrawal."""
    sold = await _filled(shop, number)
    wish = RequestWithdrawal(
        member_id=sold.buyer.id, amount=Money(300, "CNY"), pay_to="card 1", once=once(sold.buyer, "withdraw")
    )

    async def check(shop: Shop) -> None:
        assert await _has(shop, sold.buyer) == (FILLED - 300, 300)

    return Danger(call=("wallet.request_withdrawal", wish), check=check)


@command
async def pay_withdrawal(shop: Shop, number: int) -> Danger:
    """R15, R17, MSC-I4: the money leaves once."""
    sold = await _filled(shop, number)
    ask = RequestWithdrawal(member_id=sold.buyer.id, amount=Money(300, "CNY"), pay_to="card 1")
    id = (await shop.retail.wallet.request_withdrawal(ask)).withdrawal_id
    await shop.retail.wallet.approve_withdrawal(ApproveWithdrawal(withdrawal_id=id, actor=CLERK))
    wish = PayWithdrawal(withdrawal_id=id, reference="n 1", actor=CLERK, once=once(sold.buyer, "pay"))

    async def check(shop: Shop) -> None:
        view = await shop.retail.wallet.show.withdrawal(id)
        assert view is not None and view.state is WithdrawalState.PAID
        assert await _has(shop, sold.buyer) == (FILLED - 300, 0)

    return Danger(call=("wallet.pay_withdrawal", wish), check=check)
