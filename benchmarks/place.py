"""Orders a second: the shop over HTTP against pgbench running a transaction written by hand with the same rows.

An order has three lines, was quoted beforehand, reserves its goods, keeps a copy of where it goes, writes its event and
what must follow from it, and remembers its answer under the client's key. `hot`: every order takes one and the same SKU.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import Final, Protocol

from attrs import define, field, frozen

from benchmarks import databases, quotes, servers
from benchmarks.databases import Database
from benchmarks.figures import Table, median, ratios, short
from benchmarks.furnished import Furnished, furnish
from benchmarks.handwritten import CLIENTS, Ran, prepared
from benchmarks.handwritten_sqlite import ByHand
from benchmarks.load import fire
from benchmarks.quotes import QuoteBook
from benchmarks.servers import Server
from retail_domain.kernel.limits import OPEN_ORDERS_MAX
from tests.support.postgres import server_programs

TARGETS: Final = {
    ("PostgreSQL, RAM disk", False): 1.0,
    ("PostgreSQL, RAM disk", True): 2.5,
    ("PostgreSQL, disk", False): 1.1,
    ("PostgreSQL, disk", True): 5.0,
}

HEAD: Final = (
    "", "orders/s", "÷ by hand", "lowest to highest", "µs of processor time an order", "of that the database",
    "load generator, µs",
)  # fmt: skip


@frozen(kw_only=True)
class Size:
    """How much is measured."""

    seconds: int
    rounds: int
    goods: int
    buyers: int
    """Each has one basket, and so many orders of it in a turn as a member may leave unpaid, at most."""
    workers: tuple[int, ...]
    connections: int = 64

    @property
    def orders_max(self) -> int:
        """In a turn."""
        return self.buyers * OPEN_ORDERS_MAX


FULL: Final = Size(seconds=3, rounds=5, goods=999, buyers=600, workers=(1, 2))
QUICK: Final = Size(seconds=1, rounds=3, goods=300, buyers=200, workers=(2,))


class Rival(Protocol):
    """Whatever places orders without a shop."""

    def run(self, *, seconds: int | None = None, orders: int | None = None, hot: bool = False) -> Ran:
        """For so long, or so many orders."""
        ...


@frozen(kw_only=True)
class Turn:
    """One side, once."""

    rate: float
    own_cpu: float
    database_cpu: float
    generator_cpu: float = 0.0


@define
class Side:
    """One row of the table."""

    name: str
    measure: Callable[[], Turn]
    turns: list[Turn] = field(factory=list)


def run(*, quick: bool) -> Iterator[Table]:
    """PostgreSQL on both kinds of disk, then SQLite."""
    size = QUICK if quick else FULL
    for place in (databases.postgres_on_ram, databases.postgres_on_disk, databases.sqlite_on_ram, databases.sqlite_on_disk):
        yield from measure(place, size)


def measure(place: Callable[[], AbstractContextManager[Database]], size: Size) -> Iterator[Table]:
    """Spread, then hot, on one database."""
    with place() as database:
        furnished = furnish(database.url, goods=size.goods, buyers=size.buyers)
        is_file = database.process is None
        rival = ByHand(database.url.removeprefix("sqlite:///")) if is_file else prepared(server_programs(), database, furnished)
        workers = (1,) if is_file else size.workers
        for hot in (False,) if is_file else (False, True):
            yield report(database, hot, _sides(database, furnished, rival, _Wanted(size, workers, hot)), size)


@frozen
class _Wanted:
    size: Size
    workers: tuple[int, ...]
    hot: bool


def _sides(database: Database, furnished: Furnished, rival: Rival, wanted: _Wanted) -> list[Side]:
    size = wanted.size
    book = quotes.draw_up(database.url, furnished, patterns=size.buyers, hot=wanted.hot)
    with ExitStack() as running:
        sides = [Side(_name(database), lambda: _by_hand(rival, database, wanted))]
        for workers in wanted.workers:
            server = running.enter_context(servers.shop(database.url, servers.DEFAULT, workers=workers))
            load = _Load(database, book, server, size)
            load.warm_up()
            sides.append(Side(f"shop, {workers} server process{'es' if workers > 1 else ''}", load.turn))
        for turn in range(size.rounds):
            for side in sides if turn % 2 else reversed(sides):
                side.turns.append(side.measure())
    return sides


def _name(database: Database) -> str:
    return "sqlite3 by hand, one writer" if database.process is None else f"pgbench, {CLIENTS} clients"


def _by_hand(rival: Rival, database: Database, wanted: _Wanted) -> Turn:
    before = database.cpu_seconds()
    ran = rival.run(seconds=wanted.size.seconds, hot=wanted.hot)
    spent = database.cpu_seconds() - before
    return Turn(rate=ran.rate, own_cpu=ran.cpu_seconds / ran.orders * 1e6, database_cpu=spent / ran.orders * 1e6)


@define
class _Load:
    database: Database
    book: QuoteBook
    server: Server
    size: Size
    orders: int = 100

    def warm_up(self) -> None:
        """Until it is known how many orders take as long as the other side does."""
        for _ in range(2):
            rate = self.turn().rate
            self.orders = max(100, min(self.size.orders_max, round(rate * self.size.seconds)))

    def turn(self) -> Turn:
        """So many orders at once as there are connections, each with a quote of its own."""
        asked = self.book.orders(self.orders)
        app, theirs = self.server.cpu_seconds(), self.database.cpu_seconds()
        volley = fire(self.server.port, asked, self.size.connections).all(201)
        app, theirs = self.server.cpu_seconds() - app, self.database.cpu_seconds() - theirs
        self.book.call_off()
        return Turn(
            rate=volley.rate,
            own_cpu=app / self.orders * 1e6,
            database_cpu=theirs / self.orders * 1e6,
            generator_cpu=volley.own_cpu_seconds / self.orders * 1e6,
        )


def report(database: Database, hot: bool, sides: Sequence[Side], size: Size) -> Table:
    """Medians, and ratios round by round."""
    theirs = sides[0]
    rows = [_row(side, theirs) for side in sides]
    target = TARGETS.get((database.name, hot))
    wanted = "" if target is None else f" Wanted is {target} times the transaction by hand."
    return Table(
        f"Orders: {database.name}, {'one hot SKU' if hot else 'spread stock'}",
        HEAD,
        tuple(rows),
        after=f"{size.rounds} turns of about {size.seconds} s each, {size.connections} connections to the shop, {size.goods} "
        f"goods.{wanted}",
    )


def _row(side: Side, theirs: Side) -> tuple[str, ...]:
    times = ratios([turn.rate for turn in side.turns], [turn.rate for turn in theirs.turns])
    both = median([turn.own_cpu + turn.database_cpu for turn in side.turns])
    database, generator = median([turn.database_cpu for turn in side.turns]), median([t.generator_cpu for t in side.turns])
    return (
        side.name,
        short(median([turn.rate for turn in side.turns])),
        "1" if side is theirs else f"**{short(median(times))}**",
        "" if side is theirs else f"{short(min(times))} to {short(max(times))}",
        short(both),
        short(database) if database else "",
        short(generator) if generator else "",
    )
