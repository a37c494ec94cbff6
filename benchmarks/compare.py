"""Is it slower than it was? Processor time of placing and of the journey, this tree against a commit, turn by turn.

    make bench ARGS="compare --base HEAD~1"

The commit gets a work tree of its own below .cache, which goes at the end. Each side has its own database, furnished by its
own code, and its own server process. What a turn costs is counted for an order and for a journey, server and database apart.
Both sides are driven over HTTP by the same requests, with the packages of this environment.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

from attrs import define, field, frozen

from benchmarks import databases, servers
from benchmarks.databases import Database
from benchmarks.figures import Table, median, ratios, short
from benchmarks.furnished import Buyer, Furnished, Goods, analyze, in_loop
from benchmarks.journey import Shopper, Spent, measure_steps
from benchmarks.load import fire, request
from benchmarks.machine import PROJECT, commit, told
from benchmarks.servers import Server

TURNS: Final = 15
WARM_UP: Final = 2
"""Turns that are not counted. After the first the planner is told what the tables hold by now: while it took them for empty,
some turns cost the database seventy times as much as others."""
STARTS: Final = 3
"""So many server processes a side, one after the other: two of one tree were up to a tenth apart from start to end."""
SLICES: Final = 4
"""A turn is taken in slices, the sides alternating: what slows the machine down for a second slows down both."""
CONNECTIONS: Final = 16
_FURNISH: Final = """
import json, sys
from pathlib import Path
from attrs import asdict
import retail_domain
from benchmarks.furnished import furnish

