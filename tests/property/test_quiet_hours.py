"""Quiet hours end, in any time zone and whatever clocks do (MSG-R7)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, strategies as st

from retail_domain.kernel.calendar import Calendar
from retail_domain.messages import QuietHours
from tests.property.test_calendar import NOTORIOUS

calendars = st.builds(Calendar, st.sampled_from(("Asia/Shanghai", *NOTORIOUS)).map(ZoneInfo))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
minutes = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 59)))


@given(calendars, st.builds(QuietHours, begin=minutes, end=minutes), moments)
@example(Calendar(ZoneInfo("Africa/Cairo")), QuietHours(begin=time(22), end=time(0)), datetime(2014, 5, 15, 21, 30, tzinfo=UTC))
def test_what_waits_for_the_morning_is_sent_within_a_day_and_not_at_night(
    calendar: Calendar, quiet: QuietHours, at: datetime
) -> None:
    """MSG-R7: nothing is put off for ever, nor from night to night."""
    over = quiet.over_at(at, calendar)

    if over is not None:
        assert at < over <= at + timedelta(hours=26)
        assert quiet.over_at(over, calendar) is None


@given(calendars, minutes, moments)
def test_the_same_twice_is_never(calendar: Calendar, when: time, at: datetime) -> None:
    """MSG-R7."""
    assert QuietHours(begin=when, end=when).over_at(at, calendar) is None


@given(calendars, st.builds(QuietHours, begin=minutes, end=minutes), moments)
def test_it_is_quiet_by_the_clock_on_the_wall(calendar: Calendar, quiet: QuietHours, at: datetime) -> None:
    """MSG-R7: over midnight too."""
    wall = at.astimezone(calendar.zone).time()
    minutes_of_night = quiet.begin <= wall < quiet.end if quiet.begin <= quiet.end else not quiet.end <= wall < quiet.begin

    assert (quiet.over_at(at, calendar) is not None) == minutes_of_night
