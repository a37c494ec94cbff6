"""Which tier members have: those who ever rose, or were granted one."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, text

from retail_adapters.sql.tables.base import needed, table
from retail_adapters.sql.tables.growth import Growth, With
from retail_adapters.sql.types import Id, Instant, Whole, Words

tier_standings = table(
    "tier_standings",
    needed("member_id", Id, primary_key=True),
    needed("tier", Words),
    needed("place", Whole),
    needed("since", Instant),
    needed("keep_until", Instant),
    Column("told_of", Instant),
    Column("grant_tier", Words),
    Column("grant_place", Whole),
    Column("grant_until", Instant),
    Column("grant_reason", Words),
    Column("due_at", Instant),
    needed("taken_because", Words, server_default=text("''")),
    needed("version", Whole),
    CheckConstraint("place >= 0", name="place"),
    CheckConstraint("(grant_tier IS NULL) = (grant_until IS NULL)", name="granted"),
    owner="member_id",
    grows=Growth(
        With.MEMBERS, "1 a member who ever rose", 190, read_by="the price of every basket of the member",
        personal="what somebody has come to", kept="as long as the account", goes="with the account",
    ),
)  # fmt: skip
_due = tier_standings.c.due_at.is_not(None)
Index("ix_tier_standings_due", tier_standings.c.due_at, postgresql_where=_due, sqlite_where=_due)
