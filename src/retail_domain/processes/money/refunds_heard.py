"""What providers say of refunds (退款结果), and what follows: once, whatever they say and however often (PAY-R9, R5)."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve, frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import Ids, RefundId
from retail_domain.kernel.means import Means
from retail_domain.kernel.money import Money
from retail_domain.payments import (
    PAID_BEFORE,
    Payment,
    PaymentsWork,
    Refund,
    RefundSnapshot,
    RefundState,
    Verdict,
    answered,
    in_place_of,
    of_another,
    paid_before,
)
from retail_domain.processes.money.settlement import claim_payment, claim_refund, save_payment, save_refund


@frozen(kw_only=True)
class RefundTold:
    """What a provider says of a refund."""

    refund_id: RefundId
    snapshot: RefundSnapshot


@frozen(kw_only=True)
class RefundHeard:
    """What it came to, and the refund that counts now; and whether something else was named than this refund of its payment."""

    verdict: Verdict
    refund: Refund
    names_another: bool = False


async def hear_refund(work: PaymentsWork, told: RefundTold, at: datetime, ids: Ids) -> RefundHeard:
    """Stage what follows from what a provider says of a refund; one that surely failed is sent anew (PAY-R9)."""
    seen = await work.refunds.get(told.refund_id)
    payment = await claim_payment(work, seen.payment_id)
    return await hear_claimed_refund(work, (payment, await claim_refund(work, told.refund_id)), told.snapshot, at, ids)


async def hear_claimed_refund(
    work: PaymentsWork, pair: tuple[Payment, Refund], snapshot: RefundSnapshot, at: datetime, ids: Ids
) -> RefundHeard:
    """The same for a payment and a refund that are locked already.

    What names another payment or refund changes nothing (R9). Money that went back although its refund was held for failed
    makes its replacement needless, if that was surely not sent yet, and otherwise is booked for what it is (R5, R10); a
    replacement that is under way is then left to a person.
    """
    payment, refund = pair
    if not refund.is_meant_by(snapshot, payment.ref):
        return RefundHeard(verdict=Verdict.CONTRADICTED, refund=refund, names_another=True)
    change = refund.hear(snapshot, at=at)
    verdict = Verdict.DUPLICATE if change.state is refund else Verdict.NOTED
    heard = RefundHeard(verdict=verdict, refund=change.state)
    if refund.contradicted_by(snapshot):
        heard = evolve(heard, verdict=Verdict.CONTRADICTED)
    if change.state.was_paid_after_all and change.state is not refund:
        return evolve(heard, refund=await _paid_after_all(work, payment, change, at))
    if refund.state is not change.state.state and change.state.state is RefundState.CLOSED:
        return evolve(heard, refund=await _failed(work, payment, change, at, ids))
    save_refund(work, change, at)
    if refund.state is not change.state.state and change.state.state is RefundState.SUCCEEDED:
        work.payments.save(payment.refund_succeeded(refund.amount.minor))
    return heard


async def _failed(work: PaymentsWork, payment: Payment, change: Change[Refund], at: datetime, ids: Ids) -> Refund:
    """It is sent anew, unless the same money went back before (R5)."""
    refund, older = change.before, None
    assert refund is not None
    if refund.replaces is not None:
        older = paid_before(refund, await work.refunds.claim_of_payment(payment.id))
    if older is not None and older.amount == refund.amount:
        return revive(work, payment, Change(older, older), refund, at)
    replacement = change.state.replaced(RefundId(ids.new()), at=at)
    if older is not None:
        replacement = replacement.then(lambda one: one.stuck(PAID_BEFORE, at=at))
    save_refund(work, change, at)
    save_refund(work, replacement, at)
    return replacement.state


async def _paid_after_all(work: PaymentsWork, payment: Payment, change: Change[Refund], at: datetime) -> Refund:
    old = change.before
    assert old is not None
    last = in_place_of(old, await work.refunds.claim_of_payment(payment.id))
    if last is not None and last.is_surely_unsent and last.amount == old.amount:
        return revive(work, payment, change, last, at)
    if last is not None and last.is_under_way:
        save_refund(work, last.stuck(PAID_BEFORE, at=at), at)
    save_refund(work, change, at)
    return change.state


async def is_paid_before(work: PaymentsWork, refund: Refund) -> bool:
    """Whether one in whose place this refund stands was paid after all; nothing more is locked."""
    older = refund
    while older.replaces is not None and not older.was_paid_after_all:
        older = await work.refunds.get(older.replaces)
    return older.was_paid_after_all


def revive(work: PaymentsWork, payment: Payment, old: Change[Refund], last: Refund, at: datetime) -> Refund:
    """Stage that an old refund was paid after all, and that the last one in its place, surely unpaid, is not needed.

    The old one goes with what was heard of it just now.
    """
    revived = old.state.revived(at=at)
    save_refund(work, Change(old.before, revived.state, revived.events), at)
    save_refund(work, last.needless(at=at), at)
    save_payment(work, _gave_back(payment, revived.state.amount, last.amount, at), at)
    return revived.state


def _gave_back(payment: Payment, amount: Money, freed: Money, at: datetime) -> Change[Payment]:
    """What went back counts against the payment; what was to go back in its place, perhaps another sum, does not.

    Who gave back more than he was held to have taken took at least as much (R5).
    """
    if amount == freed:
        return payment.refund_succeeded(amount.minor)
    back = Money(payment.refunding_minor - freed.minor + amount.minor, amount.currency)
    is_covered = back.currency == freed.currency and back.minor <= payment.captured_minor
    taken = Money(payment.captured_minor, freed.currency) if is_covered else back
    recounted = payment.recounted(taken, freed.minor, at=at).then(lambda one: one.reserve_refund(amount.minor))
    return recounted.then(lambda one: one.refund_succeeded(amount.minor))


async def record_refund_answer(work: PaymentsWork, told: RefundTold, means: Means) -> Refund:
    """Records what a provider answered about a refund: one unit of work (R8). Answers the refund that counts now.

    What contradicts certain knowledge is kept among the notices, where staff see it (R10).
    """
    at = means.clock.now()
    heard = await hear_refund(work, told, at, means.ids)
    if heard.verdict is Verdict.CONTRADICTED:
        record = answered(heard.refund.gateway, told.snapshot, heard.verdict, at=at)
        work.inbox.add(of_another(record) if heard.names_another else record)
    return heard.refund
