"""What to do to a sound shop so that each law of webhooks is broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

DAMAGE: Final[Damage] = {
    "HOK-R3": ("UPDATE {}webhooks SET came_to = 0", "number"),
    "HOK-R4": ("UPDATE {}webhook_tellings SET state = 'waiting', ended_at = NULL WHERE event_name = 'order.placed'", "waits"),
}
