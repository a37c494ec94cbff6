"""The pages: what each weighs, how fast a server makes them, and when a phone has shown them.

Weights and requests are counted in a real browser, which keeps nothing yet. Rates stand against a page of text of the same
shop, which asks no database, and against a handler of the same server that answers as many constant bytes; what a phone
sees stands against a plain page of text in the same browser, with a processor slowed four times and a slow mobile network.
Trust the ratios.
"""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx2
from attrs import define, field, frozen

from benchmarks import databases, servers
from benchmarks.databases import Database
from benchmarks.figures import Table, median, ratios, short
from benchmarks.furnished import STAFF_LOGIN, STAFF_PASSWORD, Furnished, furnish
from benchmarks.load import fire, request
from retail_entrypoints.settings import Settings
from retail_entrypoints.web.cookies import Seal
from tests.web.first_load import first_load, log_in
from tests.web.lit_shop import lit_shop
from tests.web.screen import DESKTOP, PHONE, Visitors, a_browser
from tests.web.tour import Walker, walkers

RATE_WANTED: Final = 0.25
BLOCKING_WANTED: Final = 50
LCP_WANTED: Final = 3.5
LCP_OF_CONSOLE_WANTED: Final = 4.0
WARM_UP: Final = 60
HELP: Final = "/help"
TEXT: Final = request("GET", HELP)
_SLOW_4G: Final = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
_SLOWED: Final = 4
_SETTLED_MS: Final = 1_500
_KIB: Final = 1024
_WATCH: Final = """
window.seen = { largest: 0, blocked: 0 };
new PerformanceObserver((list) => list.getEntries().forEach((one) => { seen.largest = one.startTime; }))
  .observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => list.getEntries().forEach((one) => { seen.blocked += Math.max(0, one.duration - 50); }))
  .observe({ type: "longtask", buffered: true });
"""
"""Blocking is what tasks take beyond 50 ms each."""


@frozen(kw_only=True)
class Size:
    """How much is measured."""

    requests: int
    rounds: int
    looks: int
    goods: int = 300
    connections: int = 16


FULL: Final = Size(requests=200, rounds=5, looks=5)
QUICK: Final = Size(requests=100, rounds=3, looks=3, goods=60)


@frozen(kw_only=True)
class Kind:
    """A family of pages, who looks at one, and what the page that a member of staff or a buyer opens is called."""

    name: str
    path: str
    who: str = "guest"

    @property
    def is_desk(self) -> bool:
        """Whether it is a page of the console."""
        return self.who == "admin"


def run(*, quick: bool) -> Iterator[Table]:
    """Weights and what a phone sees, in one shop; then rates on both databases."""
    size = QUICK if quick else FULL
    with tempfile.TemporaryDirectory(prefix="retail-bench-") as folder, lit_shop(Path(folder), with_all_goods=True) as lit:
        known = walkers(lit.url)
        kinds = _kinds(known)
        with a_browser(lit.url) as visitors, servers.bare(servers.DEFAULT) as bare:
            yield _weights(visitors, known, kinds)
            yield _seen(visitors, known, kinds, f"http://127.0.0.1:{bare.port}/bare/page", size)
    for place in (databases.postgres_on_ram, databases.sqlite_on_ram):
        with place() as database:
            yield _rates(database, size)


def _kinds(known: Mapping[str, Walker]) -> Sequence[Kind]:
    """One page of each family that has a budget, and the others that people open most."""
    goods = _link(known["guest"], "/c", "/p/")
    order = _link(known["member"], "/orders", "/orders/")
    at_desk = _link(known["admin"], "/desk/orders", "/desk/orders/0")
    known["member"].send(goods, "/cart/lines")
    return (
        Kind(name="home", path="/"),
        Kind(name="list", path="/c"),
        Kind(name="search", path="/find?query=%E8%8C%B6"),
        Kind(name="product", path=goods),
        Kind(name="cart", path="/cart", who="member"),
        Kind(name="orders", path="/orders", who="member"),
        Kind(name="order", path=order, who="member"),
        Kind(name="console: overview", path="/desk", who="admin"),
        Kind(name="console: orders", path="/desk/orders", who="admin"),
        Kind(name="console: order", path=at_desk, who="admin"),
    )


