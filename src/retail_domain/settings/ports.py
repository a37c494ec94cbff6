"""What settings need from a store."""

from __future__ import annotations

from typing import Protocol

from retail_domain.kernel.change import Change
from retail_domain.kernel.units import Unit
from retail_domain.settings.model import SettingsChange, Timetable


class SettingsBook(Protocol):
    """Every change of settings there ever was. What was read once is kept as long as no change follows it."""

    async def timetable(self) -> Timetable:
        """All that is committed, of one moment."""
        ...

    def save(self, change: Change[SettingsChange]) -> None:
        """Stage it; one a number, else `Taken` at commit."""
        ...


class SettingsWork(Unit, Protocol):
    """The unit of work of settings."""

    @property
    def settings(self) -> SettingsBook:
        """Their changes."""
        ...
