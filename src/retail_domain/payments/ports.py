"""What payments need from a store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId, OrderId, PaymentId, RefundId
from retail_domain.kernel.once import Answers
from retail_domain.payments.books import Books
from retail_domain.payments.gateway import MerchantRef, RefundRef
from retail_domain.payments.model import Notice, NoticeKey, Payment, Posting, Refund


class Payments(Protocol):
    """The payment attempts."""

    async def get(self, id: PaymentId) -> Payment:
        """The attempt of this id, without a lock. Raises PaymentNotFound; sees staged ones."""
        ...

    async def find(self, gateway: str, ref: MerchantRef) -> Payment | None:
        """The attempt a provider speaks of, without a lock."""
        ...

    async def find_deal(self, gateway: str, provider_ref: str) -> PaymentId | None:
        """The attempt that a provider's own reference belongs to already (PAY-R3)."""
        ...

    async def claim(self, ids: Iterable[PaymentId]) -> Mapping[PaymentId, Payment]:
        """Lock these attempts until the unit ends, ascending by id, in one statement; unknown ones are absent."""
        ...

    async def claim_of_order(self, order_id: OrderId) -> tuple[Payment, ...]:
        """Lock all attempts of an order, ascending by id; the caller holds the order, so no new one can appear."""
        ...

    async def due_polls(self, at: datetime, limit: int) -> tuple[PaymentId, ...]:
        """Attempts whose provider must be asked now, or whose money must be applied again, the most overdue first.

        Last come undecided ones that are to be asked later than POLLED_AHEAD_MAX from now: a clock was put back (R29).
        """
        ...

    async def unsettled_of(self, member_id: MemberId) -> tuple[PaymentId, ...]:
        """A member's attempts that may still bring money, or whose money nobody has decided about; locks nothing."""
        ...

    def save(self, change: Change[Payment]) -> None:
        """Stage a change; one open attempt an order, one attempt a provider's reference: else `Taken` at commit."""
        ...


class Refunds(Protocol):
    """The refunds."""

    async def get(self, id: RefundId) -> Refund:
        """The refund of this id, without a lock. Raises RefundNotFound; sees staged ones."""
        ...

    async def find(self, gateway: str, ref: RefundRef) -> Refund | None:
        """The refund a provider speaks of, without a lock."""
        ...

    async def claim(self, ids: Iterable[RefundId]) -> Mapping[RefundId, Refund]:
        """Lock these refunds until the unit ends, ascending by id, in one statement; unknown ones are absent."""
        ...

    async def claim_of_payment(self, payment_id: PaymentId) -> tuple[Refund, ...]:
        """Lock all refunds of a payment, ascending by id; the caller holds the payment, so no new one can appear."""
        ...

    async def due(self, at: datetime, limit: int) -> tuple[RefundId, ...]:
        """Refunds that must be sent or asked about now, the most overdue first; locks nothing.

        Last come those that are to be tried later than TRIED_AHEAD_MAX from now: a clock was put back (R29).
        """
        ...

    async def unsettled_of(self, member_id: MemberId) -> tuple[RefundId, ...]:
        """Refunds to a member that have neither gone back nor been replaced; locks nothing."""
        ...

    def save(self, change: Change[Refund]) -> None:
        """Stage a change."""
        ...


class Ledger(Protocol):
    """The books: append-only, balanced (R6)."""

    def post(self, posting: Posting) -> None:
        """Stage a posting; the same reference twice raises `Taken` at commit."""
        ...

    async def uncarried(self) -> int:
        """About how many entries came after the balances were last carried forward."""
        ...

    async def carry(self, most: int) -> int:
        """Carry every account's balance forward over at most so many of the oldest such entries; over how many.

        What accounts hold is the same before and after, and no entry is ever passed over: raises Retry while somebody is
        writing entries whose place is not certain yet.
        """
        ...


class Inbox(Protocol):
    """The notices that were heard."""

    async def find(self, key: NoticeKey) -> Notice | None:
        """The record of this very notice, if it was heard before."""
        ...

    async def has_event(self, gateway: str, event_id: str) -> bool:
        """Whether any notice of this event was heard before, whatever it said."""
        ...

    def add(self, notice: Notice) -> None:
        """Stage a record; one that a rival stored first is left as it is."""
        ...


class PaymentsWork(Protocol):
    """The unit of work payments need."""

    @property
    def payments(self) -> Payments:
        """The attempts."""
        ...

    @property
    def refunds(self) -> Refunds:
        """The refunds."""
        ...

    @property
    def ledger(self) -> Ledger:
        """The books."""
        ...

    @property
    def books(self) -> Books:
        """The days of the books."""
        ...

    @property
    def inbox(self) -> Inbox:
        """The notices heard."""
        ...

    @property
    def answers(self) -> Answers:
        """What commands answered before."""
        ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...
