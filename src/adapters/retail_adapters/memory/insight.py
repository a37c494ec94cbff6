"""Behaviour in memory."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from retail_adapters.memory.store import MemorySession
from retail_adapters.paging import cursor_of, key_after
from retail_domain.insight.model import BehaviourEvent, BehaviourKind, SeenGoods, goods_named
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import LATEST
from retail_domain.kernel.ids import MemberId, ProductId
from retail_domain.kernel.paging import Page, PageRequest

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

    async def seen_by(self, member_id: MemberId, since: datetime, page: PageRequest) -> Page[SeenGoods]:
        """The last time of each."""
        last: dict[str, datetime] = {}
        for one in self._session.memory.table(_TABLE).values():
            if _is_look(one, member_id) and one.occurred_at >= since:
                last[one.object] = max(one.occurred_at, last.get(one.object, since))
        at, object = key_after(page.cursor, (LATEST, ""))
        found = sorted(((when, what) for what, when in last.items()), reverse=True)
        left = [one for one in found if page.cursor is None or one < (at, object)]
        shown = tuple(SeenGoods(ProductId(UUID(what)), when) for when, what in left[: page.limit])
        return Page(shown, cursor_of(shown[-1].at, str(shown[-1].product_id)) if len(left) > page.limit else None)

    async def forget_of(self, member_id: MemberId, product_id: ProductId | None) -> int:
        """At commit."""
        kept = self._session.memory.table(_TABLE)
        gone = [
            id for id, one in kept.items()
            if _is_look(one, member_id) and (product_id is None or one.object == str(product_id))
        ]  # fmt: skip

        def forget() -> None:
            for id in gone:
                kept.pop(id, None)

        self._session.at_commit.append(forget)
        return len(gone)


def _is_look(one: BehaviourEvent, member_id: MemberId) -> bool:
    """At goods, by their id: devices may tell of looks at other things."""
    return one.visitor.member_id == member_id and one.kind is BehaviourKind.VIEW and goods_named(one.object) is not None
