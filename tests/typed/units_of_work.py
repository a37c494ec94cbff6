"""Read by mypy, run by nobody: the units of both stores have whatever processes ask of one, from several contexts at once.

That a context's own use cases find what they declare is proven beside its manifest.
"""

from __future__ import annotations

from typing import Protocol

from retail_adapters.memory.contexts.accounts import Collections as MemoryAccounts
from retail_adapters.memory.contexts.cart import Collections as MemoryCart
from retail_adapters.memory.contexts.catalog import Collections as MemoryCatalog
from retail_adapters.memory.contexts.coupons import Collections as MemoryCoupons
from retail_adapters.memory.contexts.fulfilment import Collections as MemoryFulfilment
from retail_adapters.memory.contexts.insight import Collections as MemoryInsight
from retail_adapters.memory.contexts.inventory import Collections as MemoryInventory
from retail_adapters.memory.contexts.ordering import Collections as MemoryOrdering
from retail_adapters.memory.contexts.outbox import Collections as MemoryOutbox
from retail_adapters.memory.contexts.payments import Collections as MemoryPayments
from retail_adapters.memory.contexts.points import Collections as MemoryPoints
from retail_adapters.memory.contexts.pricing import Collections as MemoryPricing
from retail_adapters.memory.contexts.reviews import Collections as MemoryReviews
from retail_adapters.memory.contexts.settings import Collections as MemorySettings
from retail_adapters.memory.contexts.tiers import Collections as MemoryTiers
from retail_adapters.sql.contexts.accounts import Collections as SqlAccounts
from retail_adapters.sql.contexts.cart import Collections as SqlCart
from retail_adapters.sql.contexts.catalog import Collections as SqlCatalog
from retail_adapters.sql.contexts.coupons import Collections as SqlCoupons
from retail_adapters.sql.contexts.fulfilment import Collections as SqlFulfilment
from retail_adapters.sql.contexts.insight import Collections as SqlInsight
from retail_adapters.sql.contexts.inventory import Collections as SqlInventory
from retail_adapters.sql.contexts.ordering import Collections as SqlOrdering
from retail_adapters.sql.contexts.outbox import Collections as SqlOutbox
from retail_adapters.sql.contexts.payments import Collections as SqlPayments
from retail_adapters.sql.contexts.points import Collections as SqlPoints
from retail_adapters.sql.contexts.pricing import Collections as SqlPricing
from retail_adapters.sql.contexts.reviews import Collections as SqlReviews
from retail_adapters.sql.contexts.settings import Collections as SqlSettings
from retail_adapters.sql.contexts.tiers import Collections as SqlTiers
from retail_domain.accounts.ports import AddressWork
from retail_domain.kernel.hosted import HostingWork
from retail_domain.processes.delivery.completing import CompletingWork
from retail_domain.processes.delivery.redirecting import RedirectingWork
from retail_domain.processes.delivery.shipping import ShippingWork
from retail_domain.processes.delivery.stocking import StockingWork
from retail_domain.processes.money.closing import ClosingWork
from retail_domain.processes.money.going_on import GoingOnWork
from retail_domain.processes.purchase.checkout import CheckoutWork
from retail_domain.processes.purchase.quoting import QuotingWork
from retail_domain.processes.worker.reactions import ReactingWork
from retail_domain.processes.worker.relay import RelayWork


class ProcessWork(
    RedirectingWork,
    AddressWork,
    ReactingWork,
    ShippingWork,
    ClosingWork,
    GoingOnWork,
    CompletingWork,
    CheckoutWork,
    QuotingWork,
    StockingWork,
    RelayWork,
    HostingWork,
    Protocol,
):
    """What processes, and the doors of accounts, ask of a store."""


class EveryMemoryCollection(
    MemoryAccounts,
    MemoryCart,
    MemoryCatalog,
    MemoryCoupons,
    MemoryFulfilment,
    MemoryInsight,
    MemoryInventory,
    MemoryOrdering,
    MemoryOutbox,
    MemoryPayments,
    MemoryPoints,
    MemoryPricing,
    MemoryReviews,
    MemorySettings,
    MemoryTiers,
):
    """The unit in memory that `whole_unit` makes."""


class EverySqlCollection(
    SqlAccounts,
    SqlCart,
    SqlCatalog,
    SqlCoupons,
    SqlFulfilment,
    SqlInsight,
    SqlInventory,
    SqlOrdering,
    SqlOutbox,
    SqlPayments,
    SqlPoints,
    SqlPricing,
    SqlReviews,
    SqlSettings,
    SqlTiers,
):
    """The unit on a database that `whole_unit` makes."""


def of_memory(unit: EveryMemoryCollection) -> ProcessWork:
    """Holds, or mypy says what is missing."""
    return unit


def of_a_database(unit: EverySqlCollection) -> ProcessWork:
    """The same."""
    return unit
