"""Time is an argument (GEN-R6): windows are half-open, so a thing has expired when `now >= end`."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        ...


def has_passed(deadline: datetime | None, at: datetime) -> bool:
    """Whether a deadline has been reached; no deadline never is (GEN-R6)."""
    return deadline is not None and at >= deadline
