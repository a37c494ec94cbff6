"""Product page and product list, against a handler that returns a constant of the same size; memory, and time to start."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Final

from attrs import define, evolve, field, frozen

from benchmarks import databases, servers
from benchmarks.databases import Database
from benchmarks.figures import Table, median, ratios, short
from benchmarks.furnished import Furnished, furnish
from benchmarks.load import fire, request
from benchmarks.servers import Server
from retail_entrypoints.cli.running import SERVERS

TARGET: Final = 0.5
WARM_UP: Final = 200
_MIB: Final = 2**20


@frozen(kw_only=True)
class Size:
    """How much is measured."""

    requests: int
    rounds: int
    starts: int
    goods: int = 300
    connections: int = 16


FULL: Final = Size(requests=2_000, rounds=5, starts=3)
QUICK: Final = Size(requests=500, rounds=3, starts=1)


@frozen(kw_only=True)
class Page:
    """Something to read, and a constant of its size."""

    name: str
    asked: bytes
    constant: bytes
    status: int
    bytes: int


@define
class Read:
    """What was measured of a page, turn by turn."""

    page: Page
    rates: list[float] = field(factory=list)
    of_constant: list[float] = field(factory=list)
    cpu: list[float] = field(factory=list)
    cpu_of_constant: list[float] = field(factory=list)


def run(*, quick: bool) -> Iterator[Table]:
    """Both databases, then what processes weigh."""
    size = QUICK if quick else FULL
    for place in (databases.postgres_on_ram, databases.sqlite_on_ram):
        yield from measure(place, size)


def measure(place: Callable[[], AbstractContextManager[Database]], size: Size) -> Iterator[Table]:
    """Pages against constants, then memory and start of both servers."""
    with place() as database:
        furnished = furnish(database.url, goods=size.goods, buyers=1)
        with servers.shop(database.url, servers.DEFAULT) as shop, servers.bare(servers.DEFAULT) as bare:
            reads = [Read(page) for page in pages(shop, furnished)]
            for turn in range(size.rounds):
                for read in reads if turn % 2 else reversed(reads):
                    _measure(read, shop, bare, size)
            yield report(database, reads, size)
        yield weigh(database, reads, size)


def _measure(read: Read, shop: Server, bare: Server, size: Size) -> None:
    rate, cpu = _rate_and_cpu(shop, read.page.asked, read.page.status, size)
    read.rates.append(rate)
    read.cpu.append(cpu)
    rate, cpu = _rate_and_cpu(bare, read.page.constant, 200, size)
    read.of_constant.append(rate)
    read.cpu_of_constant.append(cpu)


def _rate_and_cpu(server: Server, asked: bytes, status: int, size: Size) -> tuple[float, float]:
    fire(server.port, [asked] * WARM_UP, size.connections).all(status)
    before = server.cpu_seconds()
    volley = fire(server.port, [asked] * size.requests, size.connections).all(status)
    return volley.rate, (server.cpu_seconds() - before) / size.requests * 1e6


def pages(shop: Server, furnished: Furnished) -> list[Page]:
    """The page of a product and the first page of the list, again with what the reader has already, where it is told."""
    found = []
    for name, path in (
        ("product page", f"/v1/products/{furnished.goods[0].product_id}"),
        ("product list, 20 of them", "/v1/products"),
        ("search, 20 hits", "/v1/products?query=tea"),
    ):
        length, tag = look(shop.port, path)
        constant = request("GET", f"/bare/bytes/{max(length, 2)}")
        page = Page(name=name, asked=request("GET", path), constant=constant, status=200, bytes=length)
        found.append(page)
        if tag is not None:
            asked = request("GET", path, headers=[("If-None-Match", tag)])
            found.append(evolve(page, name=f"{name}, unchanged (304)", asked=asked, status=304))
    return found


def look(port: int, path: str) -> tuple[int, str | None]:
    """How long an answer is, and its ETag."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return len(answer.read()), answer.headers.get("ETag")
    finally:
        connection.close()


def report(database: Database, reads: Sequence[Read], size: Size) -> Table:
    """Rates and ratios."""
    rows = [
        (
            read.page.name,
            f"{read.page.bytes:,}",
            short(median(read.rates)),
            short(median(read.of_constant)),
            f"**{short(median(ratios(read.rates, read.of_constant)))}**",
            short(median(read.cpu)),
            short(median(read.cpu_of_constant)),
        )
        for read in reads
    ]
    head = ("", "bytes", "reads/s", "of a constant/s", "ratio", "µs of processor time in the shop", "of a constant")
    missing = "" if any(read.page.status == 304 for read in reads) else " The shop sends no ETag yet."
    return Table(
        f"Reads: {database.name}",
        head,
        tuple(rows),
        after=f"{servers.DEFAULT}, one process each, {size.connections} connections, {size.rounds} turns of {size.requests} "
        f"reads. Wanted is {TARGET} of the constant's rate or better.{missing}",
    )


def weigh(database: Database, reads: Sequence[Read], size: Size) -> Table:
    """Memory before and after some work, and seconds from start to the first answer."""
    rows = []
    for kind in SERVERS:
        for workers in (1, 2):
            starts, fresh, used = [], [], []
            for _ in range(size.starts):
                with servers.shop(database.url, kind, workers=workers) as shop:
                    starts.append(shop.seconds_to_first_answer)
                    fresh.append(shop.resident_bytes() / _MIB)
                    for read in reads:
                        fire(shop.port, [read.page.asked] * WARM_UP, size.connections)
                    used.append(shop.resident_bytes() / _MIB)
            rows.append((f"{kind}, {workers}", *(short(median(values)) for values in (starts, fresh, used))))
    return Table(
        f"Start and memory: {database.name}",
        ("server, processes that serve", "seconds to the first answer", "MiB then", "MiB after some reads"),
        tuple(rows),
        after="Memory is that of all processes of the server; what several of them share is divided among them (PSS).",
    )
