"""How the cost of what people wait for grows with the number of orders that the database holds already: it may not."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
from attrs import define, field, frozen

from benchmarks import databases, quotes, servers
from benchmarks.databases import Database
from benchmarks.figures import Table, median, short
from benchmarks.furnished import Furnished, analyze, furnish, in_loop, opened
from benchmarks.handwritten import prepared
from benchmarks.load import Volley, fire, request
from benchmarks.quotes import QuoteBook
from benchmarks.servers import Server
from retail_adapters.paging import cursor_of
from tests.support.postgres import server_programs

FILL: Final = Path(__file__).with_name("sql") / "orders.sql"
OWN_ORDERS: Final = 100
"""So many orders has each of the buyers who are measured, however many there are in all."""
_CHUNK: Final = 100_000
_TOO_MUCH: Final = 1.5


@frozen(kw_only=True)
class Size:
    """How much is measured."""

    levels: tuple[int, ...]
    requests: int
    rounds: int
    buyers: int = 20
    goods: int = 300
    connections: int = 4


FULL: Final = Size(levels=(10_000, 100_000, 1_000_000), requests=150, rounds=3)
QUICK: Final = Size(levels=(3_000, 30_000), requests=60, rounds=3)


@frozen
class Wait:
    """Something a person waits for."""

    name: str
    who: str
    asked: Sequence[bytes]


@define
class Growth:
    """What it cost at each level: processor microseconds of shop and database together, and milliseconds of waiting."""

    who: str
    cpu: list[float] = field(factory=list)
    waits: list[float] = field(factory=list)


def run(*, quick: bool) -> Iterator[Table]:
    """PostgreSQL, level by level, on one database that grows."""
    size = QUICK if quick else FULL
    settings = {"autovacuum": "off", "shared_buffers": "1GB"}  # vacuumed by hand, so that nobody else's work is counted
    with databases.postgres_on_ram(**settings) as database:
        furnished = furnish(database.url, goods=size.goods, buyers=size.buyers)
        prepared(server_programs(), database, furnished)
        book = quotes.draw_up(database.url, furnished, patterns=100, hot=False)
        found: dict[str, Growth] = {}
        audits, filled = [], 0
        for level in size.levels:
            fill(database, filled + 1, level, own=OWN_ORDERS * size.buyers)
            filled = level
            _measure(found, database, furnished, book, size)
            audits.append(audit(database))
        yield report(found, audits, size)


def fill(database: Database, first: int, last: int, *, own: int) -> None:
    """Make the orders of these numbers, in pieces that memory can hold, and let the planner know."""
    for begin in range(first, last + 1, _CHUNK):
        numbers = {"FIRST": begin, "LAST": min(begin + _CHUNK - 1, last), "OWN": own}
        script = FILL.read_text(encoding="utf-8")
        for name, number in numbers.items():
            script = script.replace(f"${name}", str(number))
        in_loop(_execute(database.url, script))
    in_loop(analyze(database.url))


async def _execute(url: str, script: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET session_replication_role = replica")  # the rows are right: the audit says so afterwards
        await connection.execute(script)
    finally:
        await connection.close()


def _measure(found: dict[str, Growth], database: Database, furnished: Furnished, book: QuoteBook, size: Size) -> None:
    with servers.shop(database.url, servers.DEFAULT) as shop:
        for wait in waits(furnished, book, size):
            one = found.setdefault(wait.name, Growth(wait.who))
            _once(shop, database, wait.asked[: size.requests // 3], size)  # prepares the statements
            rounds = [_once(shop, database, wait.asked, size) for _ in range(size.rounds)]
            one.cpu.append(median([cpu for cpu, _ in rounds]))
            one.waits.append(median([wait for _, wait in rounds]))
        orders = [_once(shop, database, book.orders(size.requests), size) for _ in range(size.rounds + 1)][1:]
        placed = found.setdefault("place an order of three lines", Growth("buyer"))
        placed.cpu.append(median([cpu for cpu, _ in orders]))
        placed.waits.append(median([wait for _, wait in orders]))


def _once(shop: Server, database: Database, asked: Sequence[bytes], size: Size) -> tuple[float, float]:
    before = shop.cpu_seconds() + database.cpu_seconds()
    volley: Volley = fire(shop.port, asked, size.connections).all(200, 201)
    spent = shop.cpu_seconds() + database.cpu_seconds() - before
    return spent / len(asked) * 1e6, median(volley.waits) * 1e3


def waits(furnished: Furnished, book: QuoteBook, size: Size) -> Iterator[Wait]:
    """What buyers and staff look at, and what buyers do before they order."""
    number, staff = size.requests, ("Authorization", f"Bearer {furnished.staff_token}")
    buyers = sorted(furnished.buyers, key=lambda buyer: buyer.address_id)  # as the orders were given to them
    mine = [[("Authorization", f"Bearer {buyer.token}")] for buyer in buyers]
    half = cursor_of(UUID(int=(OWN_ORDERS * size.buyers // 2) << 64))

    def each(method: str, path: str, bodies: Sequence[bytes] = (b"",)) -> list[bytes]:
        return [request(method, path, bodies[at % len(bodies)], mine[at % len(mine)]) for at in range(number)]

    def told(path: str) -> list[bytes]:
        return [request("GET", path, headers=[staff])] * number

    lines = [{"sku_id": goods.sku_id, "quantity": 1} for goods in furnished.goods[:3]]
    baskets = [
        json.dumps({"lines": lines, "delivery": {"kind": "address", "address_id": buyer.address_id}}).encode()
        for buyer in buyers
    ]
    yield Wait("quote three lines", "buyer", each("POST", "/v1/quotes", baskets))
    yield Wait("change the cart", "buyer", each("PUT", f"/v1/cart/lines/{lines[0]['sku_id']}", [b'{"quantity": 2}']))
    yield Wait("my orders, first page", "buyer", each("GET", "/v1/orders"))
    yield Wait("my orders, a page in the middle", "buyer", each("GET", f"/v1/orders?cursor={half}"))
    yield Wait("my orders about to be shipped", "buyer", each("GET", "/v1/orders?status=to_ship"))
    yield Wait("one of my orders", "buyer", [_order(at, mine) for at in range(number)])
    yield Wait("product list", "buyer", [request("GET", "/v1/products")] * number)
    yield Wait("product page", "buyer", [request("GET", f"/v1/products/{furnished.goods[0].product_id}")] * number)
    yield Wait("all orders, first page", "staff", told("/v1/staff/orders"))
    yield Wait("all orders, a page in the middle", "staff", told(f"/v1/staff/orders?cursor={half}"))
    yield Wait("all orders about to be shipped", "staff", told("/v1/staff/orders?status=to_ship"))
    yield Wait("all orders that were closed (there are none)", "staff", told("/v1/staff/orders?status=closed"))
    yield Wait("money that waits for a person", "staff", told("/v1/staff/payments/suspects"))
    yield Wait("balances of the ledger", "staff, rarely", told("/v1/staff/payments/balances")[:2])


def _order(at: int, mine: Sequence[list[tuple[str, str]]]) -> bytes:
    number = len(mine) + at  # order number i belongs to buyer i modulo their number
    id = UUID(int=(number << 64) + (100 << 32))
    return request("GET", f"/v1/orders/{id}", headers=mine[number % len(mine)])


class BooksAreWrong(Exception):
    """The audit found something: what was measured was not a shop."""


def audit(database: Database) -> float:
    """Seconds of asking every law; there must be no finding."""

    async def ask() -> float:
        async with opened(database.url) as shop:
            began = time.perf_counter()
            findings = await shop.audit()
            if findings:
                raise BooksAreWrong("; ".join(map(str, findings[:5])))
            return time.perf_counter() - began

    return in_loop(ask())


def report(found: dict[str, Growth], audits: Sequence[float], size: Size) -> Table:
    """Costs by level, and the last against the first."""
    head = ("", "who waits", *(f"{level:,} orders" for level in size.levels), "last ÷ first", "ms, first", "ms, last")
    rows = [
        (
            name,
            one.who,
            *map(short, one.cpu),
            f"**{short(one.cpu[-1] / one.cpu[0])}**",
            short(one.waits[0]),
            short(one.waits[-1]),
        )
        for name, one in found.items()
    ]
    cells = (*(f"{short(seconds)} s" for seconds in audits), f"**{short(audits[-1] / audits[0])}**", "", "")
    rows.append(("the audit, all laws", "nobody", *cells))
    grown = [name for name, one in found.items() if one.who == "buyer" and one.cpu[-1] > _TOO_MUCH * one.cpu[0]]
    verdict = f"Grew: {', '.join(grown)}." if grown else "Nothing that a buyer waits for grew by half or more."
    return Table(
        "Growth: PostgreSQL, RAM disk",
        head,
        tuple(rows),
        after=f"Microseconds of processor time of shop and database for one of each, medians of {size.rounds} rounds of "
        f"{size.requests}, {size.connections} connections; the audit in seconds by the clock, with no finding at any level. "
        f"{verdict}",
    )
