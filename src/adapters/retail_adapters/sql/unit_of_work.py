"""Units of work on a database: each has every collection, and each use case sees only the part it declares."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Final

from attrs import frozen

from retail_adapters.sql.database import Database, Transaction
from retail_adapters.sql.session import SqlTools
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.system.units import manifests, whole_unit

SqlUnitOfWork: Final[type[SqlUnit]] = whole_unit("SqlUnitOfWork", manifests("retail_adapters.sql.contexts"))


@frozen
class SqlStore:
    """Opens units of work on a database."""

    database: Database
    tools: SqlTools

    def begin(self) -> AbstractAsyncContextManager[Any]:
        """`async with store.begin() as work:`; leaving without commit rolls back."""
        return _Opened(self.database.begin(), self.tools)

    def look(self) -> AbstractAsyncContextManager[Any]:
        """A unit that only reads: one moment throughout, and it waits for no writer."""
        return _Opened(self.database.begin(read_only=True), self.tools)


@frozen(eq=False)
class _Opened:
    """A unit on a transaction; a class, since there is one around every request."""

    _transaction: AbstractAsyncContextManager[Transaction]
    _tools: SqlTools

    async def __aenter__(self) -> SqlUnit:
        return SqlUnitOfWork(await self._transaction.__aenter__(), self._tools)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._transaction.__aexit__(kind, error, trace)
