"""Shelves, promises, moves, places and alerts."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Identity, Index, PrimaryKeyConstraint, text

from retail_adapters.sql.tables.base import SHOP, needed, table
from retail_adapters.sql.tables.growth import PROOF, Growth, With
from retail_adapters.sql.types import Choice, Flag, Id, Instant, Whole, Words
from retail_domain.inventory.model import LocationKind, MoveKind
from retail_domain.inventory.reservation import ReservationState
from retail_domain.kernel.ranks import Rank

locations = table(
    "locations",
    needed("id", Id, primary_key=True),
    needed("code", Words, unique=True),
    needed("name", Words),
    needed("kind", Choice(LocationKind)),
    needed("sells_online", Flag),
    needed("priority", Whole),
    needed("version", Whole),
    owner=SHOP,
    grows=Growth(With.NOTHING, "1 a warehouse or shop", 190),
)

stock_items = table(
    "stock_items",
    needed("sku_id", Id),
    needed("location_id", Id),
    needed("on_hand", Whole),
    needed("reserved", Whole),
    needed("safety", Whole),
    needed("backorder_limit", Whole),
    needed("shortfall", Whole),
    Column("alert_threshold", Whole),
    needed("version", Whole),
    PrimaryKeyConstraint("sku_id", "location_id"),
    CheckConstraint("on_hand >= 0", name="on_hand"),
    CheckConstraint("reserved >= 0 AND reserved <= on_hand + backorder_limit + shortfall", name="reserved"),
    CheckConstraint("safety >= 0 AND backorder_limit >= 0 AND shortfall >= 0", name="limits"),
    owner="sku_id",
    rank=Rank.STOCK,
    grows=Growth(With.CATALOGUE, "1 a SKU and place", 180, read_by="audit"),
)

reservations = table(
    "reservations",
    needed("id", Id),  # only the release before finds a promise by it
    Column("member_id", Id),  # none where release 0.1.0 wrote the row
    needed("order_id", Id),
    needed("owner_kind", Words, usual="order", server_default=text("'order'")),
    needed("line", Whole, server_default=text("0")),
    needed("sku_id", Id),
    needed("location_id", Id),
    needed("quantity", Whole),
    needed("open", Whole),
    needed("released", Whole, usual=0),
    needed("consumed", Whole, usual=0),
    needed("state", Choice(ReservationState), usual=ReservationState.HELD),
    needed("version", Whole, usual=1),
    PrimaryKeyConstraint("order_id", "owner_kind", "line", "sku_id", "location_id"),
    ForeignKeyConstraint(["sku_id", "location_id"], ["retail.stock_items.sku_id", "retail.stock_items.location_id"]),
    CheckConstraint("quantity >= 1 AND open >= 0 AND released >= 0 AND consumed >= 0", name="units"),
    CheckConstraint("quantity = open + released + consumed", name="sum"),
    owner="member_id",
    grows=Growth(
        With.SALES,
        "1 a line and place",
        300,
        read_by="audit",
        stays=PROOF,
    ),
)
"""`order_id` is the owner's id whatever its kind; the release before knows only orders, and its rows have line 0."""
Index(None, reservations.c.id, unique=True)
Index(None, reservations.c.location_id, reservations.c.order_id)  # whether an order is one of a clerk's store
_open = reservations.c.open > 0
Index("ix_reservations_open", reservations.c.sku_id, reservations.c.location_id, postgresql_where=_open, sqlite_where=_open)

quotas = table(
    "quotas",
    needed("sku_id", Id, primary_key=True),
    needed("size", Whole),
    needed("taken", Whole),
    needed("is_open", Flag),
    needed("edition", Whole),
    needed("version", Whole),
    CheckConstraint("taken >= 0 AND taken <= size", name="taken"),
    owner="sku_id",
    rank=Rank.QUOTA,
    grows=Growth(With.CATALOGUE, "1 a SKU that was in a campaign", 130, read_by="audit"),
)

quota_shares = table(
    "quota_shares",
    needed("order_id", Id),
    needed("line", Whole),
    needed("sku_id", Id),
    needed("member_id", Id),
    needed("quantity", Whole),
    needed("open", Whole),
    needed("used", Whole),
    needed("back", Whole),
    needed("version", Whole),
    PrimaryKeyConstraint("order_id", "line"),
    ForeignKeyConstraint(["order_id"], ["retail.orders.id"]),
    CheckConstraint("quantity >= 1 AND open >= 0 AND used >= 0 AND back >= 0", name="units"),
    CheckConstraint("quantity = open + used + back", name="sum"),
    owner="member_id",
    grows=Growth(
        With.SALES,
        "1 a line from a campaign",
        220,
        read_by="audit",
        stays=PROOF,
    ),
)
Index(None, quota_shares.c.sku_id)

stock_moves = table(
    "stock_moves",
    Column("position", Whole, Identity(), primary_key=True),
    needed("sku_id", Id),
    needed("location_id", Id),
    needed("kind", Choice(MoveKind)),
    needed("units", Whole),
    needed("reference", Words),
    needed("at", Instant),
    CheckConstraint("units <> 0", name="units"),
    rowid=True,
    owner="sku_id",
    grows=Growth(
        With.SALES,
        "1 a line that was shipped, and 1 a receipt",
        210,
        read_by="audit, history",
        stays=PROOF,
    ),
)
Index(None, stock_moves.c.sku_id, stock_moves.c.position)  # the newest of a SKU first, wherever it lies

stock_alerts = table(
    "stock_alerts",
    needed("sku_id", Id),
    needed("location_id", Id),
    needed("available", Whole),
    needed("threshold", Whole),
    needed("opened_at", Instant),
    needed("version", Whole),
    PrimaryKeyConstraint("sku_id", "location_id"),
    owner="sku_id",
    grows=Growth(With.CATALOGUE, "1 at most a SKU and place", 150, kept="until stock recovers", goes="with the decision"),
)
