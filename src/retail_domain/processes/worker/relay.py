"""The relay: every stored fact reaches every reaction, in order per aggregate, its effect exactly once (R25 to R27)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.clock import Clock
from retail_domain.kernel.errors import DomainError, Kind, Retry, Stale, refusal
from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import EventId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.units import Begin

ATTEMPTS_MAX: Final = 8
_LOST_RACES_MAX: Final = 5
_BACKOFF_SECONDS_FIRST: Final = 2
_BACKOFF_SECONDS_MAX: Final = 600


@frozen(kw_only=True)
class Delivery:
    """One reaction that must still follow one event."""

    position: int
    event_id: EventId
    reaction: str
    aggregate_id: UUID
    attempts: int
    event: Event | None
    """None when this release cannot read what is stored: such a delivery is parked like any other poison (R27)."""


@frozen(kw_only=True)
class DeliveryView:
    """A delivery as staff see it: open, waiting for its next try, or parked with its last error."""

    position: int
    event_id: EventId
    event_name: str
    reaction: str
    aggregate_id: UUID
    attempts: int
    next_at: datetime
    parked_at: datetime | None
    error: str | None


class Deliveries(Protocol):
    """What must still follow from what happened."""

    async def claim_next(self, at: datetime) -> Delivery | None:
        """Lock the oldest due delivery that is the oldest open one of its (reaction, aggregate); None when nothing is due.

        A delivery locked by a rival is passed over, a parked one holds back the later ones of its aggregate (R27).
        """
        ...

    def done(self, delivery: Delivery, at: datetime) -> None:
        """Stage that it was made; commits together with its effect (R26)."""
        ...

    async def failed(self, delivery: Delivery, error: str, next_at: datetime, *, parked_at: datetime | None) -> None:
        """Note a failed try and when to try again, or that it is parked; a delivery made meanwhile stays made."""
        ...

    async def replay(self, positions: Sequence[int] | None, at: datetime) -> int:
        """Take parked deliveries (all, or these) up again from the first try; how many."""
        ...


class OutboxQueries(Protocol):
    """The read side of the outbox."""

    async def open(self, page: PageRequest, *, parked_only: bool = False) -> Page[DeliveryView]:
        """Deliveries that are not made yet, oldest first; optionally only those that need somebody's help."""
        ...


class RelayWork(Protocol):
    """The unit of work the relay needs; each reaction sees the wider one of the shop."""

    @property
    def deliveries(self) -> Deliveries: ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...


W = TypeVar("W", bound=RelayWork)
Reaction = Callable[[W, Any], Awaitable[None]]
"""Does what follows from an event, inside the unit of work that marks the delivery as made."""


@refusal
class UnknownReaction(DomainError):
    """A stored delivery names a reaction this release does not know."""

    code = "outbox.unknown_reaction"
    kind = Kind.UNAVAILABLE
    reaction: str


@refusal
class UnreadableEvent(DomainError):
    """A stored event cannot be read by this release."""

    code = "outbox.unreadable_event"
    kind = Kind.UNAVAILABLE
    event_id: EventId


@frozen
class DeliverNext(Generic[W]):
    """Make one delivery, if any is due. One unit of work: effect and done-mark commit together."""

    begin: Begin[W]
    clock: Clock
    reactions: Mapping[str, Reaction[W]]

    async def __call__(self) -> bool:
        """Whether there was one. A failing reaction is noted and tried again later; at last it is parked (R27)."""
        for _ in range(_LOST_RACES_MAX):
            try:
                return await self._once(lost_races_count=False)
            except (Retry, Stale):
                continue  # a lost race is not the delivery's fault; one that is lost again and again is noted like any trouble
        return await self._once(lost_races_count=True)

    async def _once(self, *, lost_races_count: bool) -> bool:
        delivery: Delivery | None = None
        try:
            async with self.begin() as work:
                delivery = await work.deliveries.claim_next(self.clock.now())
                if delivery is None:
                    return False
                await self._react(work, delivery)
                work.deliveries.done(delivery, self.clock.now())
                await work.commit()
        except Exception as error:
            if delivery is None or (isinstance(error, (Retry, Stale)) and not lost_races_count):
                raise
            await self._note(delivery, error)
        return True

    async def _react(self, work: W, delivery: Delivery) -> None:
        reaction = self.reactions.get(delivery.reaction)
        if reaction is None:
            raise UnknownReaction(reaction=delivery.reaction)
        if delivery.event is None:
            raise UnreadableEvent(event_id=delivery.event_id)
        await reaction(work, delivery.event)

    async def _note(self, delivery: Delivery, error: Exception) -> None:
        at = self.clock.now()
        tries = delivery.attempts + 1
        wait = timedelta(seconds=min(_BACKOFF_SECONDS_MAX, _BACKOFF_SECONDS_FIRST * 2**delivery.attempts))
        told = f"{type(error).__name__}: {getattr(error, 'code', '')}".strip(": ")  # codes only: no personal data
        async with self.begin() as work:
            parked = at if tries >= ATTEMPTS_MAX else None
            await work.deliveries.failed(delivery, told, at + wait, parked_at=parked)
            await work.commit()


@frozen(kw_only=True)
class ReplayParked:
    """Try parked deliveries again: these, or all."""

    positions: tuple[int, ...] | None = None


@frozen
class ReplayParkedHandler:
    """Staff have mended the cause; the deliveries start over."""

    begin: Begin[RelayWork]
    clock: Clock

    async def __call__(self, command: ReplayParked) -> int:
        """How many were taken up again."""
        async with self.begin() as work:
            count = await work.deliveries.replay(command.positions, self.clock.now())
            await work.commit()
        return count
