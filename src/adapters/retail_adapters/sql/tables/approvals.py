"""What waits for a second person, and what became of it."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index

from retail_adapters.sql.tables.base import SHOP, needed, table
from retail_adapters.sql.tables.growth import Growth, With
from retail_adapters.sql.types import Choice, Id, Instant, Whole, Words
from retail_domain.approvals import ApprovalState
from retail_domain.kernel.actor import ActorKind

approvals = table(
    "approvals",
    needed("id", Id, primary_key=True),
    needed("does", Words),
    needed("wish", Words),
    needed("about", Words),
    needed("matter", Words),
    needed("size", Whole),
    needed("above", Whole),
    needed("needs", Words),
    needed("places", Words),
    needed("asked_by_kind", Choice(ActorKind)),
    needed("asked_by_ref", Words),
    Column("asked_under", Words, unique=True),
    needed("asked_at", Instant),
    needed("expires_at", Instant),
    needed("state", Choice(ApprovalState)),
    Column("decided_by_kind", Choice(ActorKind)),
    Column("decided_by_ref", Words),
    Column("decided_at", Instant),
    needed("reason", Words),
    needed("version", Whole),
    CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
    owner=SHOP,
    grows=Growth(
        With.STAFF, "1 a decision that took two people", 700, personal="a reason, as whoever asked wrote it",
        read_by="whoever asks who approved it", stays="whoever approved something stays answerable for it",
    ),
)  # fmt: skip
Index(None, approvals.c.state, approvals.c.id)
