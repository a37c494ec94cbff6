"""A process of one release that does one deed after the other, as it is told: one line of JSON in, one out.

PYTHON -m tests.upgrade.hand sqlite:///shop.db|postgresql://...
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from retail_adapters.sql.audit import audit
from retail_adapters.sql.migrations import check, upgrade
from retail_adapters.sql.postgres import PostgresDatabase, open_pool
from retail_adapters.sql.sqlite import SqliteDatabase
from retail_domain.kernel.errors import DomainError
from tests.upgrade.deeds import Hands, Life


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Any]:
    if url.startswith("sqlite"):
        sqlite = SqliteDatabase(url.removeprefix("sqlite:///"), durable=False)
        try:
            yield sqlite
        finally:
            await sqlite.close()
    else:
        pool = await open_pool(url)
        try:
            yield PostgresDatabase(pool)
        finally:
            await pool.close()


async def _obey(url: str, database: Any, wish: dict[str, Any]) -> dict[str, Any]:
    clock = Hands(datetime.fromisoformat(wish["at"]))
    life = Life.on(database, clock, wish["notes"])
    deed = wish["deed"]
    if deed == "upgrade":
        await asyncio.to_thread(upgrade, url)
        return {"told": (await asyncio.to_thread(check, url))[0]}
    if deed == "audit":
        books = sum(one.balance.minor for one in await life.retail.payments.show.balances())
        return {"told": [str(one) for one in await audit(database, at=clock.at)] + ([f"books: {books}"] if books else [])}
    if deed in ("opens", "works"):
        await getattr(life, deed)()
    else:
        await life.does(deed, wish["name"])
    return {"notes": life.notes, "at": clock.at.isoformat()}


async def _serve(url: str) -> None:
    async with _opened(url) as database:
        while line := await asyncio.to_thread(sys.stdin.readline):
            try:
                answer = await _obey(url, database, json.loads(line))
            except DomainError as refused:
                answer = {"refused": refused.code}
            except Exception as bug:
                answer = {"broken": f"{type(bug).__name__}: {bug}"}
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
