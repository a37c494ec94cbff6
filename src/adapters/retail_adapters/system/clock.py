"""What time it is: the machine's clock, or a file that a tester writes (R29)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from attrs import frozen


@frozen
class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        return datetime.now(UTC)


@frozen
class FileClock:
    """The instant written in a file, read afresh each time, so that every process sees the same (RETAIL_TEST_CLOCK)."""

    path: Path

    def now(self) -> datetime:
        """The instant in the file, in UTC. Raises ValueError when the file holds no ISO 8601 instant with its offset."""
        written = datetime.fromisoformat(self.path.read_text(encoding="utf-8").strip())
        if written.tzinfo is None:
            raise ValueError(f"{self.path.name} must hold an ISO 8601 instant with an offset, such as 2026-01-31T12:00:00Z")
        return written.astimezone(UTC)
