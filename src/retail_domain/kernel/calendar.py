"""What day it is in the shop (GEN-R6): the only place where a moment becomes a day."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from attrs import frozen

_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_FIRST: Final = datetime.min.replace(tzinfo=UTC)
_LAST: Final = datetime.max.replace(tzinfo=UTC)


@frozen
class Calendar:
    """The days of a shop, in the time zone where it stands.

    Every moment lies in exactly one day, and days follow one another: each is `[start, end)`, and its end is the start of
    the next. So a day may last 23 or 25 hours, begin later than at midnight where that hour is skipped, and be empty where
    a zone skipped a whole day. A day that has begun goes on though clocks are put back over midnight. The first day of the
    calendar has no beginning but the first moment there is, the last no end but the last moment.
    """

    zone: tzinfo

    def day_of(self, at: datetime) -> date:
        """The day in which this moment lies. Raises ValueError for a moment without its time zone."""
        if at.tzinfo is None:
            raise ValueError("a moment without its time zone lies in no day")
        try:
            day = at.astimezone(self.zone).date()
        except OverflowError:  # the offset moves it out of the calendar
            return date.min if at.year == 1 else date.max
        while day < date.max and self.start_of(day + _DAY) <= at:  # clocks were put back over midnight
            day += _DAY
        return day

    def spelled(self, at: datetime) -> tuple[int, int, int]:
        """Year, month and number of the day in which this moment lies, for whoever writes it down."""
        day = self.day_of(at)
        return day.year, day.month, day.day

    def start_of(self, day: date) -> datetime:
        """The first moment of a day, in UTC."""
        return _start_of(self.zone, day)

    def end_of(self, day: date) -> datetime:
        """The first moment that does not lie in a day any more, in UTC."""
        return _LAST if day >= date.max else self.start_of(day + _DAY)

    def month_of(self, day: date) -> tuple[date, date]:
        """The month in which a day lies, `[first, end)`. Raises ValueError for the last month there is: it has no end."""
        first = day.replace(day=1)
        return first, first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)

    def months_from(self, day: date, months: int) -> date:
        """The day of that number so many months later, or earlier; the last of its month where it has no such number.

        Stays within the calendar: before its first day there is none, and none after its last.
        """
        count = day.year * 12 + day.month - 1 + months
        if not date.min.year * 12 <= count < (date.max.year + 1) * 12:
            return date.min if months < 0 else date.max
        year, month = divmod(count, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

    def months_later(self, at: datetime, months: int) -> datetime:
        """The end of the day so many months after this moment's: of the same number, or the last of a month that is shorter."""
        return self.end_of(self.months_from(self.day_of(at), months))

    def days_later(self, at: datetime, days: int) -> datetime:
        """The end of the day that lies so many days after this one."""
        return self.end_of(date.fromordinal(min(self.day_of(at).toordinal() + days, date.max.toordinal())))

    def time_of(self, at: datetime) -> time:
        """What the clock on the wall shows at this moment, in the shop."""
        return at.astimezone(self.zone).time().replace(tzinfo=None)

    def next_at(self, at: datetime, wanted: time) -> datetime:
        """The next moment, in UTC and after this one, at which the clock on the wall shows a time, or has skipped it."""
        day = self.day_of(at)
        while (found := _moment(datetime.combine(day, wanted, tzinfo=self.zone))) <= at:
            day += _DAY
        return found

    def days_between(self, earlier: datetime, later: datetime) -> int:
        """How many days later the other moment lies: 0 on the same day, whatever the hours; negative when it lies before."""
        return (self.day_of(later) - self.day_of(earlier)).days


@lru_cache(maxsize=64)  # asked for the same day with every order
def _start_of(zone: tzinfo, day: date) -> datetime:
    if day <= date.min:
        return _FIRST
    midnight = datetime.combine(day, time())
    early, late = (_moment(midnight.replace(tzinfo=zone, fold=fold)) for fold in (1, 0))
    if early >= late:  # there is such a midnight; of two the first
        return late
    while late - early > _SECOND:  # it was skipped: the day begins where clocks were put forward over it
        between = early + (late - early) // (2 * _SECOND) * _SECOND
        early, late = (early, between) if _has_come(zone, midnight, between) else (between, late)
    return late


def _has_come(zone: tzinfo, midnight: datetime, at: datetime) -> bool:
    return at.astimezone(zone).replace(tzinfo=None) >= midnight


def _moment(local: datetime) -> datetime:
    offset = local.utcoffset() or timedelta()
    try:
        return local.replace(tzinfo=UTC, fold=0) - offset
    except OverflowError:  # the offset moves it out of the calendar
        return _FIRST if offset > timedelta() else _LAST


@frozen(kw_only=True)
class MonthSheet:
    """A month as it hangs on a wall: weeks begin with Monday, and what is not of the month is None."""

    spelled: tuple[int, int]
    """Year and month."""
    weeks: tuple[tuple[tuple[int, date] | None, ...], ...]
    """The number of each day, and the day."""
    months_back: int
    """How many months before today's it is; negative for one that has not come."""
    before: str
    """The month before as it is written, such as 2026-10; empty where there is none."""
    after: str


def month_sheet(first: date, after: date, today: date) -> MonthSheet:
    """The sheet of the month `[first, after)`, seen from today."""
    days: list[tuple[int, date] | None] = [None] * first.weekday()
    days += [(at + 1, first + at * _DAY) for at in range((after - first).days)]
    days += [None] * (-len(days) % 7)
    return MonthSheet(
        spelled=(first.year, first.month), weeks=tuple(tuple(days[at : at + 7]) for at in range(0, len(days), 7)),
        months_back=(today.year - first.year) * 12 + today.month - first.month,
        before=(first - _DAY).isoformat()[:7] if first > date.min else "", after=after.isoformat()[:7],
    )  # fmt: skip
