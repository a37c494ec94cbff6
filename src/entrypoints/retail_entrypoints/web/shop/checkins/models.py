"""What the page of check-ins shows: a month as a calendar, and how many days in a row it has been."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from retail_domain.kernel.calendar import Calendar, month_sheet
from retail_domain.membership import CheckInMonth

MONTHS_BACK = 12
"""So far one can leaf back."""


@frozen(kw_only=True)
class CalendarDay:
    """A day of the month, whether the member came by, and whether it is today."""

    number: int
    is_here: bool
    is_today: bool


@frozen(kw_only=True)
class CheckInModel:
    """A month of check-ins; weeks begin with Monday, and what is not of the month is empty."""

    year: int
    month: int
    weeks: tuple[tuple[CalendarDay | None, ...], ...]
    days: int
    streak: int
    has_checked_in: bool
    earlier: str | None
    later: str | None

    @classmethod
    def of(cls, told: CheckInMonth, calendar: Calendar) -> CheckInModel:
        """As a calendar shows it."""
        sheet = month_sheet(*calendar.month_of(told.month), told.today)
        year, month = sheet.spelled
        here = {one.day for one in told.days}
        return cls(
            year=year, month=month, days=len(here), streak=told.streak, has_checked_in=told.has_checked_in,
            weeks=tuple(tuple(day and _day(*day, here, told.today) for day in week) for week in sheet.weeks),
            earlier=(sheet.before or None) if sheet.months_back < MONTHS_BACK else None,
            later=sheet.after if sheet.months_back > 0 else None,
        )  # fmt: skip


def _day(number: int, day: date, here: set[date], today: date) -> CalendarDay:
    return CalendarDay(number=number, is_here=day in here, is_today=day == today)
