"""Refund: one decision to give money back, under its own reference (退款)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final, assert_never

from attrs import evolve, frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import SKEW
from retail_domain.kernel.ids import MemberId, OrderId, PaymentId, RefundId
from retail_domain.kernel.money import Money
from retail_domain.payments.errors import RefundNotRetriable
from retail_domain.payments.events import (
    RefundClosed,
    RefundEvent,
    RefundNeedsAttention,
    RefundRequested,
    RefundSucceeded,
)
from retail_domain.payments.gateway import (
    MerchantRef,
    RefundRef,
    RefundRequest,
    RefundSnapshot,
    RefundStatus,
    refund_ref,
)
from retail_domain.payments.model.payment import Payment
from retail_domain.payments.states import GATEWAY, UNKNOWN_GATEWAY, RefundSource, RefundStage, RefundState

TRY_AFTER: Final = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 300, 900, 3600))
"""How long to wait before a refund is sent or asked about again; the last one repeats."""

TRIED_AHEAD_MAX: Final = TRY_AFTER[-1] + SKEW
"""A refund that is to be tried later than that was written down before a clock was put back: it is due (R29)."""

REFERENCES_MAX: Final = 5
"""After so many references that came to nothing a person must look at it."""

PAID_AFTER_ALL: Final = "paid_after_all"
"""The trouble of a refund that was given up or had surely failed, and of which its provider then says that it went back."""

PAID_BEFORE: Final = "refunded_before"
"""The trouble of a refund that is not sent, since the one in whose place it stands was paid after all."""

WORKABLE: Final = frozenset({RefundState.REQUESTED, RefundState.PENDING})
"""The states in which the shop carries on by itself."""

_STAGES: Final = {RefundState.CLOSED: RefundStage.REPLACED, RefundState.NEEDS_ATTENTION: RefundStage.STUCK}
_AMOUNT: Final = "amount"
_NEEDS_ATTENTION: Final = "needs_attention"
_TOLD_BY_PROVIDER: Final = frozenset({_AMOUNT, _NEEDS_ATTENTION})
"""The troubles of refunds that their provider surely knew."""


@frozen(kw_only=True)
class MoneyBack:
    """What shall go back: how much, how much of it is freight, of which money, and why."""

    id: RefundId
    amount_minor: int
    freight_minor: int = 0
    source: RefundSource = RefundSource.ORDER
    reason: str
    replaces: RefundId | None = None
    into: str | None = None
    """The account of ours that it goes into since its member wishes it so, instead of the way it came."""


@frozen(kw_only=True)
class Refund:
    """Money on its way back to a buyer (退款单); its reference is stored before the provider hears it (R12).

    One that is CLOSED and yet has a `succeeded_at` was paid after all, beside the one that took its place.
    """

    id: RefundId
    ref: RefundRef
    payment_id: PaymentId
    order_id: OrderId
    member_id: MemberId
    gateway: str
    tender: str = GATEWAY
    amount: Money
    freight_minor: int = 0
    source: RefundSource
    reason: str
    state: RefundState = RefundState.REQUESTED
    tries: int = 0
    next_try_at: datetime | None
    provider_ref: str | None = None
    trouble: str | None = None
    replaces: RefundId | None = None
    references: int = 1
    requested_at: datetime
    succeeded_at: datetime | None = None
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.amount.minor <= 0 or not 0 <= self.freight_minor <= self.amount.minor:
            raise ValueError("a refund gives back more than nothing, its freight included")
        if (self.state in WORKABLE) != (self.next_try_at is not None):
            raise ValueError("a refund is tried again exactly until it is decided")

    @property
    def counts(self) -> bool:
        """Whether it counts against what was captured (PAY-R9)."""
        return self.state is not RefundState.CLOSED

    @property
    def stage(self) -> RefundStage:
        """How far it has come."""
        if self.succeeded_at is not None:
            return RefundStage.DONE
        if self.trouble == UNKNOWN_GATEWAY:
            return RefundStage.STUCK
        return _STAGES.get(self.state, RefundStage.UNDER_WAY)

    @property
    def is_surely_unsent(self) -> bool:
        """Whether it waits, and no provider has ever heard of it."""
        waits = self.state is RefundState.REQUESTED or self.state is RefundState.NEEDS_ATTENTION
        return waits and self.tries == 0 and self.trouble not in _TOLD_BY_PROVIDER

    @property
    def was_paid_after_all(self) -> bool:
        """Whether it went back although it is held for failed."""
        return self.state is RefundState.CLOSED and self.succeeded_at is not None

    def is_meant_by(self, snapshot: RefundSnapshot, payment_ref: MerchantRef) -> bool:
        """Whether a provider speaks of this refund of this payment, by every name that it tells (R9)."""
        return (snapshot.refund_ref, snapshot.payment_ref) == (self.ref, payment_ref)

    def contradicted_by(self, snapshot: RefundSnapshot) -> bool:
        """Whether the provider says something else about money than what is known for certain; old news is no contradiction."""
        if snapshot.amount not in (None, self.amount):
            return True
        match self.state:
            case RefundState.SUCCEEDED:
                other_deal = None not in (told := (snapshot.provider_ref, self.provider_ref)) and told[0] != told[1]
                has_failed = snapshot.status in (RefundStatus.CLOSED, RefundStatus.NEEDS_ATTENTION)
                return has_failed or (snapshot.status is RefundStatus.SUCCEEDED and other_deal)
            case RefundState.CLOSED:
                was_paid = snapshot.status in (RefundStatus.SUCCEEDED, RefundStatus.NEEDS_ATTENTION)
                return was_paid and self.succeeded_at is None
            case _:
                return False

    def surely_unpaid(self, snapshot: RefundSnapshot, payment_ref: MerchantRef) -> bool:
        """Whether this answer of the provider makes it certain that it did not pay this refund, and never will (R12).

        It is when the provider closed it for good. That it knows nothing of it is believed of a refund only that it
        refused, or that was never sent: one that it once told about may be paid yet.
        """
        if not self.is_meant_by(snapshot, payment_ref):
            return False
        if snapshot.status is RefundStatus.NOT_FOUND:
            return self.trouble not in _TOLD_BY_PROVIDER
        return snapshot.status is RefundStatus.CLOSED

    @property
    def is_under_way(self) -> bool:
        """Whether the shop carries on with it by itself."""
        return self.state in WORKABLE

    @property
    def is_inside(self) -> bool:
        """Whether it goes back into an account of ours: then no provider is asked."""
        return self.tender != GATEWAY

    @classmethod
    def requested(cls, payment: Payment, order: MoneyBack, *, at: datetime) -> Change[Refund]:
        """Decide to give money back; the payment has reserved it (PAY-R9)."""
        assert payment.captured is not None
        refund = cls(
            id=order.id, ref=refund_ref(order.id), payment_id=payment.id, order_id=payment.order_id,
            member_id=payment.member_id, gateway=payment.gateway, tender=order.into or payment.tender,
            amount=Money(order.amount_minor, payment.captured.currency), freight_minor=order.freight_minor,
            source=order.source, reason=order.reason, replaces=order.replaces, requested_at=at, next_try_at=at,
        )  # fmt: skip
        return Change(None, refund, (refund._requested(at),))

    def request_to(self, payment: Payment) -> RefundRequest:
        """What the provider is asked to do."""
        assert payment.captured is not None
        return RefundRequest(
            refund_ref=self.ref, payment_ref=payment.ref, amount=self.amount, payment_total=payment.captured,
            reason=self.reason,
        )  # fmt: skip

    def sending(self, *, at: datetime) -> Change[Refund]:
        """It is about to be sent or asked about: noted first, so that a crash cannot make it look unsent (R12, R28)."""
        if self.state not in WORKABLE:
            return Change(self, self)
        wait = TRY_AFTER[min(self.tries, len(TRY_AFTER) - 1)]
        sent = evolve(self, state=RefundState.PENDING, tries=self.tries + 1, next_try_at=at + wait, trouble=None)
        return Change(self, sent)

    def not_known_here(self, *, at: datetime) -> Change[Refund]:
        """Whoever was to send it does not know its gateway: marked, not tried, and soon looked at again (PAY-R18)."""
        if self.state not in WORKABLE:
            return Change(self, self)
        return Change(self, evolve(self, trouble=UNKNOWN_GATEWAY, next_try_at=at + TRY_AFTER[0]))

    def hear(self, snapshot: RefundSnapshot, *, at: datetime) -> Change[Refund]:
        """What a verified notice or answer means; what is decided stays decided (R8), but money that left is booked (R10)."""
        if self.state is RefundState.SUCCEEDED:
            return Change(self, self)
        if self.state is RefundState.CLOSED:
            return self._heard_closed(snapshot, at)
        if snapshot.amount not in (None, self.amount):
            return self.stuck(_AMOUNT, at=at)
        match snapshot.status:
            case RefundStatus.SUCCEEDED:
                return self._decided(RefundState.SUCCEEDED, RefundSucceeded, snapshot, at)
            case RefundStatus.CLOSED:
                return self._decided(RefundState.CLOSED, RefundClosed, snapshot, at)
            case RefundStatus.NEEDS_ATTENTION:
                return self.stuck(_NEEDS_ATTENTION, at=at)
            case RefundStatus.PENDING | RefundStatus.NOT_FOUND:
                return Change(self, self)
            case _:
                assert_never(snapshot.status)

    def revived(self, *, at: datetime) -> Change[Refund]:
        """Held for failed, it was paid after all, and counts again: whatever took its place surely was not, and is needless."""
        assert self.state is RefundState.CLOSED
        paid = evolve(self, state=RefundState.SUCCEEDED, trouble=None, succeeded_at=self.succeeded_at or at)
        return Change(self, paid, (self._event(RefundSucceeded, at=at),))

    def needless(self, *, at: datetime) -> Change[Refund]:
        """What it was to give back went back under an older reference; it surely did not go back under this one."""
        closed = evolve(self, state=RefundState.CLOSED, next_try_at=None, trouble=None)
        return Change(self, closed, (self._event(RefundClosed, at=at),))

    def stuck(self, trouble: str, *, at: datetime) -> Change[Refund]:
        """A person must look at it; it goes on counting against the payment. What the provider itself told is kept."""
        is_news = trouble in _TOLD_BY_PROVIDER and self.trouble not in _TOLD_BY_PROVIDER
        if self.state is RefundState.NEEDS_ATTENTION and not is_news:
            return Change(self, self)
        stuck = evolve(self, state=RefundState.NEEDS_ATTENTION, trouble=trouble, next_try_at=None)
        return Change(self, stuck, (self._event(RefundNeedsAttention, at=at, trouble=trouble),))

    def give_up(self, *, at: datetime) -> Change[Refund]:
        """Staff found out that the money surely did not go back: references are counted anew.

        Raises RefundNotRetriable unless it got stuck.
        """
        if self.state is not RefundState.NEEDS_ATTENTION:
            raise RefundNotRetriable(refund_id=self.id, state=self.state.value)
        closed = evolve(self, state=RefundState.CLOSED, next_try_at=None, references=0)
        return Change(self, closed, (self._event(RefundClosed, at=at),))

    def replaced(self, id: RefundId, *, at: datetime) -> Change[Refund]:
        """The same money under a new reference, now that the old one surely failed (PAY-R9, RET-R6).

        After many references it waits for a person from the start.
        """
        assert self.state is RefundState.CLOSED
        again = evolve(
            self, id=id, ref=refund_ref(id), state=RefundState.REQUESTED, tries=0, next_try_at=at, provider_ref=None,
            trouble=None, succeeded_at=None, replaces=self.id, references=self.references + 1, requested_at=at, version=0,
        )  # fmt: skip
        change = Change(None, again, (again._requested(at),))
        return change.then(lambda one: one.stuck("many_references", at=at)) if again.references > REFERENCES_MAX else change

    def _heard_closed(self, snapshot: RefundSnapshot, at: datetime) -> Change[Refund]:
        is_ours = snapshot.status is RefundStatus.SUCCEEDED and snapshot.amount in (None, self.amount)
        if not is_ours or self.succeeded_at is not None:
            return Change(self, self)
        paid = evolve(self, trouble=PAID_AFTER_ALL, succeeded_at=at, provider_ref=snapshot.provider_ref or self.provider_ref)
        return Change(self, paid, (self._event(RefundNeedsAttention, at=at, trouble=PAID_AFTER_ALL),))

    def _decided(self, state: RefundState, kind: type[RefundEvent], snapshot: RefundSnapshot, at: datetime) -> Change[Refund]:
        decided = evolve(
            self, state=state, next_try_at=None, trouble=None, provider_ref=snapshot.provider_ref or self.provider_ref,
            succeeded_at=at if state is RefundState.SUCCEEDED else None,
        )  # fmt: skip
        return Change(self, decided, (self._event(kind, at=at),))

    def _requested(self, at: datetime) -> RefundEvent:
        return self._event(RefundRequested, at=at, source=self.source, reason=self.reason)

    def _event(self, kind: type[RefundEvent], *, at: datetime, **facts: Any) -> RefundEvent:
        return kind(
            at=at, payment_id=self.payment_id, order_id=self.order_id, member_id=self.member_id, refund_id=self.id,
            amount=self.amount, **facts,
        )  # fmt: skip


def in_place_of(refund: Refund, refunds: Iterable[Refund]) -> Refund | None:
    """The last of those that took this refund's place under other references, one after the other."""
    successors = {one.replaces: one for one in refunds if one.replaces is not None}
    last: Refund | None = None
    while (last or refund).id in successors:
        last = successors[(last or refund).id]
    return last


def paid_before(refund: Refund, refunds: Iterable[Refund]) -> Refund | None:
    """The one in whose place this refund stands, if it was paid after all: the same money must not go back once more (R5)."""
    known = {one.id: one for one in refunds}
    older = known.get(refund.replaces) if refund.replaces is not None else None
    while older is not None and not older.was_paid_after_all:
        older = known.get(older.replaces) if older.replaces is not None else None
    return older
