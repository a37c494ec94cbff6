"""Three robots as one ASGI application, and a control API for testers: what was heard, and how to misbehave."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from attrs import define, field

from retail_entrypoints.simulators.robots.rules import A_MINUTE_MAX, PLACES, TOO_OFTEN, RobotRefused, answer, text_of
from retail_entrypoints.simulators.sandbox.http import (
    Receive,
    Reply,
    Request,
    Scope,
    Send,
    json_reply,
    read_request,
    send_reply,
)
from retail_entrypoints.simulators.sandbox.reading import Refused

FAULTS: Final = ("silent", "cut", "broken", "often")
"""It never answers; breaks off; answers 500; says that it was called too often. In each case but the last it heard all."""


@define
class RobotApp:
    """What groups have read, and what happens to the next calls."""

    now: Callable[[], float] = time.time
    heard: list[dict[str, str]] = field(factory=list)
    faults: list[str] = field(factory=list)
    _calls: dict[str, list[float]] = field(factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event, as ASGI has it."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            try:
                reply = self._reply(await read_request(scope, receive), scope["query_string"])
            except Refused as no:
                reply = json_reply(no.document, no.status)
            await send_reply(reply, receive, send)

    def _reply(self, request: Request, query: bytes) -> Reply:
        if request.path.startswith("/control/"):
            return self._controlled(request)
        kind = PLACES.get(request.path)
        if kind is None or request.method != "POST":
            return json_reply({"code": "no_such_address"}, 404)
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "often" or self._is_too_often(kind):
            return json_reply(answer(kind, TOO_OFTEN[kind]))
        try:
            text = text_of(kind, query, request.document(), self.now())
        except RobotRefused as no:
            return json_reply(answer(kind, no.code))
        self.heard.append({"robot": kind, "text": text})
        if fault == "broken":
            return json_reply({"code": "broken"}, 500)
        reply = json_reply(answer(kind, 0))
        return Reply(body=reply.body, is_silent=fault == "silent", is_cut=fault == "cut")

    def _is_too_often(self, kind: str) -> bool:
        at = self.now()
        calls = self._calls[kind] = [one for one in self._calls.get(kind, []) if at - one < 60]
        calls.append(at)
        return len(calls) > A_MINUTE_MAX

    def _controlled(self, request: Request) -> Reply:
        if (request.method, request.path) == ("GET", "/control/heard"):
            return json_reply({"items": self.heard})
        if (request.method, request.path) == ("POST", "/control/reset"):
            self.heard.clear()
            self.faults.clear()
            self._calls.clear()
            return json_reply({})
        if (request.method, request.path) == ("POST", "/control/faults"):
            wanted: Any = request.document().get("kind")
            if wanted not in FAULTS:
                raise Refused(400, "kind_unknown")
            self.faults.append(wanted)
            return json_reply({"armed": self.faults})
        return json_reply({"code": "no_such_address"}, 404)


async def _live(receive: Receive, send: Send) -> None:
    while (event := (await receive())["type"]) in ("lifespan.startup", "lifespan.shutdown"):
        await send({"type": f"{event}.complete"})
        if event == "lifespan.shutdown":
            return
