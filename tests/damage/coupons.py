"""What to do to a sound shop so that laws of coupons are broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

DAMAGE: Final[Damage] = {
    "CPN-I1": ("UPDATE {}coupon_templates SET issued = issued - 1 WHERE issued > 0", "issued"),
    "CPN-I1-members": ("UPDATE {}coupon_holders SET received = received + 1", "received"),
    "CPN-R2": ("UPDATE {}coupons SET n = n + 7", "last"),
    "CPN-I2": ("UPDATE {}coupons SET stands = 'locked' WHERE stands = 'used'", "stands"),
    "CPN-I3": ("UPDATE {}coupons SET stands = 'unused', used_by = NULL, applied_minor = 0 WHERE stands = 'locked'", "took"),
    "CPN-I4": ("UPDATE {}coupon_editions SET face_minor = 1", "face_minor"),
}
