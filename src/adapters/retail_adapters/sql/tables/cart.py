"""Carts of members and guests."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, PrimaryKeyConstraint

from retail_adapters.sql.tables.base import needed, table
from retail_adapters.sql.tables.growth import Growth, With
from retail_adapters.sql.types import Id, Instant, Whole, Words

carts = table(
    "carts",
    needed("id", Id, primary_key=True),
    Column("member_id", Id, unique=True),
    Column("token_hash", Words, unique=True),
    Column("merged_into", Id),
    needed("changed_at", Instant),
    needed("version", Whole),
    CheckConstraint("(member_id IS NULL) <> (token_hash IS NULL)", name="owner"),
    owner="id",
    grows=Growth(With.VISITS, "1 a member or guest who put something in", 240),
)

cart_lines = table(
    "cart_lines",
    needed("cart_id", Id, ForeignKey("retail.carts.id")),
    needed("sku_id", Id),
    needed("position", Whole),
    needed("quantity", Whole),
    Column("wished_in", Whole),
    PrimaryKeyConstraint("cart_id", "sku_id"),
    CheckConstraint("quantity >= 1", name="quantity"),
    owner="cart_id",
    grows=Growth(
        With.VISITS, "1 a SKU that lies in a cart", 150, kept="until taken out or ordered", goes="with the decision",
    ),
)
