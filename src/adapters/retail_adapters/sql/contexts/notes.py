"""Notes in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Rows
from retail_adapters.sql.session import SqlCollection, inserted, updated
from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.notes import notes
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.sql.writes import insert_into, update_of
from retail_adapters.system.units import Manifest, collection
from retail_domain.notes import Notes, NotesWork, ThingSort

_OF_THINGS: Final = (
    select(notes).where(notes.c.sort == bindparam("sort"), AnyOf(notes.c.thing_id, "ids")).order_by(notes.c.thing_id)
)
_OF: Final = Statement("notes.of", _OF_THINGS)
_CLAIM: Final = Statement("notes.claim", _OF_THINGS.with_for_update())
_ROWS: Final = Rows(notes, Notes)


class SqlNotes(SqlCollection[tuple[ThingSort, UUID], Notes]):
    """What programs keep with things; see the port."""

    table = notes

    def key(self, state: Notes) -> tuple[ThingSort, UUID]:
        """What it is about."""
        return state.sort, state.thing_id

    async def claim(self, sort: ThingSort, ids: Iterable[UUID]) -> Mapping[UUID, Notes]:
        """Locked, ascending."""
        return await self._found(_CLAIM, sort, ids)

    async def of(self, sort: ThingSort, ids: Iterable[UUID]) -> Mapping[UUID, Notes]:
        """Staged or stored."""
        return await self._found(_OF, sort, ids)

    async def _found(self, how: Statement, sort: ThingSort, ids: Iterable[UUID]) -> Mapping[UUID, Notes]:
        wanted = sorted({*ids})
        rows = {row["thing_id"]: _ROWS.state(row) for row in await self._session.tx.rows(how, sort=sort, ids=wanted)}
        seen = ((id, self.seen((sort, id), rows.get(id))) for id in wanted)
        return {id: one for id, one in seen if one is not None}

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, _ROWS.row(one)) for one in self.new()]
        changed = [updated(before, _ROWS.row(after)) for before, after in self.changed()]
        return [Flush(insert_into(notes), new), Flush(update_of(notes), changed, "notes")]


class Collections(SqlUnit):
    """What programs keep with things."""

    notes = collection(SqlNotes)


MANIFEST: Final = Manifest[NotesWork, None](Collections)
