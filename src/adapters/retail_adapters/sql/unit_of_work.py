"""One unit of work that has every collection; each use case sees only the part it declares (architecture 2.1 decision 9)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property

from attrs import frozen

from retail_adapters.sql.database import Database, Transaction
from retail_adapters.sql.queries.sellable import SqlSellable
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
from retail_adapters.sql.repositories.sale_terms import SqlSaleTerms
from retail_adapters.sql.session import Session, Tools


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

    @cached_property
    def answers(self) -> SqlAnswers:
        """Idempotency (rulings 23)."""
        return SqlAnswers(self._session)

    @cached_property
    def members(self) -> SqlMembers:
        """The members."""
        return SqlMembers(self._session)

    @cached_property
    def logins(self) -> SqlLogins:
        """Names and password hashes."""
        return SqlLogins(self._session)

    @cached_property
    def challenges(self) -> SqlChallenges:
        """One-time codes."""
        return SqlChallenges(self._session)

    @cached_property
    def sessions(self) -> SqlSessions:
        """Who is logged in."""
        return SqlSessions(self._session)

    @cached_property
    def staff(self) -> SqlStaff:
        """The staff."""
        return SqlStaff(self._session)

    @cached_property
    def send_slots(self) -> SqlSlots:
        """How often something was done."""
        return SqlSlots(self._session)

    @cached_property
    def addresses(self) -> SqlAddressBooks:
        """Address books."""
        return SqlAddressBooks(self._session)

    @cached_property
    def delivery_contacts(self) -> SqlDeliveryContacts:
        """Where orders go."""
        return SqlDeliveryContacts(self._session)

    @cached_property
    def regions(self) -> SqlRegions:
        """Administrative regions."""
        return SqlRegions(self._session)

    @cached_property
    def audit_trail(self) -> SqlAuditTrail:
        """What staff did."""
        return SqlAuditTrail(self._session)

    @cached_property
    def deliveries(self) -> SqlDeliveries:
        """The outbox."""
        return SqlDeliveries(self._session)

    @cached_property
    def stock(self) -> SqlStockItems:
        """Shelves."""
        return SqlStockItems(self._session)

    @cached_property
    def reservations(self) -> SqlReservations:
        """Promises."""
        return SqlReservations(self._session)

    @cached_property
    def locations(self) -> SqlLocations:
        """Warehouses and stores."""
        return SqlLocations(self._session)

    @cached_property
    def alerts(self) -> SqlStockAlerts:
        """Open stock alerts."""
        return SqlStockAlerts(self._session)

    @cached_property
    def carts(self) -> SqlCarts:
        """Carts."""
        return SqlCarts(self._session)

    @cached_property
    def quotes(self) -> SqlQuotes:
        """Quotes."""
        return SqlQuotes(self._session)

    @cached_property
    def price_book(self) -> SqlPriceBookShelf:
        """The price book."""
        return SqlPriceBookShelf(self._session)

    @cached_property
    def sale_terms(self) -> SqlSaleTerms:
        """On what terms goods are sold."""
        return SqlSaleTerms(self._session)

    @cached_property
    def sellable(self) -> SqlSellable:
        """What the stock can promise."""
        return SqlSellable(self._session.tx)

    @cached_property
    def orders(self) -> SqlOrders:
        """Orders."""
        return SqlOrders(self._session)

    @cached_property
    def parcels(self) -> SqlParcels:
        """Parcels."""
        return SqlParcels(self._session)

    @cached_property
    def payments(self) -> SqlPayments:
        """Payment attempts."""
        return SqlPayments(self._session)

    @cached_property
    def refunds(self) -> SqlRefunds:
        """Refunds."""
        return SqlRefunds(self._session)

    @cached_property
    def ledger(self) -> SqlLedger:
        """The books."""
        return SqlLedger(self._session)

    @cached_property
    def inbox(self) -> SqlInbox:
        """Notices heard."""
        return SqlInbox(self._session)

    @cached_property
    def products(self) -> SqlProducts:
        """The goods."""
        return SqlProducts(self._session)

    @cached_property
    def categories(self) -> SqlCategories:
        """The tree of categories."""
        return SqlCategories(self._session)

    @cached_property
    def brands(self) -> SqlBrands:
        """The brands."""
        return SqlBrands(self._session)

    @cached_property
    def purchase_counters(self) -> SqlPurchaseCounters:
        """The counters behind purchase limits."""
        return SqlPurchaseCounters(self._session)

    @cached_property
    def behaviour(self) -> SqlBehaviour:
        """What people did."""
        return SqlBehaviour(self._session)


@frozen
class SqlStore:
    """Opens units of work on a database."""

    database: Database
    tools: Tools

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqlUnitOfWork]:
        """`async with store.begin() as work:`; leaving without commit rolls back."""
        async with self.database.begin() as transaction:
            yield SqlUnitOfWork(transaction, self.tools)

    @asynccontextmanager
    async def look(self) -> AsyncIterator[SqlUnitOfWork]:
        """A unit that only reads: one moment throughout, and it waits for no writer."""
        async with self.database.begin(read_only=True) as transaction:
            yield SqlUnitOfWork(transaction, self.tools)
