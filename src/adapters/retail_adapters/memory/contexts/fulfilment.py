"""Fulfilment in memory."""

from __future__ import annotations

from typing import Final

from retail_adapters.memory.ordering import MemoryParcelQueries, MemoryParcels
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.fulfilment import ParcelQueries
from retail_domain.fulfilment.ports import FulfilmentWork


class Collections(MemoryUnit):
    """What was sent."""

    parcels = collection(MemoryParcels)


MANIFEST: Final = Manifest[FulfilmentWork, ParcelQueries](Collections, MemoryParcelQueries)
