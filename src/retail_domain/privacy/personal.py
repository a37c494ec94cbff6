"""What stays known of members who have left."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.personal import Fate, Holding, Personal

PERSONAL: Final = Personal(
    holdings=(
        Holding(
            name="trade_records", table="trade_records", fate=Fate.STAYS,
            told=("order_id", "recipient", "phone", "region_code", "region", "ends_at"),
            why="masked from the start, kept for three years as the law on electronic commerce wants it, then forgotten",
        ),
        Holding(
            name="erasures", table="erasures", told=("asked_at", "done_at"), fate=Fate.STAYS,
            why="that somebody was erased, and when, is proven by it",
        ),
    )
)  # fmt: skip
