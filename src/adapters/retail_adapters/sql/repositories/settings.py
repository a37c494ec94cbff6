"""Changes of settings in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Rows, called, spread
from retail_adapters.sql.session import SqlCollection, inserted
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.settings import settings_changes
from retail_adapters.sql.writes import insert_into
from retail_domain.kernel.actor import Actor
from retail_domain.settings import NO_CHANGES, SettingsChange, Timetable

NEWEST_SET: Final = select(func.max(settings_changes.c.number)).scalar_subquery().label("settings_version")
"""The version of all settings, for statements that look at something else besides: deciding asks nothing more (SET-R4)."""

_NEWEST: Final = Statement("settings.newest", select(func.max(settings_changes.c.number).label("settings_version")))
_ALL: Final = Statement("settings.all", select(settings_changes).order_by(settings_changes.c.number))
_ROWS: Final = Rows(
    settings_changes,
    SettingsChange,
    parts={"values": called("settings"), "actor": spread(Actor, "actor_kind", "actor_ref")},
)


class SqlSettingsBook(SqlCollection[int, SettingsChange]):
    """See the port. A change never changes, so what was read under a version is read once a process."""

    table = settings_changes

    def key(self, state: SettingsChange) -> int:
        """Its number."""
        return state.number

    async def timetable(self) -> Timetable:
        """The version first, and the changes only if it is another one."""
        (row,) = await self._session.tx.rows(_NEWEST)
        return await self.of_version(row["settings_version"])

    async def of_version(self, newest: int | None) -> Timetable:
        """The changes up to the newest, or to one that has come since."""
        if newest is None:
            return NO_CHANGES
        known: Timetable | None = self._session.tools.kept.timetable
        if known is not None and known.newest == newest:
            return known
        read = Timetable(tuple(map(_ROWS.state, await self._session.tx.rows(_ALL))))
        if self._session.tools.own_transactions:
            self._session.tools.kept.timetable = read
        return read

    def flushes(self) -> Sequence[Flush]:
        """New ones: they never change."""
        return [Flush(insert_into(settings_changes), [inserted(one, _ROWS.row(one)) for one in self.new()])]
