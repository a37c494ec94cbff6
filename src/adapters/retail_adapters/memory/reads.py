"""The read side in memory: one query object a context."""

from __future__ import annotations

from functools import cached_property

from attrs import frozen

from retail_adapters.memory.accounts import MemoryAccountsQueries
from retail_adapters.memory.catalog import MemoryCatalogReader
from retail_adapters.memory.deliveries import MemoryOutboxQueries
from retail_adapters.memory.inventory import MemoryInventoryQueries
from retail_adapters.memory.ordering import MemoryOrderQueries, MemoryParcelQueries
from retail_adapters.memory.payments import MemoryPaymentQueries
from retail_adapters.memory.store import Memory


@frozen(slots=False)
class MemoryReads:
    """Query objects over one memory."""

    memory: Memory

    @cached_property
    def accounts(self) -> MemoryAccountsQueries:
        """Members, staff, sessions."""
        return MemoryAccountsQueries(self.memory)

    @cached_property
    def catalog(self) -> MemoryCatalogReader:
        """Goods, categories, brands."""
        return MemoryCatalogReader(self.memory)

    @cached_property
    def inventory(self) -> MemoryInventoryQueries:
        """Stock, alerts, moves."""
        return MemoryInventoryQueries(self.memory)

    @cached_property
    def outbox(self) -> MemoryOutboxQueries:
        """What must still follow from what happened."""
        return MemoryOutboxQueries(self.memory)

    @cached_property
    def ordering(self) -> MemoryOrderQueries:
        """Orders."""
        return MemoryOrderQueries(self.memory)

    @cached_property
    def fulfilment(self) -> MemoryParcelQueries:
        """Parcels."""
        return MemoryParcelQueries(self.memory)

    @cached_property
    def payments(self) -> MemoryPaymentQueries:
        """Payments, refunds, balances."""
        return MemoryPaymentQueries(self.memory)
