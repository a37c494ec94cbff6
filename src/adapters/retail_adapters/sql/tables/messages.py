"""What members and staff are told, of what, and how far it is on its way outside; and how members want to be told."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint

from retail_adapters.sql.tables.base import SHOP, needed, table
from retail_adapters.sql.tables.growth import SWEPT, Growth, With
from retail_adapters.sql.types import Choice, Doc, Flag, Id, Instant, Whole, Words
from retail_domain.kernel.causes import CauseKind, Language
from retail_domain.kernel.ranks import Rank
from retail_domain.messages.model import RecipientKind, SendingState

message_reading = table(
    "message_reading",
    needed("name", Words, primary_key=True),
    needed("came_to", Whole),
    needed("version", Whole),
    CheckConstraint("came_to >= 0", name="came_to"),
    owner=SHOP,
    rank=Rank.MESSAGE_READING,
    grows=Growth(With.NOTHING, "1", 90, read_by="worker"),
)

messages = table(
    "messages",
    needed("id", Id, primary_key=True),
    needed("cause", Words),
    needed("kind", Choice(CauseKind)),
    needed("recipient_kind", Choice(RecipientKind)),
    needed("recipient_id", Id),
    needed("about", Id),
    needed("filled", Doc),
    needed("count", Whole),
    Column("bundles_until", Instant),
    Column("consent", Whole),
    needed("at", Instant),
    Column("read_at", Instant),
    needed("version", Whole),
    CheckConstraint("count >= 1", name="count"),
    CheckConstraint("(kind = 'marketing') = (consent IS NOT NULL)", name="consent"),
    owner="recipient_id",
    rank=Rank.MESSAGE,
    grows=Growth(
        With.SALES, "3 to 6 an order", 480, kept="180 days", goes=SWEPT, personal="who was told what", read_by="its reader",
    ),
)  # fmt: skip
Index(None, messages.c.recipient_kind, messages.c.recipient_id, messages.c.id)
_unread = messages.c.read_at.is_(None)
Index(
    "ix_messages_unread", messages.c.recipient_kind, messages.c.recipient_id, messages.c.id,
    postgresql_where=_unread, sqlite_where=_unread,
)  # fmt: skip
_bundles = messages.c.bundles_until.is_not(None)
Index("ix_messages_open", messages.c.recipient_id, postgresql_where=_bundles, sqlite_where=_bundles)
Index(None, messages.c.at)

message_occasions = table(
    "message_occasions",
    needed("occasion", Id),
    needed("cause", Words),
    needed("recipient_kind", Choice(RecipientKind)),
    needed("recipient_id", Id),
    needed("message_id", Id),
    needed("version", Whole),
    PrimaryKeyConstraint("occasion", "cause", "recipient_kind", "recipient_id"),
    ForeignKeyConstraint(["message_id"], ["retail.messages.id"]),
    owner="recipient_id",
    grows=Growth(
        With.SALES, "1 a reader of something that happened", 210, kept="as long as its message", goes=SWEPT, read_by="audit",
        personal="who was told what",
    ),
)  # fmt: skip
Index(None, message_occasions.c.message_id)

message_sendings = table(
    "message_sendings",
    needed("message_id", Id),
    needed("channel", Words),
    needed("recipient_id", Id),
    needed("state", Choice(SendingState)),
    needed("tries", Whole),
    needed("due_at", Instant),
    needed("next_at", Instant),
    Column("ended_at", Instant),
    needed("reason", Words),
    needed("version", Whole),
    PrimaryKeyConstraint("message_id", "channel"),
    ForeignKeyConstraint(["message_id"], ["retail.messages.id"]),
    CheckConstraint("tries >= 0", name="tries"),
    CheckConstraint("(ended_at IS NOT NULL) = (state IN ('sent', 'refused', 'unknown', 'left_out'))", name="ended"),
    owner="recipient_id",
    rank=Rank.MESSAGE_SENDING,
    grows=Growth(With.SALES, "2 to 4 an order", 260, kept="as long as its message", goes=SWEPT, read_by="audit"),
)
_waits = message_sendings.c.ended_at.is_(None)
Index("ix_message_sendings_due", message_sendings.c.next_at, postgresql_where=_waits, sqlite_where=_waits)

message_settings = table(
    "message_settings",
    needed("member_id", Id, primary_key=True),
    needed("language", Choice(Language)),
    needed("muted", Words),
    Column("quiet_hours", Words),
    needed("version", Whole),
    owner="member_id",
    grows=Growth(With.MEMBERS, "1 for each who ever chose", 110, personal="how they want to be told"),
)

marketing_consents = table(
    "marketing_consents",
    needed("member_id", Id),
    needed("number", Whole),
    needed("given", Flag),
    needed("terms_version", Words),
    needed("at", Instant),
    needed("version", Whole),
    PrimaryKeyConstraint("member_id", "number"),
    CheckConstraint("number >= 1", name="number"),
    owner="member_id",
    grows=Growth(With.MEMBERS, "1 a word of theirs about advertising", 140, personal="what they agreed to", read_by="audit"),
)
