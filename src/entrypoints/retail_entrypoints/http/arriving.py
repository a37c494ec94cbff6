"""Bodies on their way in: read before a request takes a place, within a time and a size (R37, R46)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from attrs import define, field
from litestar.types import HTTPScope, Receive, ReceiveMessage

from retail_domain.kernel.errors import DomainError
from retail_entrypoints.http.refusals import TooBusy, TooSlow

_BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_HELD_BYTES_MAX: Final = 64 * 1024 * 1024


@define(eq=False)
class BodyTime:
    """The time one reader has."""

    reader: asyncio.Task[Any]
    until: float
    is_up: bool = False


@define
class BodyTimer:
    """One timer for all readers: a timer for each would cost more than the reading."""

    seconds_max: float
    running_times: dict[BodyTime, None] = field(factory=dict)  # in order of their ends
    ticking: bool = False

    def start(self) -> BodyTime:
        """Time runs for the task that asks, until it is stopped."""
        reader = asyncio.current_task()
        assert reader is not None, "a request is served by a task"
        loop = reader.get_loop()
        time = BodyTime(reader, loop.time() + self.seconds_max)
        self.running_times[time] = None
        if not self.ticking:
            self._tick_on(loop, self.seconds_max)
        return time

    def stop(self, time: BodyTime) -> None:
        """Whoever is done in time hears nothing more of it."""
        self.running_times.pop(time, None)

    def _tick_on(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self.ticking = True
        loop.call_later(max(seconds, 0.01), self._tick, loop)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self.ticking = False
        while self.running_times:
            first = next(iter(self.running_times))
            if first.until > loop.time():
                self._tick_on(loop, first.until - loop.time())
                return
            del self.running_times[first]
            first.is_up = True
            first.reader.cancel()


@define
class Arrivals:
    """Every body that has come in or is coming in, and what all of them weigh."""

    body_bytes_max: int
    timer: BodyTimer
    held_bytes_max: int = _HELD_BYTES_MAX
    held_bytes: int = 0

    def may_wait_for(self, scope: HTTPScope) -> bool:
        """Whether a body may come that is worth waiting for: not for reading, nor when more is announced than anybody takes."""
        if scope["method"] in _BODILESS:
            return False
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), None)
        return announced is None or not announced.isdigit() or 0 < int(announced[:20]) <= self.body_bytes_max

    def holding(self) -> HeldBody:
        """A body in our hands until its request has been answered."""
        return HeldBody(self)


@define
class HeldBody:
    """The part of a body that has arrived, in the messages it came in; `with` lets go of it at the end."""

    arrivals: Arrivals
    messages: list[ReceiveMessage] = field(factory=list)
    bytes: int = 0

    def __enter__(self) -> HeldBody:
        return self

    def __exit__(self, *_: object) -> None:
        self.arrivals.held_bytes -= self.bytes

    async def read(self, receive: Receive) -> DomainError | None:
        """Read until the body is complete or too large for anybody; why the request cannot wait longer, if so."""
        timer = self.arrivals.timer
        time = timer.start()
        try:
            return await self._read(receive)
        except asyncio.CancelledError:
            if not time.is_up:
                raise
            time.reader.uncancel()
            return TooSlow()
        finally:
            timer.stop(time)

    async def _read(self, receive: Receive) -> DomainError | None:
        while self.bytes <= self.arrivals.body_bytes_max:
            message = await receive()
            self.messages.append(message)
            if message["type"] != "http.request":
                return None
            self._weigh(len(message.get("body", b"")))
            if self.arrivals.held_bytes > self.arrivals.held_bytes_max:
                return TooBusy()
            if not message.get("more_body"):
                return None
        return None

    def _weigh(self, arrived: int) -> None:
        self.bytes += arrived
        self.arrivals.held_bytes += arrived


def replayed(messages: Sequence[ReceiveMessage], receive: Receive) -> Receive:
    """What has arrived already, and then whatever else comes."""
    waiting = iter(messages)

    async def replay() -> ReceiveMessage:
        for message in waiting:
            return message
        return await receive()

    return replay
