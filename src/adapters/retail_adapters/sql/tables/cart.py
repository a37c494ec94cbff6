"""Carts of members and guests."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, PrimaryKeyConstraint

from retail_adapters.sql.tables.base import needed, table
from retail_adapters.sql.tables.growth import SWEPT, Growth, With
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
    grows=Growth(
        With.VISITS,
        "1 a member or guest who put something in",
        240,
        kept="as long as the member; a guest's until 90 days after its last change",
        goes=SWEPT,
    ),
)
_guests = carts.c.member_id.is_(None)
Index("ix_carts_guests", carts.c.changed_at, postgresql_where=_guests, sqlite_where=_guests)

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
        With.VISITS,
        "1 a SKU that lies in a cart",
        150,
        kept="until taken out or ordered, or as long as the cart",
        goes="with the decision, or with the cart",
    ),
)
