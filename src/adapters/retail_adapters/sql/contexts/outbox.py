"""The outbox in SQL."""

from __future__ import annotations

from typing import Final

from retail_adapters.sql.queries.outbox import SqlOutboxQueries
from retail_adapters.sql.repositories.deliveries import SqlDeliveries
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.processes.worker.relay import OutboxQueries, RelayWork


class Collections(SqlUnit):
    """What must follow."""

    deliveries = collection(SqlDeliveries)


MANIFEST: Final = Manifest[RelayWork, OutboxQueries](Collections, SqlOutboxQueries)
