"""Messages in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_adapters.memory.store import Memory, MemoryCollection, MemorySession
from retail_adapters.paging import cursor_of, key_after
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import MemberId, MessageId, OrderId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.ranks import Rank
from retail_domain.messages import (
    UNREAD_MAX,
    MarketingConsent,
    Message,
    MessageOccasion,
    MessageReading,
    MessageSending,
    MessageSettings,
    PaySoon,
    Recipient,
    SendingState,
    SendingView,
)
from retail_domain.ordering import PAY_SOON, OrderStatus

_NEWEST: Final = UUID(int=2**128 - 1)
_LAST_CHANNEL: Final = "\U0010ffff"
_NAME: Final = MessageReading().name


class MemoryMessageReadings(MemoryCollection[str, MessageReading]):
    """How far events were looked through; see the port."""

    table: ClassVar[str] = "message_reading"
    key_columns: ClassVar[str] = "name"

    def key(self, state: MessageReading) -> str:
        """Its name."""
        return state.name

    async def find(self) -> MessageReading:
        """Stored; else from the beginning."""
        return self.look(_NAME) or MessageReading()

    async def claim(self) -> MessageReading:
        """Rivals make the commit raise `Stale`, or `Taken`."""
        self._session.lock(Rank.MESSAGE_READING)
        return self.look(_NAME) or MessageReading()


class MemoryMessages(MemoryCollection[MessageId, Message]):
    """What everybody was told; see the port."""

    table: ClassVar[str] = "messages"

    async def claim(self, ids: Collection[MessageId]) -> Mapping[MessageId, Message]:
        """Ascending."""
        self._session.lock(Rank.MESSAGE)
        found = ((id, self.look(id)) for id in sorted({*ids}))
        return {id: one for id, one in found if one is not None}

    async def claim_unread(self, recipient: Recipient, most: int) -> Sequence[Message]:
        """Ascending."""
        self._session.lock(Rank.MESSAGE)
        found = (one for one in self.every() if one.recipient == recipient and one.read_at is None)
        return tuple(sorted(found, key=_id)[:most])

    async def claim_open(self, causes: Collection[str], recipients: Collection[Recipient], at: datetime) -> Sequence[Message]:
        """Ascending."""
        self._session.lock(Rank.MESSAGE)
        found = (
            one for one in self.every()
            if one.cause in causes and one.recipient in recipients and one.read_at is None
            and one.bundles_until is not None and one.bundles_until > at
        )  # fmt: skip
        return tuple(sorted(found, key=_id))

    async def forget(self, before: datetime, limit: int) -> int:
        """With their occasions and sendings."""
        old = sorted((one for one in self.every() if one.at < before), key=lambda one: one.at)
        return self._forget(old[:limit])

    async def forget_of(self, recipient: Recipient, limit: int) -> int:
        """The oldest first."""
        self._session.lock(Rank.MESSAGE)
        return self._forget(sorted((one for one in self.every() if one.recipient == recipient), key=_id)[:limit])

    def _forget(self, old: Sequence[Message]) -> int:
        gone = {one.id for one in old}
        for id in gone:
            self.drop(id)
        for kind in (MemoryMessageOccasions, MemoryMessageSendings):
            rows: MemoryCollection[Any, Any] = self._session.of(kind)
            for one in rows.every():
                if one.message_id in gone:
                    rows.drop(one.key)
        return len(gone)


class MemoryMessageOccasions(MemoryCollection[tuple[str, Recipient, UUID], MessageOccasion]):
    """Of what everybody was told; see the port."""

    table: ClassVar[str] = "message_occasions"
    key_columns: ClassVar[str] = "occasion+cause+recipient_kind+recipient_id"

    def key(self, state: MessageOccasion) -> tuple[str, Recipient, UUID]:
        """What may be told once."""
        return state.key

    async def known(self, occasions: Collection[UUID]) -> Collection[tuple[str, Recipient, UUID]]:
        """Staged or stored."""
        return {one.key for one in self.every() if one.occasion in occasions}


class MemoryMessageSendings(MemoryCollection[tuple[MessageId, str], MessageSending]):
    """What is on its way outside; see the port."""

    table: ClassVar[str] = "message_sendings"
    key_columns: ClassVar[str] = "message_id+channel"

    def key(self, state: MessageSending) -> tuple[MessageId, str]:
        """Which message, through which channel."""
        return state.key

    async def due(self, at: datetime, most: int) -> Sequence[tuple[MessageId, str]]:
        """By the time they are due since."""
        found = [(one.next_at, *one.key) for one in self.every() if one.ended_at is None and one.next_at <= at]
        return [(id, channel) for _, id, channel in sorted(found)[:most]]

    async def claim(self, key: tuple[MessageId, str]) -> MessageSending | None:
        """Rivals make the commit raise `Stale`."""
        self._session.lock(Rank.MESSAGE_SENDING)
        return self.look(key)


class MemoryMessageWishes(MemoryCollection[MemberId, MessageSettings]):
    """How members want to be told; see the port."""

    table: ClassVar[str] = "message_settings"
    key_columns: ClassVar[str] = "member_id"

    def key(self, state: MessageSettings) -> MemberId:
        """The member."""
        return state.member_id

    async def of(self, member_id: MemberId) -> MessageSettings:
        """Staged or stored, else the usual."""
        return self.look(member_id) or MessageSettings(member_id=member_id)


class MemoryMarketingConsents(MemoryCollection[tuple[MemberId, int], MarketingConsent]):
    """Who agreed to advertising; see the port."""

    table: ClassVar[str] = "marketing_consents"
    key_columns: ClassVar[str] = "member_id+number"

    def key(self, state: MarketingConsent) -> tuple[MemberId, int]:
        """The member, and which word of theirs."""
        return state.member_id, state.number

    async def last_of(self, member_ids: Collection[MemberId]) -> Mapping[MemberId, MarketingConsent]:
        """One a member."""
        found = (one for one in self._committed().values() if one.member_id in member_ids)
        return {one.member_id: one for one in sorted(found, key=lambda one: one.number)}


class MemoryMessageFacts:
    """What messages are filled with; see the port."""

    def __init__(self, session: MemorySession) -> None:
        self._session = session

    async def order_numbers(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Their numbers."""
        return {id: order.number for id, order in self._table("orders").items() if id in ids}

    async def sku_codes(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Their codes."""
        return {sku.id: sku.code for one in self._table("products").values() for sku in one.skus if sku.id in ids}

    async def authors(self, ids: Collection[UUID]) -> Mapping[UUID, MemberId]:
        """Their authors."""
        return {id: review.member_id for id, review in self._table("reviews").items() if id in ids}

    async def pay_soon(self, at: datetime, until: datetime, most: int) -> Sequence[PaySoon]:
        """The most urgent first."""
        told = self._table("message_occasions")
        found = [
            _pay_soon(one) for one in self._table("orders").values()
            if _is_unpaid(one) and at < one.pay_by <= until
            and (PAY_SOON.code, Recipient.member(one.member_id), one.id) not in told
        ]  # fmt: skip
        return sorted(found, key=lambda one: one.pay_by)[:most]

    async def unpaid(self, id: OrderId) -> PaySoon | None:
        """If it is still to be paid."""
        found = self._table("orders").get(id)
        return _pay_soon(found) if found is not None and _is_unpaid(found) else None

    async def phone_of(self, member_id: MemberId) -> Phone | None:
        """None of who is banned."""
        found = self._table("members").get(member_id)
        return found.phone if found is not None and found.is_active else None

    def _table(self, name: str) -> dict[Any, Any]:
        return self._session.memory.table(name)


@frozen
class MemoryMessageQueries:
    """See the Protocol."""

    memory: Memory

    async def inbox(self, recipient: Recipient, page: PageRequest, *, unread_only: bool = False) -> Page[Message]:
        """Newest first."""
        (before,) = key_after(page.cursor, (_NEWEST,))
        found = [one for one in self._of(recipient) if one.id < before and not (unread_only and one.read_at is not None)]
        shown = tuple(sorted(found, key=_id, reverse=True)[: page.limit])
        return Page(shown, cursor_of(shown[-1].id) if len(found) > page.limit else None)

    async def unread(self, recipient: Recipient) -> int:
        """Up to so many."""
        return min(UNREAD_MAX, sum(one.read_at is None for one in self._of(recipient)))

    async def sendings(self, page: PageRequest, state: SendingState | None = None) -> Page[SendingView]:
        """Newest first."""
        before = key_after(page.cursor, (_NEWEST, _LAST_CHANNEL))
        rows = self.memory.table("message_sendings").values()
        found = sorted((one for one in rows if one.key < before and state in (None, one.state)), key=_key, reverse=True)
        shown = tuple(map(self._view, found[: page.limit]))
        return Page(shown, cursor_of(*found[page.limit - 1].key) if len(found) > page.limit else None)

    async def settings(self, member_id: MemberId) -> tuple[MessageSettings, MarketingConsent | None]:
        """The usual for who never chose."""
        said = [one for one in self.memory.table("marketing_consents").values() if one.member_id == member_id]
        chosen = self.memory.table("message_settings").get(member_id)
        return chosen or MessageSettings(member_id=member_id), max(said, key=lambda one: one.number, default=None)

    def _of(self, recipient: Recipient) -> list[Message]:
        return [one for one in self.memory.table("messages").values() if one.recipient == recipient]

    def _view(self, one: MessageSending) -> SendingView:
        message = self.memory.table("messages")[one.message_id]
        return SendingView(
            message_id=one.message_id, channel=one.channel, cause=message.cause, recipient=message.recipient, state=one.state,
            tries=one.tries, next_at=one.next_at, ended_at=one.ended_at, reason=one.reason,
        )  # fmt: skip


def _id(one: Message) -> MessageId:
    return one.id


def _key(one: MessageSending) -> tuple[MessageId, str]:
    return one.key


def _is_unpaid(order: Any) -> bool:
    return order.status is OrderStatus.PENDING_PAYMENT and order.closing is None


def _pay_soon(order: Any) -> PaySoon:
    return PaySoon(order_id=order.id, member_id=order.member_id, pay_by=order.pay_by)
