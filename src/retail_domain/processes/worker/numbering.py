"""Numbers of events: the one order in which everything that was committed can be read, and nothing is passed over (R48).

What is written last need not be committed last, so neither a counter that writers draw from nor the ids of transactions tell a
reader where to go on. Numbers are given to what is committed, by one worker at a time; so whoever has read up to a number has
read all before it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.events import Event
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import EventId
from retail_domain.kernel.means import Means
from retail_domain.kernel.units import Unit
from retail_domain.processes.worker.due import Round

PORTION: Final = 1_000
"""So many events get their numbers in one transaction."""
READ_MAX: Final = 1_000
_NUMBER_MAX: Final = 2**62


@frozen(kw_only=True)
class NumberedEvent:
    """What happened, with its place among everything that did."""

    number: int
    event_id: EventId
    name: str
    version: int
    aggregate_id: UUID
    at: datetime
    body: Mapping[str, Any]
    """The fields as they are stored, in JSON's own values."""
    event: Event | None
    """None when this release cannot read it: it was stored by a later one. It has its number all the same."""


class EventReading(Protocol):
    """Events by number."""

    async def after(self, number: int, most: int) -> Sequence[NumberedEvent]:
        """Those with the next numbers, ascending."""
        ...

    async def last_number(self) -> int:
        """The newest number there is; 0 before the first."""
        ...


class Numbers(Protocol):
    """What gives events their numbers."""

    async def are_missing(self) -> bool:
        """Whether any event that is committed has none."""
        ...

    async def give(self, most: int) -> int:
        """Give the next numbers to the oldest that have none; how many. 0 while somebody else does.

        Numbers have no gaps, and within an aggregate the order in which things happened.
        """
        ...


class NumberingWork(Unit, Protocol):
    """The unit of work that numbers events."""

    @property
    def numbers(self) -> Numbers: ...


async def numbers_missing(work: NumberingWork) -> bool:
    """Whether there is anything to do."""
    return await work.numbers.are_missing()


async def give_numbers(work: NumberingWork, most: int, means: Means) -> int:
    """Answers how many events got one."""
    return await work.numbers.give(most)


@frozen(kw_only=True)
class NumberEvents:
    """A timer that numbers what was committed."""

    look: Callable[[], Awaitable[bool]]
    give: Called[int, int]

    async def __call__(self) -> Round:
        """One round."""
        done = await self.give(PORTION) if await self.look() else 0
        return Round(due=done, done=done)


@frozen(kw_only=True)
class EventReader:
    """Everything that happened, in one order, for readers that keep the number they have come to."""

    show: EventReading

    async def after(self, number: int, limit: int = 100) -> Sequence[NumberedEvent]:
        """The events that follow this number (0: the first ones), so many at most; ask again with the last number.

        Nothing is passed over, however late it was committed; nothing comes twice. Raises InvalidInput.
        """
        _check("number", number, 0, _NUMBER_MAX)
        _check("limit", limit, 1, READ_MAX)
        return await self.show.after(number, limit)

    async def last_number(self) -> int:
        """Where a reader begins who wants only what is still to come."""
        return await self.show.last_number()


def _check(field: str, given: object, least: int, most: int) -> None:
    if type(given) is not int or not least <= given <= most:
        raise InvalidInput.of(field, "range", f"a whole number from {least} to {most}")
