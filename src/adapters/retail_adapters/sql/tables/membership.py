"""Who came by on which day."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, PrimaryKeyConstraint

from retail_adapters.sql.tables.base import needed, table
from retail_adapters.sql.tables.growth import Growth, With
from retail_adapters.sql.types import Day, Id, Instant, Whole, Words
from retail_domain.kernel.ranks import Rank

check_ins = table(
    "check_ins",
    needed("member_id", Id),
    needed("day", Day),
    needed("streak", Whole),
    needed("at", Instant),
    needed("version", Whole),
    PrimaryKeyConstraint("member_id", "day"),  # one a member and day (PTS-R4)
    CheckConstraint("streak >= 1", name="streak"),
    owner="member_id",
    rank=Rank.VISIT,
    grows=Growth(
        With.VISITS,
        "1 a member and day of coming by",
        110,
        read_by="the calendar of its month",
        stays="a member may look back at any month",
    ),
)

# What members had bought before the shop knew them: one entry each, of those whom a file moved in.
opening_totals = table(
    "opening_totals",
    needed("member_id", Id, primary_key=True),
    needed("orders_count", Whole),
    needed("amount_minor", Whole),
    needed("currency", Words),
    needed("at", Instant),
    needed("version", Whole),
    CheckConstraint("orders_count >= 0 AND amount_minor >= 0", name="totals"),
    owner="member_id",
    grows=Growth(
        With.MEMBERS,
        "1 a member whom a file moved in",
        110,
        read_by="moving in",
    ),
)
