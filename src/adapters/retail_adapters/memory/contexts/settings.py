"""Settings in memory."""

from __future__ import annotations

from typing import Final

from retail_adapters.memory.settings import MemorySettingsBook
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.settings import SettingsWork


class Collections(MemoryUnit):
    """What is set."""

    settings = collection(MemorySettingsBook)


MANIFEST: Final = Manifest[SettingsWork, None](Collections)
