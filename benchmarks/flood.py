"""What a flood costs somebody else: a stranger's time for a request, alone and beside 200 connections of one address."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Final
from uuid import uuid4

from attrs import frozen

from benchmarks.figures import Table
from benchmarks.furnished import furnish
from benchmarks.load import request
from benchmarks.servers import DEFAULT, shop

CONNECTIONS: Final = 200
FLOODER, STRANGER = "127.0.0.2", "127.0.0.3"
"""Two address lines of one machine."""
_SETTLE_SECONDS: Final = 2.0
_HUNG_UP_SECONDS: Final = 0.2

Asked = Callable[[int], bytes]


@frozen
class Size:
    """How much is measured."""

    rounds: int
    requests: int


FULL: Final = Size(rounds=5, requests=150)
QUICK: Final = Size(rounds=3, requests=60)


def _made_up_codes(_number: int) -> bytes:
    body = b'{"challenge_id": "%s", "code": "000000", "password": "battery staple"}' % str(uuid4()).encode()
    return request("POST", "/v1/auth/password/reset", body)


def _logins(number: int) -> bytes:
    return request("POST", "/v1/auth/sessions", b'{"login": "nobody-%d", "password": "wrong horse"}' % number)


def _half_bodies(_number: int) -> bytes:
    head = b"POST /v1/auth/sessions HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: 262144\r\n\r\n"
    return head + b" " * 200_000


def _carts(_number: int) -> bytes:
    return request("POST", "/v1/carts")


def _reads(number: int) -> bytes:
    return request("GET", f"/v1/products?limit=20&query=tea{number}")


FLOODS: Final[dict[str, Asked]] = {
    "resets with made-up codes": _made_up_codes,
    "log-ins with made-up names": _logins,
    "half-sent bodies": _half_bodies,
    "guests' carts": _carts,
    "searches": _reads,
}


def run(*, quick: bool) -> Iterable[Table]:
    """A stranger's quote beside each flood; alone and beside it by turns."""
    size = QUICK if quick else FULL
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{Path(folder) / 'shop.db'}"
        furnished = furnish(database, goods=100, buyers=1)
        buyer = furnished.buyers[0]
        body = f'{{"lines": [{{"sku_id": "{furnished.goods[0].sku_id}", "quantity": 1}}], "delivery": '
        body += f'{{"kind": "address", "address_id": "{buyer.address_id}"}}}}'
        asked = request("POST", "/v1/quotes", body.encode(), [("Authorization", f"Bearer {buyer.token}")])
        rows = []
        for name, flood in FLOODS.items():
            with shop(database, DEFAULT) as server:
                alone, beside = _by_turns(server.port, asked, flood, size)
            rows.append((name, *_told(alone, beside)))
    yield Table(
        title="A stranger beside a flood",
        head=("flood", "p50 alone, ms", "p50 beside, ms", "times", "p95 alone, ms", "p95 beside, ms", "times"),
        rows=tuple(rows),
        after=f"A member's quote from one address, one after the other; {CONNECTIONS} connections from another one. "
        f"Medians of {size.rounds} rounds of {size.requests} requests, alone and beside the flood by turns; "
        "one server process, SQLite, flooder and stranger on the same machine. Wanted: three times at most.",
    )


def _by_turns(port: int, asked: bytes, flood: Asked, size: Size) -> tuple[list[list[float]], list[list[float]]]:
    alone, beside = [], []
    asyncio.run(_ask(port, asked, 20))
    for _ in range(size.rounds):
        alone.append(asyncio.run(_ask(port, asked, size.requests)))
        with _flooding(port, flood):
            beside.append(asyncio.run(_ask(port, asked, size.requests)))
    return alone, beside


def _told(alone: Sequence[Sequence[float]], beside: Sequence[Sequence[float]]) -> Iterator[str]:
    for part in (0.50, 0.95):
        one, other = (statistics.median(_at(part, turn) for turn in turns) for turns in (alone, beside))
        yield f"{one * 1_000:.1f}"
        yield f"{other * 1_000:.1f}"
        yield f"{other / one:.1f}"


def _at(part: float, seconds: Sequence[float]) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(part * len(seconds)))]


async def _ask(port: int, asked: bytes, times: int) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(STRANGER, 0))
    took = []
    for _ in range(times):
        began = time.perf_counter()
        writer.write(asked)
        status, is_open = await _answer(reader)
        took.append(time.perf_counter() - began)
        if status != 201 or not is_open:
            raise RuntimeError(f"a stranger was answered {status}")
        await asyncio.sleep(0.005)
    writer.close()
    return took


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = next((int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")), 0)
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1]), b"connection: close" not in head


@contextmanager
def _flooding(port: int, flood: Asked) -> Iterator[None]:
    spawned = multiprocessing.get_context("fork")
    stop = spawned.Event()
    process = spawned.Process(target=_flood, args=(port, flood, stop), daemon=True)
    process.start()
    time.sleep(_SETTLE_SECONDS)
    try:
        yield
    finally:
        stop.set()
        process.join(10)
        process.kill()
        time.sleep(_SETTLE_SECONDS)


def _flood(port: int, flood: Asked, stop: Event) -> None:
    async def all_of_them() -> None:
        numbers = count(os.getpid() * 100_000)
        connections = [asyncio.ensure_future(_pour(port, flood, numbers)) for _ in range(CONNECTIONS)]
        await asyncio.to_thread(stop.wait)
        for one in connections:
            one.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    asyncio.run(all_of_them())


async def _pour(port: int, flood: Asked, numbers: Iterator[int]) -> None:
    """One connection after the other: ask, hear, ask again; a new one when it was hung up on."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(FLOODER, 0))
            is_open = True
            while is_open:
                writer.write(flood(next(numbers)))
                _, is_open = await _answer(reader)
            writer.close()
        except (OSError, asyncio.IncompleteReadError):
            await asyncio.sleep(_HUNG_UP_SECONDS)
