"""What to do to a sound shop so that the law of check-ins is broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

DAMAGE: Final[Damage] = {"PTS-R4": ("UPDATE {}check_ins SET streak = streak + 1", "streak")}
