"""The widest unit of work and the widest read side: what every store must satisfy structurally."""

from __future__ import annotations

from typing import Protocol

from retail_domain.inventory.ports import InventoryWork
from retail_domain.inventory.queries import InventoryQueries
from retail_domain.processes.carting import CartingWork
from retail_domain.processes.quoting import QuotingWork
from retail_domain.processes.relay import OutboxQueries, RelayWork


class WholeWork(
    InventoryWork,
    RelayWork,
    QuotingWork,
    CartingWork,
    Protocol,
):
    """A unit of work that has every collection."""


class WholeReads(Protocol):
    """Every query object of the read side."""

    @property
    def inventory(self) -> InventoryQueries:
        """Stock, alerts, moves."""
        ...

    @property
    def outbox(self) -> OutboxQueries:
        """What must still follow from what happened."""
        ...
