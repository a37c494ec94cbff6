"""A database with as many orders as wanted: pasts that the shop lived through, multiplied until the number is reached.

Nine hundred and ninety of a thousand orders are over; the others, of today, are on their way. What a sweep would have cleared
away is not there: quotes that ran out, answers that need not be repeated any more, sessions that ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from attrs import define

from benchmarks.databases import Database
from benchmarks.furnished import Goods, in_loop
from benchmarks.multiply import Copies, ground, keep, multiply
from benchmarks.past import LIVED, TICK, MarkedIds, Past, finished, life, mark_of, now, under_way
from retail_adapters.sql.database import Database as SqlDatabase
from retail_adapters.sql.postgres import PostgresDatabase, open_pool
from retail_adapters.sql.sqlite import SqliteDatabase
from tests.support.sandbox import Sandbox

MEMBERS: Final = 5
ORDERS: Final = 250
"""So many orders has a past that is over, fifty for each of its members."""
UNDER_WAY: Final = 20
_SHARE: Final = 100
"""One of so many orders is on its way."""
_STEP: Final = 330
_SPAN: Final = _STEP * TICK
"""A past of six hours after the other."""


@define
class Filled:
    """A database that can be filled further; a past of each kind is in it already."""

    database: Database
    over: Past
    on_the_way: Past
    copies_over: int = 0
    copies_on_the_way: int = 0

    @property
    def orders(self) -> int:
        """How many there are."""
        return ORDERS * (1 + self.copies_over) + UNDER_WAY * (1 + self.copies_on_the_way)

    def fill(self, orders: int) -> None:
        """Make it so many."""
        on_the_way = max(orders // _SHARE // UNDER_WAY - 1, 0)
        over = max((orders - UNDER_WAY * (1 + on_the_way)) // ORDERS - 1, 0)
        with ground(self.database.url) as below:
            if over > self.copies_over:
                first = self.copies_over + 1
                multiply(below, Copies(name="over", past=self.over, step=_STEP, moved=True, first=first, last=over))
            if on_the_way > self.copies_on_the_way:
                first = self.copies_on_the_way + 1
                multiply(below, Copies(name="today", past=self.on_the_way, step=1, moved=False, first=first, last=on_the_way))
            below.settle()
        self.copies_over, self.copies_on_the_way = max(over, self.copies_over), max(on_the_way, self.copies_on_the_way)

    @property
    def in_the_middle(self) -> UUID:
        """An id greater than those of half of the orders that are over."""
        return UUID(int=(self.over.mark + _STEP * (self.copies_over // 2)) << 96)

    def phones(self, copies: Sequence[int]) -> list[str]:
        """The phones of the members of these copies of what is over."""
        return [f"+{int(member.phone[1:]) + 1000 * copy}" for copy in copies for member in self.over.members]


def lived(database: Database, sandbox: Sandbox, goods: Sequence[Goods], *, most: int) -> Filled:
    """Let the shop live through both pasts, on a database that has goods; there is room for so many orders."""
    sandbox.send_notices(False)
    began = now() - LIVED - _SPAN * (most // ORDERS + 2)
    over = in_loop(_lived(database, sandbox, goods, began, is_over=True))
    today = in_loop(_lived(database, sandbox, goods, now(), is_over=False))
    with ground(database.url) as below:
        keep(below, "over", over)
        keep(below, "today", today)
    return Filled(database, over, today)


async def _lived(database: Database, sandbox: Sandbox, goods: Sequence[Goods], at: datetime, *, is_over: bool) -> Past:
    ids = MarkedIds(mark_of(at) if is_over else mark_of(at) - 10_000)
    opened_database = await _opened(database.url)
    try:
        async with life(opened_database, sandbox, goods, ids, at) as living:
            if is_over:
                return await finished(living, members=MEMBERS, orders=ORDERS, span=_SPAN)
            return await under_way(living, members=UNDER_WAY // 2, first=MEMBERS)
    finally:
        await _closed(opened_database)


async def _opened(url: str) -> SqlDatabase:
    if url.startswith("sqlite"):
        return SqliteDatabase(url.removeprefix("sqlite:///"), durable=False)
    return PostgresDatabase(await open_pool(url, connections_max=4))


async def _closed(database: SqlDatabase) -> None:
    if isinstance(database, SqliteDatabase):
        await database.close()
    elif isinstance(database, PostgresDatabase):
        await database._pool.close()
