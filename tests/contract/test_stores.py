"""Every store passes the same examination of stock, quotas, the outbox and remembered answers (R32)."""

from __future__ import annotations

from typing import Any

import pytest

from retail_adapters.memory.reads import MemoryReads
from retail_adapters.memory.unit_of_work import MemoryStore
from retail_adapters.sql.reads import SqlReads
from retail_domain.inventory import InventoryQueries
from retail_domain.processes.worker.relay import DeliveryQueries
from retail_domain.testing.contracts.answers import AnswersContract
from retail_domain.testing.contracts.inventory import InventoryContract
from retail_domain.testing.contracts.outbox import OutboxContract
from retail_domain.testing.contracts.quotas import QuotasContract


@pytest.fixture
def begin(store: Any) -> Any:
    """Units of work on the empty store."""
    return store.begin


@pytest.fixture
def shown(store: Any) -> InventoryQueries:
    """Its view of stock."""
    return reads_of(store).inventory  # type: ignore[no-any-return]


@pytest.fixture
def outbox(store: Any) -> DeliveryQueries:
    """Its view of the outbox."""
    return reads_of(store).outbox  # type: ignore[no-any-return]


def reads_of(store: Any) -> Any:
    return MemoryReads(store.memory) if isinstance(store, MemoryStore) else SqlReads(store.database)


class TestStock(InventoryContract):
    """Stock."""


class TestQuotas(QuotasContract):
    """Campaign quotas, and what orders have of them."""


class TestOutbox(OutboxContract):
    """The outbox."""


class TestAnswers(AnswersContract):
    """Answers."""
