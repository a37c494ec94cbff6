"""What inventory holds about a member."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.personal import NEEDED_FOR_THE_BOOKS, Fate, Holding, Personal

PERSONAL: Final = Personal(
    holdings=(
        Holding(name="reservations", table="reservations", fate=Fate.STAYS, why=NEEDED_FOR_THE_BOOKS),
        Holding(name="quota_shares", table="quota_shares", fate=Fate.STAYS, why=NEEDED_FOR_THE_BOOKS),
    )
)
