"""What to do to a sound shop so that the law of tiers is broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

DAMAGE: Final[Damage] = {"LVL-R5": ("UPDATE {}tier_standings SET due_at = NULL", "due_at")}
