"""What to do to a sound shop so that each law of messages is broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

DAMAGE: Final[Damage] = {
    "MSG-R3": ("UPDATE {}marketing_consents SET given = (1 = 0)", "consent"),
    "MSG-R5": ("UPDATE {}messages SET count = count + 1", "told"),
}
