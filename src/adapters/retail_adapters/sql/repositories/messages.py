"""Messages in SQL: what was told, of what, how far it is on its way, and how members want to be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, exists, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Part, Rows, spread
from retail_adapters.sql.session import SqlCollection, SqlSession, inserted, updated
from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.accounts import members
from retail_adapters.sql.tables.catalog import skus
from retail_adapters.sql.tables.messages import (
    marketing_consents,
    message_occasions,
    message_reading,
    message_sendings,
    message_settings,
    messages,
)
from retail_adapters.sql.tables.ordering import orders
from retail_adapters.sql.tables.reviews import reviews
from retail_adapters.sql.types import Instant
from retail_adapters.sql.writes import insert_into, update_of
from retail_domain.accounts.model.member import MemberStatus
from retail_domain.kernel.causes import CauseKind
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import MemberId, MessageId, OrderId
from retail_domain.messages import (
    MarketingConsent,
    Message,
    MessageOccasion,
    MessageReading,
    MessageSending,
    MessageSettings,
    PaySoon,
    QuietHours,
    Recipient,
    RecipientKind,
)
from retail_domain.messages.settings import quiet_read, quiet_written
from retail_domain.ordering import PAY_SOON, OrderStatus


def _muted_text(muted: Sequence[tuple[str, CauseKind]]) -> str:
    return " ".join(f"{channel}:{kind.value}" for channel, kind in muted)


def _muted_read(text: str) -> tuple[tuple[str, CauseKind], ...]:
    told = (one.partition(":") for one in text.split())
    return tuple((channel, CauseKind(kind)) for channel, _, kind in told)


def _quiet_text(quiet: QuietHours | None) -> str | None:
    return quiet_written(quiet) or None


def _quiet_read(text: str | None) -> QuietHours | None:
    return quiet_read(text or "")


_TO: Final = spread(Recipient, "recipient_kind", "recipient_id")
MESSAGES: Final = Rows(messages, Message, parts={"recipient": _TO, "filled": Part(("filled",), dict, dict)})
SETTINGS: Final = Rows(
    message_settings, MessageSettings,
    parts={
        "muted": Part(("muted",), _muted_text, _muted_read),
        "quiet_hours": Part(("quiet_hours",), _quiet_text, _quiet_read),
    },
)  # fmt: skip
CONSENTS: Final = Rows(marketing_consents, MarketingConsent)
_READING: Final = Rows(message_reading, MessageReading)
_OCCASIONS: Final = Rows(message_occasions, MessageOccasion, parts={"recipient": _TO})
_SENDINGS: Final = Rows(message_sendings, MessageSending)

_NAME: Final = MessageReading().name
_BY_NAME: Final = select(message_reading).where(message_reading.c.name == bindparam("name"))
_FIND_READING: Final = Statement("message_reading.find", _BY_NAME)
_CLAIM_READING: Final = Statement("message_reading.claim", _BY_NAME.with_for_update())


class SqlMessageReadings(SqlCollection[str, MessageReading]):
    """How far events were looked through; see the port."""

    table = message_reading

    def key(self, state: MessageReading) -> str:
        """Its name."""
        return state.name

    async def find(self) -> MessageReading:
        """Stored; else from the beginning."""
        return await self._read(_FIND_READING)

    async def claim(self) -> MessageReading:
        """Locked, once there is one."""
        self._session.lock(self.rank)
        return await self._read(_CLAIM_READING)

    async def _read(self, statement: Statement) -> MessageReading:
        row = next(iter(await self._session.tx.rows(statement, name=_NAME)), None)
        return self.seen(_NAME, None if row is None else _READING.state(row)) or MessageReading()

    def flushes(self) -> Sequence[Flush]:
        """The first one, or a change."""
        new = [inserted(one, _READING.row(one)) for one in self.new()]
        changed = [updated(before, _READING.row(one)) for before, one in self.changed()]
        return [
            Flush(insert_into(message_reading), new), Flush(update_of(message_reading), changed, "reading of messages"),
        ]  # fmt: skip


_CLAIM: Final = Statement(
    "messages.claim", select(messages).where(AnyOf(messages.c.id, "ids")).order_by(messages.c.id).with_for_update()
)
_to_one = and_(messages.c.recipient_kind == bindparam("recipient_kind"), messages.c.recipient_id == bindparam("recipient_id"))
_CLAIM_UNREAD: Final = Statement(
    "messages.claim_unread",
    select(messages)
    .where(_to_one, messages.c.read_at.is_(None))
    .order_by(messages.c.id)
    .limit(bindparam("most"))
    .with_for_update(),
)
_CLAIM_OPEN: Final = Statement(
    "messages.claim_open",
    select(messages)
    .where(
        AnyOf(messages.c.recipient_id, "recipient_ids"), messages.c.bundles_until.is_not(None),
        messages.c.bundles_until > bindparam("at", type_=Instant()), AnyOf(messages.c.cause, "causes"),
    )
    .order_by(messages.c.id)
    .with_for_update(),
)  # fmt: skip
_OLD: Final = Statement(
    "messages.old",
    select(messages.c.id).where(messages.c.at < bindparam("before")).order_by(messages.c.at).limit(bindparam("most")),
)
_OLDEST_OF: Final = Statement(
    "messages.oldest_of",
    select(messages.c.id).where(_to_one).order_by(messages.c.id).limit(bindparam("most")).with_for_update(),
)
_FORGET_OCCASIONS: Final = Statement(
    "message_occasions.forget", delete(message_occasions).where(AnyOf(message_occasions.c.message_id, "ids"))
)
_FORGET_SENDINGS: Final = Statement(
    "message_sendings.forget", delete(message_sendings).where(AnyOf(message_sendings.c.message_id, "ids"))
)
_FORGET: Final = Statement("messages.forget", delete(messages).where(AnyOf(messages.c.id, "ids")))


class SqlMessages(SqlCollection[MessageId, Message]):
    """What everybody was told; see the port."""

    table = messages

    def key(self, state: Message) -> MessageId:
        """Its id."""
        return state.id

    async def claim(self, ids: Collection[MessageId]) -> Mapping[MessageId, Message]:
        """Locked, ascending."""
        self._session.lock(self.rank)
        stored = map(MESSAGES.state, await self._session.tx.rows(_CLAIM, ids=sorted({*ids})))
        return {one.id: self.seen(one.id, one) or one for one in stored}

    async def claim_unread(self, recipient: Recipient, most: int) -> Sequence[Message]:
        """Locked, ascending."""
        self._session.lock(self.rank)
        asked = {"recipient_kind": recipient.kind, "recipient_id": recipient.id, "most": most}
        return tuple(MESSAGES.state(row) for row in await self._session.tx.rows(_CLAIM_UNREAD, **asked))

    async def claim_open(self, causes: Collection[str], recipients: Collection[Recipient], at: datetime) -> Sequence[Message]:
        """Locked, ascending."""
        self._session.lock(self.rank)
        ids = sorted({one.id for one in recipients})
        rows = await self._session.tx.rows(_CLAIM_OPEN, recipient_ids=ids, causes=sorted({*causes}), at=at)
        found = map(MESSAGES.state, rows)
        return tuple(one for one in found if one.recipient in recipients and one.read_at is None)

    async def forget(self, before: datetime, limit: int) -> int:
        """With their occasions and sendings."""
        return await self._forget([row["id"] for row in await self._session.tx.rows(_OLD, before=before, most=limit)])

    async def forget_of(self, recipient: Recipient, limit: int) -> int:
        """Locked, so that nothing joins one that goes."""
        self._session.lock(self.rank)
        asked = {"recipient_kind": recipient.kind, "recipient_id": recipient.id, "most": limit}
        return await self._forget([row["id"] for row in await self._session.tx.rows(_OLDEST_OF, **asked)])

    async def _forget(self, ids: Sequence[MessageId]) -> int:
        tx = self._session.tx
        if not ids:
            return 0
        await tx.changed(_FORGET_OCCASIONS, ids=ids)
        await tx.changed(_FORGET_SENDINGS, ids=ids)
        return await tx.changed(_FORGET, ids=ids)

    def flushes(self) -> Sequence[Flush]:
        """New ones, and changed ones."""
        new = [inserted(one, MESSAGES.row(one)) for one in self.new()]
        changed = [updated(before, MESSAGES.row(one)) for before, one in self.changed()]
        return [Flush(insert_into(messages), new), Flush(update_of(messages), changed, "message")]


_KNOWN: Final = Statement(
    "message_occasions.known", select(message_occasions).where(AnyOf(message_occasions.c.occasion, "occasions"))
)


class SqlMessageOccasions(SqlCollection[tuple[str, Recipient, UUID], MessageOccasion]):
    """Of what everybody was told; see the port."""

    table = message_occasions

    def key(self, state: MessageOccasion) -> tuple[str, Recipient, UUID]:
        """What may be told once."""
        return state.key

    async def known(self, occasions: Collection[UUID]) -> Collection[tuple[str, Recipient, UUID]]:
        """Staged or stored."""
        rows = await self._session.tx.rows(_KNOWN, occasions=sorted({*occasions}))
        return {_OCCASIONS.state(row).key for row in rows} | {key for key in self._staged if key[2] in occasions}

    def flushes(self) -> Sequence[Flush]:
        """New ones: they never change."""
        return [Flush(insert_into(message_occasions), [inserted(one, _OCCASIONS.row(one)) for one in self.new()])]


_DUE: Final = Statement(
    "message_sendings.due",
    select(message_sendings.c.message_id, message_sendings.c.channel)
    .where(message_sendings.c.ended_at.is_(None), message_sendings.c.next_at <= bindparam("at"))
    .order_by(message_sendings.c.next_at, message_sendings.c.message_id, message_sendings.c.channel)
    .limit(bindparam("most")),
)
_CLAIM_SENDING: Final = Statement(
    "message_sendings.claim",
    select(message_sendings)
    .where(message_sendings.c.message_id == bindparam("message_id"), message_sendings.c.channel == bindparam("channel"))
    .with_for_update(),
)


class SqlMessageSendings(SqlCollection[tuple[MessageId, str], MessageSending]):
    """What is on its way outside; see the port."""

    table = message_sendings

    def key(self, state: MessageSending) -> tuple[MessageId, str]:
        """Which message, through which channel."""
        return state.key

    async def due(self, at: datetime, most: int) -> Sequence[tuple[MessageId, str]]:
        """By the time they are due since."""
        rows = await self._session.tx.rows(_DUE, at=at, most=most)
        return [(MessageId(row["message_id"]), row["channel"]) for row in rows]

    async def claim(self, key: tuple[MessageId, str]) -> MessageSending | None:
        """Locked."""
        self._session.lock(self.rank)
        row = next(iter(await self._session.tx.rows(_CLAIM_SENDING, message_id=key[0], channel=key[1])), None)
        return self.seen(key, None if row is None else _SENDINGS.state(row))

    def flushes(self) -> Sequence[Flush]:
        """New ones, and changed ones."""
        new = [inserted(one, _SENDINGS.row(one)) for one in self.new()]
        changed = [updated(before, _SENDINGS.row(one)) for before, one in self.changed()]
        return [Flush(insert_into(message_sendings), new), Flush(update_of(message_sendings), changed, "sending")]


_SETTINGS_OF: Final = Statement(
    "message_settings.of", select(message_settings).where(message_settings.c.member_id == bindparam("member_id"))
)


class SqlMessageWishes(SqlCollection[MemberId, MessageSettings]):
    """How members want to be told; see the port."""

    table = message_settings

    def key(self, state: MessageSettings) -> MemberId:
        """The member."""
        return state.member_id

    async def of(self, member_id: MemberId) -> MessageSettings:
        """Staged or stored, else the usual."""
        row = next(iter(await self._session.tx.rows(_SETTINGS_OF, member_id=member_id)), None)
        found = self.seen(member_id, None if row is None else SETTINGS.state(row))
        return found or MessageSettings(member_id=member_id)

    def flushes(self) -> Sequence[Flush]:
        """First ones, and changed ones."""
        new = [inserted(one, SETTINGS.row(one)) for one in self.new()]
        changed = [updated(before, SETTINGS.row(one)) for before, one in self.changed()]
        return [Flush(insert_into(message_settings), new), Flush(update_of(message_settings), changed, "message settings")]


_later = marketing_consents.alias("later")
_LAST_OF: Final = Statement(
    "marketing_consents.last_of",
    select(marketing_consents).where(
        AnyOf(marketing_consents.c.member_id, "member_ids"),
        ~exists(
            select(_later.c.number).where(
                _later.c.member_id == marketing_consents.c.member_id, _later.c.number > marketing_consents.c.number
            )
        ),
    ),
)


class SqlMarketingConsents(SqlCollection[tuple[MemberId, int], MarketingConsent]):
    """Who agreed to advertising; see the port."""

    table = marketing_consents

    def key(self, state: MarketingConsent) -> tuple[MemberId, int]:
        """The member, and which word of theirs."""
        return state.member_id, state.number

    async def last_of(self, member_ids: Collection[MemberId]) -> Mapping[MemberId, MarketingConsent]:
        """Stored ones, one a member."""
        rows = await self._session.tx.rows(_LAST_OF, member_ids=sorted({*member_ids}))
        return {one.member_id: one for one in map(CONSENTS.state, rows)}

    def flushes(self) -> Sequence[Flush]:
        """New ones: they never change."""
        return [Flush(insert_into(marketing_consents), [inserted(one, CONSENTS.row(one)) for one in self.new()])]


_NUMBERS: Final = Statement("messages.order_numbers", select(orders.c.id, orders.c.number).where(AnyOf(orders.c.id, "ids")))
_CODES: Final = Statement("messages.sku_codes", select(skus.c.id, skus.c.code).where(AnyOf(skus.c.id, "ids")))
_AUTHORS: Final = Statement("messages.authors", select(reviews.c.id, reviews.c.member_id).where(AnyOf(reviews.c.id, "ids")))
_unpaid = and_(orders.c.status == OrderStatus.PENDING_PAYMENT, orders.c.closing.is_(None))
_due = select(orders.c.id, orders.c.member_id, orders.c.pay_by)
_PAY_SOON: Final = Statement(
    "messages.pay_soon",
    _due.where(
        _unpaid, orders.c.due_at <= bindparam("until", type_=Instant()), orders.c.pay_by > bindparam("at", type_=Instant()),
        ~exists(
            select(message_occasions.c.occasion).where(
                message_occasions.c.occasion == orders.c.id, message_occasions.c.cause == PAY_SOON.code,
                message_occasions.c.recipient_kind == RecipientKind.MEMBER,
                message_occasions.c.recipient_id == orders.c.member_id,
            )
        ),
    )
    .order_by(orders.c.due_at)
    .limit(bindparam("most")),
)  # fmt: skip
_UNPAID: Final = Statement("messages.unpaid", _due.where(orders.c.id == bindparam("id"), _unpaid))
_PHONE: Final = Statement(
    "messages.phone",
    select(members.c.phone).where(members.c.id == bindparam("id"), members.c.status == MemberStatus.ACTIVE),
)


class SqlMessageFacts:
    """What messages are filled with; see the port."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def order_numbers(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Their numbers."""
        return await self._told(_NUMBERS, "number", ids)

    async def sku_codes(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Their codes."""
        return await self._told(_CODES, "code", ids)

    async def authors(self, ids: Collection[UUID]) -> Mapping[UUID, MemberId]:
        """Their authors."""
        return await self._told(_AUTHORS, "member_id", ids)

    async def pay_soon(self, at: datetime, until: datetime, most: int) -> Sequence[PaySoon]:
        """The most urgent first."""
        rows = await self._session.tx.rows(_PAY_SOON, at=at, until=until, most=most)
        return [PaySoon(order_id=row["id"], member_id=row["member_id"], pay_by=row["pay_by"]) for row in rows]

    async def unpaid(self, id: OrderId) -> PaySoon | None:
        """If it is still to be paid."""
        row = next(iter(await self._session.tx.rows(_UNPAID, id=id)), None)
        return None if row is None else PaySoon(order_id=row["id"], member_id=row["member_id"], pay_by=row["pay_by"])

    async def phone_of(self, member_id: MemberId) -> Phone | None:
        """None of who is banned."""
        row = next(iter(await self._session.tx.rows(_PHONE, id=member_id)), None)
        return None if row is None or row["phone"] is None else Phone(row["phone"])

    async def _told(self, statement: Statement, column: str, ids: Collection[UUID]) -> dict[UUID, Any]:
        return {row["id"]: row[column] for row in await self._session.tx.rows(statement, ids=sorted({*ids}))}
