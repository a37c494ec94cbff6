"""Payment: one attempt to pay an order through one gateway, and what became of its money (支付)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final, assert_never

from attrs import evolve, frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import has_passed, is_too_soon
from retail_domain.kernel.ids import MemberId, OrderId, PaymentId
from retail_domain.kernel.money import Money
from retail_domain.payments.errors import (
    AskedTooOften,
    PaymentNotFound,
    PaymentNotOpen,
    PaymentNotSuspect,
    PaymentTooLate,
    RefundExceedsPayment,
)
from retail_domain.payments.events import (
    PaymentEnded,
    PaymentEvent,
    PaymentReceived,
    PaymentSettled,
    PaymentStarted,
    PaymentSuspected,
)
from retail_domain.payments.gateway import Flow, MerchantRef, PaymentSnapshot, PaymentStatus, merchant_ref
from retail_domain.payments.model.amounts import difference, larger
from retail_domain.payments.model.attempt import Attempt
from retail_domain.payments.model.waits import ASK_AGAIN_AFTER, GRACE, LAST_LOOK_AFTER, MARGIN, POLL_AFTER, TIME_TO_PAY_MIN
from retail_domain.payments.states import GATEWAY, OPEN, UNKNOWN_GATEWAY, MoneyState, PaymentState, Standing, Verdict

_SUSPECT_POLLS_MAX: Final = 5
_HELD_AT_MOST: Final = timedelta(minutes=5)  # what is not wanted any more goes back soon
_BY_STANDING: Final[Mapping[Standing, MoneyState]] = {
    Standing.AWAITS_PAYMENT: MoneyState.APPLIED,
    Standing.PAID: MoneyState.EXTRA,
    Standing.CLOSED: MoneyState.LATE,
    Standing.COSTS_OTHERWISE: MoneyState.LATE,
}
_STILL_ASKED: Final = frozenset({MoneyState.SUSPECT, MoneyState.UNAPPLIED})
_RECEIVED: Final = frozenset({MoneyState.APPLIED, MoneyState.EXTRA, MoneyState.LATE, MoneyState.UNAPPLIED})


@frozen(kw_only=True)
class Payment:
    """One attempt to pay an order (支付单): its state, and on a second axis what became of its money (PAY-R1).

    `refunding_minor` counts every refund that is not CLOSED; `refunded_minor` those that succeeded.
    """

    id: PaymentId
    ref: MerchantRef
    order_id: OrderId
    member_id: MemberId
    gateway: str
    tender: str = GATEWAY
    """Which of the means that pay an order together it is: every provider is `gateway`, an account of ours has a name."""
    flow: Flow
    amount: Money
    freight_minor: int = 0
    expires_at: datetime
    state: PaymentState = PaymentState.CREATED
    money: MoneyState = MoneyState.NONE
    captured: Money | None = None
    refunding_minor: int = 0
    refunded_minor: int = 0
    provider_ref: str | None = None
    suspicion: str | None = None
    action: Mapping[str, Any] | None = None
    action_expires_at: datetime | None = None
    created_at: datetime
    received_at: datetime | None = None
    next_poll_at: datetime | None = None
    polls: int = 0
    asked_at: datetime | None = None
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.amount.minor <= 0 or not 0 <= self.freight_minor <= self.amount.minor:
            raise ValueError("an attempt pays more than nothing, its freight included")
        if (self.state is PaymentState.SUCCEEDED) != (self.money in _RECEIVED):
            raise ValueError("an attempt has succeeded exactly when its money was received and is right")
        if self.state is PaymentState.SUCCEEDED and self.captured != self.amount:
            raise ValueError("only equal money makes an attempt succeed")
        if self.money is MoneyState.NONE and self.captured is not None:
            raise ValueError("received money is always somewhere")
        if not 0 <= self.refunded_minor <= self.refunding_minor <= self.captured_minor:
            raise ValueError("no more is given back than was received")

    # ---- what it says ------------------------------------------------------------------------------------------------

    @property
    def captured_minor(self) -> int:
        """How much was received."""
        return self.captured.minor if self.captured else 0

    @property
    def is_open(self) -> bool:
        """Whether the buyer may still pay it."""
        return self.state in OPEN

    @property
    def is_to_be_closed(self) -> bool:
        """Whether it was given up or written off, and its provider may know it all the same: the call may have come late."""
        is_over = self.state in (PaymentState.FAILED, PaymentState.CLOSED)
        return is_over and self.money is MoneyState.NONE and self.next_poll_at is not None

    @property
    def is_held(self) -> bool:
        """Whether an inside account was charged for it, and it waits for the rest of the money (PAY-R10)."""
        return self.state is PaymentState.HELD

    @property
    def is_inside(self) -> bool:
        """Whether an account of ours pays it: then nobody outside has anything to say about it."""
        return self.tender != GATEWAY

    @property
    def holds_up_closing(self) -> bool:
        """Whether its order cannot be closed yet: it is open, or its money waits to be applied (PAY-R8, ORD-R9)."""
        return self.is_open or self.money is MoneyState.UNAPPLIED

    @property
    def refundable_minor(self) -> int:
        """How much of it could still be given back."""
        return self.captured_minor - self.refunding_minor

    @property
    def refunds_itself(self) -> bool:
        """Whether its money goes back without anybody asking (PAY-R4, PAY-R5)."""
        return self.money in (MoneyState.EXTRA, MoneyState.LATE)

    def is_written_off(self, at: datetime) -> bool:
        """Whether expiry and grace are over, so that not being known to the provider is final."""
        return has_passed(self.expires_at + GRACE, at)

    def owned_by(self, member_id: MemberId) -> Payment:
        """This payment, if it is that member's. Raises PaymentNotFound otherwise (GEN-R14, R33)."""
        if self.member_id != member_id:
            raise PaymentNotFound(payment_id=self.id)
        return self

    def contradicted_by(self, snapshot: PaymentSnapshot) -> bool:
        """Whether the provider now says something else about money than what is known for certain, or names another attempt."""
        if snapshot.ref != self.ref:
            return True
        if snapshot.status is not PaymentStatus.SUCCEEDED or self.state is not PaymentState.SUCCEEDED:
            return False
        other_deal = None not in (snapshot.provider_ref, self.provider_ref) and snapshot.provider_ref != self.provider_ref
        return other_deal or snapshot.amount != self.amount

    # ---- starting ----------------------------------------------------------------------------------------------------

    @classmethod
    def started(cls, attempt: Attempt, *, at: datetime) -> Change[Payment]:
        """Write the attempt down before any provider hears of it (R12). Raises PaymentTooLate (PAY-R1)."""
        expires_at = attempt.pay_by - MARGIN
        if expires_at < at + TIME_TO_PAY_MIN:
            raise PaymentTooLate(order_id=attempt.order_id)
        payment = cls(
            id=attempt.id, ref=merchant_ref(attempt.id), order_id=attempt.order_id, member_id=attempt.member_id,
            gateway=attempt.gateway, tender=attempt.tender, flow=attempt.flow, amount=attempt.amount,
            freight_minor=attempt.freight_minor, expires_at=expires_at, created_at=at, next_poll_at=at + POLL_AFTER[0],
        )  # fmt: skip
        told = payment._event(PaymentStarted, at=at, gateway=payment.gateway, amount=payment.amount)
        return Change(None, payment, (told,))

    def begun(self, action: Mapping[str, Any], action_expires_at: datetime | None) -> Change[Payment]:
        """The provider knows it; this is what the buyer does next. Nothing changes once it is decided."""
        if not self.is_open:
            return Change(self, self)
        begun = evolve(self, state=PaymentState.PENDING, action=action, action_expires_at=action_expires_at)
        return Change(self, begun)

    def not_begun(self, *, at: datetime) -> Change[Payment]:
        """The provider surely did not take it up: this reference is spent. What it took up from a twin goes on (R12)."""
        return self._ended(PaymentState.FAILED, at) if self.state is PaymentState.CREATED else Change(self, self)

    def not_sent(self, *, at: datetime) -> Change[Payment]:
        """One call surely did not arrive, but another one under this reference may have (R10, R12).

        Who comes later may pay another way; the provider is asked to close it, until money can come no more.
        """
        if self.state is not PaymentState.CREATED:
            return Change(self, self)
        return self._ended(PaymentState.FAILED, at).then(lambda one: Change(one, evolve(one, next_poll_at=at + POLL_AFTER[0])))

    # ---- inside accounts ---------------------------------------------------------------------------------------------

    def held(self) -> Change[Payment]:
        """An inside account was charged for it. The worker looks at it now and then, to see whether it is still wanted."""
        assert self.is_inside and self.state is PaymentState.CREATED
        return Change(self, evolve(self, state=PaymentState.HELD))

    def capture(self, *, at: datetime) -> Change[Payment]:
        """The rest of the money is here: what is held pays its part (PAY-R10). Anything but a held payment stays as it is."""
        if not self.is_held:
            return Change(self, self)
        own = PaymentSnapshot(ref=self.ref, status=PaymentStatus.SUCCEEDED, amount=self.amount, occurred_at=at)
        return self._with_money(MoneyState.APPLIED, own, at)

    def let_go(self, *, at: datetime) -> Change[Payment]:
        """Its order does not want it any more: the worker gives it back to its account as soon as it can (R10)."""
        return Change(self, evolve(self, next_poll_at=at) if self.is_held else self)

    def release(self, *, at: datetime) -> Change[Payment]:
        """Its account has what was held again. Anything but a held payment stays as it is (GEN-R11)."""
        if not self.is_held:
            return Change(self, self)
        ended = evolve(self, state=PaymentState.CLOSED, next_poll_at=None)
        return Change(self, ended, (self._event(PaymentEnded, at=at, state=ended.state),))

    # ---- hearing from the provider -----------------------------------------------------------------------------------

    def hear(self, snapshot: PaymentSnapshot, standing: Standing, *, at: datetime) -> Change[Payment]:
        """What a verified notice or answer means, whichever comes first and however often (PAY-R7, PAY-I3, R8).

        Only verified, equal money succeeds; anything else that was taken is kept aside (PAY-R2). News of less never
        undoes news of more. What an inside account pays hears of nothing but its own capture and release.
        """
        if self.is_inside:
            return Change(self, self)
        match snapshot.status:
            case PaymentStatus.SUCCEEDED if snapshot.amount == self.amount:
                return self._received(snapshot, standing, at)
            case PaymentStatus.SUCCEEDED:
                return self._suspected(snapshot, at)
            case PaymentStatus.FAILED:
                return self._ended(PaymentState.FAILED, at)
            case PaymentStatus.CLOSED:
                return self._ended(PaymentState.CLOSED, at)
            case PaymentStatus.NOT_FOUND:
                return self._unheard_of(at) if self.is_written_off(at) else Change(self, self)
            case PaymentStatus.PENDING | PaymentStatus.AUTHORIZED:
                known = self.state is not PaymentState.CREATED
                return Change(self, self if known else evolve(self, state=PaymentState.PENDING))
            case _:
                assert_never(snapshot.status)

    def shelve(self, snapshot: PaymentSnapshot, *, at: datetime) -> Change[Payment]:
        """The money is right but applying it failed: it is recorded at least, and tried again (PAY-R8)."""
        is_over = self.state is PaymentState.SUCCEEDED or bool(self.refunding_minor) or self.is_inside
        if is_over or snapshot.amount != self.amount:
            return Change(self, self)
        return self._with_money(MoneyState.UNAPPLIED, snapshot, at)

    def settle(self, standing: Standing, *, at: datetime) -> Change[Payment]:
        """Apply money that was recorded but not applied (PAY-R8). Raises PaymentNotSuspect when there is none."""
        if self.money is not MoneyState.UNAPPLIED or self.refunding_minor:
            raise PaymentNotSuspect(payment_id=self.id)
        settled = evolve(self, money=_BY_STANDING[standing], suspicion=None, next_poll_at=None)
        return Change(self, settled, (self._event(PaymentSettled, at=at, money=settled.money),))

    # ---- asking ------------------------------------------------------------------------------------------------------

    def polled(self, *, at: datetime) -> Change[Payment]:
        """The provider is about to be asked; when it will be asked next is noted first (R28)."""
        if not self.is_open and self.money not in _STILL_ASKED and self.next_poll_at is None:
            return Change(self, self)
        polls = self.polls + 1
        wait = min(POLL_AFTER[min(polls, len(POLL_AFTER) - 1)], _HELD_AT_MOST if self.is_held else POLL_AFTER[-1])
        enough = self.money is MoneyState.SUSPECT and polls >= _SUSPECT_POLLS_MAX
        suspicion = None if self.suspicion == UNKNOWN_GATEWAY else self.suspicion
        return Change(self, evolve(self, polls=polls, suspicion=suspicion, next_poll_at=None if enough else at + wait))

    def not_known_here(self, *, at: datetime) -> Change[Payment]:
        """Whoever was to ask does not know its gateway: it is marked, and soon looked at again, by somebody else (PAY-R18)."""
        if not self.is_open and self.next_poll_at is None:
            return Change(self, self)  # it was decided meanwhile: nobody asks after it any more
        mark = UNKNOWN_GATEWAY if self.money is MoneyState.NONE else self.suspicion
        return Change(self, evolve(self, suspicion=mark, next_poll_at=at + POLL_AFTER[0]))

    def asked(self, *, at: datetime) -> Change[Payment]:
        """The member wants to know now. Raises AskedTooOften (PAY-R13)."""
        if is_too_soon(self.asked_at, ASK_AGAIN_AFTER, at):
            raise AskedTooOften(payment_id=self.id, retry_after_seconds=ceil(ASK_AGAIN_AFTER.total_seconds()))
        return self.asked_again(at=at)

    def asked_again(self, *, at: datetime) -> Change[Payment]:
        """The same request comes again, since its answer got lost; others wait from now on."""
        return Change(self, evolve(self, asked_at=at))

    # ---- giving back -------------------------------------------------------------------------------------------------

    def reserve_refund(self, amount_minor: int) -> Change[Payment]:
        """Set money aside for a refund, before any provider is asked. Raises RefundExceedsPayment (PAY-R9, PAY-I4, R5)."""
        if not 0 < amount_minor <= self.refundable_minor:
            raise RefundExceedsPayment(payment_id=self.id, left_minor=self.refundable_minor)
        return Change(self, evolve(self, refunding_minor=self.refunding_minor + amount_minor))

    def recounted(self, taken: Money, freed_minor: int, *, at: datetime) -> Change[Payment]:
        """Money kept aside is counted anew: this is what its provider took, and a refund that came to nothing frees its share.

        Raises PaymentNotSuspect, and RefundExceedsPayment when more than that is on its way back already (PAY-I4).
        """
        if self.money is not MoneyState.SUSPECT or self.captured is None:
            raise PaymentNotSuspect(payment_id=self.id)
        others = self.refunding_minor - freed_minor
        if others > (taken.minor if taken.currency == self.captured.currency else 0):
            raise RefundExceedsPayment(payment_id=self.id, left_minor=0)
        if taken == self.captured:
            return Change(self, evolve(self, refunding_minor=others))
        reason = difference(self.amount, taken)
        told = self._event(PaymentSuspected, at=at, gateway=self.gateway, due=self.amount, captured=taken, reason=reason)
        return Change(self, evolve(self, captured=taken, suspicion=reason, refunding_minor=others), (told,))

    def refund_succeeded(self, amount_minor: int) -> Change[Payment]:
        """Some of it went back."""
        return Change(self, evolve(self, refunded_minor=self.refunded_minor + amount_minor))

    def check_aside(self) -> None:
        """Its money waits for staff to decide. Raises PaymentNotSuspect."""
        if self.money not in (MoneyState.SUSPECT, MoneyState.UNAPPLIED) or not self.refundable_minor:
            raise PaymentNotSuspect(payment_id=self.id)

    def check_open(self) -> None:
        """It is not decided yet. Raises PaymentNotOpen."""
        if not self.is_open:
            raise PaymentNotOpen(payment_id=self.id, state=self.state.value)

    # ---- helpers -----------------------------------------------------------------------------------------------------

    def _received(self, snapshot: PaymentSnapshot, standing: Standing, at: datetime) -> Change[Payment]:
        if self.money is MoneyState.UNAPPLIED and not self.refunding_minor:
            return self.settle(standing, at=at)
        if self.state is PaymentState.SUCCEEDED or self.refunding_minor:
            return Change(self, self)
        return self._with_money(_BY_STANDING[standing], snapshot, at)

    def _with_money(self, money: MoneyState, snapshot: PaymentSnapshot, at: datetime) -> Change[Payment]:
        received = evolve(
            self, state=PaymentState.SUCCEEDED, money=money, captured=self.amount, received_at=at, polls=0,
            provider_ref=snapshot.provider_ref or self.provider_ref, suspicion=None,
            next_poll_at=at + POLL_AFTER[0] if money is MoneyState.UNAPPLIED else None,
        )  # fmt: skip
        told = self._event(PaymentReceived, at=at, gateway=self.gateway, amount=self.amount, money=money)
        return Change(self, received, (told,))

    def _suspected(self, snapshot: PaymentSnapshot, at: datetime) -> Change[Payment]:
        captured = larger(self.captured, snapshot.amount)
        if self.state is PaymentState.SUCCEEDED or self.refunding_minor:
            return Change(self, self)
        if self.money is MoneyState.SUSPECT and captured == self.captured:
            return Change(self, self)
        reason = difference(self.amount, snapshot.amount)
        suspect = evolve(
            self, state=PaymentState.FAILED, money=MoneyState.SUSPECT, captured=captured, suspicion=reason,
            received_at=at, provider_ref=snapshot.provider_ref or self.provider_ref, polls=0, next_poll_at=at + POLL_AFTER[0],
        )  # fmt: skip
        told = self._event(PaymentSuspected, at=at, gateway=self.gateway, due=self.amount, captured=captured, reason=reason)
        return Change(self, suspect, (told,))

    def _unheard_of(self, at: datetime) -> Change[Payment]:
        """The call that began it may still arrive, if it is not as late as our clock says: there is a last look (R10, R29)."""
        last_look = at + LAST_LOOK_AFTER if self.is_open else None
        return self._ended(PaymentState.CLOSED, at).then(lambda one: Change(one, evolve(one, next_poll_at=last_look)))

    def _ended(self, state: PaymentState, at: datetime) -> Change[Payment]:
        if not self.is_open:
            is_certain_now = self.money is MoneyState.NONE and self.next_poll_at is not None
            return Change(self, evolve(self, next_poll_at=None) if is_certain_now else self)
        ended = evolve(self, state=state, next_poll_at=None, suspicion=None)
        return Change(self, ended, (self._event(PaymentEnded, at=at, state=state),))

    def _event(self, kind: type[PaymentEvent], *, at: datetime, **facts: Any) -> PaymentEvent:
        return kind(at=at, payment_id=self.id, order_id=self.order_id, member_id=self.member_id, **facts)


def verdict(change: Change[Payment]) -> Verdict:
    """What hearing came to, in one word."""
    before, after = change.before, change.state
    if before is after:
        return Verdict.DUPLICATE
    if before is not None and before.money is after.money and after.money is not MoneyState.SUSPECT:
        return Verdict.NOTED
    return Verdict.NOTED if after.money is MoneyState.NONE else Verdict(after.money.value)
