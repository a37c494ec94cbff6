"""Attempts, refunds, the books and the inbox in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_adapters.memory.ordering import of_places
from retail_adapters.memory.store import Memory, MemoryCollection, MemorySession
from retail_adapters.paging import cursor_of, key_after
from retail_domain.kernel.errors import Taken
from retail_domain.kernel.ids import MemberId, OrderId, PaymentId, RefundId
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.kernel.ranks import Rank
from retail_domain.payments import (
    POLLED_AHEAD_MAX,
    TRIED_AHEAD_MAX,
    UNKNOWN_GATEWAY,
    Balance,
    MoneyState,
    Notice,
    NoticeKey,
    Payment,
    PaymentNotFound,
    PaymentView,
    Posting,
    Refund,
    RefundNotFound,
    RefundStage,
    RefundState,
    RefundView,
    SuspectView,
    Verdict,
    WaitingView,
    payment_view,
    refund_view,
    suspect_view,
    waiting_view,
)
from retail_domain.payments.gateway import MerchantRef, RefundRef

_OLDEST: Final = (UUID(int=0),)
_NEWEST: Final = (UUID(int=2**128 - 1),)
_LONG_AGO: Final = (datetime(1970, 1, 1, tzinfo=UTC), "", "", "")
_ASIDE: Final = (MoneyState.SUSPECT, MoneyState.UNAPPLIED)


class MemoryPayments(MemoryCollection[PaymentId, Payment]):
    """The attempts; see the port for the promises."""

    table: ClassVar[str] = "payments"
    unique: ClassVar[Mapping[str, Any]] = {
        "payments.ref": lambda one: one.ref,
        "payments.gateway+provider_ref": lambda one: (one.gateway, one.provider_ref) if one.provider_ref else None,
        "payments.order_id": lambda one: (one.order_id, "open") if one.is_open else None,
        "payments.order_id+tender": lambda one: (
            (one.order_id, one.tender) if one.is_held or one.money is MoneyState.APPLIED else None
        ),
    }

    async def get(self, id: PaymentId) -> Payment:
        """Without a lock."""
        found = self.look(id)
        if found is None:
            raise PaymentNotFound(payment_id=id)
        return found

    async def find(self, gateway: str, ref: MerchantRef) -> Payment | None:
        """By our reference."""
        return next((one for one in self.every() if one.gateway == gateway and one.ref == ref), None)

    async def find_deal(self, gateway: str, provider_ref: str) -> PaymentId | None:
        """By the provider's reference."""
        return self._session.memory.unique.get("payments.gateway+provider_ref", {}).get((gateway, provider_ref))

    async def claim(self, ids: Iterable[PaymentId]) -> Mapping[PaymentId, Payment]:
        """Ascending."""
        self._session.lock(Rank.PAYMENT)
        found = ((id, self.look(id)) for id in sorted(set(ids)))
        return {id: payment for id, payment in found if payment is not None}

    async def claim_of_order(self, order_id: OrderId) -> tuple[Payment, ...]:
        """All of an order, ascending."""
        self._session.lock(Rank.PAYMENT)
        return tuple(sorted((one for one in self.every() if one.order_id == order_id), key=lambda one: one.id))

    async def due_polls(self, at: datetime, limit: int) -> tuple[PaymentId, ...]:
        """The most overdue first."""
        far = at + POLLED_AHEAD_MAX
        due = [
            (one.next_poll_at, one.id) for one in self.every() if one.next_poll_at is not None
            and (one.next_poll_at <= at or (one.next_poll_at > far and (one.is_open or one.is_held)))
        ]  # fmt: skip
        return tuple(id for _, id in sorted(due)[:limit])

    async def unsettled_of(self, member_id: MemberId) -> tuple[PaymentId, ...]:
        """Ascending."""
        mine = (one for one in self.every() if one.member_id == member_id)
        return tuple(sorted(one.id for one in mine if one.is_open or one.is_held or one.money in _ASIDE))


