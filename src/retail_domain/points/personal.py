"""What points tell of a member."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.personal import Fate, Holding, Personal

_PROVES: Final = "every point stands where its entries say, as the audit proves; they name nobody but an id that leads nowhere"

PERSONAL: Final = Personal(
    holdings=(
        Holding(name="points_account", table="points_accounts", told=("debt",), fate=Fate.STAYS, why=_PROVES),
        Holding(
            name="points_lots",
            table="points_lots",
            told=(
                "source", "ref", "amount", "frozen", "free", "locked", "spent", "expired", "revoked", "owed", "made_at",
                "available_from", "expires_at",
            ),
            fate=Fate.STAYS,
            why=_PROVES,
        ),
        Holding(
            name="points_history",
            table="points_entries",
            told=("source", "ref", "units", "out_of", "went_to", "because", "cause_ref", "note", "at"),
            fate=Fate.EMPTIED,
            emptied={"note": ""},
        ),
        Holding(
            name="points_of_orders",
            table="points_uses",
            told=("order_id", "source", "ref", "units", "open", "spent", "back"),
            fate=Fate.STAYS,
            why=_PROVES,
        ),
    )
)  # fmt: skip
