"""Retrying (重试退款): a refund got stuck, and the same sum goes once more, if it is certain that it did not go back (R5, R12).

Nothing rests on what anybody believes: the provider is asked first, and only its word that the money stayed sends it again.
"""

from __future__ import annotations

from attrs import frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import RefundId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.payments import (
    CorrectRefund,
    Gateways,
    Payment,
    PaymentsWork,
    Refund,
    RefundAnswer,
    RefundNotConfirmed,
    RefundNotFound,
    RefundNotRetriable,
    RefundSnapshot,
    RefundState,
    RefundStatus,
    RetryRefund,
    paid_before,
)
from retail_domain.processes.money.reaching import gateway_of
from retail_domain.processes.money.refunding import refund_told
from retail_domain.processes.money.refunds_heard import hear_claimed_refund, revive
from retail_domain.processes.money.settlement import claim_payment, save_refund


async def read_refund(work: PaymentsWork, command: RetryRefund | CorrectRefund) -> RefundAnswer | tuple[Refund, Payment]:
    """Reads a refund and its payment without a lock: what is needed to ask their provider. Raises RefundNotFound.

    What was answered under the same key needs no asking, and is read in their place.
    """
    told = await work.answers.recall(command.once, RefundAnswer)
    if told is not None:
        return told
    refund = await work.refunds.get(command.refund_id)
    return refund, await work.payments.get(refund.payment_id)


@frozen(kw_only=True)
class Retrial:
    """What finance wish, and what the provider says of the refund."""

    wish: RetryRefund
    snapshot: RefundSnapshot

    @property
    def once(self) -> Once | None:
        """The key of the wish: it says for the record, too, that a rival may have carried out the same (R17)."""
        return self.wish.once


async def record_retrial(work: PaymentsWork, retrial: Retrial, means: Means) -> RefundAnswer:
    """Records that the stuck refund went back after all, or sends the sum under a new reference: one unit of work (RET-R6).

    If one in whose place it stands went back, that one counts, also with another sum, and nothing is sent (R5).
    Raises RefundNotFound, RefundNotRetriable, RefundNotConfirmed.
    """
    return refund_told(await _decided(work, retrial, means))


async def _decided(work: PaymentsWork, retrial: Retrial, means: Means) -> Refund:
    at, snapshot, id = means.clock.now(), retrial.snapshot, retrial.wish.refund_id
    payment = await claim_payment(work, (await work.refunds.get(id)).payment_id)
    refund, refunds = await claim_stuck(work, payment, id)
    if is_paid(refund, payment, snapshot):
        return (await hear_claimed_refund(work, (payment, refund), snapshot, at, means.ids)).refund
    check_unpaid(refund, payment, snapshot)
    older = paid_before(refund, refunds)
    if older is not None:
        _check_countable(payment, refund, older)
        return revive(work, payment, Change(older, older), refund, at)
    closed = refund.give_up(at=at)
    fresh = closed.state.replaced(RefundId(means.ids.new()), at=at)
    save_refund(work, closed, at)
    save_refund(work, fresh, at)
    return fresh.state


@brings(Effect.MONEY_BACK, Effect.MONEY_IN_DOUBT)
async def retry_refund(
    command: RetryRefund,
    gateways: Gateways,
    read: Called[RetryRefund, RefundAnswer | tuple[Refund, Payment]],
    record: Called[Retrial, RefundAnswer],
) -> RefundAnswer:
    """Asks the provider what became of a stuck refund, then records that, or sends the sum once more. Answers the refund.

    Raises RefundNotFound, RefundNotRetriable, RefundNotConfirmed, GatewayUnknownHere, and GatewayError.
    """
    found = await read(command)
    if isinstance(found, RefundAnswer):
        return found
    refund, payment = found
    check_stuck(refund)
    gateway = gateway_of(gateways, refund.gateway)
    snapshot = await gateway.query_refund(payment.ref, refund.ref)
    return await record(Retrial(wish=command, snapshot=snapshot))


async def claim_stuck(work: PaymentsWork, payment: Payment, id: RefundId) -> tuple[Refund, tuple[Refund, ...]]:
    """This stuck refund and all refunds of its payment, locked. Raises RefundNotFound, RefundNotRetriable."""
    refunds = await work.refunds.claim_of_payment(payment.id)
    refund = next((one for one in refunds if one.id == id), None)
    if refund is None:
        raise RefundNotFound(refund_id=id)
    check_stuck(refund)
    return refund, refunds


def check_stuck(refund: Refund) -> None:
    """Only what got stuck is decided by a person. Raises RefundNotRetriable."""
    if refund.state is not RefundState.NEEDS_ATTENTION:
        raise RefundNotRetriable(refund_id=refund.id, state=refund.state.value)


def is_paid(refund: Refund, payment: Payment, snapshot: RefundSnapshot) -> bool:
    """Whether the provider says of this very refund that it went back, as much as was asked for."""
    is_all = snapshot.amount in (None, refund.amount)
    return snapshot.status is RefundStatus.SUCCEEDED and is_all and refund.is_meant_by(snapshot, payment.ref)


def check_unpaid(refund: Refund, payment: Payment, snapshot: RefundSnapshot) -> None:
    """Nothing is sent in a refund's place unless its provider surely keeps its money. Raises RefundNotConfirmed (R5, R12)."""
    if not refund.surely_unpaid(snapshot, payment.ref):
        raise RefundNotConfirmed(refund_id=refund.id, reason="perhaps_refunded")


def _check_countable(payment: Payment, refund: Refund, older: Refund) -> None:
    """A payment is counted in one currency: not while others go back in another one. Raises RefundNotConfirmed."""
    if older.amount.currency != refund.amount.currency and payment.refunding_minor > refund.amount.minor:
        raise RefundNotConfirmed(refund_id=refund.id, reason="refunded_before")


def check_not_paid_before(refund: Refund, refunds: tuple[Refund, ...]) -> None:
    """The refund whose place it took was not paid after all. Raises RefundNotConfirmed."""
    if paid_before(refund, refunds) is not None:
        raise RefundNotConfirmed(refund_id=refund.id, reason="refunded_before")