class MemoryRefunds(MemoryCollection[RefundId, Refund]):
    """The refunds; see the port."""

    table: ClassVar[str] = "refunds"
    unique: ClassVar[Mapping[str, Any]] = {"refunds.ref": lambda one: one.ref}

    async def get(self, id: RefundId) -> Refund:
        """Without a lock."""
        found = self.look(id)
        if found is None:
            raise RefundNotFound(refund_id=id)
        return found

    async def find(self, gateway: str, ref: RefundRef) -> Refund | None:
        """By our reference."""
        return next((one for one in self.every() if one.gateway == gateway and one.ref == ref), None)

    async def claim(self, ids: Iterable[RefundId]) -> Mapping[RefundId, Refund]:
        """Ascending."""
        self._session.lock(Rank.REFUND)
        found = ((id, self.look(id)) for id in sorted(set(ids)))
        return {id: refund for id, refund in found if refund is not None}

    async def claim_of_payment(self, payment_id: PaymentId) -> tuple[Refund, ...]:
        """All of a payment, ascending."""
        self._session.lock(Rank.REFUND)
        return tuple(sorted((one for one in self.every() if one.payment_id == payment_id), key=lambda one: one.id))

    async def unsettled_of(self, member_id: MemberId) -> tuple[RefundId, ...]:
        """Ascending."""
        over = (RefundState.SUCCEEDED, RefundState.CLOSED)
        return tuple(sorted(one.id for one in self.every() if one.member_id == member_id and one.state not in over))

    async def due(self, at: datetime, limit: int) -> tuple[RefundId, ...]:
        """The most overdue first."""
        far = at + TRIED_AHEAD_MAX
        timed = [(one.next_try_at, one.id) for one in self.every() if one.next_try_at is not None]
        due = [(when, id) for when, id in timed if when <= at or when > far]
        return tuple(id for _, id in sorted(due)[:limit])


class MemoryLedger:
    """The books; see the port."""

    def __init__(self, session: MemorySession) -> None:
        self._session = session

    def post(self, posting: Posting) -> None:
        """Stage a posting; a reference is booked once."""
        booked = {one.reference for one in self._session.memory.log("ledger")}
        staged = {one.reference for log, one in self._session.appended if log == "ledger"}
        if posting.reference in booked | staged:
            raise Taken(table="ledger_entries", columns=("reference", "account", "currency"))
        self._session.appended.append(("ledger", posting))

    async def uncarried(self) -> int:
        """Postings, here."""
        return len(self._session.memory.log("ledger")) - _carried(self._session.memory).up_to

    async def carry(self, most: int) -> int:
        """What is committed when this unit commits; nothing comes between."""
        memory = self._session.memory
        last = _carried(memory)
        up_to = min(len(memory.log("ledger")), last.up_to + most)
        carried = Carried(up_to, _held(memory, last, up_to))
        self._session.at_commit.append(lambda: memory.log("carried_balances").append(carried))
        return up_to - last.up_to


@frozen
class Carried:
    """What each account held after so many postings."""

    up_to: int
    balances: Mapping[tuple[str, str], int]


def _carried(memory: Memory) -> Carried:
    return max(memory.log("carried_balances"), key=lambda one: one.up_to, default=Carried(0, {}))


def _held(memory: Memory, last: Carried, up_to: int) -> Counter[tuple[str, str]]:
    sums = Counter(last.balances)
    for posting in memory.log("ledger")[last.up_to : up_to]:
        for entry in posting.entries:
            sums[entry.account, entry.amount.currency] += entry.amount.minor
    return sums


class MemoryInbox:
    """The notices heard; see the port."""

    def __init__(self, session: MemorySession) -> None:
        self._session = session

    async def find(self, key: NoticeKey) -> Notice | None:
        """This very notice."""
        return next((one for one in self._session.memory.log("inbox") if one.key == key), None)

    async def has_event(self, gateway: str, event_id: str) -> bool:
        """Any notice of this event."""
        wanted = (gateway, event_id)
        return any((one.key.gateway, one.key.event_id) == wanted for one in self._session.memory.log("inbox"))

    def add(self, notice: Notice) -> None:
        """Stage a record."""
        if not any(one.key == notice.key for one in self._session.memory.log("inbox")):
            self._session.appended.append(("inbox", notice))


