"""What to do to a sound shop so that each law of catalog is broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

DAMAGE: Final[Damage] = {
    "ORD-I5": ("UPDATE {}purchase_counters SET taken = taken + 1", "member_id"),
    "ORD-I5-uncounted": ("DELETE FROM {}purchase_counters", "member_id"),
    "CAT-R6": ("UPDATE {}products SET sold = sold + 1", "id"),
}
