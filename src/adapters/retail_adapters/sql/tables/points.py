"""Points of members: accounts, lots, what moved them, and what orders spend."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, PrimaryKeyConstraint, literal_column, text
from sqlalchemy.sql import ColumnElement

from retail_adapters.sql.tables.base import PERSONAL, needed, table
from retail_adapters.sql.tables.growth import PROOF, Growth, With
from retail_adapters.sql.types import Choice, Id, Instant, Whole, Words
from retail_domain.kernel.ranks import Rank
from retail_domain.points import Because, PointsAre, PointsSource

points_accounts = table(
    "points_accounts",
    needed("member_id", Id, primary_key=True),
    needed("debt", Whole, usual=0),
    needed("decisions", Whole),
    needed("version", Whole),
    CheckConstraint("debt >= 0", name="debt"),
    owner="member_id",
    rank=Rank.POINTS,
    grows=Growth(With.MEMBERS, "1 a member who ever had points", 110, read_by="audit"),
)

points_lots = table(
    "points_lots",
    needed("member_id", Id),
    needed("ref", Words),
    needed("source", Choice(PointsSource)),
    needed("amount", Whole),
    needed("frozen", Whole, usual=0),
    needed("free", Whole, usual=0),
    needed("locked", Whole, usual=0),
    needed("spent", Whole, usual=0),
    needed("expired", Whole, usual=0),
    needed("revoked", Whole, usual=0),
    needed("owed", Whole, usual=0),
    needed("undone", Whole, usual=0),
    needed("written", Whole),
    needed("made_at", Instant),
    Column("available_from", Instant),
    Column("expires_at", Instant),
    needed("version", Whole),
    PrimaryKeyConstraint("member_id", "ref", "source"),  # one award a cause (PTS-R2)
    CheckConstraint(
        "amount >= 1 AND frozen >= 0 AND free >= 0 AND locked >= 0 AND spent >= 0 AND expired >= 0 AND revoked >= 0"
        " AND undone >= 0",
        name="counts",
    ),
    CheckConstraint("amount = frozen + free + locked + spent + expired + revoked + owed", name="amount"),
    owner="member_id",
    grows=Growth(
        With.SALES,
        "1 an order that brings points, 1 a check-in or review that does",
        270,
        read_by="audit, refunds",
        stays=PROOF,
    ),
)
# A number in the text: a plan that is made for every value knows no parameter, and would use no index of some rows.
_NONE: Final[ColumnElement[int]] = literal_column("0")
live = points_lots.c.frozen + points_lots.c.free + points_lots.c.locked > _NONE
"""Lots of which something is left; nobody who waits reads others."""
has_free = points_lots.c.free > _NONE
Index(  # all that a balance is the sum of
    "ix_points_lots_live", points_lots.c.member_id, points_lots.c.free, points_lots.c.frozen, points_lots.c.locked,
    points_lots.c.expires_at, postgresql_where=live, sqlite_where=live,
)  # fmt: skip
Index("ix_points_lots_expiring", points_lots.c.expires_at, postgresql_where=has_free, sqlite_where=has_free)

points_entries = table(
    "points_entries",
    needed("member_id", Id),
    needed("ref", Words),
    needed("source", Choice(PointsSource)),
    needed("number", Whole),
    needed("units", Whole),
    needed("out_of", Choice(PointsAre)),
    needed("went_to", Choice(PointsAre)),
    needed("because", Choice(Because)),
    needed("cause_ref", Words),
    needed("note", Words, usual="", info=PERSONAL),
    needed("at", Instant),
    needed("version", Whole),
    PrimaryKeyConstraint("member_id", "ref", "source", "number"),
    CheckConstraint("units >= 1 AND out_of <> went_to AND went_to <> 'outside'", name="units"),
    owner="member_id",
    grows=Growth(
        With.SALES,
        "2 to 4 an order that brings points, 1 a lot that it spends of, 1 or 2 an award",
        290,
        read_by="audit, history",
        stays=PROOF,
    ),
)
Index(None, points_entries.c.member_id, points_entries.c.at)  # the newest of a member first

points_uses = table(
    "points_uses",
    needed("order_id", Id),
    needed("member_id", Id),
    needed("ref", Words),
    needed("source", Choice(PointsSource)),
    needed("turn", Whole),
    needed("units", Whole),
    needed("open", Whole, usual=0),
    needed("spent", Whole, usual=0),
    needed("back", Whole, usual=0),
    needed("settled", Whole, usual=0, server_default=text("0")),
    needed("version", Whole),
    PrimaryKeyConstraint("order_id", "turn"),
    CheckConstraint("units >= 1 AND open >= 0 AND spent >= 0 AND back >= 0 AND units = open + spent + back", name="units"),
    owner="member_id",
    grows=Growth(With.SALES, "1 a lot that an order spends of", 200, read_by="audit, refunds", stays=PROOF),
)
