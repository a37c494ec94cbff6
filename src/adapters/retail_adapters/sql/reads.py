"""The read side in SQL: one query object a context, each loaded with its context when it is first asked."""

from __future__ import annotations

from retail_adapters.sql.database import Database
from retail_adapters.system.units import Reads


class SqlReads(Reads):
    """Query objects over one database, outside any unit of work."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "retail_adapters.sql.contexts")
