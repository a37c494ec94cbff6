"""Page routes and forms, one and all: who may call which, and what becomes of what is filled in wrongly (R33 to R37)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import httpx2
import pytest_asyncio
from attrs import define, frozen
from litestar.routes import HTTPRoute

from retail_domain.application import Retail
from retail_entrypoints.cli.demo_data import MEMBER_LOGIN
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.settings import Settings
from retail_entrypoints.web.app import create_pages
from retail_entrypoints.web.cookies import Seal
from tests.e2e.test_http_matrix import STAFF
from tests.e2e.whole_shop import NOBODY, WholeShop, open_whole_shop, things_of_alice
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import Place
from tests.web.at_the_desk import an_order
from tests.web.page_matrix import PAGES
from tests.web.paper import Element, PaperBrowser, Sheet, browsing, with_pages
from tests.web.test_every_page import crawl

ROLES: Final = ("guest", "alice", "clerk", "finance", "admin")
SECRET: Final = Settings.from_environ({}).secret_key.encode()
NOTED: Final = frozenset({"audit_trail", "send_slots"})
"""What is written down of who tries what, whatever becomes of it."""
DESK: Final = "/desk"


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[WholeShop]:
    """With orders in several states."""
    async with open_whole_shop(Place("memory"), PretendGateway()) as opened:
        shop = with_pages(opened)
        await an_order(shop, remark="请放在门口")
        await an_order(shop, paid=False)
        yield shop


def as_role(browser: PaperBrowser, shop: WholeShop, role: str) -> PaperBrowser:
    """Logged in at the door that is theirs."""
    if role in shop.tokens:
        name, purpose = ("desk", "session of the desk") if role in STAFF else ("session", "session")
        browser.cookies[name] = Seal(purpose, SECRET).close(shop.tokens[role])
    return browser


def admitted(role: str, path: str, permission: str) -> bool:
    """Whether the matrix lets a role in: staff are guests in the shop, members nobody at the console."""
    if permission == "public":
        return True
    if path.startswith(DESK):
        return role in STAFF and (permission == "staff" or set(permission.split("+")) <= STAFF[role])
    return role in ("alice", "bob")


def kept(shop: WholeShop) -> dict[str, Any]:
    """Everything that the shop remembers, but for what it notes of tries."""
    memory = shop.retail.begin.__self__.memory  # type: ignore[attr-defined]
    tables = {name: dict(rows) for name, rows in memory.tables.items() if rows and name not in NOTED}
    logs = {name: list(rows) for name, rows in memory.logs.items() if rows and name not in NOTED}
    return {**tables, **logs, "events of all": len(memory.events)}


async def test_every_page_lets_in_whom_the_matrix_says_and_whoever_is_not_let_in_changes_nothing(shop: WholeShop) -> None:
    """R35, R33: they are led to the door or told so, alike for things that are there and things that are not.

    A new page, one that is gone, and one with another guard fail here until somebody has thought about it.
    """
    served = ServedShop[Retail](
        retail=shop.retail, settings=Settings.from_environ({}), clock=shop.clock, authenticate=shop.retail.accounts.authenticate
    )
    found = {
        (method, route.path_format): "+".join(one.value for one in (handler.opt["permission"], *handler.opt.get("besides", ())))
        for route in create_pages(served).app.routes if isinstance(route, HTTPRoute)
        for method, (handler, _) in route.route_handler_map.items() if method != "OPTIONS"
    }  # fmt: skip
    assert found == dict(PAGES)
    things, tried, let_in = await things_of_alice(shop), 0, 0
    ids = {name: getattr(things, name) for name in ("order_id", "sku_id", "product_id", "address_id", "quote_id", "payment_id")}
    async with browsing(shop) as nobody:
        for role in ROLES:
            somebody = as_role(PaperBrowser(nobody.client), shop, role)
            for (method, path), permission in PAGES.items():
                where = f"{method} {path} by {role}"
                if admitted(role, path, permission):
                    if method == "GET":
                        answer = await ask(somebody, "GET", filled_in(path, ids))
                        assert answer.status_code in (200, 303, 404, 422), where
                        assert not led_away(answer) or path in ("/enter/code", "/me/phone/code"), where
                        let_in += 1
                    continue
                before = kept(shop)
                there, missing = [await ask(somebody, method, filled_in(path, known)) for known in (ids, {})]
                tried += 1
                is_known = role in STAFF if path.startswith(DESK) else role == "alice"
                for answer in (there, missing):
                    assert answer.status_code == 403 if is_known else led_away(answer), f"{where}: {answer.status_code}"
                assert door_of(there) == door_of(missing), where
                assert kept(shop) == before, where
    assert tried > 250 and let_in > 150, (tried, let_in)


def door_of(answer: httpx2.Response) -> str:
    location: str = answer.headers.get("location", "")
    return location.partition("?")[0]


def led_away(answer: httpx2.Response) -> bool:
    """To where one logs in."""
    return answer.status_code == 303 and answer.headers["location"].startswith(("/enter?", "/desk/enter?"))


def filled_in(path: str, ids: Mapping[str, str]) -> str:
    """The address with the ids of some things, or with nobody's."""
    others = {"number": "1", "line": "1", "position": "1", "name": "shop.name", "province": "310000"}
    return "/".join(
        ids.get(part[1:-1], others.get(part[1:-1], NOBODY)) if part.startswith("{") else part for part in path.split("/")
    )


async def ask(somebody: PaperBrowser, method: str, path: str) -> httpx2.Response:
    if method == "POST":
        return await somebody.post(path, {"once": "f" * 32}, Referer="http://shop.test/")
    return await somebody._send("GET", path)


