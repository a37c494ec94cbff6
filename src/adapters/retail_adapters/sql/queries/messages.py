"""Messages as their readers see them, in SQL."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from attrs import frozen
from sqlalchemy import and_, bindparam, func, select, tuple_

from retail_adapters.paging import cursor_of, key_after
from retail_adapters.sql.database import Database
from retail_adapters.sql.repositories.messages import CONSENTS, MESSAGES, SETTINGS
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.messages import marketing_consents, message_sendings, message_settings, messages
from retail_adapters.sql.types import Choice, Id, Words
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.messages import (
    UNREAD_MAX,
    MarketingConsent,
    Message,
    MessageSettings,
    Recipient,
    SendingState,
    SendingView,
)

_NEWEST: Final = UUID(int=2**128 - 1)
_LAST_CHANNEL: Final = "\U0010ffff"
_of_one = and_(messages.c.recipient_kind == bindparam("recipient_kind"), messages.c.recipient_id == bindparam("recipient_id"))
_inbox = (
    select(messages).where(_of_one, messages.c.id < bindparam("before")).order_by(messages.c.id.desc()).limit(bindparam("most"))
)
_INBOX: Final = Statement("messages.inbox", _inbox)
_UNREAD_INBOX: Final = Statement("messages.unread_inbox", _inbox.where(messages.c.read_at.is_(None)))
_some = select(messages.c.id).where(_of_one, messages.c.read_at.is_(None)).limit(bindparam("most")).subquery("some")
_UNREAD: Final = Statement("messages.unread", select(func.count().label("many")).select_from(_some))
_key = tuple_(message_sendings.c.message_id, message_sendings.c.channel)
_sendings = (
    select(
        message_sendings.c.message_id, message_sendings.c.channel, message_sendings.c.state, message_sendings.c.tries,
        message_sendings.c.next_at, message_sendings.c.ended_at, message_sendings.c.reason, messages.c.cause,
        messages.c.recipient_kind, messages.c.recipient_id,
    )
    .join(messages, messages.c.id == message_sendings.c.message_id)
    .where(_key < tuple_(bindparam("before", type_=Id()), bindparam("before_channel", type_=Words())))
    .order_by(message_sendings.c.message_id.desc(), message_sendings.c.channel.desc())
    .limit(bindparam("most"))
)  # fmt: skip
_SENDINGS: Final = Statement("message_sendings.shown", _sendings)
_IN_STATE: Final = Statement(
    "message_sendings.shown_in_state",
    _sendings.where(message_sendings.c.state == bindparam("state", type_=Choice(SendingState))),
)
_SETTINGS: Final = Statement(
    "message_settings.show", select(message_settings).where(message_settings.c.member_id == bindparam("member_id"))
)
_SAID: Final = Statement(
    "marketing_consents.show",
    select(marketing_consents)
    .where(marketing_consents.c.member_id == bindparam("member_id"))
    .order_by(marketing_consents.c.number.desc())
    .limit(1),
)


@frozen
class SqlMessageQueries:
    """See the Protocol."""

    database: Database

    async def inbox(self, recipient: Recipient, page: PageRequest, *, unread_only: bool = False) -> Page[Message]:
        """Newest first."""
        (before,) = key_after(page.cursor, (_NEWEST,))
        asked = {**_to(recipient), "before": before, "most": page.limit + 1}
        async with self.database.begin() as tx:
            rows = await tx.rows(_UNREAD_INBOX if unread_only else _INBOX, **asked)
        shown = tuple(map(MESSAGES.state, rows[: page.limit]))
        return Page(shown, cursor_of(shown[-1].id) if len(rows) > page.limit else None)

    async def unread(self, recipient: Recipient) -> int:
        """Up to so many."""
        async with self.database.begin() as tx:
            (row,) = await tx.rows(_UNREAD, **_to(recipient), most=UNREAD_MAX)
        many: int = row["many"]
        return many

    async def sendings(self, page: PageRequest, state: SendingState | None = None) -> Page[SendingView]:
        """Newest first."""
        before, channel = key_after(page.cursor, (_NEWEST, _LAST_CHANNEL))
        asked: dict[str, Any] = {"before": before, "before_channel": channel, "most": page.limit + 1}
        async with self.database.begin() as tx:
            rows = await (tx.rows(_SENDINGS, **asked) if state is None else tx.rows(_IN_STATE, state=state, **asked))
        shown = tuple(_view(dict(row)) for row in rows[: page.limit])
        more = len(rows) > page.limit
        return Page(shown, cursor_of(shown[-1].message_id, shown[-1].channel) if more else None)

    async def settings(self, member_id: MemberId) -> tuple[MessageSettings, MarketingConsent | None]:
        """The usual for who never chose."""
        async with self.database.begin() as tx:
            chosen = next(iter(await tx.rows(_SETTINGS, member_id=member_id)), None)
            said = next(iter(await tx.rows(_SAID, member_id=member_id)), None)
        return (
            MessageSettings(member_id=member_id) if chosen is None else SETTINGS.state(chosen),
            None if said is None else CONSENTS.state(said),
        )


def _to(recipient: Recipient) -> dict[str, Any]:
    return {"recipient_kind": recipient.kind, "recipient_id": recipient.id}


def _view(row: dict[str, Any]) -> SendingView:
    return SendingView(recipient=Recipient(row.pop("recipient_kind"), row.pop("recipient_id")), **row)
