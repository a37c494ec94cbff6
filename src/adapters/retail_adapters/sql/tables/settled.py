"""What a row is born with and keeps: whose it is, what it belongs to, and what was agreed. No update ever sets it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Table

OWNERS: Final = frozenset({
    "member_id", "subject_id", "cart_id", "order_id", "payment_id", "product_id", "sku_id", "location_id",
})  # fmt: skip
"""Columns that say whose a row is, or what it is a part of, in whatever table."""

BORN_WITH: Final[Mapping[str, frozenset[str]]] = {
    "members": frozenset({"created_at"}),
    "logins": frozenset({"subject"}),
    "challenges": frozenset({"purpose", "phone", "sealed", "issued_at", "expires_at"}),
    "sessions": frozenset({"token_hash", "subject", "created_at", "expires_at"}),
    "staff": frozenset({"created_at"}),
    "contacts": frozenset({"kind", "created_at"}),
    "carts": frozenset({"token_hash"}),
    "payments": frozenset({
        "ref", "gateway", "tender", "flow", "amount_minor", "currency", "freight_minor", "created_at",
    }),
    "refunds": frozenset({
        "ref", "gateway", "tender", "amount_minor", "currency", "freight_minor", "source", "replaces", "requested_at",
    }),
    "orders": frozenset({
        "number", "quote_id", "cart_version", "method", "payable_minor", "freight_minor", "currency", "pay_seconds",
        "auto_sign_seconds", "after_sale_seconds", "placed_at", "pay_by", "took", "store_id",
        "refund_order", "open_slot",
    }),
    "reservations": frozenset({"quantity"}),
    "quota_shares": frozenset({"quantity"}),
}  # fmt: skip


def settled(table: Table) -> frozenset[str]:
    """The columns of this table that no update sets."""
    keys = {column.name for column in table.primary_key.columns}
    return BORN_WITH.get(table.name, frozenset()) | keys | (OWNERS & {column.name for column in table.columns})
