"""The read side in SQL: one query object a context, each with its context's code loaded when it is first asked."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from retail_adapters.sql.database import Database

if TYPE_CHECKING:
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
        from retail_adapters.sql.queries.accounts import SqlAccountsQueries

        return SqlAccountsQueries(self.database)

    @cached_property
    def catalog(self) -> SqlCatalogReader:
        """Goods, categories, brands."""
        from retail_adapters.sql.queries.catalog import SqlCatalogReader

        return SqlCatalogReader(self.database)

    @cached_property
    def inventory(self) -> SqlInventoryQueries:
        """Stock, alerts, moves."""
        from retail_adapters.sql.queries.inventory import SqlInventoryQueries

        return SqlInventoryQueries(self.database)

    @cached_property
    def outbox(self) -> SqlOutboxQueries:
        """What must still follow from what happened."""
        from retail_adapters.sql.queries.outbox import SqlOutboxQueries

        return SqlOutboxQueries(self.database)

    @cached_property
    def ordering(self) -> SqlOrderQueries:
        """Orders."""
        from retail_adapters.sql.queries.ordering import SqlOrderQueries

        return SqlOrderQueries(self.database)

    @cached_property
    def fulfilment(self) -> SqlParcelQueries:
        """Parcels."""
        from retail_adapters.sql.queries.ordering import SqlParcelQueries

        return SqlParcelQueries(self.database)

    @cached_property
    def payments(self) -> SqlPaymentQueries:
        """Payments, refunds, balances."""
        from retail_adapters.sql.queries.payments import SqlPaymentQueries

        return SqlPaymentQueries(self.database)
