"""What tiers hold about a member."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.personal import Fate, Holding, Personal

PERSONAL: Final = Personal(
    holdings=(
        Holding(
            name="tier_standings", table="tier_standings",
            told=("tier", "since", "keep_until", "grant_tier", "grant_until", "grant_reason", "taken_because"),
            fate=Fate.DELETED,
        ),
    )
)  # fmt: skip