def _link(walker: Walker, page: str, beginning: str) -> str:
    return next(one for one in walker.look(page).links() if one.startswith(beginning) and not one.endswith("/pay"))


# --- what pages weigh ---


def _weights(visitors: Visitors, known: Mapping[str, Walker], kinds: Sequence[Kind]) -> Table:
    rows = []
    for kind in kinds:
        load = first_load(visitors, known[kind.who].cookies, kind.path, is_desk=kind.is_desk)
        packed = len(gzip.compress(known[kind.who].client.get(kind.path).content, 5))
        told = (load.whole, packed, load.css, load.js, load.marks, load.pictures)
        rows.append((kind.name, str(load.requests), *(f"{one / _KIB:.1f}" for one in told)))
    return Table(
        "What a page weighs",
        ("first load of", "requests", "HTML, KiB", "packed", "CSS", "JavaScript", "icons, manifest", "pictures"),
        tuple(rows),
        after="A browser that keeps nothing yet, until its load event: a phone of 390 px, the console at 1280 px; demo goods "
        "with drawn pictures. CSS, JavaScript and icons as they are sent, packed; HTML is sent whole, "
        "a proxy in front packs it (gzip 5). Nothing is asked of another address. How many statements each takes is "
        "held by `tests/web/test_page_budgets.py`.",
    )


# --- when a phone has shown them ---


@define
class Look:
    """When the largest thing stood there, and how long the processor was taken, turn by turn."""

    kind: Kind
    largest: list[float] = field(factory=list)
    plain: list[float] = field(factory=list)
    blocked: list[float] = field(factory=list)


def _seen(visitors: Visitors, known: Mapping[str, Walker], kinds: Sequence[Kind], plain: str, size: Size) -> Table:
    looks = [Look(kind) for kind in kinds if kind.name in ("home", "list", "product", "console: overview", "console: orders")]
    for turn in range(size.looks):
        for look in looks if turn % 2 else reversed(looks):
            url = f"{visitors.url}{look.kind.path}"
            one, blocked = _look(visitors, known[look.kind.who].cookies, url, is_desk=look.kind.is_desk)
            look.largest.append(one)
            look.blocked.append(blocked)
            look.plain.append(_look(visitors, {}, plain, is_desk=look.kind.is_desk)[0])
    rows = []
    for look in looks:
        wanted = LCP_OF_CONSOLE_WANTED if look.kind.is_desk else LCP_WANTED
        found = ratios(look.largest, look.plain)
        rows.append((
            look.kind.name, short(median(look.largest)), short(median(look.plain)), f"**{short(median(found))}**",
            f"{short(min(found))} to {short(max(found))}", short(wanted), short(median(look.blocked)),
        ))  # fmt: skip
    return Table(
        "When a phone has shown it",
        ("", "largest paint, ms", "of a plain page, ms", "ratio", "lowest to highest", "wanted at most", "blocked, ms"),
        tuple(rows),
        after=f"Chromium with its processor slowed {_SLOWED} times, 150 ms and 1.6 Mbit/s, nothing kept; medians of "
        f"{size.looks} turns, each beside a plain page of text. Blocked is what tasks take beyond 50 ms; wanted are "
        f"{BLOCKING_WANTED} ms at most.",
    )


def _look(visitors: Visitors, cookies: Mapping[str, str], url: str, *, is_desk: bool) -> tuple[float, float]:
    with visitors.visit(viewport=DESKTOP if is_desk else PHONE) as screen:
        log_in(screen, cookies)
        screen.page.add_init_script(_WATCH)
        wire = screen.page.context.new_cdp_session(screen.page)
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", dict(_SLOW_4G))
        wire.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWED})
        screen.page.goto(url, wait_until="load", timeout=60_000)
        screen.page.wait_for_timeout(_SETTLED_MS)
        largest, blocked = screen.page.evaluate("[seen.largest, seen.blocked]")
    if not largest:
        raise NothingSeen(url)
    return largest, blocked


class NothingSeen(Exception):
    """A browser that painted nothing measures nothing."""


# --- how fast a server makes them ---


