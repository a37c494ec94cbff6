"""Admission control: so many requests are served at once, some wait, the rest are sent away early (R46, decision 0024).

What there is of places, of room to wait and of memory for bodies is shared out by address line (ACC-R7, decision 0047).
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Final

from attrs import define, field
from litestar.types import HTTPScope, Message, Receive, Send

from retail_domain.kernel.costs import READ, Whose
from retail_domain.kernel.errors import DomainError
from retail_entrypoints.http.arriving import Arrivals, replayed
from retail_entrypoints.http.lateness import Lateness
from retail_entrypoints.http.layers import Layer
from retail_entrypoints.http.lines import Lines
from retail_entrypoints.http.problems import hanging_up, plain_answer
from retail_entrypoints.http.refusals import TooBusy, TooManyBodies, TooSlow
from retail_entrypoints.places import PLACE, Turns

_HEALTH: Final = "/health/"
_TOO_MANY: Final = 429
_READING: Final = frozenset({"GET", "HEAD"})
_APART: Final = ("/v1/staff/", "/desk", "/pictures/")
"""What a report takes keeps no colleague from looking, and a picture is mostly waited for."""


@define
class AdmissionControl:
    """Stands inside the request log and before the application; who asks after the shop's health is never kept waiting."""

    inner: Layer
    places: Turns
    arrivals: Arrivals
    lines: Lines = field(factory=Lines)
    lateness: Lateness = field(factory=Lateness)
    reads_each: int = READ.at_once(Whose.LINE)

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Let a request in once its body is there and a place is free; else refuse it."""
        if scope["path"].startswith(_HEALTH):
            await self.inner(scope, receive, send)
            return
        whose = self.lines.of(scope)
        limit = self.arrivals.limit_of(scope)
        if not limit:
            await self._admit(whose, scope, receive, send)
            return
        with self.arrivals.holding(whose, limit) as held:
            refused = await held.read(receive)
            if refused is not None:
                held.unload()  # the answer may be late
                await self._refuse(refused, whose, send)
                return
            await self._admit(whose, scope, replayed(held.messages, receive), send)

    async def _admit(self, whose: str, scope: HTTPScope, receive: Receive, send: Send) -> None:
        if scope["method"] in _READING and not scope["path"].startswith(_APART):
            place, most = f"{whose} reads", self.reads_each
        else:
            place, most = whose, None
        if not await self.places.taken(place, most):
            await self._refuse(TooBusy(), whose, send)
            return
        leaving = Leaving(send, self.places, place, whose, self.lateness)
        before = PLACE.set(leaving)
        try:
            await self.inner(scope, receive, leaving)
        finally:
            PLACE.reset(before)
            leaving.leave()

    async def _refuse(self, refused: DomainError, whose: str, send: Send) -> None:
        may_stay = await self.lateness.is_held_back(whose) and not isinstance(refused, TooManyBodies)
        start, body = _ANSWERS[type(refused)]
        await send(copy(start) if may_stay else hanging_up(start))  # the request log adds headers to what it is given
        await send(copy(body))


@define
class Leaving:
    """A request leaves when its answer is complete, however slowly the other side reads it.

    One that is told that it was too much leaves before it is told, which may be late.
    """

    send: Send
    places: Turns
    place: str
    whose: str
    lateness: Lateness
    has_left: bool = False

    async def __call__(self, message: Message) -> None:
        """Pass a message on; the last one frees the place first."""
        if message["type"] == "http.response.start":
            if message["status"] == _TOO_MANY:
                self.leave()
                if not await self.lateness.is_held_back(self.whose):
                    message = hanging_up(message)
        elif message["type"] == "http.response.body":
            if not message.get("more_body"):
                self.leave()
            elif self.place != self.whose and not self.has_left:
                self.places.passes(self.place, self.whose)  # a long answer that is sent in pieces holds up no other page
                self.place = self.whose
        await self.send(message)

    def leave(self) -> None:
        """Free the place, once."""
        if not self.has_left:
            self.has_left = True
            self.places.leave(self.place)

    async def take_again(self) -> None:
        """Have the place back."""
        if self.has_left:
            await self.places.again(self.place)
            self.has_left = False


_ANSWERS: Final[Mapping[type[DomainError], tuple[Message, Message]]] = {
    refused: plain_answer(refused()) for refused in (TooBusy, TooManyBodies, TooSlow)
}
"""Made once: sending somebody away must cost next to nothing."""
