"""Members, logins, codes, sessions, staff, counters, contacts, regions, the audit trail."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Identity, Index, text

from retail_adapters.sql.tables.base import SHOP, needed, table
from retail_adapters.sql.tables.growth import RECORD, SWEPT, Growth, With
from retail_adapters.sql.types import Choice, Flag, Id, Instant, Raw, Whole, Words
from retail_domain.accounts.model.addresses import ContactKind
from retail_domain.accounts.model.challenge import ChallengeStatus, Purpose
from retail_domain.accounts.model.member import MemberStatus
from retail_domain.accounts.model.session import Subject
from retail_domain.kernel.actor import ActorKind

members = table(
    "members",
    needed("id", Id, primary_key=True),
    Column("phone", Words, unique=True),
    Column("name", Words),
    needed("status", Choice(MemberStatus)),
    needed("terms_version", Words),
    needed("behaviour_consent", Flag),
    needed("created_at", Instant),
    Column("closed_at", Instant),
    needed("version", Whole),
    owner="id",
    grows=Growth(With.MEMBERS, "1 a member", 250, personal="phone, name"),
)
Index(None, members.c.created_at, members.c.id)

logins = table(
    "logins",
    needed("subject_id", Id, primary_key=True),
    needed("subject", Choice(Subject)),
    needed("name", Words, unique=True),
    needed("password_hash", Words),
    needed("version", Whole),
    owner="subject_id",
    grows=Growth(With.MEMBERS, "1 for each who has a password", 190, personal="login name"),
)

challenges = table(
    "challenges",
    needed("id", Id, primary_key=True),
    needed("purpose", Choice(Purpose)),
    needed("phone", Words),
    needed("line", Words, server_default=text("''")),
    needed("sealed", Raw),
    needed("issued_at", Instant),
    needed("expires_at", Instant),
    needed("tries", Whole),
    needed("status", Choice(ChallengeStatus)),
    needed("version", Whole),
    CheckConstraint("tries >= 0 AND tries <= 5", name="tries"),
    owner="id",
    grows=Growth(With.VISITS, "1 a code that was sent", 300, kept="until expired + 1 day", goes=SWEPT, personal="phone"),
)
Index(None, challenges.c.phone, challenges.c.purpose, challenges.c.issued_at)
_open = challenges.c.status == ChallengeStatus.OPEN
Index(
    "uq_challenges_open", challenges.c.purpose, challenges.c.phone, challenges.c.line, unique=True,
    postgresql_where=_open, sqlite_where=_open,
)  # fmt: skip
Index(None, challenges.c.expires_at)

sessions = table(
    "sessions",
    needed("id", Id, primary_key=True),
    needed("token_hash", Raw, unique=True),
    needed("subject", Choice(Subject)),
    needed("subject_id", Id),
    needed("created_at", Instant),
    needed("expires_at", Instant),
    needed("version", Whole),
    owner="subject_id",
    grows=Growth(
        With.VISITS,
        "1 a login",
        310,
        kept="until ended, or expired + 1 day",
        goes=SWEPT,
        personal="who was logged in",
    ),
)
Index(None, sessions.c.subject_id)
Index(None, sessions.c.expires_at)

staff = table(
    "staff",
    needed("id", Id, primary_key=True),
    needed("name", Words),
    needed("roles", Words),
    needed("custom_roles", Words, usual="", server_default=text("''")),
    needed("is_admin", Flag),
    needed("created_at", Instant),
    needed("version", Whole),
    owner=SHOP,
    grows=Growth(With.NOTHING, "1 an account of staff", 130, personal="name"),
)
"""`custom_roles` stands apart: the release before reads only roles that it knows."""

custom_roles = table(
    "custom_roles",
    needed("code", Words, primary_key=True),
    needed("name", Words),
    needed("permissions", Words),
    needed("places", Words),
    needed("is_gone", Flag),
    needed("version", Whole),
    owner=SHOP,
    grows=Growth(With.NOTHING, "1 a role of the shop's own", 250),
)

api_keys = table(
    "api_keys",
    needed("id", Id, primary_key=True),
    needed("name", Words, unique=True),
    needed("token_hash", Raw, unique=True),
    needed("hint", Words),
    needed("permissions", Words),
    needed("places", Words, usual="", server_default=text("''")),
    Column("maker_id", Id),
    needed("created_at", Instant),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Column("last_used_at", Instant),
    needed("version", Whole),
    owner=SHOP,
    grows=Growth(With.NOTHING, "1 a program that was ever let in", 340),
)

send_slots = table(
    "send_slots",
    needed("key", Words, primary_key=True),
    needed("used", Whole),
    needed("ends_at", Instant),
    needed("version", Whole),
    CheckConstraint("used >= 0", name="used"),
    owner="key",
    grows=Growth(With.VISITS, "3 to 5 a phone, name or network that tries", 140, kept="until ended + 1 day", goes=SWEPT),
)
Index(None, send_slots.c.ends_at)

address_books = table(
    "address_books",
    needed("member_id", Id, primary_key=True),
    Column("default_id", Id),
    needed("version", Whole),
    owner="member_id",
    grows=Growth(With.MEMBERS, "1 a member with an address", 120),
)

contacts = table(
    "contacts",
    needed("id", Id, primary_key=True),
    needed("kind", Choice(ContactKind)),
    needed("member_id", Id),
    needed("recipient", Words),
    needed("phone", Words),
    needed("region_code", Words),
    needed("region", Words),
    needed("detail", Words),
    needed("created_at", Instant),
    needed("version", Whole),
    owner="member_id",
    grows=Growth(
        With.SALES,
        "1 an order, and 1 an address of a member",
        200,
        personal="recipient, phone, address",
        stays=RECORD,
    ),
)
Index(None, contacts.c.member_id, contacts.c.kind)

regions = table(
    "regions",
    needed("code", Words, primary_key=True),
    needed("name", Words),
    Column("parent", Words),
    owner=SHOP,
    grows=Growth(With.NOTHING, "some 3,000", 140),
)
Index(None, regions.c.parent)

audit_trail = table(
    "audit_trail",
    Column("position", Whole, Identity(), primary_key=True),
    needed("actor_kind", Choice(ActorKind)),
    needed("actor_ref", Words),
    needed("action", Words),
    needed("object", Words),
    needed("at", Instant),
    rowid=True,
    owner=SHOP,
    grows=Growth(
        With.STAFF,
        "1 a deed or a look at personal data",
        130,
        read_by="whoever asks who did it",
        stays="whoever did something stays answerable for it",
    ),
)

Index(None, audit_trail.c.actor_ref, audit_trail.c.position)  # what somebody did, the newest first
Index(None, audit_trail.c.at)

trail_seals = table(
    "trail_seals",
    needed("number", Whole, primary_key=True),
    needed("until", Whole),
    needed("rows", Whole),
    needed("digest", Words),
    needed("at", Instant),
    needed("version", Whole),
    owner=SHOP,
    grows=Growth(
        With.STAFF,
        "1 a round of the worker with deeds",
        100,
        read_by="the audit, and whoever asks for the last one",
        stays="a seal that is gone would prove nothing",
    ),
)
