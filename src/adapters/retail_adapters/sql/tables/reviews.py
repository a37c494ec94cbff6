"""What buyers say of goods, and what it comes to."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, UniqueConstraint

from retail_adapters.sql.tables.base import PERSONAL, needed, table
from retail_adapters.sql.tables.growth import Growth, With
from retail_adapters.sql.types import Choice, Doc, Flag, Id, Instant, Whole, Words
from retail_domain.kernel.actor import ActorKind
from retail_domain.kernel.ranks import Rank
from retail_domain.reviews.states import ReviewReason, ReviewStatus

reviews = table(
    "reviews",
    needed("id", Id, primary_key=True),
    needed("order_id", Id),
    needed("line", Whole),
    needed("member_id", Id),
    needed("product_id", Id),
    needed("sku_id", Id),
    needed("created_at", Instant),
    needed("status", Choice(ReviewStatus)),
    needed("anonymous", Flag),
    Column("stars", Whole),
    Column("text", Words, info=dict(PERSONAL)),
    Column("pictures", Doc),
    Column("waiting", Doc, info=dict(PERSONAL)),
    Column("follow_up", Doc, info=dict(PERSONAL)),
    Column("reply", Doc),
    Column("reason", Choice(ReviewReason)),
    Column("published_at", Instant),
    Column("decider_kind", Choice(ActorKind)),
    Column("decider_ref", Words),
    needed("is_up", Flag),
    needed("has_pictures", Flag),
    needed("has_follow_up", Flag),
    Column("words", Words, info=dict(PERSONAL)),
    needed("version", Whole),
    ForeignKeyConstraint(["order_id"], ["retail.orders.id"]),
    UniqueConstraint("member_id", "order_id", "line"),  # one a line, whoever looks first (REV-R1)
    CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
    CheckConstraint("status <> 'automatic' OR stars IS NULL", name="automatic"),  # nobody wrote it (ORD-R8)
    owner="member_id",
    rank=Rank.REVIEW,
    grows=Growth(
        With.SALES,
        "up to 1 a line of an order",
        1_000,
        read_by="whoever looks at the goods",
        stays="what buyers said is read as long as the goods are",
    ),
)
Index(None, reviews.c.product_id, reviews.c.is_up, reviews.c.id)
Index(None, reviews.c.member_id, reviews.c.id)
Index(None, reviews.c.status, reviews.c.id)
Index(None, reviews.c.order_id)

review_summaries = table(
    "review_summaries",
    needed("product_id", Id, primary_key=True),
    needed("one_star", Whole),
    needed("two_stars", Whole),
    needed("three_stars", Whole),
    needed("four_stars", Whole),
    needed("five_stars", Whole),
    needed("with_pictures", Whole),
    needed("with_follow_up", Whole),
    needed("version", Whole),
    CheckConstraint(
        "one_star >= 0 AND two_stars >= 0 AND three_stars >= 0 AND four_stars >= 0 AND five_stars >= 0", name="counts"
    ),
    owner="product_id",
    rank=Rank.REVIEW_SUMMARY,
    grows=Growth(With.CATALOGUE, "1 a product that somebody reviewed", 150),
)
