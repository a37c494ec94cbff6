"""What pictures hold about a member."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.personal import Fate, Holding, Personal

PERSONAL: Final = Personal(
    holdings=(
        Holding(
            name="pictures", table="pictures", whose="owner_ref", only={"owner_kind": "member"}, told=("id", "state", "at"),
            fate=Fate.STAYS, why="what a review shows stays with it; what nothing shows goes within a day",
        ),
    )
)  # fmt: skip
