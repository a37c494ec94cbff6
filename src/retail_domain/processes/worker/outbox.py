"""What the outbox shows and keeps, as one: deliveries, and events by number."""

from __future__ import annotations

from typing import Protocol

from retail_domain.processes.worker.numbering import EventReading, NumberingWork
from retail_domain.processes.worker.relay import DeliveryQueries, RelayWork


class OutboxUnit(RelayWork, NumberingWork, Protocol):
    """The unit of work of what follows."""


class OutboxQueries(DeliveryQueries, EventReading, Protocol):
    """The read side of the outbox."""
