"""Quotes, the price book and its freight templates."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index

from retail_adapters.sql.tables.base import SHOP, needed, table
from retail_adapters.sql.tables.growth import SWEPT, Growth, With
from retail_adapters.sql.types import Choice, Doc, Flag, Id, Instant, Whole, Words
from retail_domain.pricing.model import ChargeBy

quotes = table(
    "quotes",
    needed("id", Id, primary_key=True),
    needed("member_id", Id),
    needed("hash", Words),
    needed("currency", Words),
    needed("payable_minor", Whole),
    needed("basket", Doc),
    needed("unavailable", Doc),
    needed("wishes", Doc),
    needed("address_id", Id),
    needed("region_code", Words),
    needed("offers_version", Whole),
    Column("cart_id", Id),
    Column("cart_version", Whole),
    needed("created_at", Instant),
    needed("expires_at", Instant),
    needed("version", Whole),
    CheckConstraint("payable_minor >= 0", name="payable"),
    CheckConstraint("expires_at > created_at", name="lasts"),
    CheckConstraint("(cart_id IS NULL) = (cart_version IS NULL)", name="cart"),
    owner="member_id",
    grows=Growth(With.VISITS, "1 a look at the total, 1 or 2 an order", 2130, kept="until expired + 2 days", goes=SWEPT),
)
Index(None, quotes.c.expires_at)

price_books = table(
    "price_books",
    needed("id", Whole, primary_key=True, autoincrement=False),
    needed("version", Whole),
    Column("offers", Words),
    CheckConstraint("id = 1", name="only"),
    owner=SHOP,
    grows=Growth(With.NOTHING, "1, with the offers that are launched", 90),
)

freight_templates = table(
    "freight_templates",
    needed("id", Id, primary_key=True),
    needed("name", Words),
    needed("charge_by", Choice(ChargeBy)),
    needed("is_default", Flag),
    needed("edition", Whole),
    needed("zones", Doc),
    Column("coming", Doc),
    CheckConstraint("edition >= 1", name="edition"),
    owner=SHOP,
    grows=Growth(With.NOTHING, "1 a way to charge", 250),
)
