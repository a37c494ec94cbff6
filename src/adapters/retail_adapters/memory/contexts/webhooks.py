"""Webhooks in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final

from attrs import fields, frozen

from retail_adapters.memory.store import Memory, MemoryCollection
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.paging import cursor_of, key_after
from retail_adapters.system.units import Manifest, collection
from retail_domain.kernel.ids import WebhookId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.ranks import Rank
from retail_domain.webhooks import (
    Telling,
    TellingState,
    TellingView,
    Webhook,
    WebhookQueries,
    WebhookState,
    WebhooksWork,
    WebhookView,
)

_LAST_NUMBER: Final = 2**62


class MemoryWebhooks(MemoryCollection[WebhookId, Webhook]):
    """Where events are told; see the port."""

    table: ClassVar[str] = "webhooks"
    unique: ClassVar[Mapping[str, Any]] = {"webhooks.place": lambda one: one.place if one.is_there else None}

    async def every(self) -> Sequence[Webhook]:  # type: ignore[override]
        """Staged or stored."""
        found = (one for one in super().every() if one.is_there)
        return sorted(found, key=lambda one: (one.created_at, one.id))

    async def find(self, id: WebhookId) -> Webhook | None:
        """Staged or stored."""
        return self.look(id)

    async def claim(self, id: WebhookId) -> Webhook | None:
        """Rivals make the commit raise `Stale`."""
        self._session.lock(Rank.WEBHOOK)
        return self.look(id)


class MemoryTellings(MemoryCollection[tuple[WebhookId, int], Telling]):
    """What each webhook is told; see the port."""

    table: ClassVar[str] = "webhook_tellings"
    key_columns: ClassVar[str] = "webhook_id+number"

    def key(self, state: Telling) -> tuple[WebhookId, int]:
        """Which event, told to whom."""
        return state.key

    async def claim_due(self, id: WebhookId, at: datetime, most: int) -> Sequence[Telling]:
        """Rivals make the commit raise `Stale`."""
        self._session.lock(Rank.WEBHOOK_DELIVERY)
        heads: dict[object, Telling] = {}
        for one in self._open(id):
            heads.setdefault(one.aggregate_id, one)
        due = [one for one in heads.values() if one.state is not TellingState.PARKED and one.next_at <= at]
        return tuple(sorted(due, key=lambda one: (one.next_at, one.number))[:most])

    async def claim(self, id: WebhookId, numbers: Sequence[int]) -> Sequence[Telling]:
        """Rivals make the commit raise `Stale`."""
        self._session.lock(Rank.WEBHOOK_DELIVERY)
        found = (self.look((id, number)) for number in sorted(numbers))
        return tuple(one for one in found if one is not None)

    async def claim_parked(self, id: WebhookId, most: int) -> Sequence[Telling]:
        """Rivals make the commit raise `Stale`."""
        self._session.lock(Rank.WEBHOOK_DELIVERY)
        return tuple([one for one in self._open(id) if one.state is TellingState.PARKED][:most])

    async def count_open(self, id: WebhookId) -> int:
        """Staged or stored."""
        return len(self._open(id))

    async def forget(self, before: datetime, limit: int) -> int:
        """Staged until commit."""
        stored = self._session.memory.table(MemoryWebhooks.table)
        over = [
            one.key
            for one in self.every()
            if (one.ended_at is not None and one.ended_at < before) or not stored[one.webhook_id].is_there
        ]
        for key in over[:limit]:
            self.drop(key)
        return len(over[:limit])

    def _open(self, id: WebhookId) -> list[Telling]:
        found = (one for one in self.every() if one.webhook_id == id and one.ended_at is None)
        return sorted(found, key=lambda one: one.number)


@frozen
class MemoryWebhookQueries:
    """See the Protocol."""

    memory: Memory

    async def every(self, last: int) -> Sequence[WebhookView]:
        """The oldest first."""
        stored = sorted(self.memory.table(MemoryWebhooks.table).values(), key=lambda one: (one.created_at, one.id))
        return [self._view(one, last) for one in stored if one.state is not WebhookState.REMOVED]

    async def tellings(self, id: WebhookId, page: PageRequest, state: TellingState | None = None) -> Page[TellingView]:
        """The newest first."""
        (before,) = key_after(page.cursor, (_LAST_NUMBER,))
        found = [one for one in self._of(id) if one.number < before and state in (None, one.state)]
        found.sort(key=lambda one: one.number, reverse=True)
        names = [one.name for one in fields(TellingView)]
        shown = tuple(TellingView(**{name: getattr(one, name) for name in names}) for one in found[: page.limit])
        return Page(shown, cursor_of(shown[-1].number) if len(found) > page.limit else None)

    def _of(self, id: WebhookId) -> list[Telling]:
        return [one for one in self.memory.table(MemoryTellings.table).values() if one.webhook_id == id]

    def _view(self, one: Webhook, last: int) -> WebhookView:
        states = Counter(telling.state for telling in self._of(one.id))
        return WebhookView(
            webhook_id=one.id, url=one.url, description=one.description, kinds=one.kinds, state=one.state,
            failing_since=one.failing_since, old_secret_until=one.old_until, came_to=one.came_to,
            behind=max(0, last - one.came_to), created_at=one.created_at,
            waiting=states[TellingState.WAITING], under_way=states[TellingState.UNDER_WAY], parked=states[TellingState.PARKED],
        )  # fmt: skip


class Collections(MemoryUnit):
    """Webhooks, and what each is told."""

    webhooks = collection(MemoryWebhooks)
    tellings = collection(MemoryTellings)


MANIFEST: Final = Manifest[WebhooksWork, WebhookQueries](Collections, MemoryWebhookQueries)
