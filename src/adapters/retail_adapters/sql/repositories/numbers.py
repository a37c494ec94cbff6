"""Numbers of events, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Boolean, bindparam, func, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.compiler import SQLCompiler

from retail_adapters.sql.database import Flush
from retail_adapters.sql.session import SqlSession, Staging
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.outbox import events
from retail_adapters.sql.types import Whole


class EventNumber(ColumnElement[int]):
    """The number of an event. On SQLite writers come one after the other, so that it is the position from the commit on."""

    inherit_cache = False
    type = Whole()

    @property
    def _from_objects(self) -> list[Any]:
        return [events]


@compiles(EventNumber, "postgresql")
def _is_given(_: EventNumber, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(events.c.number, **options)


@compiles(EventNumber)
def _is_position(_: EventNumber, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(events.c.position, **options)


NUMBER: Final = EventNumber()
_LOCK: Final = 7205759403792795
_MISSING: Final = Statement("events.unnumbered", select(events.c.position).where(NUMBER.is_(None)).limit(1))
_TURN: Final = Statement(
    "events.turn", select(func.pg_try_advisory_xact_lock(literal(_LOCK, Whole()), type_=Boolean()).label("is_mine"))
)
_oldest = (
    select(events.c.position)
    .where(events.c.number.is_(None)).order_by(events.c.position).limit(bindparam("most", type_=Whole())).subquery("oldest")
)  # fmt: skip
_given = events.alias("given")
_last = select(func.coalesce(func.max(_given.c.number), 0)).where(_given.c.number.is_not(None)).scalar_subquery()
_next = select(_oldest.c.position, (_last + func.row_number().over(order_by=_oldest.c.position)).label("number")).subquery(
    "next"
)
_GIVE: Final = Statement(
    "events.number", events.update().where(events.c.position == _next.c.position).values(number=_next.c.number)
)


class SqlNumbers(Staging):
    """What gives events their numbers; see the port."""

    table = events

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def are_missing(self) -> bool:
        """Never on SQLite."""
        return bool(await self._session.tx.rows(_MISSING))

    async def give(self, most: int) -> int:
        """The lock ends with the transaction; what is numbered is looked up after it was taken, by a statement of its own."""
        (turn,) = await self._session.tx.rows(_TURN)
        return await self._session.tx.changed(_GIVE, most=most) if turn["is_mine"] else 0

    def flushes(self) -> Sequence[Flush]:
        """Nothing is staged."""
        return ()
