"""Members, logins, codes, sessions, staff, counters, contacts, regions, the audit trail."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Identity, Index

from retail_adapters.sql.tables.base import SHOP, needed, table
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
    needed("version", Whole),
    owner="id",
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
)

challenges = table(
    "challenges",
    needed("id", Id, primary_key=True),
    needed("purpose", Choice(Purpose)),
    needed("phone", Words),
    needed("sealed", Raw),
    needed("issued_at", Instant),
    needed("expires_at", Instant),
    needed("tries", Whole),
    needed("status", Choice(ChallengeStatus)),
    needed("version", Whole),
    CheckConstraint("tries >= 0 AND tries <= 5", name="tries"),
    owner="id",
)
Index(None, challenges.c.phone, challenges.c.purpose, challenges.c.issued_at)
_open = challenges.c.status == ChallengeStatus.OPEN
Index(
    "uq_challenges_open", challenges.c.purpose, challenges.c.phone, unique=True,
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
)
Index(None, sessions.c.subject_id)
Index(None, sessions.c.expires_at)

staff = table(
    "staff",
    needed("id", Id, primary_key=True),
    needed("name", Words),
    needed("roles", Words),
    needed("is_admin", Flag),
    needed("created_at", Instant),
    needed("version", Whole),
    owner=SHOP,
)

send_slots = table(
    "send_slots",
    needed("key", Words, primary_key=True),
    needed("used", Whole),
    needed("ends_at", Instant),
    needed("version", Whole),
    CheckConstraint("used >= 0", name="used"),
    owner="key",
)
Index(None, send_slots.c.ends_at)

address_books = table(
    "address_books",
    needed("member_id", Id, primary_key=True),
    Column("default_id", Id),
    needed("version", Whole),
    owner="member_id",
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
)
Index(None, contacts.c.member_id, contacts.c.kind)

regions = table(
    "regions",
    needed("code", Words, primary_key=True),
    needed("name", Words),
    Column("parent", Words),
    owner=SHOP,
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
)
