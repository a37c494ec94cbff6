"""How the cost of what people wait for grows with the number of orders that the database holds already: it may not.

One database is filled to one level after the other, and the same is asked of it at each.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from attrs import define, field, frozen

from benchmarks import databases, quotes, servers
from benchmarks.backstage import audit, behind, settled
from benchmarks.databases import Database
from benchmarks.figures import Table, median, short
from benchmarks.filled import Filled, lived
from benchmarks.furnished import Furnished, furnish, logged_in
from benchmarks.load import Answer, fire
from benchmarks.servers import Server
from benchmarks.waits import Around, CodeLogins, logging_in, looks, purchase
from tests.support.sandbox import Sandbox, running_sandbox

_TOO_MUCH: Final = 1.5
_FREE: Final = "100000/hour"
_PATTERNS: Final = 60


@frozen(kw_only=True)
class Size:
    """How much is measured."""

    levels: tuple[int, ...]
    requests: int
    rounds: int
    goods: int = 300
    connections: int = 4


FULL: Final = Size(levels=(10_000, 100_000, 1_000_000), requests=100, rounds=5)
QUICK: Final = Size(levels=(1_000, 10_000), requests=40, rounds=3)


@define
class Growth:
    """What something cost at each level: processor microseconds of shop and database together, and milliseconds of waiting."""

    who: str
    cpu: list[float] = field(factory=list)
    waits: list[float] = field(factory=list)

    @property
    def factor(self) -> float:
        """How much dearer it is at the last level than at the first."""
        return self.cpu[-1] / self.cpu[0]


@define
class Ledger:
    """Notes what was spent on what, round by round, at one level."""

    shop: Server
    database: Database
    connections: int
    spent: dict[tuple[str, str], list[tuple[float, float]]] = field(factory=dict)

    def fire(self, name: str, who: str, asked: Sequence[bytes]) -> Sequence[Answer]:
        """Send these, and note what one of them cost."""
        before = self._seconds()
        volley = fire(self.shop.port, asked, self.connections).all(200, 201, 202)
        cost = (self._seconds() - before) / len(asked) * 1e6
        self.spent.setdefault((name, who), []).append((cost, median(volley.waits) * 1e3))
        return volley.answers

    def _seconds(self) -> float:
        return self.shop.cpu_seconds() + self.database.cpu_seconds()

    def told(self, found: dict[str, Growth]) -> None:
        """Medians of all rounds but the first, which only warms up."""
        for (name, who), rounds in self.spent.items():
            one = found.setdefault(name, Growth(who))
            one.cpu.append(median([cost for cost, _ in rounds[1:]]))
            one.waits.append(median([wait for _, wait in rounds[1:]]))


def run(*, quick: bool, levels: Sequence[int] = ()) -> Iterator[Table]:
    """PostgreSQL, then SQLite, level by level."""
    size = QUICK if quick else FULL
    if levels:
        size = Size(levels=tuple(levels), requests=size.requests, rounds=size.rounds)
    for place in (databases.postgres_to_fill, databases.sqlite_on_disk):
        with place() as database, running_sandbox() as sandbox:
            yield _grown(database, sandbox, size)


def _grown(database: Database, sandbox: Sandbox, size: Size) -> Table:
    furnished = furnish(database.url, goods=size.goods, buyers=0)
    filled = lived(database, sandbox, furnished.goods, most=size.levels[-1])
    buyers = logged_in(database.url, [(str(one.id), str(one.home), one.phone) for one in filled.over.members])
    people = Furnished(furnished.goods, tuple(buyers), furnished.staff_token)
    found: dict[str, Growth] = {}
    audits, seconds = [], []
    for level in size.levels:
        began = time.perf_counter()
        filled.fill(level)
        settled(database)
        seconds.append(time.perf_counter() - began)
        measure(found, filled, people, sandbox, size)
        audits.append(audit(database))
    return report(database, found, audits, seconds, size)


def measure(found: dict[str, Growth], filled: Filled, people: Furnished, sandbox: Sandbox, size: Size) -> None:
    """Everything, at the level that is reached."""
    database = filled.database
    with ExitStack() as at_the_end:
        letters = Path(at_the_end.enter_context(tempfile.TemporaryDirectory())) / "letters"
        letters.touch()
        book = quotes.draw_up(database.url, people, patterns=_PATTERNS, hot=False)
        around = Around(people=people, filled=filled, book=book, sandbox=sandbox, letters=letters)
        settings = {
            "RETAIL_SANDBOX_BASE_URL": sandbox.url, "RETAIL_SMS": f"file:{letters}",
            "RETAIL_CODES_PER_ADDRESS": _FREE, "RETAIL_CODES_IN_ALL": _FREE,
        }  # fmt: skip
        shop = at_the_end.enter_context(servers.shop(database.url, servers.DEFAULT, **settings))
        ledger = Ledger(shop, database, size.connections)
        _ask_everything(ledger, around, size)
        ledger.told(found)
    for name, microseconds in behind(database).items():
        found.setdefault(name, Growth("nobody")).cpu.append(microseconds)


def _ask_everything(ledger: Ledger, around: Around, size: Size) -> None:
    logins = CodeLogins(around)
    for _ in range(size.rounds + 1):
        orders = purchase(around, size.requests, ledger.fire)
        for wait in looks(around, orders):
            ledger.fire(wait.name, wait.who, wait.asked(size.requests))
        with_password = logging_in(around)
        ledger.fire(with_password.name, with_password.who, with_password.asked(size.requests // 5))
        logins.steps(min(size.requests // 4, around.filled.copies_over * 5 // (size.rounds + 1)), ledger.fire)


def report(
    database: Database, found: dict[str, Growth], audits: Sequence[tuple[float, float]], filling: Sequence[float], size: Size
) -> Table:
    """Costs by level, and the last against the first."""
    head = ("", "who waits", *(f"{level:,} orders" for level in size.levels), "last ÷ first", "ms, first", "ms, last")
    order = ("buyer", "staff", "nobody")
    named = sorted(found.items(), key=lambda one: order.index(one[1].who))
    rows = [
        (
            name, one.who, *map(short, one.cpu), f"**{short(one.factor)}**",
            *((short(one.waits[0]), short(one.waits[-1])) if one.waits else ("", "")),
        )
        for name, one in named
    ]  # fmt: skip
    last = f"**{short(audits[-1][0] / audits[0][0])}**"
    rows.append(("the audit, all laws: seconds", "nobody", *(short(one) for one, _ in audits), last, "", ""))
    rows.append(("the audit: MiB of its process", "nobody", *(short(mib) for _, mib in audits), "", "", ""))
    grown = [name for name, one in found.items() if one.who == "buyer" and one.factor > _TOO_MUCH]
    verdict = f"Grew: {', '.join(grown)}." if grown else "Nothing that a buyer waits for grew by half or more."
    return Table(
        f"Growth: {database.name}",
        head,
        tuple(rows),
        after=f"Microseconds of processor time of shop and database for one of each, medians of {size.rounds} rounds of "
        f"{size.requests}, {size.connections} connections; the audit by the clock, with no finding at any level. "
        f"Filling took {', '.join(short(one) for one in filling)} s. {verdict}",
    )
