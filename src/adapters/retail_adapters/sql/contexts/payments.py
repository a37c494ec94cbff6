"""Payments in SQL."""

from __future__ import annotations

from typing import Final

from retail_adapters.sql.queries.payments import SqlPaymentQueries
from retail_adapters.sql.repositories.books import SqlBooks
from retail_adapters.sql.repositories.payments import SqlInbox, SqlLedger, SqlPayments, SqlRefunds
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.payments import PaymentQueries
from retail_domain.payments.ports import PaymentsWork


class Collections(SqlUnit):
    """Money received and given back, and the books."""

    payments = collection(SqlPayments)
    refunds = collection(SqlRefunds)
    ledger = collection(SqlLedger)
    books = collection(SqlBooks)
    inbox = collection(SqlInbox)


MANIFEST: Final = Manifest[PaymentsWork, PaymentQueries](Collections, SqlPaymentQueries)
