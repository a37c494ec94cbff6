"""Messages as their readers see them, and as staff see what is on its way."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.causes import CauseKind, Language
from retail_domain.kernel.ids import MemberId, MessageId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.messages.model import MarketingConsent, Message, MessageSettings, Recipient, SendingState

UNREAD_MAX: Final = 1_000
"""Nobody counts further."""


@frozen(kw_only=True)
class MessageView:
    """A message in its reader's language."""

    message_id: MessageId
    cause: str
    kind: CauseKind
    title: str
    text: str
    about: UUID
    count: int
    at: datetime
    read_at: datetime | None
    way_out: str | None
    """Where advertising ends; advertising alone has it (MSG-R3)."""


@frozen(kw_only=True)
class SendingView:
    """A message on its way through a channel."""

    message_id: MessageId
    channel: str
    cause: str
    recipient: Recipient
    state: SendingState
    tries: int
    next_at: datetime
    ended_at: datetime | None
    reason: str


@frozen(kw_only=True)
class MessageSettingsView:
    """How a member wants to be told, and what they said about advertising last."""

    member_id: MemberId
    language: Language
    muted: tuple[str, ...]
    """`channel:kind`."""
    quiet_hours: str
    """Their own, such as 22:00-08:00; empty: those of the shop."""
    shop_quiet_hours: str
    """Those of the shop, as they are now."""
    marketing: bool
    """Whether they agree to it."""
    marketing_said_at: datetime | None
    marketing_said_to: str | None
    """Which version of the terms they agreed to, or took back."""
    terms_version: str
    """Today's."""


class MessageQueries(Protocol):
    """Reads messages."""

    async def inbox(self, recipient: Recipient, page: PageRequest, *, unread_only: bool = False) -> Page[Message]:
        """What somebody was told, the newest first."""
        ...

    async def unread(self, recipient: Recipient) -> int:
        """How many they have not read; counted up to UNREAD_MAX."""
        ...

    async def sendings(self, page: PageRequest, state: SendingState | None = None) -> Page[SendingView]:
        """What is on its way, or was, the newest first."""
        ...

    async def settings(self, member_id: MemberId) -> tuple[MessageSettings, MarketingConsent | None]:
        """How a member wants to be told, and what they said about advertising last."""
        ...
