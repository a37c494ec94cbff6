"""What happened becomes messages: events by their numbers, looked through in portions (MSG-R2).

Whoever sells writes events, and no more: no order pays for what is told of it. The number to which events were looked through
is stored in one unit with the messages that they raise, so each is told once, however many workers there are.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from attrs import define, field, frozen

from retail_domain.accounts import AccountsQueries
from retail_domain.accounts.model.staff import permissions_of
from retail_domain.kernel.causes import Cause, Whom
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import StaffId
from retail_domain.kernel.paging import PageRequest
from retail_domain.messages import Audience, Causes, MessageReading
from retail_domain.messages.use_cases.telling import NOBODY, RaisedCause, WorkerNotice, WriteMessages
from retail_domain.payments.gateway import GatewayWatch
from retail_domain.processes.worker.causes import BACKLOG, PARKED, PROVIDER_DOWN
from retail_domain.processes.worker.due import Round
from retail_domain.processes.worker.numbering import EventReading, NumberedEvent
from retail_domain.processes.worker.relay import DeliveryQueries, DeliveryView

PORTION: Final = 200
"""So many events are looked through in one unit."""
LOOKS_EVERY: Final = timedelta(minutes=1)
LATE: Final = timedelta(minutes=10)
"""What should have followed by then is a backlog."""
AGAIN_AFTER: Final = timedelta(hours=4)
"""While work piles up staff are told of it so often."""
_PAGE: Final = 100
_PARKED_MAX: Final = 50
_NAMES: Final = UUID("5d0c8a50-6f0b-5b0e-9a44-0d7b6a0b3c11")
"""Under which what a worker notices gets its own id: the same for every worker."""


async def audience_of(show: AccountsQueries) -> Audience:
    """Who works here, by what they may do."""
    staff: dict[str, list[StaffId]] = {}
    cursor: str | None = None
    while True:
        page = await show.staff(PageRequest(_PAGE, cursor))
        for one in page.items:
            for permission in permissions_of(one.roles):
                staff.setdefault(permission.value, []).append(StaffId(one.staff_id))
        if page.next_cursor is None:
            return Audience(staff)
        cursor = page.next_cursor


@frozen(kw_only=True)
class TellMessages:
    """A timer that writes down what happened raises."""

    look: Callable[[], Awaitable[MessageReading]]
    write: Called[WriteMessages, int]
    events: EventReading
    audience: Callable[[], Awaitable[Audience]]
    causes: Causes

    async def __call__(self) -> Round:
        """One round. An event that only a later release can read is left to that, with all that follow it."""
        reading = await self.look()
        found = await self.events.after(reading.came_to, PORTION)
        read = _readable(found, self.causes)
        failed = () if len(read) == len(found) else (f"event {found[len(read)].number}: it cannot be read here",)
        if not read:
            return Round(due=len(failed), done=0, failed=failed)
        raised = tuple(one for event in read for one in raised_by(event, self.causes))
        audience = await self.audience() if any(one.cause.whom is Whom.STAFF for one in raised) else NOBODY
        wish = WriteMessages(came_to=reading.came_to, upto=read[-1].number, raised=raised, audience=audience)
        return Round(due=len(read), done=await self.write(wish), failed=failed)


def _readable(found: Sequence[NumberedEvent], causes: Causes) -> Sequence[NumberedEvent]:
    for place, one in enumerate(found):
        if one.event is None and causes.raised_by(one.name):
            return found[:place]
    return found


def raised_by(event: NumberedEvent, causes: Causes) -> Sequence[RaisedCause]:
    """What somebody is told of an event."""
    told: Any = event.event
    return [_raised(event, told, cause) for cause in causes.raised_by(event.name) if cause.when(told)]


def _raised(event: NumberedEvent, told: Any, cause: Cause) -> RaisedCause:
    return RaisedCause(
        cause=cause, occasion=event.event_id, about=getattr(told, cause.about), at=event.at,
        member_id=told.member_id if cause.whom is Whom.MEMBER else None,
        filled={name: fill(told) for name, fill in cause.fills.items()},
    )  # fmt: skip


@define(kw_only=True)
class LookAround:
    """A timer that tells staff what goes wrong: parked deliveries, work that piles up, providers that do not answer."""

    clock: Clock
    deliveries: DeliveryQueries
    gateways: GatewayWatch
    note: Called[WorkerNotice, int]
    audience: Callable[[], Awaitable[Audience]]
    _last: datetime | None = field(default=None, init=False)

    async def __call__(self) -> Round:
        """One look a minute."""
        at = self.clock.now()
        if self._last is not None and abs(at - self._last) < LOOKS_EVERY:
            return Round(due=0, done=0)
        raised = [*await self._parked(at), *await self._late(at), *self._down(at)]
        done = 0
        if raised:
            done = await self.note(WorkerNotice(raised=tuple(raised), audience=await self.audience()))
        self._last = at
        return Round(due=done, done=done)

    async def _parked(self, at: datetime) -> Sequence[RaisedCause]:
        page = await self.deliveries.open(PageRequest(_PARKED_MAX), parked_only=True)
        return [
            self._notice(PARKED, f"{one.event_id} {one.reaction} {one.parked_at}", one.parked_at or at, one)
            for one in page.items
        ]

    async def _late(self, at: datetime) -> Sequence[RaisedCause]:
        page = await self.deliveries.open(PageRequest(_PARKED_MAX))
        waits = [one for one in page.items if one.parked_at is None and at - one.next_at >= LATE]
        if not waits:
            return []
        oldest = min(waits, key=lambda one: one.next_at)
        return [self._notice(BACKLOG, f"{_window(at)}", at, oldest)]

    def _down(self, at: datetime) -> Sequence[RaisedCause]:
        return [
            RaisedCause(
                cause=PROVIDER_DOWN, occasion=uuid5(_NAMES, f"{PROVIDER_DOWN.code} {outage.gateway} {_window(at)}"),
                about=uuid5(_NAMES, outage.gateway), at=at,
                filled={
                    "gateway": outage.gateway, "minutes": _minutes(outage.until - outage.since), "reason": outage.reason
                },
            )
            for outage in self.gateways.down()
        ]  # fmt: skip

    def _notice(self, cause: Cause, name: str, at: datetime, one: DeliveryView) -> RaisedCause:
        minutes = _minutes(self.clock.now() - one.next_at)
        known: Mapping[str, str] = {"reaction": one.reaction, "error": one.error or "", "minutes": minutes}
        return RaisedCause(
            cause=cause, occasion=uuid5(_NAMES, f"{cause.code} {name}"), about=one.event_id, at=at,
            filled={name: known[name] for name in sorted(cause.also)},
        )  # fmt: skip


def _window(at: datetime) -> int:
    """Within one the same is told once."""
    return int(at.timestamp() // AGAIN_AFTER.total_seconds())


def _minutes(waited: timedelta) -> str:
    return str(int(abs(waited).total_seconds() // 60))
