"""Counters in SQL: of every context, since one table counts whatever costs something (ACC-R7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.portions import ended_before
from retail_adapters.sql.rows import Rows
from retail_adapters.sql.session import SqlCollection, inserted, updated
from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.accounts import send_slots
from retail_adapters.sql.writes import insert_into, update_of
from retail_domain.kernel.counting import Slot

_CLAIM_SLOTS: Final = Statement(
    "send_slots.claim",
    select(send_slots).where(AnyOf(send_slots.c.key, "keys")).order_by(send_slots.c.key).with_for_update(),
)
_READ_SLOTS: Final = Statement("send_slots.read", select(send_slots).where(AnyOf(send_slots.c.key, "keys")))
_SWEEP_SLOTS: Final = Statement("send_slots.sweep", ended_before(send_slots, send_slots.c.ends_at))
_SLOTS: Final = Rows(send_slots, Slot)
_INSERT_SLOTS: Final = insert_into(send_slots)
_UPDATE_SLOTS: Final = update_of(send_slots)


class SqlCounters(SqlCollection[str, Slot]):
    """Counters; see the port."""

    table = send_slots

    def key(self, state: Slot) -> str:
        """What is counted."""
        return state.key

    async def claim(self, keys: Iterable[str]) -> Mapping[str, Slot]:
        """Lock these counters, ascending."""
        rows = await self._session.tx.rows(_CLAIM_SLOTS, keys=sorted(set(keys)))
        return {one.key: self.seen(one.key, one) or one for one in map(_SLOTS.state, rows)}

    async def read(self, keys: Iterable[str]) -> Mapping[str, Slot]:
        """These counters, as they are."""
        rows = await self._session.tx.rows(_READ_SLOTS, keys=sorted(set(keys)))
        return {one.key: self.seen(one.key, one) or one for one in map(_SLOTS.state, rows)}

    async def sweep(self, before: datetime, limit: int) -> int:
        """The oldest first."""
        return await self._session.tx.changed(_SWEEP_SLOTS, before=before, most=limit)

    def flushes(self) -> Sequence[Flush]:
        """New ones in key order, so that two first uses cannot wait for each other; then changed ones."""
        new = [inserted(state, _SLOTS.row(state)) for state in sorted(self.new(), key=lambda one: one.key)]
        changed = [updated(before, _SLOTS.row(state)) for before, state in self.changed()]
        return [Flush(_INSERT_SLOTS, new), Flush(_UPDATE_SLOTS, changed, "slot")]
