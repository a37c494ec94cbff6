"""The outbox in memory."""

from __future__ import annotations

from typing import Final

from retail_adapters.memory.deliveries import MemoryDeliveries, MemoryNumbers, MemoryOutboxQueries
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.processes.worker.outbox import OutboxQueries, OutboxUnit


class Collections(MemoryUnit):
    """What must follow, and in which order it is read."""

    deliveries = collection(MemoryDeliveries)
    numbers = collection(MemoryNumbers)


MANIFEST: Final = Manifest[OutboxUnit, OutboxQueries](Collections, MemoryOutboxQueries)
