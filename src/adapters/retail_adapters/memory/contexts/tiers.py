"""Tiers in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final

from retail_adapters.memory.store import MemoryCollection, MemorySession
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.kernel.ids import MemberId
from retail_domain.tiers import Metrics, TierStanding, TiersWork


class MemoryTierStandings(MemoryCollection[MemberId, TierStanding]):
    """Which tier members have; see the port."""

    table: ClassVar[str] = "tier_standings"
    key_columns: ClassVar[str] = "member_id"

    def key(self, state: TierStanding) -> MemberId:
        """The member."""
        return state.member_id

    async def of(self, member_ids: Iterable[MemberId]) -> Mapping[MemberId, TierStanding]:
        """Staged or stored."""
        return {id: found for id in sorted({*member_ids}) if (found := self.look(id)) is not None}

    async def due(self, at: datetime, most: int) -> Sequence[MemberId]:
        """The most overdue first."""
        due = [(one.due_at, one.member_id) for one in self.every() if one.due_at is not None and one.due_at <= at]
        return [id for _, id in sorted(due)[:most]]

    async def counts(self) -> Mapping[str, int]:
        """Stored ones."""
        return Counter(one.tier for one in self._committed().values())


class MemorySpending:
    """What members have come to, by their orders; see the port."""

    def __init__(self, session: MemorySession) -> None:
        self._session = session

    async def of(self, member_id: MemberId, since: datetime | None) -> Metrics:
        """Stored ones."""
        done = [
            one for one in self._session.memory.table("orders").values()
            if one.member_id == member_id and one.completed_at is not None and (since is None or one.completed_at >= since)
        ]  # fmt: skip
        kept = sum(any(line.refunded < line.quantity for line in one.lines) for one in done)
        return Metrics(net_minor=sum(one.paid_minor - one.refunded_minor for one in done), orders=kept)


class Collections(MemoryUnit):
    """Which tier members have, and what they have come to."""

    tier_standings = collection(MemoryTierStandings)
    spending = collection(MemorySpending)


MANIFEST: Final = Manifest[TiersWork, None](Collections)
