"""What messages hold about a member."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.personal import Fate, Holding, Personal

PERSONAL: Final = Personal(
    holdings=(
        Holding(
            name="messages", table="messages", whose="recipient_id", only={"recipient_kind": "member"}, fate=Fate.OWN_STEP,
            told=("cause", "kind", "about", "filled", "count", "at", "read_at"),
            why="each goes in one transaction with all that hangs on it, so that it counts right until then",
        ),
        Holding(
            name="message_settings", table="message_settings", told=("language", "muted", "quiet_hours"), fate=Fate.DELETED
        ),
        Holding(
            name="marketing_consents", table="marketing_consents", told=("number", "given", "terms_version", "at"),
            fate=Fate.DELETED,
        ),
    )
)  # fmt: skip
