"""Events, their deliveries, and remembered answers."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Identity, Index, PrimaryKeyConstraint

from retail_adapters.sql.tables.base import needed, table
from retail_adapters.sql.tables.growth import SWEPT, Growth, With
from retail_adapters.sql.types import Doc, Id, Instant, Whole, Words

events = table(
    "events",
    Column("position", Whole, Identity(), primary_key=True),
    needed("id", Id, unique=True),
    needed("name", Words),
    needed("version", Whole),
    needed("aggregate_id", Id),
    needed("at", Instant),
    needed("body", Doc),
    needed("owed", Whole),  # how many deliveries it has, so that the audit misses one that is gone (R25); none when forgotten
    Column("number", Whole),  # given by a worker once it is committed; on SQLite never: there the position is the number
    rowid=True,
    owner="owner_id",
    grows=Growth(
        With.SALES,
        "2 to 8 an order",
        590,
        read_by="audit, readers",
        stays="the audit proves by it that each fact was told, and hosts read it from the beginning",
    ),
)
_numbered = events.c.number.is_not(None)
Index("ix_events_number", events.c.number, unique=True, postgresql_where=_numbered, sqlite_where=_numbered)
Index("ix_events_unnumbered", events.c.position, postgresql_where=events.c.number.is_(None), sqlite_where=_numbered)

deliveries = table(
    "deliveries",
    Column("position", Whole, Identity(), primary_key=True),
    needed("event_id", Id),
    needed("reaction", Words),
    needed("aggregate_id", Id),
    needed("attempts", Whole),
    needed("next_at", Instant),
    Column("done_at", Instant),
    Column("parked_at", Instant),
    Column("error", Words),
    CheckConstraint("attempts >= 0", name="attempts"),
    rowid=True,
    owner="owner_id",
    grows=Growth(With.SALES, "1 to 4 an order that was paid", 230, kept="until made + 30 days", goes=SWEPT, read_by="audit"),
)
Index(None, deliveries.c.event_id, deliveries.c.reaction, unique=True)
_open = deliveries.c.done_at.is_(None)
Index("ix_deliveries_open", deliveries.c.next_at, deliveries.c.position, postgresql_where=_open, sqlite_where=_open)
Index(
    "ix_deliveries_aggregate", deliveries.c.reaction, deliveries.c.aggregate_id, deliveries.c.position,
    postgresql_where=_open, sqlite_where=_open,
)  # fmt: skip

answers = table(
    "answers",
    needed("principal", Words),
    needed("operation", Words),
    needed("key", Words),
    needed("fingerprint", Words),
    needed("answer", Doc),
    needed("at", Instant),
    PrimaryKeyConstraint("principal", "operation", "key"),
    owner="owner_id",
    grows=Growth(With.SALES, "1 a call under a key", 620, kept="2 days", goes=SWEPT),
)
Index(None, answers.c.at)
