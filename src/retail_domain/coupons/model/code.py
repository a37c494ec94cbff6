"""Codes (兑换码): unguessable words by which coupons are taken; the shop keeps only their seals (CPN-R1)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import evolve, frozen

from retail_domain.coupons.errors import CouponCodeUsed
from retail_domain.kernel.counting import Sealer
from retail_domain.kernel.ids import CouponTemplateId, Luck

CODE_LETTERS: Final = 16
"""Digits of a code: with 10^16 codes and a hundred tries a quarter of an hour nobody meets one of a million by chance."""


@frozen(kw_only=True)
class CouponCode:
    """One code: a personal one is used once, a mass code as often as its kind has coupons."""

    seal: str
    template_id: CouponTemplateId
    most: int | None
    """None: as many as there are coupons."""
    used: int = 0
    made_at: datetime
    version: int = 0

    def use(self) -> CouponCode:
        """Once more. Raises CouponCodeUsed."""
        if self.most is not None and self.used >= self.most:
            raise CouponCodeUsed()
        return evolve(self, used=self.used + 1)


def minted_code(luck: Luck) -> str:
    """A new code, as it is told: four groups of four."""
    digits = luck.digits(CODE_LETTERS)
    return "-".join(digits[at : at + 4] for at in range(0, CODE_LETTERS, 4))


def code_seal(sealer: Sealer, typed: str) -> str:
    """Under what a code is kept, however its groups are typed."""
    return sealer.seal("coupon code", "".join(one for one in typed if one.isdigit())).hex()[:48]
