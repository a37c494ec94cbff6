"""The servers we ship under fire: any bytes, slow and silent callers, floods, and more orders than they can take (R37, R46)."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest
from attrs import define, field

from retail_entrypoints.cli.running import SERVERS
from tests.fuzz.raw_bytes import ODDITIES, Wire, generated, request
from tests.support.furnished import findings, furnish
from tests.support.servers import Server, a_server
from tests.support.stores import Place, place_of

pytestmark = pytest.mark.slow

MEMORY_MARGIN_KILOBYTES = 200 * 1024


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Both databases."""
    return place_of(request)


@pytest.fixture(params=SERVERS)
def kind(request: pytest.FixtureRequest) -> str:
    """Both servers."""
    return str(request.param)


@pytest.fixture
def environ(sqlite_path: Path) -> Mapping[str, str]:
    """A furnished shop on SQLite."""
    return furnished(Place("sqlite", str(sqlite_path)))


def furnished(place: Place) -> Mapping[str, str]:
    url = f"sqlite:///{place.address}" if place.kind == "sqlite" else place.address
    environ = {"RETAIL_DATABASE_URL": url, "RETAIL_SMS": f"file:{Path('/dev/null')}"}
    furnish(environ)
    return environ


class TestAnyBytes:
    def test_no_bytes_break_the_server(self, kind: str, environ: Mapping[str, str], tmp_path: Path) -> None:
        """R37: no 5xx, always an end, memory within a bound, and then the shop is as well as before; its books too."""
        with a_server(kind, environ, tmp_path / "journal") as server:
            before, wire = server.peak_kilobytes, Wire(server.address)
            for name, raw in (*ODDITIES.items(), *generated(seed=37, many=60)):
                wire.send(name, raw)
            healthy, after = wire.is_healthy(), server.peak_kilobytes
            code = server.end()

        assert wire.violations == []
        assert (healthy, code, findings(environ)) == (True, 0, [])
        assert after - before < MEMORY_MARGIN_KILOBYTES
        assert len(wire.statuses) >= 5 and "200" in wire.statuses

    def test_an_endless_body_is_cut_off_and_never_collected(
        self, kind: str, environ: Mapping[str, str], tmp_path: Path
    ) -> None:
        """R37: 200 MB that nobody announced are answered 413 and leave no trace in memory."""
        head = request(b"POST", b"/v1/auth/sessions", b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n")
        chunk = b"40000\r\n" + b"[" * 0x40000 + b"\r\n"
        with a_server(kind, environ, tmp_path / "journal") as server:
            before = server.peak_kilobytes
            answered = _pour(server, head, chunk, 200_000_000)
            after, healthy = server.peak_kilobytes, server.is_up()

        assert answered.startswith(b"HTTP/1.1 413") and healthy
        assert after - before < 100 * 1024


class TestSlowCallers:
    def test_a_body_that_dribbles_in_is_ended_and_keeps_nobody_out(
        self, kind: str, environ: Mapping[str, str], tmp_path: Path
    ) -> None:
        """R37: four times as many slow senders as there are places; everybody else is served, and they are answered 408."""
        ours = {**environ, "RETAIL_REQUESTS_MAX": "2", "RETAIL_WAITING_MAX": "2", "RETAIL_BODY_SECONDS_MAX": "3"}
        head = request(b"POST", b"/v1/auth/sessions", b"Content-Type: application/json\r\nContent-Length: 200\r\n", b"{")
        with a_server(kind, ours, tmp_path / "journal") as server, ExitStack() as held:
            slow = [_call(held, server, head) for _ in range(8)]
            served = [httpx2.get(f"{server.url}/v1/products", timeout=60).status_code for _ in range(10)]
            ends = [each.recv(65_536)[:12] for each in slow]

        assert served == [200] * 10
        assert ends == [b"HTTP/1.1 408"] * 8

    def test_a_flood_of_connections_that_ask_for_nothing_passes(
        self, kind: str, environ: Mapping[str, str], tmp_path: Path
    ) -> None:
        """R37, R46: silence, half a head and half of a second head end; more of them than the server holds keep it only until
        they have been closed, without a restart. A server that waits without end can be locked by anybody."""
        said = (b"", b"GET /health/live HTTP/1.1\r\nHost:", request(b"GET", b"/health/live") + b"GET /")
        with a_server(kind, environ, tmp_path / "journal", "/health/live") as server, ExitStack() as held:
            flood = [_call(held, server, said[number % 3]) for number in range(600)]
            heard = [_until_closed(connection) for connection in flood[:3]]
            healthy = _until_up(server)

        assert [each.count(b"HTTP/1.1 200") for each in heard] == [0, 0, 1]
        assert healthy and len(flood) == 600


def _until_closed(connection: socket.socket) -> bytes:
    heard = b""
    while part := connection.recv(65_536):  # raises when it is still open after a minute
        heard += part
    return heard


def _until_up(server: Server) -> bool:
    patience = time.monotonic() + 120
    while not server.is_up("/health/live"):
        if server.running.poll() is not None or time.monotonic() > patience:
            return False
    return True


def _call(held: ExitStack, server: Server, raw: bytes) -> socket.socket:
    connection = held.enter_context(socket.create_connection(server.address, timeout=60))
    connection.sendall(raw)
    return connection


def _pour(server: Server, head: bytes, chunk: bytes, most: int) -> bytes:
    with socket.create_connection(server.address, timeout=60) as connection:
        connection.sendall(head)
        sent = 0
        try:
            while sent < most:
                connection.sendall(chunk)
                sent += len(chunk)
        except OSError:  # the server hung up, having answered
            pass
        return connection.recv(200)


# ---- more than it can take -----------------------------------------------------------------------------------------------


@define
class Rush:
    """Buyers who order without waiting for one another, and what each was told."""

    server: Server
    answers: list[httpx2.Response] = field(factory=list)
    acknowledged: list[str] = field(factory=list)
    health: list[int] = field(factory=list)

    async def come(self, buyers: int, rounds: int) -> None:
        """So many at the same moment, again and again, whatever became of those before."""
        limits = httpx2.Limits(max_connections=buyers + 8)
        async with httpx2.AsyncClient(base_url=self.server.url, timeout=120, limits=limits) as client:
            await self._log_in(client)
            for _ in range(rounds):
                watch = asyncio.ensure_future(client.get("/health/live"))
                await asyncio.gather(*(self._buy(client) for _ in range(buyers)))
                self.health.append((await watch).status_code)

    async def _log_in(self, client: httpx2.AsyncClient) -> None:
        session = await client.post("/v1/auth/sessions", json={"login": "demo", "password": "demo-shop-2026"})
        client.headers["Authorization"] = f"Bearer {session.json()['token']}"
        goods = (await client.get("/v1/products", params={"query": "茶杯"})).json()["items"][0]["skus"][0]["sku_id"]
        address = (await client.get("/v1/me/addresses")).json()["items"][0]["address_id"]
        lines = [{"sku_id": goods, "quantity": 1}]
        self.basket = {"lines": lines, "delivery": {"kind": "address", "address_id": address}}

    basket: Any = None

    async def _buy(self, client: httpx2.AsyncClient) -> None:
        quoted = await client.post("/v1/quotes", json=self.basket)
        self.answers.append(quoted)
        if quoted.status_code == 201:
            told = quoted.json()
            placed = await client.post("/v1/orders", json={"quote_id": told["quote_id"], "hash": told["hash"]})
            self.answers.append(placed)
            if placed.status_code == 201:
                self.acknowledged.append(placed.json()["order_id"])

    async def orders(self) -> set[str]:
        """Every order the shop knows of."""
        found: set[str] = set()
        async with httpx2.AsyncClient(base_url=self.server.url, timeout=120) as client:
            await self._log_in(client)
            cursor: str | None = ""
            while cursor is not None:
                page = (await client.get("/v1/orders", params={"limit": 100} | ({"cursor": cursor} if cursor else {}))).json()
                found |= {order["order_id"] for order in page["items"]}
                cursor = page["next_cursor"]
        return found


PAIRS = [(SERVERS[0], "postgres"), (SERVERS[1], "sqlite")]
"""Each server and each database once."""


class TestOverload:
    @pytest.mark.parametrize(("kind", "place"), PAIRS, indirect=True)
    def test_beyond_capacity_the_shop_sheds_early_keeps_its_word_and_recovers(
        self, kind: str, place: Place, tmp_path: Path
    ) -> None:
        """R46: many times more buyers than places: some are sent away with 503 and Retry-After, nobody gets another 5xx, every
        order that was acknowledged is there, the books are right, and afterwards everybody is served as ever."""
        environ = furnished(place)
        ours = {**environ, "RETAIL_REQUESTS_MAX": "2", "RETAIL_WAITING_MAX": "4", "RETAIL_WAIT_MS_MAX": "2000"}
        with a_server(kind, ours, tmp_path / "journal") as server:
            rush = Rush(server)
            asyncio.run(rush.come(buyers=40, rounds=3))
            known = asyncio.run(rush.orders())
            calm = Rush(server)
            asyncio.run(calm.come(buyers=1, rounds=5))
            code = server.end()

        statuses = Counter(answer.status_code for answer in rush.answers)
        away = [answer for answer in rush.answers if answer.status_code == 503]
        assert set(statuses) <= {201, 409, 503} and statuses[503] > 0 and rush.acknowledged, statuses
        assert all(each.headers["retry-after"] and each.json()["code"] == "request.too_busy" for each in away)
        assert rush.health == [200] * 3
        assert set(rush.acknowledged) <= known
        assert {answer.status_code for answer in calm.answers} == {201} and len(calm.acknowledged) == 5
        assert (code, findings(environ)) == (0, [])


@pytest.fixture(autouse=True)
def _enough_files() -> Iterator[None]:
    """A flood needs many sockets on our side too."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4_096), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
