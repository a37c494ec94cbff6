"""Campaign quotas, and what orders have of them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, PrimaryKeyConstraint

from retail_adapters.sql.tables.base import needed, table
from retail_adapters.sql.types import Id, Whole

quotas = table(
    "quotas",
    needed("sku_id", Id, primary_key=True),
    needed("size", Whole),
    needed("taken", Whole),
    needed("version", Whole),
    CheckConstraint("taken >= 0 AND taken <= size", name="taken"),
)

quota_shares = table(
    "quota_shares",
    needed("order_id", Id),
    needed("sku_id", Id),
    needed("quantity", Whole),
    needed("open", Whole),
    needed("used", Whole),
    needed("back", Whole),
    needed("version", Whole),
    PrimaryKeyConstraint("order_id", "sku_id"),
    CheckConstraint("open >= 0 AND used >= 0 AND back >= 0 AND quantity = open + used + back", name="sum"),
)
