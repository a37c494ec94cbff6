"""The relay: every stored fact reaches every reaction, in order per aggregate, its effect exactly once (R25 to R27)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from attrs import define, frozen

from retail_domain.kernel.checked import checked
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import DomainError, Kind, Retry, Stale, refusal
from retail_domain.kernel.events import Event
from retail_domain.kernel.frames import Answered, Called, answering, deciding
from retail_domain.kernel.ids import EventId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.units import Begin, Unit

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

    async def forget(self, before: datetime, limit: int) -> int:
        """Delete up to so many deliveries that were made before a time, the first ones first; how many went.

        Those of one event go together, once all of them were made, and are no longer counted in it. An event of which one is
        open, parked or made later than that is passed over.
        """
        ...


class DeliveryQueries(Protocol):
    """Deliveries as staff see them."""

    async def open(self, page: PageRequest, *, parked_only: bool = False) -> Page[DeliveryView]:
        """Deliveries that are not made yet, oldest first; optionally only those that need somebody's help."""
        ...


class RelayWork(Unit, Protocol):
    """The unit of work the relay needs; each reaction sees the wider one of the shop."""

    @property
    def deliveries(self) -> Deliveries: ...


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


@define
class Errand:
    """One try to make a delivery, and which one it came to."""

    delivery: Delivery | None = None


async def deliver(work: W, errand: Errand, means: Means, reactions: Mapping[str, Reaction[W]]) -> Answered[bool]:
    """Makes the delivery that is next, if any is due: effect and done-mark commit together. Whether there was one.

    Raises UnknownReaction, UnreadableEvent, and whatever the reaction raises.
    """
    delivery = errand.delivery = await work.deliveries.claim_next(means.clock.now())
    if delivery is None:
        return Answered.unchanged(False)
    reaction = reactions.get(delivery.reaction)
    if reaction is None:
        raise UnknownReaction(reaction=delivery.reaction)
    if delivery.event is None:
        raise UnreadableEvent(event_id=delivery.event_id)
    await reaction(work, delivery.event)
    work.deliveries.done(delivery, means.clock.now())
    return Answered(True)


@frozen
class FailedDelivery:
    """A delivery that could not be made, and why."""

    delivery: Delivery
    error: str


async def note_failed(work: RelayWork, command: FailedDelivery, means: Means) -> None:
    """It is tried again later; at last it is parked (R27)."""
    at, delivery = means.clock.now(), command.delivery
    wait = timedelta(seconds=min(_BACKOFF_SECONDS_MAX, _BACKOFF_SECONDS_FIRST * 2**delivery.attempts))
    parked = at if delivery.attempts + 1 >= ATTEMPTS_MAX else None
    await work.deliveries.failed(delivery, command.error, at + wait, parked_at=parked)


def _tell_nobody(_failed: FailedDelivery) -> None:
    """Nobody listens."""


@frozen
class DeliverNext:
    """Make one delivery, if any is due. A failing reaction is noted and tried again later; at last it is parked (R27)."""

    deliver: Called[Errand, bool]
    note: Called[FailedDelivery, None]
    tell: Callable[[FailedDelivery], None] = _tell_nobody
    """Hears of each try that failed, so that a reaction that nobody knows here is no secret of the outbox."""

    @classmethod
    def on(
        cls,
        begin: Begin[W],
        means: Means,
        reactions: Mapping[str, Reaction[W]],
        tell: Callable[[FailedDelivery], None] = _tell_nobody,
    ) -> DeliverNext:
        """On a store. Neither part is run again by itself: a lost race is weighed here."""
        return cls(answering(begin, deliver, means, reactions), deciding(begin, note_failed, means), tell)

    async def __call__(self) -> bool:
        """Whether there was one."""
        for _ in range(_LOST_RACES_MAX):
            try:
                return await self._once(lost_races_count=False)
            except (Retry, Stale):
                continue  # a lost race is not the delivery's fault; one that is lost again and again is noted like any trouble
        return await self._once(lost_races_count=True)

    async def _once(self, *, lost_races_count: bool) -> bool:
        errand = Errand()
        try:
            return await self.deliver(errand)
        except Exception as error:
            if errand.delivery is None or (isinstance(error, (Retry, Stale)) and not lost_races_count):
                raise
            told = f"{type(error).__name__}: {getattr(error, 'code', '')}".strip(": ")  # codes only: no personal data
            failed = FailedDelivery(errand.delivery, told)
            await self.note(failed)
            self.tell(failed)
        return True


@frozen(kw_only=True)
@checked
class ReplayParked:
    """Try parked deliveries again: these, or all."""

    positions: tuple[int, ...] | None = None
    once: Once | None = None


@brings(Effect.DELIVERIES)
async def replay_parked(work: RelayWork, command: ReplayParked, means: Means) -> int:
    """Staff have mended the cause; the deliveries start over. Answers how many were taken up again."""
    return await work.deliveries.replay(command.positions, means.clock.now())
