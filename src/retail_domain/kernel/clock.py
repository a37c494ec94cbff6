"""Time is an argument (GEN-R6): windows are half-open, so a thing has expired when `now >= end`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        ...


SKEW: Final = timedelta(minutes=5)
"""So far may the clocks of two machines be apart. What was written further ahead was written before a clock was put back."""


def lies_in(start: datetime, end: datetime, at: datetime) -> bool:
    """Whether a window that was opened at `start` is still open (GEN-R6).

    One that would begin in the future is over: it was opened before the clock was put back, and must not last longer by
    that, nor be revived (R29).
    """
    return start <= at + SKEW and not has_passed(end, at)


def is_too_soon(last: datetime | None, wait: timedelta, at: datetime) -> bool:
    """Whether less than `wait` has passed since the last time; a clock that was put back makes nobody wait longer (R29)."""
    return last is not None and abs(at - last) < wait


def has_passed(deadline: datetime | None, at: datetime) -> bool:
    """Whether a deadline has been reached; no deadline never is (GEN-R6)."""
    return deadline is not None and at >= deadline
