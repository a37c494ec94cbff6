"""Parcels."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, Index

from retail_adapters.sql.tables.base import needed, table
from retail_adapters.sql.tables.growth import RECORD, Growth, With
from retail_adapters.sql.types import Choice, Doc, Id, Instant, Whole, Words
from retail_domain.kernel.actor import ActorKind

parcels = table(
    "parcels",
    needed("id", Id, primary_key=True),
    Column("member_id", Id),  # none where release 0.1.0 wrote the row
    needed("order_id", Id),
    needed("carrier", Words),
    needed("tracking_number", Words),
    needed("units", Doc),
    needed("sender_kind", Choice(ActorKind)),
    needed("sender_ref", Words),
    needed("sent_at", Instant),
    needed("version", Whole),
    ForeignKeyConstraint(["order_id"], ["retail.orders.id"]),
    owner="member_id",
    grows=Growth(
        With.SALES,
        "1 or 2 an order",
        570,
        personal="tracking number",
        read_by="audit, history",
        stays=RECORD,
    ),
)
Index(None, parcels.c.order_id, parcels.c.id)
