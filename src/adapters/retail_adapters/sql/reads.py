"""The read side in SQL: one query object a context."""

from __future__ import annotations

from functools import cached_property

from attrs import frozen

from retail_adapters.sql.database import Database
from retail_adapters.sql.queries.accounts import SqlAccountsQueries
from retail_adapters.sql.queries.catalog import SqlCatalogReader
from retail_adapters.sql.queries.inventory import SqlInventoryQueries
from retail_adapters.sql.queries.ordering import SqlOrderQueries, SqlParcelQueries
from retail_adapters.sql.queries.outbox import SqlOutboxQueries
from retail_adapters.sql.queries.payments import SqlPaymentQueries


@frozen(slots=False)
class SqlReads:
    """Query objects over one database, outside any unit of work."""

    database: Database

    @cached_property
    def accounts(self) -> SqlAccountsQueries:
        """Members, staff, sessions."""
        return SqlAccountsQueries(self.database)

    @cached_property
    def catalog(self) -> SqlCatalogReader:
        """Goods, categories, brands."""
        return SqlCatalogReader(self.database)

    @cached_property
    def inventory(self) -> SqlInventoryQueries:
        """Stock, alerts, moves."""
        return SqlInventoryQueries(self.database)

    @cached_property
    def outbox(self) -> SqlOutboxQueries:
        """What must still follow from what happened."""
        return SqlOutboxQueries(self.database)

    @cached_property
    def ordering(self) -> SqlOrderQueries:
        """Orders."""
        return SqlOrderQueries(self.database)

    @cached_property
    def fulfilment(self) -> SqlParcelQueries:
        """Parcels."""
        return SqlParcelQueries(self.database)

    @cached_property
    def payments(self) -> SqlPaymentQueries:
        """Payments, refunds, balances."""
        return SqlPaymentQueries(self.database)
