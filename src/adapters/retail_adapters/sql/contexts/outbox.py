"""The outbox in SQL."""

from __future__ import annotations

from typing import Final

from retail_adapters.sql.queries.outbox import SqlOutboxQueries
from retail_adapters.sql.repositories.deliveries import SqlDeliveries
from retail_adapters.sql.repositories.numbers import SqlNumbers
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.processes.worker.outbox import OutboxQueries, OutboxUnit


class Collections(SqlUnit):
    """What must follow, and in which order it is read."""

    deliveries = collection(SqlDeliveries)
    numbers = collection(SqlNumbers)


MANIFEST: Final = Manifest[OutboxUnit, OutboxQueries](Collections, SqlOutboxQueries)
