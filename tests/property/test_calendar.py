"""Days of a shop, in any time zone and on any day of its history (GEN-R6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, strategies as st

from retail_domain.kernel.calendar import Calendar

DAY: Final = timedelta(days=1)
TICK: Final = timedelta(microseconds=1)
FIRST: Final = datetime.min.replace(tzinfo=UTC)
LAST: Final = datetime.max.replace(tzinfo=UTC)
NOTORIOUS: Final = (
    "America/Sao_Paulo", "America/Toronto", "America/St_Johns", "America/Havana", "Africa/Cairo", "Asia/Beirut",
    "Pacific/Apia", "Pacific/Kwajalein", "Antarctica/Troll", "Africa/Casablanca", "Europe/Dublin", "Australia/Lord_Howe",
    "America/Juneau", "Asia/Kathmandu", "Africa/Monrovia",
)  # fmt: skip
"""They put clocks forward or back at or around midnight, skipped or repeated a day, or have odd offsets."""
calendars = st.builds(
    Calendar,
    st.sampled_from(sorted(available_timezones() - {"localtime"})).map(ZoneInfo)
    | st.sampled_from(NOTORIOUS).map(ZoneInfo)
    | st.timedeltas(timedelta(hours=-23, minutes=-59), timedelta(hours=23, minutes=59)).map(timezone),
)
recent = st.dates(date(1840, 1, 1), date(2040, 1, 1))
days = recent | st.dates() | st.sampled_from((date.min, date.min + DAY, date.max - DAY, date.max))
times = st.datetimes(timezones=st.just(UTC))
edges = st.sampled_from((FIRST, FIRST + TICK, LAST - TICK, LAST)) | st.builds(
    lambda hours, end: LAST - timedelta(hours=hours) if end else FIRST + timedelta(hours=hours),
    st.integers(0, 48), st.booleans(),
)  # fmt: skip
moments = times | edges


@given(calendars, days)
@example(Calendar(ZoneInfo("Pacific/Apia")), date(2011, 12, 30))
@example(Calendar(ZoneInfo("America/Toronto")), date(1919, 3, 31))
@example(Calendar(ZoneInfo("America/St_Johns")), date(2010, 11, 7))
def test_a_day_holds_the_moments_from_its_start_up_to_its_end(calendar: Calendar, day: date) -> None:
    """GEN-R6: half-open, and the end of a day is the start of the next."""
    start, end = calendar.start_of(day), calendar.end_of(day)

    assert start <= end and (day == date.max or end == calendar.start_of(day + DAY))
    if start < end:
        assert {calendar.day_of(start), calendar.day_of(start + (end - start) / 2), calendar.day_of(end - TICK)} == {day}
    if day > date.min:
        assert calendar.day_of(start - TICK) < day
    if day < date.max:
        assert calendar.day_of(end) > day


@given(calendars, moments)
def test_every_moment_lies_in_its_day(calendar: Calendar, at: datetime) -> None:
    day = calendar.day_of(at)

    assert calendar.start_of(day) <= at < calendar.end_of(day) or at == LAST


@given(calendars, moments, st.timedeltas(timedelta(hours=-30), timedelta(hours=30)))
def test_days_never_go_back(calendar: Calendar, at: datetime, by: timedelta) -> None:
    """Not even where clocks were put back over midnight."""
    try:
        other = at + by
    except OverflowError:
        return
    earlier, later = sorted((at, other))

    assert calendar.day_of(earlier) <= calendar.day_of(later)
    assert calendar.days_between(earlier, later) == (calendar.day_of(later) - calendar.day_of(earlier)).days >= 0
    assert calendar.days_between(later, earlier) == -calendar.days_between(earlier, later)


@given(calendars, moments, st.timezones())
def test_a_day_does_not_depend_on_how_a_moment_is_written(calendar: Calendar, at: datetime, zone: ZoneInfo) -> None:
    try:
        told = at.astimezone(zone)
    except OverflowError:
        return

    assert calendar.day_of(told) == calendar.day_of(at)


@given(calendars, times)
def test_a_day_is_the_one_on_the_wall_of_the_shop(calendar: Calendar, at: datetime) -> None:
    """An oracle that knows nothing of skipped hours: a clock on the wall, and the latest day it has shown lately."""
    if not date.min + 3 * DAY < at.date() < date.max - 3 * DAY:
        return
    wall = max((at - timedelta(minutes=ago)).astimezone(calendar.zone).date() for ago in range(26 * 60))

    assert calendar.day_of(at) == max(wall, at.astimezone(calendar.zone).date())


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("Asia/Shanghai", date(2026, 2, 1), datetime(2026, 1, 31, 16), 24),
        ("Europe/London", date(2026, 3, 29), datetime(2026, 3, 29, 0), 23),
        ("Europe/London", date(2026, 10, 25), datetime(2026, 10, 24, 23), 25),
        ("America/Sao_Paulo", date(2018, 11, 4), datetime(2018, 11, 4, 3), 23),
        ("America/Toronto", date(1919, 3, 31), datetime(1919, 3, 31, 4, 30), 23.5),
        ("America/St_Johns", date(2010, 11, 6), datetime(2010, 11, 6, 2, 30), 24),
        ("America/St_Johns", date(2010, 11, 7), datetime(2010, 11, 7, 2, 30), 25),
        ("America/Havana", date(2018, 11, 4), datetime(2018, 11, 4, 4), 25),
        ("Pacific/Apia", date(2011, 12, 30), datetime(2011, 12, 30, 10), 0),
        ("Pacific/Kwajalein", date(1969, 9, 30), datetime(1969, 9, 29, 13), 47),
    ],
)
def test_a_day_begins_and_lasts_as_the_clocks_of_its_place_went(zone: str, day: date, start: datetime, hours: float) -> None:
    """Midnight skipped, midnight twice, half an hour around midnight skipped, a day skipped, a day lived twice."""
    calendar = Calendar(ZoneInfo(zone))

    assert calendar.start_of(day) == start.replace(tzinfo=UTC)
    assert calendar.end_of(day) - calendar.start_of(day) == timedelta(hours=hours)


def test_midnight_belongs_to_the_day_that_begins() -> None:
    """GEN-R6: `[start, end)`."""
    calendar, midnight = Calendar(ZoneInfo("Asia/Shanghai")), datetime(2026, 1, 31, 16, tzinfo=UTC)

    assert calendar.day_of(midnight) == date(2026, 2, 1) and calendar.day_of(midnight - TICK) == date(2026, 1, 31)
    assert calendar.days_between(midnight - TICK, midnight) == 1


def test_a_moment_without_its_time_zone_lies_in_no_day() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Calendar(UTC).day_of(datetime(2026, 1, 31))
