"""What every unit of work on a database is, whatever it keeps."""

from __future__ import annotations

from retail_adapters.sql.database import Transaction
from retail_adapters.sql.repositories.counting import SqlCounters
from retail_adapters.sql.repositories.outbox import SqlAnswers, event_flushes
from retail_adapters.sql.session import SqlSession, SqlTools
from retail_adapters.system.units import StoreUnit, collection


class SqlUnit(StoreUnit[SqlSession]):
    """Collections over one transaction, answers and counters among them; nothing is written before `commit`."""

    answers = collection(SqlAnswers)
    counters = collection(SqlCounters)

    def __init__(self, transaction: Transaction, tools: SqlTools) -> None:
        self._session = SqlSession(transaction, tools)

    async def commit(self) -> None:
        """Write everything staged, then the events and their deliveries; make it last."""
        await self._session.tx.finish(self._session.flushes(event_flushes(self._session)))

    async def flush(self) -> None:
        """Write what is staged so far and forget it, for long units such as an import; it lasts only if the unit commits."""
        await self._session.flush(event_flushes(self._session))
        session = self._session.renewed()
        self.__dict__.clear()
        self._session = session
