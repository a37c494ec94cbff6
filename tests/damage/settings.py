"""What to do to a sound shop so that a law of settings is broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

DAMAGE: Final[Damage] = {
    "SET-R2": ("UPDATE {}settings_changes SET number = number + 10 WHERE number = 2", "number"),
    "SET-R5": ("UPDATE {}settings_changes SET takes_back = 0 WHERE takes_back IS NOT NULL", "takes_back"),
}
