"""What programs of others note about a member, and on a member's orders."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.personal import Fate, Holding, Personal

PERSONAL: Final = Personal(
    holdings=(
        Holding(
            name="notes", table="notes", whose="thing_id", only={"sort": "member"}, told=("text",), fate=Fate.DELETED
        ),
        Holding(
            name="order_notes", table="notes", whose="thing_id", through="orders", only={"sort": "order"},
            told=("thing_id", "text"), fate=Fate.DELETED,
        ),
    )
)  # fmt: skip
