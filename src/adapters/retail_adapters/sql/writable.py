"""Whether a database takes writes now: a server that can only read must not be sent buyers (R37, R47)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from attrs import define, field
from sqlalchemy import bindparam, delete, text

from retail_adapters.sql.database import Database
from retail_adapters.sql.sqlite import SqliteDatabase
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.inventory import locations
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.errors import CommitUnknown, Retry, Unavailable

PULSE_HOLDS: Final = timedelta(seconds=5)
"""How long a good answer is believed."""

_NOBODY: Final = UUID(int=0)
# PostgreSQL refuses the mere wish to write when it is a stand-by or read-only, so a wish that finds no row is enough.
_WISH: Final = Statement("health.wish", delete(locations).where(locations.c.id == bindparam("id")))
# SQLite finds out when it writes: one page with the contents it has.
_REWRITE: Final = Statement("health.rewrite", text("UPDATE retail.alembic_version SET version_num = version_num"))


async def check_writable(database: Database) -> None:
    """Store nothing new, in a way that fails as any order would. Raises Unavailable, CommitUnknown.

    A database that is busy with other writers takes writes.
    """
    with suppress(Retry):
        async with database.begin() as transaction:
            if isinstance(database, SqliteDatabase):
                await transaction.changed(_REWRITE)
            else:
                await transaction.changed(_WISH, id=_NOBODY)
            await transaction.commit()


@define
class Pulse:
    """Whether the database takes writes, found out at most every few seconds however often somebody asks."""

    database: Database
    clock: Clock
    _found_at: datetime | None = None
    _turn: asyncio.Lock = field(factory=asyncio.Lock)

    async def is_there(self) -> bool:
        """A good answer is believed for a while, a bad one never."""
        async with self._turn:
            now = self.clock.now()
            if self._found_at is not None and self._found_at <= now < self._found_at + PULSE_HOLDS:
                return True
            self._found_at = None
            try:
                await check_writable(self.database)
            except (Unavailable, CommitUnknown):
                return False
            self._found_at = now
            return True
