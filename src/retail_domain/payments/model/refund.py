"""Refund: one decision to give money back, under its own reference (退款)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, assert_never

from attrs import evolve, frozen

from retail_domain.kernel.change import Change
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
from retail_domain.payments.gateway import RefundRef, RefundRequest, RefundSnapshot, RefundStatus, refund_ref
from retail_domain.payments.model.payment import Payment
from retail_domain.payments.states import GATEWAY, RefundSource, RefundState

TRY_AFTER: Final = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 300, 900, 3600))
"""How long to wait before a refund is sent or asked about again; the last one repeats."""

REFERENCES_MAX: Final = 5
"""After so many references that came to nothing a person must look at it."""

WORKABLE: Final = frozenset({RefundState.REQUESTED, RefundState.PENDING})
"""The states in which the shop carries on by itself."""


@frozen(kw_only=True)
class RefundOrder:
    """What shall go back: how much, how much of it is freight, of which money, and why."""

    id: RefundId
    amount_minor: int
    freight_minor: int = 0
    source: RefundSource = RefundSource.ORDER
    reason: str
    replaces: RefundId | None = None


@frozen(kw_only=True)
class Refund:
    """Money on its way back to a buyer (退款单); its reference is stored before the provider hears it (R12)."""

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
        """Whether it counts against what was captured (rulings 9)."""
        return self.state is not RefundState.CLOSED

    @property
    def is_under_way(self) -> bool:
        """Whether the shop carries on with it by itself."""
        return self.state in WORKABLE

    @property
    def is_inside(self) -> bool:
        """Whether it goes back into an account of ours: then no provider is asked."""
        return self.tender != GATEWAY

    @classmethod
    def requested(cls, payment: Payment, order: RefundOrder, *, at: datetime) -> Change[Refund]:
        """Decide to give money back; the payment has reserved it (PAY-R9)."""
        assert payment.captured is not None
        refund = cls(
            id=order.id, ref=refund_ref(order.id), payment_id=payment.id, order_id=payment.order_id,
            member_id=payment.member_id, gateway=payment.gateway, tender=payment.tender,
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
        return Change(self, evolve(self, state=RefundState.PENDING, tries=self.tries + 1, next_try_at=at + wait))

    def hear(self, snapshot: RefundSnapshot, *, at: datetime) -> Change[Refund]:
        """What a verified notice or answer means; what is decided stays decided (R8)."""
        if self.state in (RefundState.SUCCEEDED, RefundState.CLOSED):
            return Change(self, self)
        if snapshot.amount is not None and snapshot.amount != self.amount:
            return self.stuck("amount", at=at)
        match snapshot.status:
            case RefundStatus.SUCCEEDED:
                return self._decided(RefundState.SUCCEEDED, RefundSucceeded, snapshot, at)
            case RefundStatus.CLOSED:
                return self._decided(RefundState.CLOSED, RefundClosed, snapshot, at)
            case RefundStatus.NEEDS_ATTENTION:
                return self.stuck("needs_attention", at=at)
            case RefundStatus.PENDING | RefundStatus.NOT_FOUND:
                return Change(self, self)
            case _:
                assert_never(snapshot.status)

    def stuck(self, trouble: str, *, at: datetime) -> Change[Refund]:
        """A person must look at it; it goes on counting against the payment."""
        if self.state is RefundState.NEEDS_ATTENTION:
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
            trouble=None, replaces=self.id, references=self.references + 1, requested_at=at, version=0,
        )  # fmt: skip
        change = Change(None, again, (again._requested(at),))
        return change.then(lambda one: one.stuck("many_references", at=at)) if again.references > REFERENCES_MAX else change

    def _decided(
        self, state: RefundState, kind: type[RefundEvent], snapshot: RefundSnapshot, at: datetime
    ) -> Change[Refund]:
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
