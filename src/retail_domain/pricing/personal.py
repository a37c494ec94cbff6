"""What pricing holds about a member."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.personal import Fate, Holding, Personal

PERSONAL: Final = Personal(
    holdings=(
        Holding(
            name="quotes", table="quotes", told=("id", "payable_minor", "currency", "region_code", "created_at"),
            fate=Fate.DELETED,
        ),
    )
)  # fmt: skip
