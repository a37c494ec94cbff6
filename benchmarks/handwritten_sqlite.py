"""The other side of `place` on SQLite: the same rows, written by hand with the standard library, one order a transaction."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any, Final
from uuid import UUID

from attrs import define, field

from benchmarks.handwritten import Ran
from retail_adapters.system.ids import UuidSevenIds

_STOCK: Final = (
    "UPDATE retail_stock_items SET reserved = reserved + 1, version = version + 1 "
    "WHERE sku_id = ? AND location_id = ? AND reserved + 1 <= on_hand + backorder_limit - safety"
)
_BODY: Final = '{"order": "' + "x" * 650 + '"}'
_SHARES: Final = '[{"step": "base", "source_id": "", "source_kind": "sale_price", "amount_minor": 10000}]'


@define
class ByHand:
    """One writer with one connection, as fast as the standard library goes."""

    path: str
    luck: Random = field(factory=lambda: Random(5))
    ids: UuidSevenIds = field(factory=UuidSevenIds)

    def run(self, *, seconds: float | None = None, orders: int | None = None, hot: bool = False) -> Ran:
        """For so long, or so many orders."""
        connection = sqlite3.connect(self.path, timeout=60, isolation_level=None)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        try:
            place = self._placing(connection, hot)
            began, cpu, done = time.perf_counter(), time.process_time(), 0
            while (time.perf_counter() - began < seconds) if seconds is not None else (done < (orders or 0)):
                place()
                done += 1
            return Ran(done / (time.perf_counter() - began), done, time.process_time() - cpu)
        finally:
            connection.close()

    def _placing(self, connection: sqlite3.Connection, hot: bool) -> Callable[[], None]:
        ((location,),) = connection.execute("SELECT id FROM retail_locations").fetchall()
        goods = connection.execute(
            "SELECT k.id, k.product_id, p.title FROM retail_skus k JOIN retail_products p ON p.id = k.product_id"
        ).fetchall()
        homes = connection.execute("SELECT member_id, recipient, phone FROM retail_contacts WHERE kind = 'address'").fetchall()

        def place() -> None:
            chosen = [goods[0], *self.luck.sample(goods[1:], 2)] if hot else self.luck.sample(goods, 3)
            connection.execute("BEGIN IMMEDIATE")
            for sku_id, _, _ in sorted(chosen):
                connection.execute(_STOCK, (sku_id, location))
            self._order(connection, chosen, location, self.luck.choice(homes))
            connection.execute("COMMIT")

        return place

    def _order(self, connection: sqlite3.Connection, chosen: list[Any], location: bytes, home: tuple[bytes, str, str]) -> None:
        id, now = self.ids.new(), round(datetime.now(UTC).timestamp() * 1_000_000)
        later, (member, recipient, phone) = now + 7_200_000_000, home
        insert(connection, "orders", {
            "id": id.bytes, "number": f"B{id.hex}", "member_id": member, "quote_id": self._new(), "cart_id": self._new(),
            "cart_version": 1, "method": "ship", "region_code": "310000", "status": "pending_payment", "payable_minor": 31_000,
            "freight_minor": 1_000, "currency": "CNY", "pay_seconds": 7_200, "auto_sign_seconds": 1_209_600,
            "after_sale_seconds": 604_800, "paid_minor": 0, "refunded_minor": 0, "freight_refunded_minor": 0, "due_at": later,
            "placed_at": now, "pay_by": later, "hidden": 0, "version": 1,
        })  # fmt: skip
        for position, (sku_id, product_id, title) in enumerate(chosen):
            insert(connection, "order_lines", {
                "order_id": id.bytes, "position": position, "sku_id": sku_id, "product_id": product_id, "title": title,
                "options": "size: M", "quantity": 1, "unit_price_minor": 10_000, "payable_minor": 10_000, "freight_minor": 333,
                "shares": _SHARES, "location_id": location, "limited": 0, "shipped": 0, "refunded_shipped": 0,
                "refunded_unshipped": 0,
            })  # fmt: skip
            insert(connection, "reservations", {
                "id": self._new(), "order_id": id.bytes, "sku_id": sku_id, "location_id": location, "quantity": 1, "open": 1,
                "released": 0, "consumed": 0, "state": "held", "version": 1,
            })  # fmt: skip
        insert(connection, "order_transitions", {
            "order_id": id.bytes, "version": 1, "step": 1, "event": "order.placed", "to_status": "pending_payment",
            "actor_kind": "member", "actor_ref": str(UUID(bytes=member)), "reason": "", "at": now,
        })  # fmt: skip
        insert(connection, "contacts", {
            "id": id.bytes, "kind": "order", "member_id": member, "recipient": recipient, "phone": phone,
            "region_code": "310000", "region": "上海市", "detail": "南京东路1号", "created_at": now, "version": 1,
        })  # fmt: skip
        event = self._new()
        insert(connection, "events", {
            "id": event, "name": "order.placed", "version": 1, "aggregate_id": id.bytes, "at": now, "owed": 1,
            "body": _BODY,
        })  # fmt: skip
        insert(connection, "deliveries", {
            "event_id": event, "reaction": "cart.take_out_ordered", "aggregate_id": id.bytes, "attempts": 0, "next_at": now,
        })  # fmt: skip
        insert(connection, "answers", {
            "principal": f"member:{UUID(bytes=member)}", "operation": "place_order", "key": id.hex, "fingerprint": "f" * 64,
            "answer": _BODY[:250], "at": now,
        })  # fmt: skip

    def _new(self) -> bytes:
        return self.ids.new().bytes


_INSERTS: dict[str, str] = {}


def insert(connection: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    """One row; the statement is written once for each table."""
    text = _INSERTS.get(table)
    if text is None:
        marks = ", ".join("?" * len(row))
        text = _INSERTS[table] = f"INSERT INTO retail_{table} ({', '.join(row)}) VALUES ({marks})"
    connection.execute(text, tuple(row.values()))