made = asdict(furnish(sys.argv[1], goods=int(sys.argv[2]), buyers=int(sys.argv[3])))
Path(sys.argv[4]).write_text(json.dumps({"code": retail_domain.__file__, **made}))
"""


class NoSuchTree(Exception):
    """The commit to compare with is not there, or its code cannot be run."""


@frozen(kw_only=True)
class Size:
    """How much is measured in a slice: members who place orders, how many each, members who make the journey."""

    buyers: int = 25
    orders_each: int = 2
    journeys: int = 15
    goods: int = 300

    def members(self, turns: int) -> int:
        """Nobody comes twice."""
        return (STARTS * WARM_UP + turns) * SLICES * (self.buyers + self.journeys)


FULL: Final = Size()
QUICK: Final = Size(buyers=10, journeys=5, goods=100)


@frozen
class Turn:
    """What one order and one journey cost a side, once."""

    placing: Spent
    journey: Spent

    @classmethod
    def of(cls, slices: Sequence[Turn]) -> Turn:
        """The mean of its slices, which are of one size."""
        return cls(_mean([one.placing for one in slices]), _mean([one.journey for one in slices]))


def _mean(parts: Sequence[Spent]) -> Spent:
    return Spent(sum(one.app for one in parts) / len(parts), sum(one.database for one in parts) / len(parts))


@define
class Side:
    """A tree at work: its database, its server, and those who have not bought yet."""

    name: str
    root: Path
    database: Database
    goods: Sequence[Goods]
    buyers: Iterator[Buyer]
    luck: random.Random = field(factory=lambda: random.Random(5))
    turns: list[Turn] = field(factory=list)
    server: Server = field(init=False)

    def slice(self, size: Size) -> Turn:
        """Orders, then journeys."""
        return Turn(self._placing(size), self._journey(size))

    def _placing(self, size: Size) -> Spent:
        here = [next(self.buyers) for _ in range(size.buyers)]
        wishes = [(buyer, self._three_goods()) for buyer in here for _ in range(size.orders_each)]
        quotes = fire(self.server.port, [_quote(buyer, goods) for buyer, goods in wishes], CONNECTIONS).all(201)
        asked = [_order(buyer, quote.body) for (buyer, _), quote in zip(wishes, quotes.answers, strict=True)]
        app, theirs = self.server.cpu_seconds(), self.database.cpu_seconds()
        fire(self.server.port, asked, CONNECTIONS).all(201)
        app, theirs = self.server.cpu_seconds() - app, self.database.cpu_seconds() - theirs
        return Spent(app / len(asked) * 1e6, theirs / len(asked) * 1e6)

    def _journey(self, size: Size) -> Spent:
        shoppers = [Shopper(next(self.buyers), self._three_goods()) for _ in range(size.journeys)]
        steps = measure_steps(self.server, self.database, shoppers, CONNECTIONS)
        return Spent(sum(step.app for step in steps), sum(step.database for step in steps))

    def _three_goods(self) -> list[str]:
        return [one.sku_id for one in self.luck.sample(self.goods, 3)]


def _quote(buyer: Buyer, goods: Sequence[str]) -> bytes:
    wanted = {
        "lines": [{"sku_id": sku_id, "quantity": 1} for sku_id in goods],
        "delivery": {"kind": "address", "address_id": buyer.address_id},
    }
    return request("POST", "/v1/quotes", json.dumps(wanted).encode(), [("Authorization", f"Bearer {buyer.token}")])


def _order(buyer: Buyer, quote: bytes) -> bytes:
    body = json.dumps({name: json.loads(quote)[name] for name in ("quote_id", "hash")}).encode()
    headers = [("Authorization", f"Bearer {buyer.token}"), ("Idempotency-Key", f"order-{uuid4()}")]
    return request("POST", "/v1/orders", body, headers)


@contextmanager
def tree_of(wanted: str, project: Path = PROJECT) -> Iterator[Path]:
    """The files of a commit in a work tree of their own below .cache. Raises NoSuchTree."""
    git = ["git", "-C", str(project)]
    whole = told([*git, "rev-parse", "--verify", "--quiet", f"{wanted}^{{commit}}"])
    if not whole:
        raise NoSuchTree(f"there is no commit {wanted}")
    root = project / ".cache" / "bench" / f"{whole[:12]}-{os.getpid()}"
    made = subprocess.run(
        [*git, "worktree", "add", "--quiet", "--detach", str(root), whole], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise NoSuchTree(made.stderr.strip())
    try:
        yield root
    finally:
        subprocess.run([*git, "worktree", "remove", "--force", str(root)], check=False, capture_output=True)


def furnished_by(root: Path, database: str, *, goods: int, buyers: int) -> Furnished:
    """A shop to measure, made by the code of that tree: its schema may be another. Raises NoSuchTree."""
    with tempfile.TemporaryDirectory(prefix="retail-bench-") as folder:
        told_in = Path(folder) / "furnished.json"
        command = [sys.executable, "-c", _FURNISH, database, str(goods), str(buyers), str(told_in)]
        ran = subprocess.run(command, cwd=root, env=servers.environment(root), capture_output=True, text=True, check=False)
        if ran.returncode:
            raise NoSuchTree(f"{root.name} cannot be furnished: {ran.stderr.strip().splitlines()[-1:]}")
        made = json.loads(told_in.read_text())
    if not Path(made["code"]).is_relative_to(root):
        raise NoSuchTree(f"{root.name} ran the code of {made['code']}")
    return Furnished(
        tuple(Goods(**one) for one in made["goods"]), tuple(Buyer(**one) for one in made["buyers"]), made["staff_token"]
    )


def run(*, quick: bool, base: str, turns: int = TURNS) -> Iterator[Table]:
    """PostgreSQL, then SQLite."""
    with tree_of(base) as root:
        for place in (partial(databases.postgres_on_ram, autovacuum="off"), databases.sqlite_on_ram):
            yield compared(place, {root.name.partition("-")[0]: root, "now": PROJECT}, QUICK if quick else FULL, turns)


def compared(place: Callable[[], AbstractContextManager[Database]], trees: dict[str, Path], size: Size, turns: int) -> Table:
    """Both trees, turn by turn, who begins changing with each."""
    with ExitStack() as running:
        own = {name: running.enter_context(place()) for name in trees}
        fill = partial(furnished_by, goods=size.goods, buyers=size.members(turns))
        with ThreadPoolExecutor(len(trees)) as both:
            waiting = {name: both.submit(fill, root, own[name].url) for name, root in trees.items()}
            made = {name: one.result() for name, one in waiting.items()}
        sides = [Side(name, root, own[name], made[name].goods, iter(made[name].buyers)) for name, root in trees.items()]
        for start in range(STARTS):
            with ExitStack() as serving:
                for side in sides:
                    side.server = serving.enter_context(servers.shop(side.database.url, servers.DEFAULT, root=side.root))
                _take_turns(sides, size, turns // STARTS + (start < turns % STARTS), is_fresh=not start)
        return report(own[sides[0].name].name, sides[0], sides[1], size)


def _take_turns(sides: Sequence[Side], size: Size, turns: int, *, is_fresh: bool) -> None:
    """So many turns that count, after those that warm up; fresh databases are told what they hold by now."""
    for turn in range(WARM_UP + turns):
        taken: dict[str, list[Turn]] = {side.name: [] for side in sides}
        for at in range(SLICES):
            for side in sides if (turn + at) % 2 else reversed(sides):
                taken[side.name].append(side.slice(size))
        for side in sides:
            if turn >= WARM_UP:
                side.turns.append(Turn.of(taken[side.name]))
            elif turn == 0 and is_fresh:
                in_loop(analyze(side.database.url))


def report(place: str, base: Side, now: Side, size: Size) -> Table:
    """Medians of each side, and the median of the ratios turn by turn."""
    rows: list[tuple[str, ...]] = []
    for name, of in (("an order", lambda turn: turn.placing), ("the journey", lambda turn: turn.journey)):
        theirs, ours = [of(turn) for turn in base.turns], [of(turn) for turn in now.turns]
        rows.append(_row(f"{name}: server", [one.app for one in theirs], [one.app for one in ours]))
        if any(one.database for one in theirs):
            rows.append(_row(f"{name}: database", [one.database for one in theirs], [one.database for one in ours]))
            rows.append(_row(f"**{name}**", [one.both for one in theirs], [one.both for one in ours]))
    return Table(
        f"Compared with {base.name}: {place}",
        ("µs of processor time", base.name, now.name, "÷ base", "lowest to highest"),
        tuple(rows),
        after=f"Medians of {len(now.turns)} turns of {SLICES} alternated slices of {size.buyers * size.orders_each} orders and "
        f"{size.journeys} journeys, {CONNECTIONS} connections, {STARTS} server processes a side in turn; now is {commit()}.",
    )


def _row(name: str, theirs: Sequence[float], ours: Sequence[float]) -> tuple[str, ...]:
    times = ratios(ours, theirs)
    figure = f"**{median(times):.3f}**"
    return name, short(median(theirs)), short(median(ours)), figure, f"{min(times):.3f} to {max(times):.3f}"
