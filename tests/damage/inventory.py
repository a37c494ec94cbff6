"""What to do to a sound shop so that each law of inventory is broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

DAMAGE: Final[Damage] = {
    "R1": ("UPDATE {}stock_items SET reserved = -1", "sku_id"),
    "STK-I2": ("UPDATE {}stock_items SET reserved = reserved + 1", "sku_id"),
    "STK-I3": ("UPDATE {}stock_items SET on_hand = on_hand + 1", "sku_id"),
    "STK-I3-shelves": ("DELETE FROM {}stock_items", "sku_id"),
    "R3": ("UPDATE {}reservations SET quantity = quantity + 1, released = released + 1", "order_id"),
    "R3-orphans": ("DELETE FROM {}order_lines", "order_id"),
    "STK-I7": ("DELETE FROM {}stock_alerts", "sku_id"),
    "STK-R7": ("UPDATE {}quotas SET taken = taken + 1", "sku_id"),
    "STK-R7-shares": ("UPDATE {}quota_shares SET back = back + 1, used = used - 1 WHERE used > 0", "line"),
    "STK-R7-orders": ("UPDATE {}orders SET took = 'stock' WHERE took LIKE '%quota%'", "order_id"),
    "STK-R7-orphans": ("DELETE FROM {}quotas", "order_id"),
}
