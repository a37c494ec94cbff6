"""Fulfilment in SQL."""

from __future__ import annotations

from typing import Final

from retail_adapters.sql.queries.ordering import SqlParcelQueries
from retail_adapters.sql.repositories.fulfilment import SqlParcels
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.fulfilment import ParcelQueries
from retail_domain.fulfilment.ports import FulfilmentWork


class Collections(SqlUnit):
    """What was sent."""

    parcels = collection(SqlParcels)


MANIFEST: Final = Manifest[FulfilmentWork, ParcelQueries](Collections, SqlParcelQueries)
