"""What the auditor has written down of closed days, and of members who were moved in."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any, Final

from retail_domain.kernel.calendar import Calendar
from retail_domain.payments import BookClosing
from retail_domain.testing.simulation.auditor import Auditor

DAYS: Final = Calendar(timezone(timedelta(hours=8)))
"""Those of a simulated shop, which stands in Shanghai."""


def newest_closing(auditor: Auditor) -> BookClosing | None:
    """Of those that are committed."""
    return max(auditor.mirror.tables["book_closings"].values(), key=_number, default=None)


def phoned(auditor: Auditor) -> list[Any]:
    """Members who have a phone."""
    return [one for one in auditor.mirror.tables["members"].values() if one.phone is not None]


def opened_for(auditor: Auditor, phone: str) -> tuple[int, int] | None:
    """How many orders whoever has this phone had before, and for how much; None if no file has moved them in."""
    totals = auditor.mirror.tables["opening_totals"]
    theirs = [totals[one.id] for one in phoned(auditor) if one.phone.e164 == phone and one.id in totals]
    return (theirs[0].orders_count, theirs[0].amount_minor) if theirs else None


def _number(closing: BookClosing) -> int:
    return closing.number
