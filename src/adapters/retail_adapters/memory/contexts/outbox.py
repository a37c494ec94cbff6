"""The outbox in memory."""

from __future__ import annotations

from typing import Final

from retail_adapters.memory.deliveries import MemoryDeliveries, MemoryOutboxQueries
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.processes.worker.relay import OutboxQueries, RelayWork


class Collections(MemoryUnit):
    """What must follow."""

    deliveries = collection(MemoryDeliveries)


MANIFEST: Final = Manifest[RelayWork, OutboxQueries](Collections, MemoryOutboxQueries)
