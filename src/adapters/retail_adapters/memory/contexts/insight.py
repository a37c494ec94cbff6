"""Insight in memory."""

from __future__ import annotations

from typing import Final

from retail_adapters.memory.insight import MemoryBehaviour
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.insight.ports import InsightWork


class Collections(MemoryUnit):
    """What people did."""

    behaviour = collection(MemoryBehaviour)


MANIFEST: Final = Manifest[InsightWork, None](Collections)
