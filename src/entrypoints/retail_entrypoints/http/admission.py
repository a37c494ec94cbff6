"""Admission control: so many requests are served at once, some wait, the rest are sent away early (R46, decision 0024)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from copy import copy
from typing import Final

from attrs import define, field, frozen
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from retail_domain.kernel.errors import DomainError
from retail_entrypoints.http.arriving import Arrivals, replayed
from retail_entrypoints.http.problems import plain_answer
from retail_entrypoints.http.refusals import TooBusy, TooSlow

_HEALTH: Final = "/health/"


@frozen(kw_only=True)
class Capacity:
    """How many requests one process serves at once, how many may wait for a slot, and for how long."""

    requests_max: int
    waiting_max: int
    wait_seconds_max: float


@define
class Slots:
    """The slots, and the line in front of them: first come, first served."""

    capacity: Capacity
    inside: int = 0
    line: deque[asyncio.Future[bool]] = field(factory=deque)

    async def taken(self) -> bool:
        """Take a slot, waiting a moment if there is none. False: the line is long, or did not move in time."""
        if self.inside < self.capacity.requests_max:
            self.inside += 1
            return True
        if len(self.line) >= self.capacity.waiting_max:
            return False
        return await self._wait()

    def leave(self) -> None:
        """Hand the slot to whoever waits longest, or free it."""
        while self.line:
            next_in_line = self.line.popleft()
            if not next_in_line.done():
                next_in_line.set_result(True)
                return
        self.inside -= 1

    async def _wait(self) -> bool:
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.line.append(turn)
        patience = turn.get_loop().call_later(self.capacity.wait_seconds_max, self._give_up, turn)
        try:
            return await turn
        except asyncio.CancelledError:
            self._step_aside(turn)
            raise
        finally:
            patience.cancel()

    def _give_up(self, turn: asyncio.Future[bool]) -> None:
        if not turn.done():
            self.line.remove(turn)
            turn.set_result(False)

    def _step_aside(self, turn: asyncio.Future[bool]) -> None:
        """Whoever goes away keeps nobody from the slot that was to be theirs."""
        if turn in self.line:
            self.line.remove(turn)
        elif turn.done() and not turn.cancelled() and turn.result():
            self.leave()


@define
class AdmissionControl:
    """Stands inside the request log and before the application; who asks after the shop's health is never kept waiting."""

    inner: ASGIApp
    slots: Slots
    arrivals: Arrivals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in once its body is there and a slot is free; else refuse it."""
        if scope["type"] != ScopeType.HTTP or scope["path"].startswith(_HEALTH):
            await self.inner(scope, receive, send)
            return
        if not self.arrivals.may_wait_for(scope):
            await self._admit(scope, receive, send)
            return
        with self.arrivals.holding() as held:
            refused = await held.read(receive)
            if refused is not None:
                await _refuse(refused, send)
                return
            await self._admit(scope, replayed(held.messages, receive), send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not await self.slots.taken():
            await _refuse(TooBusy(), send)
            return
        leaving = Leaving(send, self.slots)
        try:
            await self.inner(scope, receive, leaving)
        finally:
            leaving.leave()


@define
class Leaving:
    """A request leaves when its answer is complete, however slowly the other side reads it."""

    send: Send
    slots: Slots
    has_left: bool = False

    async def __call__(self, message: Message) -> None:
        """Pass a message on; the last one frees the slot first."""
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.leave()
        await self.send(message)

    def leave(self) -> None:
        """Free the slot, once."""
        if not self.has_left:
            self.has_left = True
            self.slots.leave()


async def _refuse(refused: DomainError, send: Send) -> None:
    start, body = _ANSWERS[type(refused)]
    await send(copy(start))  # the request log adds headers to what it is given
    await send(copy(body))


_ANSWERS: Final[Mapping[type[DomainError], tuple[Message, Message]]] = {
    refused: plain_answer(refused()) for refused in (TooBusy, TooSlow)
}
"""Made once: sending somebody away must cost next to nothing."""
