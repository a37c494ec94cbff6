"""What to do to a sound shop so that the law of pictures is broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

DAMAGE: Final[Damage] = {"PIC-R8": ("UPDATE {}pictures SET uses = uses + 1", "shown")}
