"""What the page of check-ins shows: a month as a calendar, and how many days in a row it has been."""

from __future__ import annotations

from datetime import date, timedelta

from attrs import frozen

from retail_domain.membership import CheckInMonth

MONTHS_BACK = 12
"""So far one can leaf back."""
_WEEK = 7


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
    def of(cls, told: CheckInMonth) -> CheckInModel:
        """As a calendar shows it."""
        first, after = told.month, _next(told.month)
        here = {one.day for one in told.days}
        days: list[CalendarDay | None] = [None] * first.weekday()
        days += [_day(first + timedelta(days=at), here, told.today) for at in range((after - first).days)]
        days += [None] * (-len(days) % _WEEK)
        back = (told.today.year - first.year) * 12 + told.today.month - first.month
        return cls(
            year=first.year, month=first.month, days=len(here), streak=told.streak, has_checked_in=told.has_checked_in,
            weeks=tuple(tuple(days[at : at + _WEEK]) for at in range(0, len(days), _WEEK)),
            earlier=f"{first - timedelta(days=1):%Y-%m}" if back < MONTHS_BACK and first.year > 1 else None,
            later=f"{after:%Y-%m}" if back > 0 else None,
        )  # fmt: skip


def _day(day: date, here: set[date], today: date) -> CalendarDay:
    return CalendarDay(number=day.day, is_here=day in here, is_today=day == today)


def _next(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
