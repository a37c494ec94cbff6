"""What a row is born with and keeps: whose it is, what it belongs to, and what was agreed. No update ever sets it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from attrs import fields
from sqlalchemy import Table

OWNERS: Final = frozenset({
    "member_id", "subject_id", "cart_id", "order_id", "payment_id", "product_id", "sku_id", "location_id",
})  # fmt: skip
"""Columns that say whose a row is, or what it is a part of, in whatever table."""

BORN_WITH: Final[Mapping[str, frozenset[str]]] = {
    "members": frozenset({"created_at"}),
    "logins": frozenset({"subject"}),
    "challenges": frozenset({"purpose", "phone", "line", "sealed", "issued_at", "expires_at"}),
    "sessions": frozenset({"token_hash", "subject", "created_at", "expires_at"}),
    "staff": frozenset({"created_at"}),
    "api_keys": frozenset({"name", "token_hash", "hint", "permissions", "maker_id", "created_at", "expires_at", "places"}),
    "approvals": frozenset({
        "does", "wish", "about", "matter", "size", "above", "needs", "places", "asked_by_kind", "asked_by_ref",
        "asked_under", "asked_at", "expires_at",
    }),
    "jobs": frozenset({
        "kind", "is_trial", "options", "size_bytes", "digest", "needs", "places", "asked_by_kind", "asked_by_ref", "asked_at",
        "rows_all",
    }),
    "contacts": frozenset({"kind", "created_at"}),
    "carts": frozenset({"token_hash"}),
    "products": frozenset({"code"}),
    "skus": frozenset({"code"}),
    "categories": frozenset({"code"}),
    "payments": frozenset({
        "ref", "gateway", "tender", "flow", "amount_minor", "currency", "freight_minor", "created_at", "expires_at",
    }),
    "refunds": frozenset({
        "ref", "gateway", "tender", "amount_minor", "currency", "freight_minor", "source", "reason", "replaces",
        "requested_at",
    }),
    "orders": frozenset({"method", "store_id", "placed_at", "pay_by"}),
    "pictures": frozenset({"owner_kind", "owner_ref", "kind", "size_bytes", "name", "at"}),
    "coupon_templates": frozenset({"made_at"}),
    "coupons": frozenset({"template_id", "edition", "n", "way", "given_at", "begins_at", "tells_at"}),
    "coupon_codes": frozenset({"template_id", "most", "made_at"}),
    "points_lots": frozenset({"amount", "made_at"}),
    "points_entries": frozenset({"units", "out_of", "went_to", "because", "cause_ref", "at"}),
    "points_uses": frozenset({"ref", "source", "units"}),
    "wallet_lots": frozenset({"currency", "amount_minor", "made_at"}),
    "wallet_entries": frozenset({"amount_minor", "currency", "out_of", "went_to", "because", "cause_ref", "at"}),
    "wallet_uses": frozenset({"ref", "whence", "minor"}),
    "withdrawals": frozenset({"amount_minor", "currency", "requested_at"}),
    "messages": frozenset({"cause", "kind", "recipient_kind", "about", "filled", "consent", "at"}),
    "message_sendings": frozenset({"due_at"}),
    "reservations": frozenset({"quantity"}),
    "quota_shares": frozenset({"quantity"}),
    "webhooks": frozenset({"place", "url", "description", "kinds", "created_at"}),
    "webhook_tellings": frozenset({"event_id", "event_name", "aggregate_id"}),
    "promotions": frozenset({"made_at"}),
    "reviews": frozenset({"line"}),
    "erasures": frozenset({"asked_at"}),
    "product_sales": frozenset({"units"}),
}  # fmt: skip


def settled(table: Table) -> frozenset[str]:
    """The columns of this table that no update sets. Raises TypeError, at import, for one that is not there."""
    columns, keys = {column.name for column in table.columns}, {column.name for column in table.primary_key.columns}
    born = BORN_WITH.get(table.name, frozenset()) | (_agreed() if table.name == "orders" else frozenset())
    if not born <= columns:
        raise TypeError(f"{table.name} has no column {', '.join(sorted(born - columns))}")
    return born | keys | (OWNERS & columns)


@cache
def _agreed() -> frozenset[str]:
    """What an order begins with, but what becomes of it: where it goes, how its lines stand. Its timers are columns each."""
    from retail_domain.ordering import OrderTimers, Placement  # when asked: looking at staff needs no orders

    return frozenset(one.name for kind in (Placement, OrderTimers) for one in fields(kind)) - {"goes", "lines", "timers"}
