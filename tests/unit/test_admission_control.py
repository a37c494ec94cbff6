"""Admission control: who is let in, who waits, who is sent away, and what a body may weigh (R46, R37)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from attrs import define, field

from retail_entrypoints.http.admission import AdmissionControl
from retail_entrypoints.http.arriving import Arrivals, BodyLimits, BodyTimer
from retail_entrypoints.http.lateness import Lateness
from retail_entrypoints.places import Portions, Turns, aside

Answer = tuple[int, dict[str, str], Any]

FLOODER, STRANGER = "203.0.113.9", "198.51.100.7"


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
    till: Any,
    *,
    requests: int = 2,
    waiting: int = 3,
    each: int = 100,
    reads: int = 0,
    seconds: float = 60,
    body_seconds: float = 60,
    notices: int = 1_000,
    **more: Any,
) -> AdmissionControl:
    places = Portions(at_once=requests, at_once_each=each, waiting=waiting, waiting_each=max(1, each), seconds_max=seconds)
    limits = BodyLimits(others=1_000, routes=(("/v1/notices", notices),))
    arrivals = Arrivals(limits, BodyTimer(body_seconds), **{"small_bytes": 0} | more)
    return AdmissionControl(till, Turns(places), arrivals, reads_each=reads or each)


async def knock(
    door: Any,
    path: str = "/v1/products",
    method: str = "GET",
    body: Sequence[Any] = (),
    length: int = -1,
    client: str = FLOODER,
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
    scope = {"type": "http", "method": method, "path": path, "headers": headers, "client": (client, 1)}
    await door(scope, receive, send)
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
    assert (door.places.inside, len(door.places.lines)) == (0, 0)


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

    assert (status, told["code"], len(door.places.lines)) == (503, "request.too_busy", 0)
    assert (await first)[0] == 200 and door.places.inside == 0


async def test_a_slot_that_is_free_goes_to_who_waited_longest() -> None:
    """R46: first come, first served."""
    till, served = Till(), []
    till.may_answer.set()
    door = a_admission_control(till, requests=1)
    assert await door.places.taken()

    async def come(number: int) -> None:
        await knock(door)
        served.append(number)

    waiting = [asyncio.ensure_future(come(number)) for number in range(3)]
    await settle()
    door.places.leave()
    await asyncio.gather(*waiting)

    assert (served, door.places.inside) == ([0, 1, 2], 0)


@pytest.mark.parametrize("is_called", [False, True])
async def test_who_goes_away_while_waiting_leaves_no_slot_taken(is_called: bool) -> None:
    """R46: recovers by itself: no slot is lost, not even when somebody leaves the moment they are called in."""
    door = a_admission_control(Till(), requests=1)
    assert await door.places.taken()
    waiting = asyncio.ensure_future(knock(door))
    await settle()
    if is_called:
        door.places.leave()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    if not is_called:
        door.places.leave()

    assert (door.places.inside, len(door.places.lines)) == (0, 0)


async def test_a_crash_inside_frees_the_slot() -> None:
    """R46, R47: whatever goes wrong, the next one is served."""

    async def crash(_scope: Any, _receive: Any, _send: Any) -> None:
        raise RuntimeError

    door = a_admission_control(crash, requests=1)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            await knock(door)

    assert door.places.inside == 0


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

    assert (answered[0], door.places.inside) == (200, 0)


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
    assert (door.places.inside, door.arrivals.held_bytes) == (0, 0)


async def test_a_body_that_does_not_come_in_time_is_408() -> None:
    """R37: an answer within a bound, and the connection is not kept."""
    door = a_admission_control(Till(), body_seconds=0.01)
    status, headers, told = await knock(door, method="POST", body=[b"{", None])

    assert (status, told["code"], headers["connection"]) == (408, "request.too_slow", "close")
    assert (door.places.inside, door.arrivals.held_bytes) == (0, 0)


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

    assert (status, told["code"], headers["retry-after"]) == (503, "request.too_many_bodies", "1")
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


# ---- shares: what a flooder can hold, and that a stranger always gets in ---------------------------------------------------


async def test_one_line_has_its_share_of_the_places_and_a_stranger_walks_past_it() -> None:
    """ACC-R7: however many come from one address, some places are never theirs."""
    till = Till()
    door = a_admission_control(till, requests=4, waiting=10, each=2)
    flood = [asyncio.ensure_future(knock(door)) for _ in range(20)]
    await settle()
    held = till.inside
    stranger = asyncio.ensure_future(knock(door, client=STRANGER))
    await settle()
    inside = till.inside
    till.may_answer.set()
    answers = [status for status, _, _ in await asyncio.gather(*flood)]

    assert (held, inside, (await stranger)[0]) == (2, 3, 200)
    assert answers.count(200) == 4  # two inside and two who waited


async def test_of_one_line_few_pages_are_made_at_once_and_its_orders_go_by() -> None:
    """ACC-R7: reading is processor time, which everybody else waits for; what else the line wants has places of its own."""
    till = Till()
    door = a_admission_control(till, requests=8, waiting=10, each=4, reads=1)
    pages = [asyncio.ensure_future(knock(door)) for _ in range(5)]
    await settle()
    pages_inside = till.inside
    others = [asyncio.ensure_future(knock(door, method=method, path=path)) for method, path in _NO_PAGES]
    await settle()
    inside = till.inside
    stranger = asyncio.ensure_future(knock(door, client=STRANGER))
    await settle()

    assert (pages_inside, inside, till.inside) == (1, 1 + len(_NO_PAGES), 2 + len(_NO_PAGES))
    till.may_answer.set()
    assert {status for status, _, _ in await asyncio.gather(*pages, *others, stranger)} == {200}
    assert (door.places.inside, door.places.inside_of, door.places.lines) == (0, {}, {})


_NO_PAGES = (("POST", "/v1/orders"), ("GET", "/v1/staff/orders"), ("GET", "/desk/orders"), ("GET", "/pictures/a-320.webp"))


async def test_an_answer_that_is_sent_in_pieces_holds_up_no_page() -> None:
    """ACC-R7: a long download keeps a place of its line, though not the one in which its pages are made."""
    may_end, began = asyncio.Event(), asyncio.Event()

    async def pieces(scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/long":
            await send({"type": "http.response.body", "body": b"[", "more_body": True})
            began.set()
            await may_end.wait()
        await send({"type": "http.response.body", "body": b"{}"})

    door = a_admission_control(pieces, requests=8, waiting=10, each=4, reads=1)
    nothing: Any = None

    async def drop(_message: Any) -> None:
        return None

    scope: Any = {"type": "http", "method": "GET", "path": "/long", "headers": [], "client": (FLOODER, 1)}
    long = asyncio.ensure_future(door(scope, nothing, drop))
    await began.wait()
    page = await knock(door)
    inside = door.places.inside
    may_end.set()
    await long

    assert (page[0], inside, door.places.inside, door.places.inside_of) == (200, 1, 0, {})


async def test_a_stranger_is_next_however_many_wait() -> None:
    """ACC-R7: the next place goes to the line that has fewest, and room to wait is made by the longest."""
    served: list[str] = []
    may_go = asyncio.Semaphore(0)

    async def till(scope: Any, _receive: Any, send: Any) -> None:
        await may_go.acquire()
        served.append(scope["client"][0])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    door = a_admission_control(till, requests=2, waiting=6)
    knocks = [asyncio.ensure_future(knock(door)) for _ in range(8)]
    await settle()
    knocks += [asyncio.ensure_future(knock(door, client=STRANGER)) for _ in range(2)]
    await settle()
    for _ in knocks:
        may_go.release()
    answers = [status for status, _, _ in await asyncio.gather(*knocks)]

    assert answers[-2:] == [200, 200] and answers.count(503) == 2
    assert max(at for at, line in enumerate(served) if line == STRANGER) <= 4
    assert (door.places.inside, door.places.waiting, door.places.inside_of) == (0, 0, {})


async def test_who_waits_for_something_dear_keeps_nobody_from_being_served() -> None:
    """ACC-R7: the place of a request that waits for a hash is somebody else's meanwhile, and theirs again afterwards."""
    may_hash, inside = asyncio.Event(), []

    async def till(scope: Any, _receive: Any, send: Any) -> None:
        if scope["path"] == "/dear":
            async with aside():
                await may_hash.wait()
        inside.append((scope["path"], door.places.inside))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    door = a_admission_control(till, requests=1, waiting=0)
    dear = [asyncio.ensure_future(knock(door, "/dear")) for _ in range(1)]
    await settle()
    assert (await knock(door, client=STRANGER))[0] == 200
    may_hash.set()
    await asyncio.gather(*dear)

    assert inside == [("/v1/products", 1), ("/dear", 1)] and door.places.inside == 0


