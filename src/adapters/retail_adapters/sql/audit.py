"""The audit: every conservation law of the shop, asked of a live database (R43).

Each law answers the rows which break it, so that "nothing found" is an empty answer and every finding names its row. All are
asked within one read-only snapshot; nothing is locked and no writer waits. Laws that hold only after handlers ran take a grace
period: what is younger is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from retail_adapters.sql.database import Database
from retail_adapters.sql.laws.law import Finding as Finding, Law
from retail_domain.contexts import of_some

GRACE: Final = timedelta(minutes=10)
"""How long handlers and workers may take before a delay is a finding."""

LAWS: Final[tuple[Law, ...]] = tuple(law for module in of_some("retail_adapters.sql.laws").values() for law in module.LAWS)
"""The `LAWS` of each context that has some."""


async def audit(database: Database, *, at: datetime, grace: timedelta = GRACE) -> Sequence[Finding]:
    """Ask every law of one moment of a live database; no finding means that all of them hold."""
    async with database.begin(read_only=True) as snapshot:
        return [finding for law in LAWS for finding in await law.findings(snapshot, at - grace)]
