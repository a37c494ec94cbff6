"""Coupons: kinds of them, what each edition says, who has which, and codes."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, PrimaryKeyConstraint, UniqueConstraint, text

from retail_adapters.sql.tables.base import SHOP, needed, table
from retail_adapters.sql.tables.growth import PROOF, RECORD, Growth, With
from retail_adapters.sql.types import Choice, Doc, Flag, Id, Instant, Whole, Words
from retail_domain.coupons import CouponIs, CouponWay
from retail_domain.kernel.ranks import Rank

coupon_templates = table(
    "coupon_templates",
    needed("id", Id, primary_key=True),
    needed("edition", Whole),
    needed("name", Words),
    needed("name_en", Words, usual=""),
    needed("way", Choice(CouponWay)),
    needed("terms", Doc),
    needed("validity", Doc),
    needed("total", Whole),
    needed("per_member", Whole),
    Column("takes_from", Instant),
    Column("takes_until", Instant),
    needed("points", Whole, usual=0),
    needed("tiers", Doc),
    needed("is_open", Flag),
    needed("issued", Whole, usual=0),
    needed("made_at", Instant),
    needed("version", Whole),
    CheckConstraint("issued >= 0 AND issued <= total", name="issued"),  # CPN-I1
    CheckConstraint("per_member >= 1 AND edition >= 1", name="counts"),
    owner=SHOP,
    rank=Rank.COUPON_SUPPLY,
    grows=Growth(With.STAFF, "1 a kind of coupon", 700, stays=RECORD),
)
Index(None, coupon_templates.c.made_at)
Index(None, coupon_templates.c.way, coupon_templates.c.made_at)

coupon_editions = table(
    "coupon_editions",
    needed("template_id", Id),
    needed("edition", Whole),
    needed("name", Words),
    needed("name_en", Words, usual=""),
    needed("terms", Doc),
    needed("face_minor", Whole),
    needed("version", Whole),
    PrimaryKeyConstraint("template_id", "edition"),
    CheckConstraint("face_minor >= 1", name="face"),
    owner=SHOP,
    grows=Growth(With.STAFF, "1 whenever a kind of coupon says something else", 500, stays=PROOF),
)

coupon_holders = table(
    "coupon_holders",
    needed("member_id", Id, primary_key=True),
    needed("received", Whole),
    needed("version", Whole),
    owner="member_id",
    rank=Rank.COUPON_HOLDER,
    grows=Growth(With.MEMBERS, "1 a member who ever had a coupon", 90, read_by="whoever gives a coupon"),
)

coupons = table(
    "coupons",
    needed("id", Id, primary_key=True),
    needed("template_id", Id),
    needed("edition", Whole),
    needed("member_id", Id),
    needed("n", Whole),
    needed("way", Choice(CouponWay)),
    needed("given_at", Instant),
    needed("begins_at", Instant),
    needed("expires_at", Instant),
    needed("tells_at", Instant),
    needed("is_told", Flag, usual=False),
    needed("stands", Choice(CouponIs)),
    Column("used_by", Id),
    needed("applied_minor", Whole, usual=0),
    Column("due_at", Instant),
    needed("version", Whole),
    UniqueConstraint("template_id", "member_id", "n"),  # CPN-R2
    CheckConstraint("n >= 1 AND expires_at > begins_at", name="span"),
    CheckConstraint("(used_by IS NOT NULL) = (stands IN ('locked', 'used'))", name="order"),  # CPN-I2
    CheckConstraint("(applied_minor > 0) = (stands IN ('locked', 'used'))", name="applied"),
    owner="member_id",
    rank=Rank.COUPON,
    grows=Growth(
        With.SALES, "1 a coupon that is given", 420, read_by="audit, refunds", stays=PROOF,
    ),
)  # fmt: skip
Index(None, coupons.c.member_id, coupons.c.given_at)
_ordered = coupons.c.used_by.is_not(None)
Index("ix_coupons_order", coupons.c.used_by, postgresql_where=_ordered, sqlite_where=_ordered)
_due = coupons.c.due_at.is_not(None)
Index("ix_coupons_due", coupons.c.due_at, postgresql_where=_due, sqlite_where=_due)
Index(  # what a member can use
    "ix_coupons_unused", coupons.c.member_id, coupons.c.expires_at, postgresql_where=text("stands = 'unused'"),
    sqlite_where=text("stands = 'unused'"),
)  # fmt: skip

coupon_codes = table(
    "coupon_codes",
    needed("seal", Words, primary_key=True),
    needed("template_id", Id),
    Column("most", Whole),
    needed("used", Whole, usual=0),
    needed("made_at", Instant),
    needed("version", Whole),
    CheckConstraint("used >= 0 AND (most IS NULL OR used <= most)", name="used"),
    owner=SHOP,
    rank=Rank.COUPON_CODE,
    grows=Growth(With.STAFF, "1 a code that staff make", 190, stays=RECORD),
)
Index(None, coupon_codes.c.template_id)
