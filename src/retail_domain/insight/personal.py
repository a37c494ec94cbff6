"""What insight holds about a member."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.personal import Fate, Holding, Personal

PERSONAL: Final = Personal(
    holdings=(
        Holding(
            name="behaviour", table="behaviour_events", told=("kind", "object", "session", "context", "occurred_at"),
            fate=Fate.DELETED,
        ),
    )
)  # fmt: skip
