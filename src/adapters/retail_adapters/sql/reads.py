"""The read side in SQL: one query object a context."""

from __future__ import annotations

from attrs import frozen

from retail_adapters.sql.database import Database


@frozen(slots=False)
class SqlReads:
    """Query objects over one database, outside any unit of work."""

    database: Database