@frozen
class MemoryPaymentQueries:
    """The read side of payments; see the Protocol."""

    memory: Memory

    async def show_mine(self, member_id: MemberId, payment_id: PaymentId) -> PaymentView:
        """A member's own payment."""
        payment: Payment | None = self.memory.table("payments").get(payment_id)
        if payment is None:
            raise PaymentNotFound(payment_id=payment_id)
        return payment_view(payment.owned_by(member_id))

    async def of_order(self, order_id: OrderId) -> tuple[PaymentView, ...]:
        """All attempts of an order, oldest first."""
        return tuple(payment_view(one) for one in self._payments() if one.order_id == order_id)

    async def refunds_of_order(self, order_id: OrderId) -> tuple[RefundView, ...]:
        """All refunds of an order, oldest first."""
        return tuple(refund_view(one) for one in self._refunds() if one.order_id == order_id)

    async def refunds(
        self, page: PageRequest, stage: RefundStage | None = None, within: Places = EVERYWHERE
    ) -> Page[RefundView]:
        """All refunds, newest first."""
        (before,) = key_after(page.cursor, _NEWEST)
        here = of_places(self.memory, within)
        theirs = [one for one in reversed(self._refunds()) if here(one.order_id)]
        found = [one for one in theirs if stage in (None, one.stage) and one.id < before]
        shown = found[: page.limit]
        return Page(tuple(map(refund_view, shown)), cursor_of(shown[-1].id) if len(found) > page.limit else None)

    async def suspects(self, page: PageRequest, within: Places = EVERYWHERE) -> Page[SuspectView]:
        """Money that waits for a person, oldest first."""
        here = of_places(self.memory, within)
        waiting = [one for one in self._payments() if one.money in _ASIDE and _is_left(one) and here(one.order_id)]
        return _page(waiting, page, suspect_view)

    async def stuck_refunds(self, page: PageRequest, within: Places = EVERYWHERE) -> Page[RefundView]:
        """Refunds that need a person, oldest first."""
        here = of_places(self.memory, within)
        stuck = [one for one in self._refunds() if one.state is RefundState.NEEDS_ATTENTION and here(one.order_id)]
        return _page(stuck, page, refund_view)

    async def waiting(self, page: PageRequest, within: Places = EVERYWHERE) -> Page[WaitingView]:
        """What waits for a worker that knows its gateway, oldest first."""
        marked: list[Payment | Refund] = [one for one in self._payments() if _waits(one.suspicion, one.next_poll_at)]
        marked += [one for one in self._refunds() if _waits(one.trouble, one.next_try_at)]
        here = of_places(self.memory, within)
        return _page(sorted((one for one in marked if here(one.order_id)), key=lambda one: one.id), page, waiting_view)

    async def odd_notices(self, page: PageRequest) -> Page[Notice]:
        """Notices about money that nobody can place, oldest first."""
        after = key_after(page.cursor, _LONG_AGO)
        odd = [one for one in self.memory.log("inbox") if _is_odd(one) and _notice_key(one) > after]
        found = sorted(odd, key=_notice_key)
        shown = tuple(found[: page.limit])
        return Page(shown, cursor_of(*_notice_key(shown[-1])) if len(found) > page.limit else None)

    async def balances(self) -> tuple[Balance, ...]:
        """Every account by name and currency."""
        sums = _held(self.memory, _carried(self.memory), len(self.memory.log("ledger")))
        return tuple(Balance(account=key[0], balance=Money(sums[key], key[1])) for key in sorted(sums))

    def _payments(self) -> list[Payment]:
        return sorted(self.memory.table("payments").values(), key=lambda one: one.id)

    def _refunds(self) -> list[Refund]:
        return sorted(self.memory.table("refunds").values(), key=lambda one: one.id)


def _waits(mark: str | None, next_at: datetime | None) -> bool:
    return mark == UNKNOWN_GATEWAY and next_at is not None


def _is_left(payment: Payment) -> bool:
    return not payment.captured_minor or payment.refunded_minor < payment.captured_minor


def _is_odd(notice: Notice) -> bool:
    unknown_money = notice.verdict is Verdict.UNKNOWN_REF and notice.status == "succeeded"
    return unknown_money or notice.verdict is Verdict.CONTRADICTED


def _notice_key(notice: Notice) -> tuple[datetime, str, str, str]:
    return (notice.received_at, notice.key.gateway, notice.key.event_id, notice.key.digest)


def _page(found: Sequence[Any], page: PageRequest, view: Callable[[Any], Any]) -> Page[Any]:
    (after,) = key_after(page.cursor, _OLDEST)
    left = [one for one in found if one.id > after]
    shown = left[: page.limit]
    return Page(tuple(map(view, shown)), cursor_of(shown[-1].id) if len(left) > page.limit else None)
