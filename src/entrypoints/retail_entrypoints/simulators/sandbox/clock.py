"""What time it is for the simulated provider."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path


class Clock:
    """The machine's time, or the instant in the file that `RETAIL_TEST_CLOCK` names, read afresh each time."""

    def __init__(self, file: str | None = None) -> None:
        self._file = Path(file) if file else None
        self._last: datetime | None = None

    def now(self) -> datetime:
        """This instant in UTC; while a tester is rewriting the file, the instant read before."""
        if self._file is None:
            return datetime.now(UTC)
        try:
            self._last = parse_time(self._file.read_text(encoding="utf-8").strip())
        except (OSError, ValueError):
            return self._last or datetime.now(UTC)
        return self._last


def parse_time(text: str) -> datetime:
    """An ISO 8601 instant with its offset, in UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return moment.astimezone(UTC)
