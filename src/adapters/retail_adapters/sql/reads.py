"""The read side in SQL: one query object a context."""

from __future__ import annotations

from functools import cached_property

from attrs import frozen

from retail_adapters.sql.database import Database
from retail_adapters.sql.queries.inventory import SqlInventoryQueries
from retail_adapters.sql.queries.outbox import SqlOutboxQueries


@frozen(slots=False)
class SqlReads:
    """Query objects over one database, outside any unit of work."""

    database: Database

    @cached_property
    def inventory(self) -> SqlInventoryQueries:
        """Stock, alerts, moves."""
        return SqlInventoryQueries(self.database)

    @cached_property
    def outbox(self) -> SqlOutboxQueries:
        """What must still follow from what happened."""
        return SqlOutboxQueries(self.database)
