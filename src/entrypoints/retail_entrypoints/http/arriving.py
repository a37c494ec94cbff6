"""Bodies on their way in: read before a request takes a place, within a time and a size (R37, R46)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Final

from attrs import define, field
from litestar.types import HTTPScope, Receive, ReceiveMessage

from retail_domain.kernel.costs import ARRIVING, BODY, SMALL_BODY_BYTES, Whose
from retail_domain.kernel.errors import DomainError
from retail_entrypoints.http.refusals import TooManyBodies, TooSlow

BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


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
class _Branch:
    """Addresses that begin alike: what may follow, and how large a body is where one ends here."""

    named: dict[str, _Branch] = field(factory=dict)
    any_name: _Branch | None = None
    most: int | None = None

    def grow(self, part: str) -> _Branch:
        """The branch of one more part; `{...}` stands for any."""
        if not part.startswith("{"):
            return self.named.setdefault(part, _Branch())
        if self.any_name is None:
            self.any_name = _Branch()
        return self.any_name


class BodyLimits:
    """How large a body may be: what its route says, else what all others do. Asking costs the same for any number of routes."""

    def __init__(self, others: int, routes: Iterable[tuple[str, int]] = ()) -> None:
        self._others = others
        self._root = _Branch()
        for path, most in routes:
            branch = self._root
            for part in path.strip("/").split("/"):
                branch = branch.grow(part)
            branch.most = most if branch.most is None else max(branch.most, most)

    def of(self, path: str) -> int:
        """The most bytes that are read of a body sent to this address."""
        branch = self._root
        for part in path.strip("/").split("/"):
            following = branch.named.get(part) or branch.any_name
            if following is None:
                return self._others
            branch = following
        return self._others if branch.most is None else branch.most


@define
class Arrivals:
    """Every body that has come in or is coming in, and what all of them weigh: in all, and of each line (ACC-R7)."""

    limits: BodyLimits
    timer: BodyTimer
    held_bytes_max: int = BODY.at_once(Whose.ALL)
    line_bytes_max: int = BODY.at_once(Whose.LINE)
    small_bytes: int = SMALL_BODY_BYTES
    line_arriving_max: int = ARRIVING.at_once(Whose.LINE)
    held_bytes: int = 0
    held_of: dict[str, int] = field(factory=dict)
    arriving_of: dict[str, int] = field(factory=dict)

    def limit_of(self, scope: HTTPScope) -> int:
        """How large a body is waited for: 0 where none may come, or where more is announced than its route takes."""
        if scope["method"] in BODILESS:
            return 0
        limit = self.limits.of(scope["path"])
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), None)
        if announced is None or not announced.isdigit():
            return limit
        return limit if 0 < int(announced[:20]) <= limit else 0

    def holding(self, whose: str, limit: int) -> HeldBody:
        """A body in our hands until its request has been answered."""
        return HeldBody(self, whose, limit)

    def weigh(self, whose: str, arrived: int) -> None:
        """So many bytes more, or fewer, are held for a line."""
        self.held_bytes += arrived
        left = self.held_of.get(whose, 0) + arrived
        if left:
            self.held_of[whose] = left
        else:
            self.held_of.pop(whose, None)

    def may_hold(self, whose: str) -> bool:
        """Whether a line keeps within its share; when all together hold too much, an equal part of it is each one's share."""
        ours = self.held_of.get(whose, 0)
        if ours > self.line_bytes_max:
            return False
        return self.held_bytes <= self.held_bytes_max or ours <= self.held_bytes_max // len(self.held_of)

    def count(self, whose: str, more: int) -> None:
        """One more body is under way for a line, or one fewer."""
        left = self.arriving_of.get(whose, 0) + more
        if left:
            self.arriving_of[whose] = left
        else:
            del self.arriving_of[whose]


@define
class HeldBody:
    """The part of a body that has arrived, in the messages it came in; `with` lets go of it at the end."""

    arrivals: Arrivals
    whose: str
    limit: int
    messages: list[ReceiveMessage] = field(factory=list)
    bytes: int = 0

    def __enter__(self) -> HeldBody:
        return self

    def __exit__(self, *_: object) -> None:
        self.unload()

    def unload(self) -> None:
        """Hold nothing more of it."""
        self.messages.clear()
        self.arrivals.weigh(self.whose, -self.bytes)
        self.bytes = 0

    async def read(self, receive: Receive) -> DomainError | None:
        """Read until the body is complete or too large for its route; why the request cannot wait longer, if so."""
        arrivals = self.arrivals
        if arrivals.arriving_of.get(self.whose, 0) >= arrivals.line_arriving_max:
            return TooManyBodies()
        time = arrivals.timer.start()
        arrivals.count(self.whose, 1)
        try:
            return await self._read(receive)
        except asyncio.CancelledError:
            if not time.is_up:
                raise
            time.reader.uncancel()
            return TooSlow()
        finally:
            arrivals.count(self.whose, -1)
            arrivals.timer.stop(time)

    async def _read(self, receive: Receive) -> DomainError | None:
        while self.bytes <= self.limit:
            message = await receive()
            self.messages.append(message)
            if message["type"] != "http.request":
                return None
            arrived = len(message.get("body", b""))
            self.bytes += arrived
            self.arrivals.weigh(self.whose, arrived)
            if self.bytes > self.arrivals.small_bytes and not self.arrivals.may_hold(self.whose):
                return TooManyBodies()
            if not message.get("more_body"):
                return None
        return None


def replayed(messages: Sequence[ReceiveMessage], receive: Receive) -> Receive:
    """What has arrived already, and then whatever else comes."""
    waiting = iter(messages)

    async def replay() -> ReceiveMessage:
        for message in waiting:
            return message
        return await receive()

    return replay
