"""How far erasing has come, and what stays of whom orders went to."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index

from retail_adapters.sql.tables.base import PERSONAL, needed, table
from retail_adapters.sql.tables.growth import SWEPT, Growth, With
from retail_adapters.sql.types import Id, Instant, Whole, Words

erasures = table(
    "erasures",
    needed("member_id", Id, primary_key=True),
    needed("asked_at", Instant),
    needed("step", Words),
    needed("round", Whole),
    Column("due_at", Instant),
    Column("done_at", Instant),
    needed("version", Whole),
    CheckConstraint("(due_at IS NULL) = (done_at IS NOT NULL)", name="done"),
    owner="member_id",
    grows=Growth(With.MEMBERS, "1 a member who has left", 120, read_by="audit"),
)
_open = erasures.c.due_at.is_not(None)
Index("ix_erasures_due", erasures.c.due_at, postgresql_where=_open, sqlite_where=_open)

trade_records = table(
    "trade_records",
    needed("order_id", Id, primary_key=True),
    needed("member_id", Id),
    Column("recipient", Words, nullable=False, info=dict(PERSONAL)),
    Column("phone", Words, nullable=False, info=dict(PERSONAL)),
    needed("region_code", Words),
    needed("region", Words),
    needed("ends_at", Instant),
    needed("version", Whole),
    owner="member_id",
    grows=Growth(
        With.SALES,
        "1 an order of a member who has left",
        220,
        kept="masked, until 3 years after the order was over",
        goes=SWEPT,
    ),
)
Index(None, trade_records.c.ends_at)
