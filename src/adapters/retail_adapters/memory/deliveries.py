"""The outbox in memory."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from retail_adapters.memory.store import Memory, MemorySession, StoredDelivery
from retail_adapters.paging import cursor_of, key_after
from retail_domain.kernel.errors import Stale
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.processes.worker.numbering import NumberedEvent
from retail_domain.processes.worker.relay import Delivery, DeliveryView


class MemoryDeliveries:
    """What must still follow; see the port."""

    def __init__(self, session: MemorySession) -> None:
        self._session = session

    async def claim_next(self, at: datetime) -> Delivery | None:
        """The oldest due one."""
        blocked: set[tuple[str, object]] = set()
        due: list[StoredDelivery] = []
        for one in self._session.memory.deliveries:
            lane = (one.reaction, one.aggregate_id)
            if one.done_at is None and lane not in blocked:
                blocked.add(lane)
                if one.parked_at is None and one.next_at <= at and self._is_free(one):
                    due.append(one)
        if not due:
            return None
        first = min(due, key=lambda one: (one.next_at, one.position))
        event = next(stored.event for stored in self._session.memory.events if stored.id == first.event_id)
        return Delivery(
            position=first.position, event_id=first.event_id, reaction=first.reaction,
            aggregate_id=event.aggregate_id, attempts=first.attempts, event=event,
        )  # fmt: skip

    def done(self, delivery: Delivery, at: datetime) -> None:
        """Stage that it was made; a rival that made it meanwhile makes this unit Stale (R26)."""
        row = self._row(delivery)

        def still_open() -> None:
            if row.done_at is not None:
                raise Stale(what="delivery", ids=(str(row.position),))

        self._session.checks.append(still_open)
        self._session.at_commit.append(lambda: setattr(row, "done_at", at))

    async def failed(self, delivery: Delivery, error: str, next_at: datetime, *, parked_at: datetime | None) -> None:
        """Stage a failed try."""

        row = self._row(delivery)

        def note() -> None:
            if row.done_at is None and row.attempts == delivery.attempts:
                row.attempts, row.next_at, row.parked_at, row.error = delivery.attempts + 1, next_at, parked_at, error[:500]

        self._session.at_commit.append(note)

    async def replay(self, positions: Sequence[int] | None, at: datetime) -> int:
        """Stage that parked ones are taken up again."""
        parked = [
            row
            for row in self._session.memory.deliveries
            if row.parked_at is not None and row.done_at is None and (positions is None or row.position in positions)
        ]

        def take_up() -> None:
            for row in parked:
                row.attempts, row.next_at, row.parked_at = 0, at, None

        self._session.at_commit.append(take_up)
        return len(parked)

    async def forget(self, before: datetime, limit: int) -> int:
        """Stage that those of events that are over go."""
        every = self._session.memory.deliveries
        not_over = {one.event_id for one in every if one.done_at is None or one.done_at >= before}
        wanted = {one.event_id for one in [one for one in every if one.event_id not in not_over][:limit]}
        gone = [one for one in every if one.event_id in wanted]

        def forget() -> None:
            left = [one for one in self._session.memory.deliveries if one.event_id not in wanted]
            self._session.memory.deliveries[:] = left

        self._session.at_commit.append(forget)
        return len(gone)

    def _is_free(self, row: StoredDelivery) -> bool:
        """Nobody else is in the middle of anything here."""
        return True

    def _row(self, delivery: Delivery) -> StoredDelivery:
        every = self._session.memory.deliveries
        return every[bisect_left(every, delivery.position, key=lambda one: one.position)]


class MemoryNumbers:
    """An event has its number from the commit on: its position."""

    def __init__(self, _session: MemorySession) -> None:
        """Nothing is kept."""

    async def are_missing(self) -> bool:
        """Never."""
        return False

    async def give(self, most: int) -> int:
        """There is nothing to give."""
        return 0


@frozen
class MemoryOutboxQueries:
    """See the Protocol."""

    memory: Memory

    async def open(self, page: PageRequest, *, parked_only: bool = False) -> Page[DeliveryView]:
        """Not made yet, oldest first."""
        (after,) = key_after(page.cursor, (0,))
        names = {stored.id: stored.event for stored in self.memory.events}
        found = [
            one
            for one in self.memory.deliveries
            if one.done_at is None and one.position > after and (one.parked_at is not None or not parked_only)
        ]
        shown = tuple(
            DeliveryView(
                position=one.position,
                event_id=one.event_id,
                event_name=names[one.event_id].name,
                reaction=one.reaction,
                aggregate_id=names[one.event_id].aggregate_id,
                attempts=one.attempts,
                next_at=one.next_at,
                parked_at=one.parked_at,
                error=one.error,
            )
            for one in found[: page.limit]
        )
        return Page(shown, cursor_of(shown[-1].position) if len(found) > page.limit else None)

    async def after(self, number: int, most: int) -> Sequence[NumberedEvent]:
        """Ascending."""
        return [
            NumberedEvent(
                number=one.position, event_id=one.id, name=one.event.name, version=one.event.version,
                aggregate_id=one.event.aggregate_id, at=one.event.at, body=self.memory.tools.codec.write(one.event),
                event=one.event,
            )
            for one in self.memory.events[number : number + most]
        ]  # fmt: skip

    async def last_number(self) -> int:
        """0 before the first."""
        return len(self.memory.events)
