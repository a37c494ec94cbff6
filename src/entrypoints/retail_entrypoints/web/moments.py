"""Moments as staff type them: what the clock on the wall of the shop shows."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from retail_domain.kernel import reading
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.checked import EARLIEST, LATEST
from retail_domain.kernel.errors import InvalidInput


def moment_typed(text: str, field: str, calendar: Calendar) -> datetime | None:
    """`2026-12-24T08:00`, as a field for a moment sends it; nothing for nothing. Raises InvalidInput."""
    if not text.strip():
        return None
    day, _, clock = text.strip().replace(" ", "T").partition("T")
    try:
        wanted, at = reading.typed_day(day), time.fromisoformat(clock)
    except ValueError:
        raise InvalidInput.of(field, "format", "a moment such as 2026-12-24T08:00") from None
    if not calendar.day_of(EARLIEST) < wanted < calendar.day_of(LATEST) or at.tzinfo is not None:
        raise InvalidInput.of(field, "range", "a moment between the years 2000 and 2200")
    return calendar.next_at(calendar.start_of(wanted) - timedelta(microseconds=1), at)


def moment_for_typing(at: datetime | None, calendar: Calendar) -> str:
    """A moment as it stands in such a field."""
    if at is None:
        return ""
    return f"{calendar.day_of(at).isoformat()}T{calendar.time_of(at).isoformat('minutes')}"
