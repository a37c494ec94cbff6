"""Admission control: who is let in, who waits, who is sent away, and what a body may weigh (R46, R37)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from attrs import define, field

from retail_entrypoints.http.admission import AdmissionControl, Capacity, Slots
from retail_entrypoints.http.arriving import Arrivals, BodyTimer

Answer = tuple[int, dict[str, str], Any]


@define
class Till:
    """An application that answers when it is told to, and counts who stands inside."""

    may_answer: asyncio.Event = field(factory=asyncio.Event)
    inside: int = 0
    most_inside: int = 0
    bodies: list[bytes] = field(factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        try:
            if scope["method"] == "POST":
                self.bodies.append(await _whole(receive))
            await self.may_answer.wait()
        finally:
            self.inside -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


async def _whole(receive: Any) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def a_admission_control(
    till: Any, *, requests: int = 2, waiting: int = 3, seconds: float = 60, body_seconds: float = 60, **more: Any
) -> AdmissionControl:
    capacity = Capacity(requests_max=requests, waiting_max=waiting, wait_seconds_max=seconds)
    return AdmissionControl(till, Slots(capacity), Arrivals(1_000, BodyTimer(body_seconds), **more))


async def knock(
    door: Any, path: str = "/v1/products", method: str = "GET", body: Sequence[Any] = (), length: int = -1
) -> Answer:
    sent: list[Any] = []
    coming = iter(body)

    async def receive() -> Any:
        for part in coming:
            if part is None:
                await asyncio.Event().wait()  # the rest of the body never comes
            return part if isinstance(part, dict) else {"type": "http.request", "body": part, "more_body": part != b""}
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-length", str(length).encode())] if length >= 0 else []
    await door({"type": "http", "method": method, "path": path, "headers": headers}, receive, send)
    body_sent = sent[1]["body"]
    return sent[0]["status"], {n.decode(): v.decode() for n, v in sent[0]["headers"]}, json.loads(body_sent)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_so_many_are_inside_some_wait_and_the_rest_are_sent_away_at_once() -> None:
    """R46: sheds early, and everybody who was let in is served."""
    till = Till()
    door = a_admission_control(till)
    knocks = [asyncio.ensure_future(knock(door)) for _ in range(7)]
    await settle()
    sent_away = [each.result()[0] for each in knocks if each.done()]
    till.may_answer.set()
    answers = await asyncio.gather(*knocks)

    assert (sent_away, till.most_inside) == ([503, 503], 2)
    assert [status for status, _, _ in answers] == [200] * 5 + [503] * 2
    assert (door.slots.inside, len(door.slots.line)) == (0, 0)


async def test_who_is_sent_away_is_told_when_to_come_back() -> None:
    """R46, R37: 503 with Retry-After, as problem details."""
    till = Till()
    door = a_admission_control(till, requests=1, waiting=0)
    first = asyncio.ensure_future(knock(door))
    await settle()
    status, headers, told = await knock(door)
    again = await knock(door)
    till.may_answer.set()
    await first

    assert (status, headers["content-type"], headers["retry-after"]) == (503, "application/problem+json", "1")
    assert told["code"] == "request.too_busy" and again == (status, headers, told)


async def test_who_waited_long_enough_is_sent_away() -> None:
    """R46: waiting is bounded too, so that nobody is served after having given up."""
    till = Till()
    door = a_admission_control(till, requests=1, seconds=0.01)
    first = asyncio.ensure_future(knock(door))
    await settle()
    status, _, told = await knock(door)
    till.may_answer.set()

    assert (status, told["code"], len(door.slots.line)) == (503, "request.too_busy", 0)
    assert (await first)[0] == 200 and door.slots.inside == 0


async def test_a_slot_that_is_free_goes_to_who_waited_longest() -> None:
    """R46: first come, first served."""
    till, served = Till(), []
    till.may_answer.set()
    door = a_admission_control(till, requests=1)
    assert await door.slots.taken()

    async def come(number: int) -> None:
        await knock(door)
        served.append(number)

    waiting = [asyncio.ensure_future(come(number)) for number in range(3)]
    await settle()
    door.slots.leave()
    await asyncio.gather(*waiting)

    assert (served, door.slots.inside) == ([0, 1, 2], 0)


@pytest.mark.parametrize("is_called", [False, True])
async def test_who_goes_away_while_waiting_leaves_no_slot_taken(is_called: bool) -> None:
    """R46: recovers by itself: no slot is lost, not even when somebody leaves the moment they are called in."""
    door = a_admission_control(Till(), requests=1)
    assert await door.slots.taken()
    waiting = asyncio.ensure_future(knock(door))
    await settle()
    if is_called:
        door.slots.leave()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    if not is_called:
        door.slots.leave()

    assert (door.slots.inside, len(door.slots.line)) == (0, 0)


async def test_a_crash_inside_frees_the_slot() -> None:
    """R46, R47: whatever goes wrong, the next one is served."""

    async def crash(_scope: Any, _receive: Any, _send: Any) -> None:
        raise RuntimeError

    door = a_admission_control(crash, requests=1)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            await knock(door)

    assert door.slots.inside == 0


async def test_a_slow_reader_holds_no_slot() -> None:
    """R37: a slot is for work; an answer on its way to a slow network is not."""
    till = Till()
    till.may_answer.set()
    door = a_admission_control(till, requests=1)
    reading = asyncio.Event()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            await reading.wait()

    scope: Any = {"type": "http", "method": "GET", "path": "/", "headers": []}
    nothing: Any = None
    slow = asyncio.ensure_future(door(scope, nothing, send))
    await settle()
    answered = await knock(door)
    reading.set()
    await slow

    assert (answered[0], door.slots.inside) == (200, 0)


async def test_health_is_answered_however_full_the_shop_is() -> None:
    """R46: whoever watches the shop must be able to tell full from dead."""
    till = Till()
    door = a_admission_control(till, requests=1, waiting=0)
    first = asyncio.ensure_future(knock(door))
    await settle()
    health = asyncio.ensure_future(knock(door, "/health/live"))
    await settle()
    till.may_answer.set()

    assert (await health)[0] == (await first)[0] == 200 and till.most_inside == 2


async def test_a_body_is_read_before_a_slot_is_taken_and_handed_on_whole() -> None:
    """R37: who sends slowly keeps nobody out."""
    till = Till()
    till.may_answer.set()
    door = a_admission_control(till, requests=1)
    slow = asyncio.ensure_future(knock(door, method="POST", body=[b"{", None]))
    await settle()
    quick = await knock(door, method="POST", body=[b'{"a"', b": 1}", b""])
    slow.cancel()
    await asyncio.gather(slow, return_exceptions=True)

    assert (quick[0], till.bodies) == (200, [b'{"a": 1}'])
    assert (door.slots.inside, door.arrivals.held_bytes) == (0, 0)


async def test_a_body_that_does_not_come_in_time_is_408() -> None:
    """R37: an answer within a bound, and the connection is not kept."""
    door = a_admission_control(Till(), body_seconds=0.01)
    status, headers, told = await knock(door, method="POST", body=[b"{", None])

    assert (status, told["code"], headers["connection"]) == (408, "request.too_slow", "close")
    assert (door.slots.inside, door.arrivals.held_bytes) == (0, 0)


async def test_a_body_beyond_all_limits_is_not_collected() -> None:
    """R37: what comes after the largest size is left for the application to refuse."""
    till, seen = Till(), []
    till.may_answer.set()
    door = a_admission_control(till)

    async def look(_scope: Any, receive: Any, send: Any) -> None:
        seen.append(door.arrivals.held_bytes)
        await till({"method": "GET"}, receive, send)

    door.inner = look
    await knock(door, method="POST", body=[b"x" * 600] * 50)
    await knock(door, method="POST", body=[b"x" * 600] * 50, length=30_000)

    assert seen == [1_200, 0] and door.arrivals.held_bytes == 0


async def test_all_bodies_together_have_a_limit() -> None:
    """R37: memory stays within a bound, whoever sends what."""
    till = Till()
    till.may_answer.set()
    door = a_admission_control(till, held_bytes_max=1_500)
    slow = [asyncio.ensure_future(knock(door, method="POST", body=[b"x" * 700, None])) for _ in range(2)]
    await settle()
    status, headers, told = await knock(door, method="POST", body=[b"x" * 700, b""])
    for each in slow:
        each.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    afterwards = await knock(door, method="POST", body=[b"x" * 700, b""])

    assert (status, told["code"], headers["retry-after"]) == (503, "request.too_busy", "1")
    assert (afterwards[0], door.arrivals.held_bytes) == (200, 0)


async def test_a_caller_who_hung_up_is_passed_on_as_such() -> None:
    """R37: the application decides what half a body means."""
    heard: list[Any] = []

    async def listen(_scope: Any, receive: Any, send: Any) -> None:
        heard.extend([await receive(), await receive(), await receive()])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    half = {"type": "http.request", "body": b"{", "more_body": True}
    await knock(a_admission_control(listen), method="POST", body=[half, {"type": "http.disconnect"}])

    assert [message["type"] for message in heard] == ["http.request", "http.disconnect", "http.disconnect"]
