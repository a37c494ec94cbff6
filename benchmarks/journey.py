"""What a purchase costs: the processor time of a whole journey, against one bare JSON request on the same server.

The journey of a member who is logged in: three cart changes, an address, a quote of the cart, the order, the start of a
payment at the counter. Counted is what server processes and database processes spend, in user and system mode.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, Final

from attrs import define, field, frozen

from benchmarks import databases, servers
from benchmarks.databases import Database
from benchmarks.figures import Table, median, short
from benchmarks.furnished import Buyer, Furnished, furnish
from benchmarks.load import fire, request
from benchmarks.servers import Server
from retail_entrypoints.cli.running import SERVERS

KINDS: Final = SERVERS
TARGET: Final = 40
_HOME: Final = {
    "recipient": "小明", "phone": "13800138000", "region_code": "310000", "region": "上海市", "detail": "南京东路1号",
}  # fmt: skip
_ECHO: Final = {"sku_id": "01890000-0000-7000-8000-000000000001", "quantity": 2, "note": "as it is"}


@frozen(kw_only=True)
class Size:
    """How much is measured."""

    journeys: int
    bare: int
    rounds: int
    connections: int
    goods: int = 300


FULL: Final = Size(journeys=150, bare=6_000, rounds=5, connections=16)
QUICK: Final = Size(journeys=60, bare=2_000, rounds=3, connections=16)


@define
class Shopper:
    """A member on the way through the journey, and what the shop has told so far."""

    buyer: Buyer
    skus: Sequence[str]
    told: dict[str, Any] = field(factory=dict)

    def ask(self, method: str, path: str, body: dict[str, Any]) -> bytes:
        """A request of this member."""
        return request(method, path, json.dumps(body).encode(), [("Authorization", f"Bearer {self.buyer.token}")])


@frozen
class Step:
    """One request of the journey."""

    name: str
    ask: Callable[[Shopper], bytes]


def _into_cart(place: int) -> Callable[[Shopper], bytes]:
    return lambda shopper: shopper.ask("PUT", f"/v1/cart/lines/{shopper.skus[place]}", {"quantity": place + 1})


def _quote(shopper: Shopper) -> bytes:
    to = {"kind": "address", "address_id": shopper.told["address_id"]}
    return shopper.ask("POST", "/v1/quotes", {"from_cart": True, "delivery": to})


def _order(shopper: Shopper) -> bytes:
    return shopper.ask("POST", "/v1/orders", {name: shopper.told[name] for name in ("quote_id", "hash")})


def _pay(shopper: Shopper) -> bytes:
    return shopper.ask("POST", f"/v1/orders/{shopper.told['order_id']}/payments", {"gateway": "counter", "flow": "counter"})


STEPS: Final = (
    Step("cart, first line", _into_cart(0)),
    Step("cart, second line", _into_cart(1)),
    Step("cart, third line", _into_cart(2)),
    Step("address", lambda shopper: shopper.ask("POST", "/v1/me/addresses", _HOME)),
    Step("quote", _quote),
    Step("order", _order),
    Step("payment at the counter", _pay),
)


@frozen
class Spent:
    """Processor microseconds for one time of something, by whom."""

    app: float
    database: float

    @property
    def both(self) -> float:
        """All of it."""
        return self.app + self.database


@frozen
class Round:
    """One measurement of one server."""

    bare: float
    steps: tuple[Spent, ...]

    @property
    def journey(self) -> float:
        """The whole journey."""
        return sum(step.both for step in self.steps)

    @property
    def ratio(self) -> float:
        """How many bare requests it is worth."""
        return self.journey / self.bare


def measure_bare(server: Server, size: Size) -> float:
    """Microseconds of one bare request."""
    asked = request("POST", "/bare", json.dumps(_ECHO).encode())
    before = server.cpu_seconds()
    fire(server.port, [asked] * size.bare, size.connections).all(200)
    return (server.cpu_seconds() - before) / size.bare * 1e6


def measure_steps(server: Server, database: Database, shoppers: Sequence[Shopper], connections: int) -> tuple[Spent, ...]:
    """Everybody takes the first step, then everybody the second: so each has its own figure, and they add up."""
    spent = []
    for step in STEPS:
        asked = [step.ask(shopper) for shopper in shoppers]
        app, theirs = server.cpu_seconds(), database.cpu_seconds()
        volley = fire(server.port, asked, connections).all(200, 201)
        app, theirs = server.cpu_seconds() - app, database.cpu_seconds() - theirs
        spent.append(Spent(app / len(asked) * 1e6, theirs / len(asked) * 1e6))
        for shopper, answer in zip(shoppers, volley.answers, strict=True):
            shopper.told |= json.loads(answer.body)
    return tuple(spent)


def measure(database: Database, furnished: Furnished, size: Size, kinds: Sequence[str]) -> dict[str, list[Round]]:
    """All rounds of all servers, turn by turn, after a round that only warms up."""
    shoppers = _shoppers(furnished)
    rounds: dict[str, list[Round]] = {kind: [] for kind in kinds}
    with ExitStack() as running:
        ours = {kind: running.enter_context(servers.shop(database.url, kind)) for kind in kinds}
        bare = {kind: running.enter_context(servers.bare(kind)) for kind in kinds}
        for turn in range(size.rounds + 1):
            for kind in kinds if turn % 2 else reversed(kinds):
                small = measure_bare(bare[kind], size)
                group = [next(shoppers) for _ in range(size.journeys)]
                one = Round(small, measure_steps(ours[kind], database, group, size.connections))
                if turn:
                    rounds[kind].append(one)
    return rounds


def members_needed(size: Size, kinds: Sequence[str]) -> int:
    """Everybody buys once."""
    return (size.rounds + 1) * size.journeys * len(kinds)


def _shoppers(furnished: Furnished) -> Iterator[Shopper]:
    luck = random.Random(1)
    ids = [one.sku_id for one in furnished.goods]
    return (Shopper(buyer, luck.sample(ids, 3)) for buyer in furnished.buyers)


def report(database: Database, rounds: dict[str, list[Round]], size: Size) -> Table:
    """Microseconds by step, and what they come to."""
    kinds = tuple(rounds)
    head = ("µs of processor time", *(f"{kind}: {part}" for kind in kinds for part in ("shop", "database")))
    rows = [(step.name, *_cells(rounds, at)) for at, step in enumerate(STEPS)]
    totals = {kind: median([one.journey for one in rounds[kind]]) for kind in kinds}
    rows.append(("**the journey**", *(cell for kind in kinds for cell in _sums(rounds[kind]))))
    rows.append(("one bare JSON request", *(cell for kind in kinds for cell in (_bare(rounds[kind]), ""))))
    rows.append(("**journey ÷ bare request**", *(cell for kind in kinds for cell in (f"**{_ratio(rounds[kind])}**", ""))))
    told = ", ".join(f"{totals[kind] / 1e3:.1f} ms on {kind}" for kind in kinds)
    return Table(
        f"Journey: {database.name}",
        head,
        tuple(rows),
        after=f"The journey costs {told}. Medians of {size.rounds} turns of {size.journeys} journeys and {size.bare} bare "
        f"requests, {size.connections} connections, one server process; wanted are at most {TARGET} bare requests.",
    )


def _cells(rounds: dict[str, list[Round]], at: int) -> Iterator[str]:
    for of_kind in rounds.values():
        yield short(median([one.steps[at].app for one in of_kind]))
        yield short(median([one.steps[at].database for one in of_kind]))


def _sums(of_kind: Sequence[Round]) -> tuple[str, str]:
    return (
        short(median([sum(step.app for step in one.steps) for one in of_kind])),
        short(median([sum(step.database for step in one.steps) for one in of_kind])),
    )


def _bare(of_kind: Sequence[Round]) -> str:
    return short(median([one.bare for one in of_kind]))


def _ratio(of_kind: Sequence[Round]) -> str:
    return short(median([one.ratio for one in of_kind]))


def run(*, quick: bool) -> Iterator[Table]:
    """On PostgreSQL with both servers, on SQLite with the default."""
    size = QUICK if quick else FULL
    for place, kinds in ((databases.postgres_on_ram, KINDS), (databases.sqlite_on_ram, KINDS[:1])):
        with place() as database:
            furnished = furnish(database.url, goods=size.goods, buyers=members_needed(size, kinds))
            yield report(database, measure(database, furnished, size, kinds), size)
