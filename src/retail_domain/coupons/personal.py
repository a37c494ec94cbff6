"""What coupons tell of a member."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.personal import Fate, Holding, Personal

_PROVES: Final = "no more are out than there are, as the audit proves; they name nobody but an id that leads nowhere"

PERSONAL: Final = Personal(
    holdings=(
        Holding(name="coupon_holder", table="coupon_holders", told=("received",), fate=Fate.STAYS, why=_PROVES),
        Holding(
            name="coupons",
            table="coupons",
            told=(
                "template_id", "edition", "n", "way", "given_at", "begins_at", "expires_at", "stands", "used_by",
                "applied_minor",
            ),
            fate=Fate.STAYS,
            why=_PROVES,
        ),
    )
)  # fmt: skip