# ---- forms that nobody filled in -----------------------------------------------------------------------------------------

WRONG: Final = ("☃", "-1", "99999999999999999999", "٣", "x" * 600, " ", "<b>'\"", "\u202e1", "2026-02-30T25:61")
ENDS_IT: Final = ("/leave", "/desk/leave", "/desk/me/password", "/me/password", "/me/closing", "/desk/preview", "/preview")
"""After these whoever sends forms is somebody else; each is sent by itself elsewhere."""
SLOW: Final = ("/enter/password", "/desk/enter")
"""A password is hashed with each: they are sent once."""


@frozen
class FoundForm:
    """A form of a page, with what stands in it."""

    path: str
    action: str
    fields: Mapping[str, str]
    is_multipart: bool

    def variants(self, turn: int) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """What is wrong with it, and the fields as they are sent; each field is wrong once, in one way or another."""
        whole = list(self.fields.items())
        yield "missing", []
        yield "doubled", [*whole, *whole[:1], ("once", "a" * 32)]
        yield "huge", [*whole[1:], (whole[0][0] if whole else "x", "x" * 70_000)]
        yield "NUL", [*whole, ("x", "\0")]
        if self.action in SLOW:
            return
        for place, (name, _) in enumerate(whole):
            others = [pair for pair in whole if pair[0] != name]
            yield f"{name} wrong", [*others, (name, WRONG[(turn + place) % len(WRONG)])]
            yield f"{name} missing", others


@define
class Fuzzed:
    """How many forms were sent, and how they were answered."""

    sent: int = 0
    refused: int = 0


def forms_of(pages: Mapping[str, Sheet]) -> list[FoundForm]:
    """Each form that decides, once: of many for like things the first."""
    found: dict[str, FoundForm] = {}
    for path, sheet in pages.items():
        for form in sheet.root.all("form"):
            sends = [form.get("action"), *(b.get("formaction") for b in form.all("button") if b.has("formaction"))]
            if form.get("method") != "post":
                continue
            for action in sends:
                kind = "/".join("*" if _is_id(part) else part for part in action.split("/"))
                if not action.endswith(ENDS_IT):
                    multipart = form.get("enctype") == "multipart/form-data"
                    found.setdefault(kind, FoundForm(path, action, dict(_standing(form)), multipart))
    return list(found.values())


def _is_id(part: str) -> bool:
    try:
        UUID(part)
    except ValueError:
        return part.isdigit()
    return True


def _standing(form: Element) -> Iterator[tuple[str, str]]:
    for one in form.all("input", "textarea", "select"):
        name = one.get("name")
        if not name or one.get("type") in ("file", "checkbox") or name == "once":
            continue
        chosen = next((o.get("value") for o in one.all("option") if o.has("selected")), None)
        value = one.get("value") or next((o.get("value") for o in one.all("option")), "1")
        yield name, chosen if chosen is not None else value


async def test_a_form_filled_in_wrongly_breaks_nothing_and_a_refused_one_changes_nothing(shop: WholeShop) -> None:
    """R34, R37: each field of each form of each page is left out, doubled, too large and wrong; never an error of ours."""
    counted = Fuzzed()
    async with browsing(shop) as nobody:
        for role in ("guest", "alice", "clerk", "admin"):
            somebody = as_role(PaperBrowser(nobody.client), shop, role)
            pages = await crawl(somebody, DESK if role in STAFF else "/")
            for turn, form in enumerate(forms_of(pages)):
                for what, fields in form.variants(turn):
                    await send(shop, somebody, form, what, fields, counted)
    assert counted.sent > 400 and counted.refused > 200, counted


async def send(
    shop: WholeShop, somebody: PaperBrowser, form: FoundForm, what: str, fields: list[tuple[str, str]], counted: Fuzzed
) -> None:
    before, cookies = kept(shop), dict(somebody.cookies)
    if form.is_multipart:
        part = '--B\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
        body = "".join(part.format(*pair) for pair in fields).encode()
        content, kind = body + b"--B--\r\n", "multipart/form-data; boundary=B"
    else:
        content, kind = urlencode(fields).encode(), "application/x-www-form-urlencoded"
    told = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
    told |= {"Sec-Fetch-Site": "same-origin", "Referer": f"http://shop.test{form.path}", "Content-Type": kind}
    somebody.client.cookies.clear()
    answer = await somebody.client.post(form.action, content=content, headers=told)
    where = f"{form.action} of {form.path}, {what}: {answer.status_code}"
    counted.sent += 1
    assert answer.status_code < 500, f"{where} {answer.text[-300:]}"
    if answer.status_code >= 400:
        counted.refused += 1
        Sheet.of(answer)
        assert kept(shop) == before, where


async def test_a_form_about_somebody_elses_things_is_refused(shop: WholeShop) -> None:
    """R33: bob sends every form that stands on alice's pages about things of hers: none is there for him, and none changes."""
    hers = await shop.retail.accounts.show.member_named(MEMBER_LOGIN)
    assert hers is not None
    async with browsing(shop) as nobody:
        alice, bob = (as_role(PaperBrowser(nobody.client), shop, role) for role in ("alice", "bob"))
        crawled = await crawl(alice)
        own = [one for one in forms_of(crawled) if one.action.startswith(("/orders/", "/me/addresses/"))]
        about = [one for one in own if any(map(_is_id, one.action.split("/")))]
        assert len(about) > 5
        for form in about:
            before = kept(shop)
            answer = await bob.post(form.action, form.fields, Referer=f"http://shop.test{form.path}")
            assert answer.status_code in (404, 422), f"{form.action}: {answer.status_code}"
            assert kept(shop) == before, form.action
