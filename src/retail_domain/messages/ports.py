"""What messages need from a store, and from whoever sends."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from attrs import field, frozen

from retail_domain.kernel.causes import CauseKind
from retail_domain.kernel.change import Change
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import MemberId, MessageId, OrderId
from retail_domain.kernel.settings import SettingsKnown
from retail_domain.kernel.units import Unit
from retail_domain.messages.model import (
    MarketingConsent,
    Message,
    MessageOccasion,
    MessageReading,
    MessageSending,
    MessageSettings,
    Recipient,
    SendAnswer,
)


class MessageReadings(Protocol):
    """How far what happened was looked through."""

    async def find(self) -> MessageReading:
        """Without a lock."""
        ...

    async def claim(self) -> MessageReading:
        """For a change; a rival's makes the commit raise `Stale` or `Taken`."""
        ...

    def save(self, change: Change[MessageReading]) -> None:
        """Stage a change."""
        ...


class Messages(Protocol):
    """What everybody was told."""

    async def claim(self, ids: Collection[MessageId]) -> Mapping[MessageId, Message]:
        """Lock these, ascending; unknown ones are absent."""
        ...

    async def claim_unread(self, recipient: Recipient, most: int) -> Sequence[Message]:
        """Lock those that a reader has not read, ascending, so many at most."""
        ...

    async def claim_open(self, causes: Collection[str], recipients: Collection[Recipient], at: datetime) -> Sequence[Message]:
        """Lock, ascending, what of these causes still bundles for any of these readers: what follows may join it."""
        ...

    async def forget(self, before: datetime, limit: int) -> int:
        """Delete up to so many that were told before a time, with all that hangs on them; how many went."""
        ...

    async def forget_of(self, recipient: Recipient, limit: int) -> int:
        """The same with up to so many of one reader, the oldest first."""
        ...

    def save(self, change: Change[Message]) -> None:
        """Stage a change."""
        ...


class MessageOccasions(Protocol):
    """Of what everybody was told."""

    async def known(self, occasions: Collection[UUID]) -> Collection[tuple[str, Recipient, UUID]]:
        """What was told already of these happenings; without a lock."""
        ...

    def save(self, change: Change[MessageOccasion]) -> None:
        """Stage that something is told; one a cause, reader and happening, else `Taken` at commit (MSG-R2)."""
        ...


class MessageSendings(Protocol):
    """What is on its way outside."""

    async def due(self, at: datetime, most: int) -> Sequence[tuple[MessageId, str]]:
        """What is to be sent or asked about, the most overdue first; without a lock."""
        ...

    async def claim(self, key: tuple[MessageId, str]) -> MessageSending | None:
        """Locked for a change."""
        ...

    def save(self, change: Change[MessageSending]) -> None:
        """Stage a change; one a message and channel, else `Taken` at commit."""
        ...


class MessageWishes(Protocol):
    """How members want to be told."""

    async def of(self, member_id: MemberId) -> MessageSettings:
        """Theirs, or what holds for who never said anything; without a lock."""
        ...

    def save(self, change: Change[MessageSettings]) -> None:
        """Stage a change; two first ones at once: one raises `Taken` at commit."""
        ...


class MarketingConsents(Protocol):
    """Who agreed to advertising, and everything they said about it."""

    async def last_of(self, member_ids: Collection[MemberId]) -> Mapping[MemberId, MarketingConsent]:
        """What each of them said last; absent who never said anything. Without a lock."""
        ...

    def save(self, change: Change[MarketingConsent]) -> None:
        """Stage another word; one of each number, else `Taken` at commit."""
        ...


@frozen(kw_only=True)
class PaySoon:
    """An order that will be closed soon unless it is paid."""

    order_id: OrderId
    member_id: MemberId
    pay_by: datetime


class MessageFacts(Protocol):
    """What messages are filled with, and whom they concern: looked up for many at once, and locked never."""

    async def order_numbers(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """The numbers of these orders."""
        ...

    async def sku_codes(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """The codes of these SKUs."""
        ...

    async def authors(self, ids: Collection[UUID]) -> Mapping[UUID, MemberId]:
        """Who wrote these reviews."""
        ...

    async def pay_soon(self, at: datetime, until: datetime, most: int) -> Sequence[PaySoon]:
        """Unpaid orders that are closed between these times and whose members were not told, the most urgent first."""
        ...

    async def unpaid(self, id: OrderId) -> PaySoon | None:
        """When this order is closed; None when it is not to be paid any more."""
        ...

    async def phone_of(self, member_id: MemberId) -> Phone | None:
        """The number of a member who is not banned."""
        ...


class MessagesWork(Unit, Protocol):
    """The unit of work of messages."""

    @property
    def message_readings(self) -> MessageReadings: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def message_occasions(self) -> MessageOccasions: ...
    @property
    def message_sendings(self) -> MessageSendings: ...
    @property
    def message_settings(self) -> MessageWishes: ...
    @property
    def marketing_consents(self) -> MarketingConsents: ...
    @property
    def message_facts(self) -> MessageFacts: ...


class RuledMessagesWork(MessagesWork, Protocol):
    """The unit of work of what settings have a say in."""

    @property
    def settings(self) -> SettingsKnown: ...


@frozen(kw_only=True)
class MessageLetter:
    """A message as it goes out. `cause` is our name of the template, `parameters` fill it in, `text` is the whole of it."""

    message_id: MessageId
    cause: str
    kind: CauseKind
    member_id: MemberId | None = None
    """Whom it goes to; None: all of staff."""
    phone: Phone | None = field(default=None, repr=False)
    title: str
    text: str
    parameters: Mapping[str, str]


class Notifier(Protocol):
    """A channel outside: text messages, the robot of a group, and what else may come."""

    @property
    def repeats(self) -> bool:
        """Whether something is sent again when nobody knows whether it was: better twice than never."""
        ...

    async def send(self, letter: MessageLetter) -> SendAnswer:
        """Once, and within a time that ends; whatever goes wrong outside is an answer, never raised."""
        ...

    async def ask(self, letter: MessageLetter) -> SendAnswer:
        """What became of one that may have been sent. UNKNOWN where the channel cannot tell; nothing is sent."""
        ...
