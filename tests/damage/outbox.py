"""What to do to a sound shop so that each law of the outbox is broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

DAMAGE: Final[Damage] = {
    "R25": ("DELETE FROM {}events", "position"),
    "R27": ("UPDATE {}deliveries SET parked_at = next_at, done_at = NULL", "position"),
    "R25-steps": ("DELETE FROM {}events WHERE name = 'order.shipped'", "id"),
    "R25-facts": ("DELETE FROM {}events WHERE name = 'refund.requested'", "id"),
    "R25-money": ("DELETE FROM {}events WHERE name = 'payment.received'", "id"),
    "R48": ("UPDATE {}events SET number = 1000000 + position", "last"),
    "R25-deliveries": ("DELETE FROM {}deliveries WHERE reaction = 'catalog.count_sold'", "position"),
}
