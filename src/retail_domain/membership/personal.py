"""What membership holds about a member."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.personal import Fate, Holding, Personal

PERSONAL: Final = Personal(
    holdings=(
        Holding(name="check_ins", table="check_ins", told=("day", "streak", "at"), fate=Fate.DELETED),
        Holding(
            name="opening_totals",
            table="opening_totals",
            told=("orders_count", "amount_minor", "currency", "at"),
            fate=Fate.DELETED,
        ),
        Holding(name="favourites", table="favourites", told=("product_id", "at"), fate=Fate.DELETED),
    )
)
