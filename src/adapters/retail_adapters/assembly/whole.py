"""The widest unit of work and the widest read side: what every store must satisfy structurally."""

from __future__ import annotations

from typing import Protocol

from retail_domain.accounts.ports import AccountsWork, AddressWork
from retail_domain.accounts.queries import AccountsQueries
from retail_domain.catalog.queries import CatalogReader
from retail_domain.fulfilment import ParcelQueries
from retail_domain.insight.ports import InsightWork
from retail_domain.inventory.ports import InventoryWork
from retail_domain.inventory.queries import InventoryQueries
from retail_domain.kernel.hosted import HostingWork
from retail_domain.ordering import OrderQueries
from retail_domain.payments import PaymentQueries
from retail_domain.processes.delivery.catalogue_import import ImportWork
from retail_domain.processes.delivery.completing import CompletingWork
from retail_domain.processes.delivery.shipping import ShippingWork
from retail_domain.processes.money.closing import ClosingWork
from retail_domain.processes.money.going_on import GoingOnWork
from retail_domain.processes.purchase.carting import CartingWork
from retail_domain.processes.purchase.checkout import CheckoutWork
from retail_domain.processes.purchase.quoting import QuotingWork
from retail_domain.processes.worker.relay import OutboxQueries, RelayWork


class WholeWork(
    ImportWork,
    InsightWork,
    InventoryWork,
    RelayWork,
    AccountsWork,
    AddressWork,
    QuotingWork,
    CartingWork,
    CheckoutWork,
    ClosingWork,
    CompletingWork,
    GoingOnWork,
    ShippingWork,
    HostingWork,
    Protocol,
):
    """A unit of work that has every collection."""


class WholeReads(Protocol):
    """Every query object of the read side."""

    @property
    def accounts(self) -> AccountsQueries:
        """Members, staff, sessions."""
        ...

    @property
    def catalog(self) -> CatalogReader:
        """Goods, categories, brands."""
        ...

    @property
    def inventory(self) -> InventoryQueries:
        """Stock, alerts, moves."""
        ...

    @property
    def outbox(self) -> OutboxQueries:
        """What must still follow from what happened."""
        ...

    @property
    def ordering(self) -> OrderQueries:
        """Orders."""
        ...

    @property
    def fulfilment(self) -> ParcelQueries:
        """Parcels."""
        ...

    @property
    def payments(self) -> PaymentQueries:
        """Payments, refunds, balances."""
        ...