@pytest.mark.parametrize("goes_away", [False, True])
async def test_what_is_raised_or_given_up_while_standing_aside_leaves_no_place_taken(goes_away: bool) -> None:
    """R46: nothing is left over."""

    async def till(_scope: Any, _receive: Any, _send: Any) -> None:
        async with aside():
            await asyncio.sleep(3_600 if goes_away else 0)
            raise RuntimeError

    door = a_admission_control(till, requests=1)
    dear = asyncio.ensure_future(knock(door))
    await settle()
    if goes_away:
        dear.cancel()
    await asyncio.gather(dear, return_exceptions=True)

    assert (door.places.inside, door.places.waiting) == (0, 0)


async def test_half_sent_bodies_of_one_line_hold_its_share_and_no_more() -> None:
    """ACC-R7, R37: the flooder is refused, a stranger's large body and anybody's small one are taken."""
    till = Till()
    till.may_answer.set()
    door = a_admission_control(till, held_bytes_max=8_000, line_bytes_max=2_000, small_bytes=100)
    door.lateness = Lateness(a_second=1_000)
    flood = [asyncio.ensure_future(knock(door, method="POST", body=[b"x" * 700, None])) for _ in range(30)]
    await settle()
    refused = [each.result() for each in flood if each.done()]
    held = door.arrivals.held_bytes
    stranger = await knock(door, method="POST", body=[b"x" * 900, b""], client=STRANGER)
    small = await knock(door, method="POST", body=[b"x" * 90, b""])
    for each in flood:
        each.cancel()
    await asyncio.gather(*flood, return_exceptions=True)

    assert held == 1_400 and len(refused) == 28
    assert {(status, told["code"], headers["connection"]) for status, headers, told in refused} == {
        (503, "request.too_many_bodies", "close")
    }
    assert (stranger[0], small[0], door.arrivals.held_bytes, door.arrivals.held_of) == (200, 200, 0, {})


