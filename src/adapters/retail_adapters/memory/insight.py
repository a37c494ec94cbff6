"""Behaviour in memory."""

from __future__ import annotations

from retail_adapters.memory.store import MemorySession
from retail_domain.insight.model import BehaviourEvent
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId

_TABLE = "behaviour_events"


class MemoryBehaviour:
    """What people did; see the port."""

    def __init__(self, session: MemorySession) -> None:
        self._session = session

    def save(self, change: Change[BehaviourEvent]) -> None:
        """Stage it; the first of an id stays."""
        kept = self._session.memory.table(_TABLE)
        self._session.at_commit.append(lambda: kept.setdefault(change.state.id, change.state))
        self._session.events.extend(change.events)

    async def of_member(self, member_id: MemberId, limit: int) -> tuple[BehaviourEvent, ...]:
        """The last stored ones."""
        found = [one for one in self._session.memory.table(_TABLE).values() if one.visitor.member_id == member_id]
        return tuple(sorted(found, key=lambda one: (one.occurred_at, one.id), reverse=True)[:limit])
