"""What the catalogue holds about a member."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.personal import NEEDED_FOR_THE_BOOKS, Fate, Holding, Personal

PERSONAL: Final = Personal(
    holdings=(
        Holding(
            name="purchase_limits", table="purchase_counters", told=("product_id", "taken"), fate=Fate.STAYS,
            why=NEEDED_FOR_THE_BOOKS,
        ),
    )
)  # fmt: skip
