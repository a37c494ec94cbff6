"""One unit of work in memory that has every collection."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any, TypeVar

from attrs import frozen

from retail_adapters.memory.accounts import (
    MemoryAddressBooks,
    MemoryAuditTrail,
    MemoryChallenges,
    MemoryDeliveryContacts,
    MemoryLogins,
    MemoryMembers,
    MemoryRegions,
    MemorySessions,
    MemorySlots,
    MemoryStaff,
)
from retail_adapters.memory.cart import MemoryCarts
from retail_adapters.memory.catalog import MemoryBrands, MemoryCategories, MemoryProducts, MemoryPurchaseCounters
from retail_adapters.memory.deliveries import MemoryDeliveries
from retail_adapters.memory.insight import MemoryBehaviour
from retail_adapters.memory.inventory import (
    MemoryLocations,
    MemoryReservations,
    MemoryStockAlerts,
    MemoryStockItems,
)
from retail_adapters.memory.ordering import MemoryOrders, MemoryParcels
from retail_adapters.memory.payments import MemoryInbox, MemoryLedger, MemoryPayments, MemoryRefunds
from retail_adapters.memory.pricing import MemoryPriceBookShelf, MemoryQuotes, MemoryShopWindow
from retail_adapters.memory.quotas import MemoryQuotas, MemoryQuotaShares
from retail_adapters.memory.sale_terms import MemorySaleTerms
from retail_adapters.memory.store import Memory, MemoryAnswers, MemorySession
from retail_domain.kernel.hosted import Hosted
from retail_domain.kernel.ranks import Rank

C = TypeVar("C")


class MemoryUnitOfWork:
    """Collections over one memory; nothing is visible to others before `commit`."""

    def __init__(self, memory: Memory, session: MemorySession | None = None) -> None:
        self._session = session or MemorySession(memory)

    async def commit(self) -> None:
        """Check and apply everything staged."""
        self._session.commit()

    async def flush(self) -> None:
        """Nothing to do: what is staged stays in memory either way."""

    def holds(self, rank: Rank) -> bool:
        """Whether rows of this rank, or of a later one, were locked in this unit."""
        return self._session.holds(rank)

    def hosted(self, which: Hosted[C]) -> C:
        """The host's collection in this unit. Raises KeyError if the store knows none of this name."""
        if which not in self._hosted:
            self._hosted[which] = self._session.tools.hosted[which](self._session)
        found: C = self._hosted[which]
        return found

    @cached_property
    def _hosted(self) -> dict[Hosted[Any], Any]:
        return {}

    @cached_property
    def answers(self) -> MemoryAnswers:
        """Idempotency (GEN-R7)."""
        return MemoryAnswers(self._session)

    @cached_property
    def members(self) -> MemoryMembers:
        """The members."""
        return MemoryMembers(self._session)

    @cached_property
    def logins(self) -> MemoryLogins:
        """Names and password hashes."""
        return MemoryLogins(self._session)

    @cached_property
    def challenges(self) -> MemoryChallenges:
        """One-time codes."""
        return MemoryChallenges(self._session)

    @cached_property
    def sessions(self) -> MemorySessions:
        """Who is logged in."""
        return MemorySessions(self._session)

    @cached_property
    def staff(self) -> MemoryStaff:
        """The staff."""
        return MemoryStaff(self._session)

    @cached_property
    def send_slots(self) -> MemorySlots:
        """How often something was done."""
        return MemorySlots(self._session)

    @cached_property
    def addresses(self) -> MemoryAddressBooks:
        """Address books."""
        return MemoryAddressBooks(self._session)

    @cached_property
    def delivery_contacts(self) -> MemoryDeliveryContacts:
        """Where orders go."""
        return MemoryDeliveryContacts(self._session)

    @cached_property
    def regions(self) -> MemoryRegions:
        """Administrative regions."""
        return MemoryRegions(self._session)

    @cached_property
    def audit_trail(self) -> MemoryAuditTrail:
        """What staff did."""
        return MemoryAuditTrail(self._session)

    @cached_property
    def deliveries(self) -> MemoryDeliveries:
        """The outbox."""
        return MemoryDeliveries(self._session)

    @cached_property
    def stock(self) -> MemoryStockItems:
        """Shelves."""
        return MemoryStockItems(self._session)

    @cached_property
    def reservations(self) -> MemoryReservations:
        """Promises."""
        return MemoryReservations(self._session)

    @cached_property
    def quotas(self) -> MemoryQuotas:
        """Campaign quotas."""
        return MemoryQuotas(self._session)

    @cached_property
    def quota_shares(self) -> MemoryQuotaShares:
        """What orders have of campaign quotas."""
        return MemoryQuotaShares(self._session)

    @cached_property
    def locations(self) -> MemoryLocations:
        """Warehouses and stores."""
        return MemoryLocations(self._session)

    @cached_property
    def alerts(self) -> MemoryStockAlerts:
        """Open stock alerts."""
        return MemoryStockAlerts(self._session)

    @cached_property
    def carts(self) -> MemoryCarts:
        """Carts."""
        return MemoryCarts(self._session)

    @cached_property
    def quotes(self) -> MemoryQuotes:
        """Quotes."""
        return MemoryQuotes(self._session)

    @cached_property
    def price_book(self) -> MemoryPriceBookShelf:
        """The price book."""
        return MemoryPriceBookShelf(self._session)

    @cached_property
    def sale_terms(self) -> MemorySaleTerms:
        """On what terms goods are sold."""
        return MemorySaleTerms(self._session.memory)

    @cached_property
    def window(self) -> MemoryShopWindow:
        """The shop window."""
        return MemoryShopWindow(self._session, self.price_book)

    @cached_property
    def orders(self) -> MemoryOrders:
        """Orders."""
        return MemoryOrders(self._session)

    @cached_property
    def parcels(self) -> MemoryParcels:
        """Parcels."""
        return MemoryParcels(self._session)

    @cached_property
    def payments(self) -> MemoryPayments:
        """Payment attempts."""
        return MemoryPayments(self._session)

    @cached_property
    def refunds(self) -> MemoryRefunds:
        """Refunds."""
        return MemoryRefunds(self._session)

    @cached_property
    def ledger(self) -> MemoryLedger:
        """The books."""
        return MemoryLedger(self._session)

    @cached_property
    def inbox(self) -> MemoryInbox:
        """Notices heard."""
        return MemoryInbox(self._session)

    @cached_property
    def products(self) -> MemoryProducts:
        """The goods."""
        return MemoryProducts(self._session)

    @cached_property
    def categories(self) -> MemoryCategories:
        """The tree of categories."""
        return MemoryCategories(self._session)

    @cached_property
    def brands(self) -> MemoryBrands:
        """The brands."""
        return MemoryBrands(self._session)

    @cached_property
    def purchase_counters(self) -> MemoryPurchaseCounters:
        """The counters behind purchase limits."""
        return MemoryPurchaseCounters(self._session)

    @cached_property
    def behaviour(self) -> MemoryBehaviour:
        """What people did."""
        return MemoryBehaviour(self._session)


@frozen
class MemoryStore:
    """Opens units of work on a memory."""

    memory: Memory

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[MemoryUnitOfWork]:
        """`async with store.begin() as work:`; leaving without commit forgets what was staged."""
        yield MemoryUnitOfWork(self.memory)

    @asynccontextmanager
    async def look(self) -> AsyncIterator[MemoryUnitOfWork]:
        """A unit that only reads."""
        yield MemoryUnitOfWork(self.memory)
