"""Insight in SQL."""

from __future__ import annotations

from typing import Final

from retail_adapters.sql.repositories.insight import SqlBehaviour
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.insight.ports import InsightWork


class Collections(SqlUnit):
    """What people did."""

    behaviour = collection(SqlBehaviour)


MANIFEST: Final = Manifest[InsightWork, None](Collections)
