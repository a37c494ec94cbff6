"""What to do to a sound shop so that laws of points are broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

DAMAGE: Final[Damage] = {
    "PTS-I1": ("UPDATE {}points_lots SET free = free + 1, spent = spent - 1 WHERE free > 0", "ref"),
    "PTS-I1-debts": ("UPDATE {}points_accounts SET debt = debt + 1", "member_id"),
    "PTS-I1-entries": ("UPDATE {}points_entries SET ref = 'no ' || ref", "ref"),
    "PTS-I2": ("UPDATE {}points_accounts SET debt = 1", "debt"),
    "PTS-I4": ("UPDATE {}points_lots SET locked = locked + 1", "locked"),
    "PTS-R3": ("UPDATE {}points_lots SET available_from = made_at WHERE frozen > 0", "frozen"),
}
