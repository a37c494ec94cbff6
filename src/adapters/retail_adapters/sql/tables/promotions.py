"""Offers as staff have written them; those that are launched stand in the price book besides."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column

from retail_adapters.sql.tables.base import SHOP, needed, table
from retail_adapters.sql.tables.growth import Growth, With
from retail_adapters.sql.types import Choice, Id, Instant, Whole, Words
from retail_domain.promotions import PromotionState

promotions = table(
    "promotions",
    needed("id", Id, primary_key=True),
    needed("name", Words),
    needed("terms", Words),
    needed("state", Choice(PromotionState)),
    needed("edition", Whole),
    needed("made_at", Instant),
    Column("launched_at", Instant),
    Column("stopped_at", Instant),
    needed("version", Whole),
    CheckConstraint("edition >= 1", name="edition"),
    owner=SHOP,
    grows=Growth(With.NOTHING, "1 an offer that staff write", 700),
)
