"""A clock that stands still until it is told otherwise (GEN-R6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from attrs import define


@define
class SettableClock:
    """Shows the time it was set to; time passes only when a test says so."""

    at: datetime = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The time it was last set to."""
        return self.at

    def set(self, at: datetime) -> None:
        """Show another time, forward or back."""
        if at.tzinfo is None:
            raise ValueError("a time needs its zone")
        self.at = at

    def advance(self, by: timedelta | None = None, **units: float) -> datetime:
        """Let time pass: `clock.advance(minutes=5)`; answers the new time."""
        self.at += (by or timedelta()) + timedelta(**units)
        return self.at