async def test_when_all_lines_together_hold_too_much_each_has_an_equal_part() -> None:
    """ACC-R7: many flooders keep a stranger out no more than one does."""
    till = Till()
    till.may_answer.set()
    door = a_admission_control(till, held_bytes_max=4_000, line_bytes_max=1_500)
    flood = [
        asyncio.ensure_future(knock(door, method="POST", body=[b"x" * 500, None], client=f"203.0.{line}.9"))
        for line in range(5)
        for _ in range(5)
    ]
    await settle()
    held = door.arrivals.held_bytes
    stranger = await knock(door, method="POST", body=[b"x" * 600, b""], client=STRANGER)
    for each in flood:
        each.cancel()
    await asyncio.gather(*flood, return_exceptions=True)

    assert stranger[0] == 200 and held <= 2 * 4_000
    assert (door.arrivals.held_bytes, door.arrivals.held_of, door.arrivals.arriving_of) == (0, {}, {})


async def test_bodies_under_way_from_one_line_are_counted_however_small() -> None:
    """ACC-R7: each is a connection that nobody else has."""
    till = Till()
    till.may_answer.set()
    door = a_admission_control(till, line_arriving_max=3, small_bytes=100)
    flood = [asyncio.ensure_future(knock(door, method="POST", body=[b"{", None])) for _ in range(10)]
    await settle()
    refused = [each.result()[2]["code"] for each in flood if each.done()]
    stranger = await knock(door, method="POST", body=[b"{}", b""], client=STRANGER)
    for each in flood:
        each.cancel()
    await asyncio.gather(*flood, return_exceptions=True)

    assert refused == ["request.too_many_bodies"] * 7 and stranger[0] == 200


async def test_a_body_is_measured_by_its_own_route() -> None:
    """R37: what one route takes is no reason to collect it for another."""
    till, seen = Till(), []
    till.may_answer.set()
    door = a_admission_control(till, notices=5_000)

    async def look(_scope: Any, receive: Any, send: Any) -> None:
        seen.append(door.arrivals.held_bytes)
        await till({"method": "GET"}, receive, send)

    door.inner = look
    for path in ("/v1/orders", "/v1/notices"):
        await knock(door, path, method="POST", body=[b"x" * 600] * 50)

    assert seen == [1_200, 5_400]


async def test_who_is_told_too_much_again_and_again_is_told_late_and_outside_the_places() -> None:
    """ACC-R7, R46: the first are told at once; whoever goes on holds a connection and nothing else."""

    async def too_often(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 429, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    door = a_admission_control(too_often, requests=1, waiting=100)
    door.lateness = Lateness(a_second=5, held_of_a_line=10)
    flood = [asyncio.ensure_future(knock(door)) for _ in range(25)]
    for _ in range(100):
        await settle()
    at_once = [each.result()[1].get("connection") for each in flood if each.done()]
    inside = (door.places.inside, door.places.waiting)
    stranger = await knock(door, client=STRANGER)
    for each in flood:
        each.cancel()
    await asyncio.gather(*flood, return_exceptions=True)

    assert at_once == [None] * 5 + ["close"] * 10  # ten are held back; the rest are hung up on
    assert (inside, stranger[0], door.lateness.held) == ((0, 0), 429, 0)


class TestHowLargeABodyMayBe:
    """A limit is its route's own, and looking for it costs the same whatever number of routes there is (R37)."""

    LIMITS = BodyLimits(1_000, [("/v1/files", 50), ("/v1/files/{id}", 60), ("/v1/files/new", 70), ("/v1/files/{id}/rows", 80)])

    @pytest.mark.parametrize(
        ("path", "most"),
        [
            ("/v1/files", 50), ("/v1/files/", 50), ("/v1/files/17", 60), ("/v1/files/new", 70), ("/v1/files/17/rows", 80),
            ("/v1/files/17/lines", 1_000), ("/v1", 1_000), ("/", 1_000), ("", 1_000), ("/v2/files", 1_000),
        ],
    )  # fmt: skip
    def test_a_route_says_it_for_itself(self, path: str, most: int) -> None:
        assert self.LIMITS.of(path) == most

    def test_of_two_ways_to_send_to_one_address_the_wider_counts(self) -> None:
        assert BodyLimits(1_000, [("/v1/files", 50), ("/v1/files", 70)]).of("/v1/files") == 70
