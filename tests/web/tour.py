"""Every family of pages, found by following links as a stranger, as a member and as staff: one page of each (DOR-R10)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import httpx2
from attrs import define, field, frozen
from litestar import Litestar
from litestar.routes import HTTPRoute

from retail_adapters.assemble import Outside, on_memory
from retail_entrypoints.cli.demo_data import ADMIN_LOGIN, MEMBER_LOGIN, PASSWORD, CaughtMessages
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.settings import Settings
from retail_entrypoints.web.app import create_pages
from tests.e2e.whole_shop import SetClock
from tests.web.paper import Sheet
from tests.web.screen import Look, Screen

BLIND: Final = frozenset({
    "/static/{name}", "/robots.txt", "/sitemap.xml", "/manifest.webmanifest", "/sw.js", "/me/export", "/regions/{province}",
    "/orders/{order_id}/live", "/desk/jobs/{job_id}/live",
})  # fmt: skip
"""Files, and parts of a page: nothing to look at."""
_BEGINNINGS: Final = {
    "guest": ("/", "/find?query=%E8%8C%B6", "/way-out", "/offline", "/nowhere", "/desk/enter"),
    "member": ("/", "/me/terms", "/checkout/new"),
    "admin": ("/desk",),
}
"""Where each begins to follow links: at the front, and where links from outside lead."""


@frozen
class Stop:
    """One page of a family, and who is led to it."""

    family: str
    path: str
    who: str


@define
class Walker:
    """Somebody without a screen: it logs in, follows links and sends forms."""

    who: str
    client: httpx2.Client
    pages: dict[str, Sheet] = field(factory=dict)

    def crawl(self, start: str) -> None:
        """Every page that links lead to; the console from its own beginning alone."""
        waiting = [start]
        while waiting:
            path = waiting.pop(0)
            if path in self.pages or path.startswith(("#", "http", "/docs")):
                continue
            answer = self.client.get(path)
            if not answer.headers["content-type"].startswith("text/html"):
                continue
            shown = _address_of(answer)
            if shown != path:
                waiting.append(shown)
                continue
            sheet = self.pages[path] = Sheet.of(answer)
            is_desk = start.startswith("/desk")
            waiting += [one for one in sheet.links() if one.startswith("/desk") == is_desk and one.startswith("/")]

    def look(self, path: str) -> Sheet:
        """One page, as it is now."""
        return Sheet.of(self.client.get(path))

    def send(self, page: str, action: str, **filled: str) -> httpx2.Response:
        """Fill in a form of a page and send it."""
        sheet = Sheet.of(self.client.get(page))
        form = sheet.form(action)
        fields = {
            one.get("name"): one.get("value") for one in form.all("input")
            if one.get("name") and (one.get("type") not in ("radio", "checkbox") or one.has("checked"))
        }  # fmt: skip
        sends = next((one.get("formaction") for one in form.all("button") if one.get("formaction").endswith(action)), "")
        return self.client.post(sends or form.get("action"), data=fields | filled, headers={"Sec-Fetch-Site": "same-origin"})

    @property
    def cookies(self) -> Mapping[str, str]:
        """What its browser keeps."""
        return {one.name: one.value or "" for one in self.client.cookies.jar}


def walkers(url: str) -> Mapping[str, Walker]:
    """A stranger, the demo member with something in the cart, and the demo admin."""
    made = {who: Walker(who, httpx2.Client(base_url=url, follow_redirects=True, timeout=30)) for who in _BEGINNINGS}
    made["member"].send("/enter", "/enter/password", login=MEMBER_LOGIN, password=PASSWORD)
    made["admin"].send("/desk/enter", "/desk/enter", login=ADMIN_LOGIN, password=PASSWORD)
    return made


def stops(url: str, routes: Mapping[str, re.Pattern[str]]) -> Iterator[tuple[Stop, Walker]]:
    """One page of each family, and who looks at it; whoever may see less looks first."""
    all = walkers(url)
    for who, paths in _BEGINNINGS.items():
        for path in paths:
            all[who].crawl(path)
    for who, page, action, filled in _forms(all):
        answer = all[who].send(page, action, **filled)
        all[who].pages[_address_of(answer)] = Sheet.of(answer)
    seen = set[str]()
    for walker in all.values():
        for path in walker.pages:
            family = family_of(path, routes)
            if family not in seen and not (walker.who == "guest" and family in ("/", "/me", "/cart")):
                seen.add(family)
                yield Stop(family, path, walker.who), walker


def _address_of(answer: httpx2.Response) -> str:
    return answer.url.raw_path.decode() if answer.url.query else answer.url.path


def _forms(all: Mapping[str, Walker]) -> Iterator[tuple[str, str, str, Mapping[str, str]]]:
    """What is behind a form, not a link: who, on which page, which form, filled in how."""
    goods = next(path for path in all["member"].pages if path.startswith("/p/"))
    dear = next(path for path, sheet in all["admin"].pages.items() if _waits_and_is_dear(path, sheet))
    yield "guest", "/enter", "/enter/code", {"phone": "13900139000"}
    yield "guest", "/enter/forgotten", "/enter/forgotten", {"phone": "13900139005"}
    yield "member", goods, "/cart/lines", {}
    yield "member", goods, "/checkout", {}
    yield "member", "/me/phone", "/me/phone", {"phone": "13900139001", "by": "code"}
    yield "admin", "/desk/goods/prices", "/look", {"table": "sku,price\nTEA-100,99.00\n"}
    yield "admin", dear, "/refund", {"units_1": "1", "reason": "破损"}


def _waits_and_is_dear(path: str, sheet: Sheet) -> bool:
    """An order that is to be sent, and whose money one person alone may not give back."""
    is_order = path.startswith("/desk/orders/") and path.count("/") == 3 and "待发货" in sheet.text
    return is_order and re.search(r"¥[1-9]99", sheet.text) is not None


def look_at(screen: Screen, stop: Stop, walker: Walker, look: Look) -> Sequence[str]:
    """Open a page as whoever is led there, and tell what is wrong with it."""
    screen.page.context.clear_cookies()
    screen.turn(look, walker.cookies)
    screen.expected = (404,) if stop.family == "nowhere" else ()
    screen.open(stop.path)
    return [*screen.findings(look)]


def family_of(path: str, routes: Mapping[str, re.Pattern[str]]) -> str:
    """The route that shows an address; of several the one with the fewest gaps."""
    plain = path.partition("?")[0]
    found = [route for route, pattern in routes.items() if pattern.fullmatch(plain)]
    return min(found, key=lambda route: route.count("{")) if found else "nowhere"


def families() -> Mapping[str, re.Pattern[str]]:
    """Every address of a page that can be looked at, and what its addresses look like."""
    clock = SetClock()
    retail = on_memory(Outside(clock=clock, sms=CaughtMessages()))
    accounts = retail.accounts
    served = ServedShop(
        retail=retail, settings=Settings.from_environ({}), clock=clock, authenticate=accounts.authenticate,
        authenticate_key=accounts.authenticate_key, note_staff_action=accounts.note_staff_action, readiness=_ready,
    )  # fmt: skip
    app = create_pages(served).app
    assert isinstance(app, Litestar)
    found = {}
    for route in app.routes:
        if isinstance(route, HTTPRoute) and "GET" in route.methods and route.path_format not in BLIND:
            found[route.path_format] = re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(route.path_format)))
    return found


async def _ready() -> Mapping[str, bool]:
    return {}
