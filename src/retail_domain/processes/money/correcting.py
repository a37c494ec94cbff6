"""Correcting (更正退款): a refund got stuck because its provider took another sum than it told; another sum goes back (R10).

Nothing rests on what anybody types: the provider is asked how much it took, and no more than that goes back (PAY-R2, R5).
"""

from __future__ import annotations

from attrs import frozen

from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import RefundId
from retail_domain.kernel.means import Means
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.payments import (
    CorrectRefund,
    Gateways,
    MoneyBack,
    Payment,
    PaymentGateway,
    PaymentStatus,
    PaymentsWork,
    Refund,
    RefundAnswer,
    RefundNotConfirmed,
    RefundSource,
)
from retail_domain.processes.money.reaching import gateway_of
from retail_domain.processes.money.refunding import plain_reason, refund_told
from retail_domain.processes.money.retrying import check_not_paid_before, check_unpaid, claim_stuck
from retail_domain.processes.money.settlement import claim_payment, save_refund, send_back


@frozen(kw_only=True)
class Correction:
    """What finance wish, and what the provider says it took for that payment."""

    wish: CorrectRefund
    taken: Money

    @property
    def once(self) -> Once | None:
        """The key of the wish: it says for the record, too, that a rival may have carried out the same (R17)."""
        return self.wish.once


async def record_correction(work: PaymentsWork, correction: Correction, means: Means) -> RefundAnswer:
    """Ends the stuck refund, counts the payment anew and reserves the other sum: one unit of work (PAY-R9).

    Raises RefundNotFound, RefundNotRetriable, RefundNotConfirmed, PaymentNotSuspect, RefundExceedsPayment.
    """
    wish, at = correction.wish, means.clock.now()
    payment = await claim_payment(work, (await work.refunds.get(wish.refund_id)).payment_id)
    refund, refunds = await claim_stuck(work, payment, wish.refund_id)
    check_not_paid_before(refund, refunds)
    ended = refund.give_up(at=at)
    recounted = payment.recounted(correction.taken, refund.amount.minor, at=at)
    order = MoneyBack(
        id=RefundId(means.ids.new()), amount_minor=_in(correction.taken.currency, wish.amount),
        source=RefundSource.ASIDE, reason=plain_reason(wish.reason), replaces=refund.id,
    )  # fmt: skip
    answer = refund_told(send_back(work, recounted, order, at))
    save_refund(work, ended, at)
    return answer


@brings(Effect.MONEY_BACK, Effect.MONEY_IN_DOUBT)
async def correct_refund(
    command: CorrectRefund,
    gateways: Gateways,
    read: Called[CorrectRefund, RefundAnswer | tuple[Refund, Payment]],
    record: Called[Correction, RefundAnswer],
) -> RefundAnswer:
    """Asks the provider how much it took and whether the refund went back after all, then records the correction.

    Answers the refund in its place. Raises RefundNotFound, RefundNotRetriable, RefundNotConfirmed, PaymentNotSuspect,
    RefundExceedsPayment, GatewayUnknownHere, InvalidInput, and GatewayError.
    """
    plain_reason(command.reason)
    found = await read(command)
    if isinstance(found, RefundAnswer):
        return found
    refund, payment = found
    gateway = gateway_of(gateways, refund.gateway)
    return await record(Correction(wish=command, taken=await _taken(gateway, refund, payment)))


async def _taken(gateway: PaymentGateway, refund: Refund, payment: Payment) -> Money:
    charge = await gateway.query(payment.ref)
    if charge.ref != payment.ref or charge.status is not PaymentStatus.SUCCEEDED or charge.amount is None:
        raise RefundNotConfirmed(refund_id=refund.id, reason="not_captured")
    check_unpaid(refund, payment, await gateway.query_refund(payment.ref, refund.ref))
    return charge.amount


def _in(currency: str, amount: Money) -> int:
    if amount.currency != currency:
        raise InvalidInput.of("amount.currency", "same_currency", f"the provider took {currency}")
    return amount.minor
