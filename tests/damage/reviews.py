"""What to do to a sound shop so that each law of reviews is broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

DAMAGE: Final[Damage] = {
    "REV-I1": ("UPDATE {}review_summaries SET five_stars = five_stars + 1", "five_stars"),
    "REV-I1-unsummed": ("DELETE FROM {}review_summaries", "product_id"),
    "REV-I2": ("UPDATE {}reviews SET line = line + 50", "line"),
    "REV-I3": ("UPDATE {}reviews SET status = 'hidden' WHERE is_up", "status"),
}
