"""What to do to a sound shop so that each law of ordering is broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

DAMAGE: Final[Damage] = {
    "ORD-I1": ("UPDATE {}orders SET status = 'completed' WHERE status = 'pending_payment'", "id"),
    "R4": ("UPDATE {}orders SET payable_minor = payable_minor + 1", "id"),
    "ORD-R4": ("UPDATE {}order_transitions SET after_minor = after_minor + 1", "id"),
    "R5": ("UPDATE {}orders SET refunded_minor = refunded_minor + 1 WHERE paid_at IS NOT NULL", "id"),
    "R13": ("UPDATE {}orders SET status = 'to_ship' WHERE shipped_at IS NOT NULL", "id"),
    "ORD-I8": ("DELETE FROM {}order_transitions", "id"),
    "ORD-I8-orders": ("DELETE FROM {}orders", "order_id"),
    "ORD-I8-owners": ("UPDATE {}parcels SET member_id = order_id", "order_id"),
    "R28": ("UPDATE {}orders SET due_at = placed_at WHERE status = 'pending_payment'", "id"),
    "R28-undated": ("UPDATE {}orders SET due_at = NULL", "id"),
}
