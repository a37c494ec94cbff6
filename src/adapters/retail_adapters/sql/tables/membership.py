"""Who came by on which day, and which goods members have marked."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint

from retail_adapters.sql.tables.base import needed, table
from retail_adapters.sql.tables.growth import Growth, With
from retail_adapters.sql.types import Day, Id, Instant, Whole, Words
from retail_domain.kernel.ranks import Rank

favourites = table(
    "favourites",
    needed("member_id", Id),
    needed("product_id", Id),
    needed("at", Instant),
    needed("version", Whole),
    PrimaryKeyConstraint("member_id", "product_id"),
    owner="member_id",
    grows=Growth(
        With.MEMBERS, "1 a mark, 1,000 a member at most", 150, personal="what somebody likes",
        kept="until the member takes it off", goes="with the decision, or with the account",
    ),
)  # fmt: skip
Index(None, favourites.c.product_id)

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
