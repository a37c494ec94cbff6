"""What fulfilment holds about a member."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.personal import Fate, Holding, Personal

PERSONAL: Final = Personal(
    holdings=(
        Holding(
            name="parcels", table="parcels", whose="order_id", through="orders",
            told=("order_id", "carrier", "tracking_number", "sent_at"),
            fate=Fate.EMPTIED, emptied={"tracking_number": "***"},
        ),
    )
)  # fmt: skip
