"""Settings in SQL."""

from __future__ import annotations

from typing import Final

from retail_adapters.sql.repositories.settings import SqlSettingsBook
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.settings import SettingsWork


class Collections(SqlUnit):
    """What is set."""

    settings = collection(SqlSettingsBook)


MANIFEST: Final = Manifest[SettingsWork, None](Collections)
