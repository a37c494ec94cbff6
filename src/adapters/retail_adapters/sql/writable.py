"""Whether a database takes writes now: a server that can only read must not be sent buyers (R37, R47)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from attrs import define
from sqlalchemy import bindparam, delete, text

from retail_adapters.sql.database import Database
from retail_adapters.sql.sqlite import SqliteDatabase
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.inventory import locations
from retail_adapters.system.retry import LOCK_TIMEOUT
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


LOOK_SECONDS: Final = 3.0
"""Who asks is answered within this time, whoever keeps the database busy."""


@define
class Pulse:
    """Whether the database takes writes, found out at most every few seconds however often somebody asks.

    Who has waited for long enough is told what is known: a file of SQLite that others write to takes writes in turn; a server
    that has not answered does not.
    """

    database: Database
    clock: Clock
    _found_at: datetime | None = None
    _look: asyncio.Task[bool] | None = None

    async def is_there(self) -> bool:
        """A good answer is believed for a while, a bad one never."""
        now = self.clock.now()
        if self._found_at is not None and self._found_at <= now < self._found_at + PULSE_HOLDS:
            return True
        self._found_at = None
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._looked())
        done, _ = await asyncio.wait({self._look}, timeout=LOOK_SECONDS)
        return self._look.result() if done else isinstance(self.database, SqliteDatabase)

    async def aclose(self) -> None:
        """Look no more; before the database is closed."""
        if self._look is not None:
            self._look.cancel()
            await asyncio.gather(self._look, return_exceptions=True)

    async def _looked(self) -> bool:
        try:
            await check_writable(self.database)
        except (Unavailable, CommitUnknown) as away:
            return away.reason == LOCK_TIMEOUT
        self._found_at = self.clock.now()
        return True
