"""Laws of webhooks (HOK-R3, HOK-R4, HOK-R6)."""

from __future__ import annotations

from typing import Final

from retail_domain.testing.simulation.auditor import Auditor, RowLaw
from retail_domain.testing.simulation.traffic import RowChange
from retail_domain.webhooks import TellingState


def told_in_order(auditor: Auditor, row: RowChange) -> str | None:
    """HOK-R4: nothing is told, nor taken, while an earlier event of its aggregate is open; HOK-R6: what ended stays so."""
    made, before = row.after, row.before
    if before is not None and before.ended_at is not None and made is not None:
        return f"{row.key} was {before.state.value} and is {made.state.value}"
    if made is None or made.state not in (TellingState.UNDER_WAY, TellingState.DELIVERED):
        return None
    waits = [
        one.number
        for one in auditor.mirror.tables["webhook_tellings"].values()
        if one.key != made.key and (one.webhook_id, one.aggregate_id) == (made.webhook_id, made.aggregate_id)
        and one.number < made.number and one.ended_at is None
    ]  # fmt: skip
    return f"{row.key} is {made.state.value} while {waits} wait" if waits else None


def comes_on(_auditor: Auditor, row: RowChange) -> str | None:
    """HOK-R3: the number to which a webhook has come never falls."""
    if row.before is None or row.after is None or row.after.came_to >= row.before.came_to:
        return None
    return f"webhook {row.key} went back from {row.before.came_to} to {row.after.came_to}"


ROW_LAWS: Final = (RowLaw("HOK-R4", "webhook_tellings", told_in_order), RowLaw("HOK-R3", "webhooks", comes_on))
