"""Laws of check-ins (PTS-R4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from retail_domain.testing.simulation.auditor import Auditor, RowLaw
from retail_domain.testing.simulation.traffic import RowChange


def goes_on_from_yesterday(auditor: Auditor, row: RowChange) -> str | None:
    """PTS-R4: one a day, never changed; a streak is that of the day before and one more."""
    made = row.after
    if made is None or row.before is not None:
        return f"check-in {row.key} was changed"
    yesterday = auditor.mirror.tables["check_ins"].get((made.member_id, made.day - timedelta(days=1)))
    wanted = yesterday.streak + 1 if yesterday is not None else 1
    return None if made.streak == wanted else f"check-in {row.key} says {made.streak}, not {wanted}"


ROW_LAWS: Final = (RowLaw("PTS-R4", "check_ins", goes_on_from_yesterday),)
