"""What people did, with their consent."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index

from retail_adapters.sql.tables.base import needed, table
from retail_adapters.sql.tables.growth import Growth, With
from retail_adapters.sql.types import Choice, Doc, Id, Instant, Words
from retail_domain.insight.model import BehaviourKind

behaviour_events = table(
    "behaviour_events",
    needed("id", Id, primary_key=True),
    Column("member_id", Id),
    Column("anonymous_id", Words),
    needed("session", Words),
    needed("kind", Choice(BehaviourKind)),
    needed("object", Words),
    needed("context", Doc),
    needed("occurred_at", Instant),
    needed("received_at", Instant),
    CheckConstraint("(member_id IS NULL) <> (anonymous_id IS NULL)", name="visitor"),
    owner="member_id",
    grows=Growth(
        With.VISITS,
        "10 to 100 a visit, of those who agreed",
        350,
        personal="what somebody looked at",
        read_by="reports",
        stays="reports compare with years before; it is kept of those who agreed only",
    ),
)
Index(None, behaviour_events.c.member_id, behaviour_events.c.occurred_at)
