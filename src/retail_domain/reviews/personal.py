"""What reviews hold about a member."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.personal import Fate, Holding, Personal

PERSONAL: Final = Personal(
    holdings=(
        Holding(
            name="reviews", table="reviews", fate=Fate.OWN_STEP,
            told=("id", "product_id", "status", "anonymous", "stars", "text", "waiting", "follow_up", "created_at"),
            why="what is up stays up without a name; words that nobody may read are struck out",
        ),
    )
)  # fmt: skip
