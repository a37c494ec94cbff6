"""One unit of work that has every collection; each use case sees only the part it declares (decision 0008)."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, TypeVar

from attrs import frozen

from retail_adapters.sql.database import Database, Transaction
from retail_adapters.sql.queries.window import SqlShopWindow
from retail_adapters.sql.repositories.accounts import (
    SqlAuditTrail,
    SqlChallenges,
    SqlLogins,
    SqlMembers,
    SqlSessions,
    SqlSlots,
    SqlStaff,
)
from retail_adapters.sql.repositories.addresses import SqlAddressBooks, SqlDeliveryContacts, SqlRegions
from retail_adapters.sql.repositories.cart import SqlCarts
from retail_adapters.sql.repositories.catalog import SqlBrands, SqlCategories, SqlProducts, SqlPurchaseCounters
from retail_adapters.sql.repositories.deliveries import SqlDeliveries
from retail_adapters.sql.repositories.fulfilment import SqlParcels
from retail_adapters.sql.repositories.insight import SqlBehaviour
from retail_adapters.sql.repositories.inventory import SqlLocations, SqlReservations, SqlStockAlerts, SqlStockItems
from retail_adapters.sql.repositories.ordering import SqlOrders
from retail_adapters.sql.repositories.outbox import SqlAnswers, event_flushes
from retail_adapters.sql.repositories.payments import SqlInbox, SqlLedger, SqlPayments, SqlRefunds
from retail_adapters.sql.repositories.pricing import SqlPriceBookShelf, SqlQuotes
from retail_adapters.sql.repositories.quotas import SqlQuotas, SqlQuotaShares
from retail_adapters.sql.repositories.sale_terms import SqlSaleTerms
from retail_adapters.sql.session import Session, Tools
from retail_adapters.system.lazily import lazily
from retail_domain.kernel.hosted import Hosted
from retail_domain.kernel.ranks import Rank

C = TypeVar("C")


class SqlUnitOfWork:
    """Collections over one transaction; nothing is written before `commit`."""

    def __init__(self, transaction: Transaction, tools: Tools) -> None:
        self._session = Session(transaction, tools)

    async def commit(self) -> None:
        """Write everything staged, then the events and their deliveries; make it last."""
        await self._session.tx.finish(self._session.flushes(event_flushes(self._session)))

    async def flush(self) -> None:
        """Write what is staged so far and forget it, for long units such as an import; it lasts only if the unit commits."""
        await self._session.flush(event_flushes(self._session))
        session = self._session.renewed()
        self.__dict__.clear()
        self._session = session

    def holds(self, rank: Rank) -> bool:
        """Whether rows of this rank, or of a later one, were locked in this unit."""
        return self._session.holds(rank)

    def hosted(self, which: Hosted[C]) -> C:
        """The host's collection in this unit. Raises KeyError if the store knows none of this name."""
        if which not in self._hosted:
            self._hosted[which] = self._session.tools.hosted[which](self._session)
        found: C = self._hosted[which]
        return found

    @lazily
    def _hosted(self) -> dict[Hosted[Any], Any]:
        return {}

    @lazily
    def answers(self) -> SqlAnswers:
        """Idempotency (GEN-R7)."""
        return SqlAnswers(self._session)

    @lazily
    def members(self) -> SqlMembers:
        """The members."""
        return SqlMembers(self._session)

    @lazily
    def logins(self) -> SqlLogins:
        """Names and password hashes."""
        return SqlLogins(self._session)

    @lazily
    def challenges(self) -> SqlChallenges:
        """One-time codes."""
        return SqlChallenges(self._session)

    @lazily
    def sessions(self) -> SqlSessions:
        """Who is logged in."""
        return SqlSessions(self._session)

    @lazily
    def staff(self) -> SqlStaff:
        """The staff."""
        return SqlStaff(self._session)

    @lazily
    def send_slots(self) -> SqlSlots:
        """How often something was done."""
        return SqlSlots(self._session)

    @lazily
    def addresses(self) -> SqlAddressBooks:
        """Address books."""
        return SqlAddressBooks(self._session)

    @lazily
    def delivery_contacts(self) -> SqlDeliveryContacts:
        """Where orders go."""
        return SqlDeliveryContacts(self._session)

    @lazily
    def regions(self) -> SqlRegions:
        """Administrative regions."""
        return SqlRegions(self._session)

    @lazily
    def audit_trail(self) -> SqlAuditTrail:
        """What staff did."""
        return SqlAuditTrail(self._session)

    @lazily
    def deliveries(self) -> SqlDeliveries:
        """The outbox."""
        return SqlDeliveries(self._session)

    @lazily
    def stock(self) -> SqlStockItems:
        """Shelves."""
        return SqlStockItems(self._session)

    @lazily
    def reservations(self) -> SqlReservations:
        """Promises."""
        return SqlReservations(self._session)

    @lazily
    def quotas(self) -> SqlQuotas:
        """Campaign quotas."""
        return SqlQuotas(self._session)

    @lazily
    def quota_shares(self) -> SqlQuotaShares:
        """What orders have of campaign quotas."""
        return SqlQuotaShares(self._session)

    @lazily
    def locations(self) -> SqlLocations:
        """Warehouses and stores."""
        return SqlLocations(self._session)

    @lazily
    def alerts(self) -> SqlStockAlerts:
        """Open stock alerts."""
        return SqlStockAlerts(self._session)

    @lazily
    def carts(self) -> SqlCarts:
        """Carts."""
        return SqlCarts(self._session)

    @lazily
    def quotes(self) -> SqlQuotes:
        """Quotes."""
        return SqlQuotes(self._session)

    @lazily
    def price_book(self) -> SqlPriceBookShelf:
        """The price book."""
        return SqlPriceBookShelf(self._session)

    @lazily
    def sale_terms(self) -> SqlSaleTerms:
        """On what terms goods are sold."""
        return SqlSaleTerms(self._session)

    @lazily
    def window(self) -> SqlShopWindow:
        """The shop window."""
        return SqlShopWindow(self._session, self.price_book)

    @lazily
    def orders(self) -> SqlOrders:
        """Orders."""
        return SqlOrders(self._session, self.reservations)

    @lazily
    def parcels(self) -> SqlParcels:
        """Parcels."""
        return SqlParcels(self._session)

    @lazily
    def payments(self) -> SqlPayments:
        """Payment attempts."""
        return SqlPayments(self._session)

    @lazily
    def refunds(self) -> SqlRefunds:
        """Refunds."""
        return SqlRefunds(self._session)

    @lazily
    def ledger(self) -> SqlLedger:
        """The books."""
        return SqlLedger(self._session)

    @lazily
    def inbox(self) -> SqlInbox:
        """Notices heard."""
        return SqlInbox(self._session)

    @lazily
    def products(self) -> SqlProducts:
        """The goods."""
        return SqlProducts(self._session)

    @lazily
    def categories(self) -> SqlCategories:
        """The tree of categories."""
        return SqlCategories(self._session)

    @lazily
    def brands(self) -> SqlBrands:
        """The brands."""
        return SqlBrands(self._session)

    @lazily
    def purchase_counters(self) -> SqlPurchaseCounters:
        """The counters behind purchase limits."""
        return SqlPurchaseCounters(self._session)

    @lazily
    def behaviour(self) -> SqlBehaviour:
        """What people did."""
        return SqlBehaviour(self._session)


@frozen
class SqlStore:
    """Opens units of work on a database."""

    database: Database
    tools: Tools

    def begin(self) -> AbstractAsyncContextManager[SqlUnitOfWork]:
        """`async with store.begin() as work:`; leaving without commit rolls back."""
        return _Opened(self.database.begin(), self.tools)

    def look(self) -> AbstractAsyncContextManager[SqlUnitOfWork]:
        """A unit that only reads: one moment throughout, and it waits for no writer."""
        return _Opened(self.database.begin(read_only=True), self.tools)


@frozen(eq=False)
class _Opened:
    """A unit on a transaction; a class, since there is one around every request."""

    _transaction: AbstractAsyncContextManager[Transaction]
    _tools: Tools

    async def __aenter__(self) -> SqlUnitOfWork:
        return SqlUnitOfWork(await self._transaction.__aenter__(), self._tools)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._transaction.__aexit__(kind, error, trace)
