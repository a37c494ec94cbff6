"""Payments in memory."""

from __future__ import annotations

from typing import Final

from retail_adapters.memory.books import MemoryBooks
from retail_adapters.memory.payments import MemoryInbox, MemoryLedger, MemoryPaymentQueries, MemoryPayments, MemoryRefunds
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.payments import PaymentQueries
from retail_domain.payments.ports import PaymentsWork


class Collections(MemoryUnit):
    """Money received and given back, and the books."""

    payments = collection(MemoryPayments)
    refunds = collection(MemoryRefunds)
    ledger = collection(MemoryLedger)
    books = collection(MemoryBooks)
    inbox = collection(MemoryInbox)


MANIFEST: Final = Manifest[PaymentsWork, PaymentQueries](Collections, MemoryPaymentQueries)
