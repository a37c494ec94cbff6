"""What tiers need from a store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.settings import SettingsKnown
from retail_domain.kernel.units import Unit
from retail_domain.tiers.ladder import Metrics
from retail_domain.tiers.model import TierStanding


class TierStandings(Protocol):
    """Which tier members have; whoever never rose is absent."""

    async def of(self, member_ids: Iterable[MemberId]) -> Mapping[MemberId, TierStanding]:
        """Theirs, without a lock; sees what is staged."""
        ...

    async def due(self, at: datetime, most: int) -> Sequence[MemberId]:
        """Whom somebody has to look at by then, the most overdue first; so many at most."""
        ...

    async def counts(self) -> Mapping[str, int]:
        """How many have earned each tier, as it is stored."""
        ...

    def save(self, change: Change[TierStanding]) -> None:
        """Stage it; of two that decide at once the second is told at commit: `Stale`, or `Taken` for the first standing."""
        ...


class Spending(Protocol):
    """What members have come to."""

    async def of(self, member_id: MemberId, since: datetime | None) -> Metrics:
        """By their orders that were completed since then, less what went back of them; without a lock (LVL-R3)."""
        ...


class TiersWork(Unit, Protocol):
    """The unit of work of tiers."""

    @property
    def tier_standings(self) -> TierStandings:
        """Which tier members have."""
        ...

    @property
    def spending(self) -> Spending:
        """What they have come to."""
        ...


class TieringWork(TiersWork, Protocol):
    """The same, where the ladder is looked at too."""

    @property
    def settings(self) -> SettingsKnown:
        """The ladder among them."""
        ...
