"""Live pages: a stream says that something changed, never what; the page then asks for itself anew (decision 0078).

One look-out a process reads the numbered events (R48), however many streams wait. A stream ends with the first thing it says,
or after some seconds; browsers come back by themselves and say how far they have heard, so nothing is missed between two of
them, whichever process answers, and a server that is told to stop need not wait for long.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final
from uuid import UUID

from attrs import define, field
from litestar.response import Stream

from retail_domain.kernel.costs import STREAM, Whose
from retail_domain.kernel.counting import line_of
from retail_domain.kernel.errors import DomainError
from retail_domain.processes.worker.numbering import READ_MAX, EventReader, NumberedEvent
from retail_entrypoints.http.refusals import TooBusy
from retail_entrypoints.logs import journal
from retail_entrypoints.places import PLACE
from retail_entrypoints.web.asking import FormRequest

NOTHING: Final = 0
"""Where somebody has come to who has heard nothing yet: whatever they look at may have changed."""
_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_PAUSE_SECONDS: Final = 0.5
_LINGER_SECONDS: Final = 30.0
_REMEMBERED: Final = 20_000
_DIGITS_MAX: Final = 19


@define
class LookOut:
    """Who waits for what, in this process; it looks only while somebody waits, and a little longer."""

    events: EventReader
    lasts_seconds: float = 10.0
    """How long a stream waits for something to say."""
    _position: int = NOTHING
    _known_after: int = 0
    _heard: OrderedDict[UUID, int] = field(factory=OrderedDict)
    _waiting: dict[UUID, set[asyncio.Event]] = field(factory=dict)
    _held: Counter[str] = field(factory=Counter)
    _looking: asyncio.Task[None] | None = None

    async def position(self) -> int:
        """How far it has read; a page that was made afterwards may name it to its stream, and misses nothing."""
        return await self.events.last_number() if self._looking is None else self._position

    def stream(self, about: UUID, after: int, address: str) -> Stream:
        """For somebody who has come so far. Raises TooBusy when their line, or everybody, has as many as there may be."""
        line = line_of(address)
        if self._held[line] >= STREAM.at_once(Whose.LINE) or self._held.total() >= STREAM.at_once(Whose.ALL):
            raise TooBusy()
        return Stream(self._told(about, after, line), media_type="text/event-stream", headers=_HEADERS)

    async def _told(self, about: UUID, after: int, line: str) -> AsyncIterator[bytes]:
        """Its place among requests goes to somebody else meanwhile."""
        self._held[line] += 1
        place = PLACE.get()
        if place is not None:
            place.leave()
        try:
            yield b"retry: 1000\n\n"
            is_news = await self._hears(about, after)
            yield b"id: %d\n" % self._position + (b"event: changed\ndata: .\n\n" if is_news else b"\n")
        finally:
            self._held[line] -= 1

    async def _hears(self, about: UUID, after: int) -> bool:
        """Whether anything about it has a higher number, now or within the time that a stream lasts."""
        if self._looking is None:
            await self._begin(after)
        if self._is_news(about, after):
            return True
        bell = asyncio.Event()
        self._waiting.setdefault(about, set()).add(bell)
        try:
            async with asyncio.timeout(self.lasts_seconds):
                await bell.wait()
        except TimeoutError:
            pass  # it may have been heard of in the same moment
        finally:
            bells = self._waiting[about]
            bells.discard(bell)
            if not bells:
                del self._waiting[about]
        return self._is_news(about, after)

    def _is_news(self, about: UUID, after: int) -> bool:
        return after < self._known_after or self._heard.get(about, NOTHING) > after

    async def _begin(self, after: int) -> None:
        last = await self.events.last_number()
        if self._looking is None:  # nobody else began meanwhile
            self._position = self._known_after = after if 0 <= last - after <= READ_MAX else last
            self._heard.clear()
            self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        idle = 0.0
        try:
            while idle < _LINGER_SECONDS:
                found: list[NumberedEvent] = []
                with suppress(DomainError):  # a store that does not answer is asked again
                    found = [*await self.events.after(self._position, READ_MAX)]
                for one in found:
                    self._hear(one)
                if len(found) < READ_MAX:
                    await asyncio.sleep(_PAUSE_SECONDS)
                    idle = 0.0 if self._waiting else idle + _PAUSE_SECONDS
        except Exception as trouble:  # noqa: BLE001 - the outermost frame of a task; the next stream begins another one
            journal.error("live.not_looking", exc_info=trouble)
        finally:
            self._looking = None

    def _hear(self, one: NumberedEvent) -> None:
        self._position = one.number
        for about in _abouts(one):
            self._heard[about] = one.number
            self._heard.move_to_end(about)
            for bell in self._waiting.get(about, ()):
                bell.set()
        while len(self._heard) > _REMEMBERED:
            _, self._known_after = self._heard.popitem(last=False)


def _abouts(one: NumberedEvent) -> set[UUID]:
    """What an event is about: the thing itself, and the order it belongs to."""
    order = one.body.get("order_id")
    return {one.aggregate_id, *([UUID(order)] if isinstance(order, str) else [])}


def heard_before(request: FormRequest, after: int) -> int:
    """How far a browser has come: as it says when it comes back by itself, or as its page said."""
    told = next(iter(request.lines_of(b"last-event-id")), "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < _DIGITS_MAX else after