@define
class Made:
    """What was measured of a page, turn by turn."""

    name: str
    asked: bytes
    constant: bytes
    bytes: int
    rates: list[float] = field(factory=list)
    of_text: list[float] = field(factory=list)
    of_constant: list[float] = field(factory=list)
    cpu: list[float] = field(factory=list)
    cpu_of_text: list[float] = field(factory=list)
    cpu_of_constant: list[float] = field(factory=list)


def _rates(database: Database, size: Size) -> Table:
    furnished = furnish(database.url, goods=size.goods, buyers=1)
    with servers.shop(database.url, servers.DEFAULT) as shop, servers.bare(servers.DEFAULT) as bare:
        made = [*_to_make(f"http://127.0.0.1:{shop.port}", furnished)]
        for turn in range(size.rounds):
            for one in made if turn % 2 else reversed(made):
                for server, asked, rates, cpus in (
                    (shop, one.asked, one.rates, one.cpu),
                    (shop, TEXT, one.of_text, one.cpu_of_text),
                    (bare, one.constant, one.of_constant, one.cpu_of_constant),
                ):
                    fire(server.port, [asked] * WARM_UP, size.connections).all(200)
                    before = server.cpu_seconds()
                    rates.append(fire(server.port, [asked] * size.requests, size.connections).all(200).rate)
                    cpus.append((server.cpu_seconds() - before) / size.requests * 1e3)
    rows = [
        (
            one.name, f"{one.bytes:,}", short(median(one.rates)), f"**{short(median(ratios(one.rates, one.of_text)))}**",
            short(median(ratios(one.rates, one.of_constant))), short(median(one.cpu)),
            short(median(ratios(one.cpu, one.cpu_of_text))), short(median(ratios(one.cpu, one.cpu_of_constant))),
        )
        for one in made
    ]  # fmt: skip
    return Table(
        f"How fast pages are made: {database.name}",
        (
            "", "bytes", "pages/s", "÷ a page of text", "÷ a constant", "ms of processor time in the shop",
            "÷ a page of text", "÷ a constant",
        ),
        tuple(rows),
        after=f"{servers.DEFAULT}, one process each, {size.connections} connections, {size.rounds} turns of "
        f"{size.requests} pages. The page of text is {HELP}, with the shop's head and foot; the constant is as many bytes "
        f"from a handler without a shop. Wanted is {RATE_WANTED} of the page of text's rate for the list.",
    )  # fmt: skip


def _to_make(url: str, furnished: Furnished) -> Iterator[Made]:
    product = f"/p/{furnished.goods[0].product_id}"
    with _members_cookies(url, furnished) as member, _staffs_cookies(url) as staff:
        for name, path, who in (
            ("home", "/", ""), ("list, 20 of them", "/c", ""), ("search, 20 hits", "/find?query=tea", ""),
            ("product", product, ""), ("list, by a member", "/c", member), ("cart", "/cart", member),
            ("orders", "/orders", member), ("console: overview", "/desk", staff), ("console: goods", "/desk/goods", staff),
        ):  # fmt: skip
            headers = [("Cookie", who)] if who else []
            length = len(httpx2.get(url + path, headers=dict(headers), timeout=30).raise_for_status().content)
            asked, constant = request("GET", path, headers=headers), request("GET", f"/bare/bytes/{length}")
            yield Made(name, asked, constant, length)


@contextmanager
def _members_cookies(url: str, furnished: Furnished) -> Iterator[str]:
    """What the browser of somebody who is logged in sends; their phone got a code long ago."""
    sealed = Seal("session", Settings.from_environ({}).secret_key.encode()).close(furnished.buyers[0].token)
    with httpx2.Client(base_url=url, cookies={"session": sealed}) as client:
        client.get("/me").raise_for_status()
        yield _line(client)


@contextmanager
def _staffs_cookies(url: str) -> Iterator[str]:
    walker = Walker("admin", httpx2.Client(base_url=url, follow_redirects=True, timeout=30))
    with walker.client:
        walker.send("/desk/enter", "/desk/enter", login=STAFF_LOGIN, password=STAFF_PASSWORD).raise_for_status()
        yield _line(walker.client)


def _line(client: httpx2.Client) -> str:
    return "; ".join(f"{one.name}={one.value}" for one in client.cookies.jar)
