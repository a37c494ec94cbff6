"""What to do to a sound shop so that the laws of accounts are broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

DAMAGE: Final[Damage] = {"R42": ("UPDATE {}audit_trail SET object = 'something else'", "seal")}
