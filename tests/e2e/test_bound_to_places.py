"""Whoever is bound to a place sees and decides what lies there; another store's things are not there for them (R35)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Final
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from attrs import define, evolve, fields, frozen, has

from retail_adapters.assemble import on_memory
from retail_adapters.assembly.within import placed
from retail_domain.accounts import BY_PLACE, CustomRole, Principal
from retail_domain.accounts.model.custom_roles import ordered
from retail_domain.kernel.ids import LocationId, StaffId
from retail_domain.processes.staff.places import kept_within
from retail_entrypoints.cli.demo_data import LOCATION, PASSWORD
from tests.e2e.door import SESSION
from tests.e2e.every_call import Stage
from tests.e2e.matrix import MATRIX
from tests.e2e.test_http_orders import Door
from tests.e2e.test_lines_through_the_doors import an_order
from tests.e2e.whole_shop import NOBODY, WholeShop, open_whole_shop
from tests.support.histories import STOCK, ground_on
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import BEHIND_DOORS, Place, place_of

OURS, THEIRS = LOCATION, "HZ"
NAMES: Final = frozenset(one.value for one in BY_PLACE)
HOME: Final = {
    "recipient": "梅", "phone": "13800138001", "region_code": "310000", "detail": "路2号", "reason": "moved",
}  # fmt: skip


@frozen(kw_only=True)
class Goods:
    """One of everything that lies at a place."""

    place: str
    sku_id: str
    code: str
    to_ship: str
    to_close: str
    to_refund: str
    to_redirect: str
    counter_payment: str
    counter_amount: Any
    suspect: str
    stuck_refund: str
    stuck_aside: str
    to_approve: str
    to_refuse: str


def parcel(there: Goods) -> dict[str, Any]:
    return {"carrier": "SF", "tracking_number": f"SF{there.place}"}


def shelf(there: Goods) -> dict[str, Any]:
    return {"sku_id": there.sku_id, "location": there.place}


Asked = Callable[[Goods], tuple[str, Any]]

DECIDES: Final[Mapping[str, Asked]] = {
    "POST /v1/staff/orders/{order_id}/ship": lambda it: (f"/v1/staff/orders/{it.to_ship}/ship", parcel(it)),
    "POST /v1/staff/orders/{order_id}/close": lambda it: (f"/v1/staff/orders/{it.to_close}/close", {"reason": "so"}),
    "POST /v1/staff/orders/{order_id}/refunds": lambda it: (
        f"/v1/staff/orders/{it.to_refund}/refunds",
        {"reason": "so", "lines": [{"sku_id": it.sku_id, "quantity": 1}]},
    ),
    "POST /v1/staff/orders/{order_id}/memos": lambda it: (f"/v1/staff/orders/{it.to_ship}/memos", {"text": "careful"}),
    "PUT /v1/staff/orders/{order_id}/address": lambda it: (f"/v1/staff/orders/{it.to_redirect}/address", HOME),
    "POST /v1/staff/payments/{payment_id}/confirm": lambda it: (
        f"/v1/staff/payments/{it.counter_payment}/confirm", {"amount": it.counter_amount},
    ),
    "POST /v1/staff/payments/{payment_id}/refund": lambda it: (f"/v1/staff/payments/{it.suspect}/refund", {"reason": "so"}),
    "POST /v1/staff/refunds/{refund_id}/retry": lambda it: (f"/v1/staff/refunds/{it.stuck_refund}/retry", None),
    "POST /v1/staff/refunds/{refund_id}/correct": lambda it: (
        f"/v1/staff/refunds/{it.stuck_aside}/correct", {"amount": {"minor": 800, "currency": "CNY"}, "reason": "so"},
    ),
    "POST /v1/staff/approvals/{approval_id}/approve": lambda it: (f"/v1/staff/approvals/{it.to_approve}/approve", None),
    "POST /v1/staff/approvals/{approval_id}/refuse": lambda it: (
        f"/v1/staff/approvals/{it.to_refuse}/refuse", {"reason": "so"},
    ),
    "POST /v1/staff/stock/receipts": lambda it: ("/v1/staff/stock/receipts", shelf(it) | {"quantity": 3, "reference": "n"}),
    "POST /v1/staff/stock/adjustments": lambda it: ("/v1/staff/stock/adjustments", shelf(it) | {"change": -1, "reason": "n"}),
    "POST /v1/staff/files/counts": lambda it: (
        "/v1/staff/files/counts", {"location": it.place, "reason": "n", "file": f"sku,stock\n{it.code},5000000\n"},
    ),
    "POST /v1/staff/jobs/counts": lambda it: (
        "/v1/staff/jobs/counts", {"location": it.place, "reason": "n", "file": f"sku,stock\n{it.code},5000000\n"},
    ),
    "POST /v1/staff/stock/watches": lambda it: ("/v1/staff/stock/watches", shelf(it) | {"alert_threshold": 9}),
}  # fmt: skip
"""Every decision about something that lies somewhere, and how it is asked for."""

SHOWS: Final[Mapping[str, Callable[[Goods], str]]] = {
    "GET /v1/staff/orders/{order_id}": lambda it: f"/v1/staff/orders/{it.to_ship}",
    "GET /v1/staff/orders/{order_id}/contact": lambda it: f"/v1/staff/orders/{it.to_ship}/contact",
    "GET /v1/staff/orders/{order_id}/history": lambda it: f"/v1/staff/orders/{it.to_ship}/history",
    "GET /v1/staff/orders/{order_id}/memos": lambda it: f"/v1/staff/orders/{it.to_ship}/memos",
    "GET /v1/staff/orders/{order_id}/payments": lambda it: f"/v1/staff/orders/{it.to_ship}/payments",
    "GET /v1/staff/orders/{order_id}/refunds": lambda it: f"/v1/staff/orders/{it.to_refund}/refunds",
}
"""Every look at one thing."""

LISTS: Final[Mapping[str, str]] = {
    "GET /v1/staff/orders": "order_id",
    "GET /v1/staff/orders?status=to_ship": "order_id",
    "GET /v1/staff/locations": "location_id",
    "GET /v1/staff/payments/suspects": "payment_id",
    "GET /v1/staff/payments/waiting": "payment_id",
    "GET /v1/staff/refunds": "refund_id",
    "GET /v1/staff/refunds?stage=stuck": "refund_id",
    "GET /v1/staff/refunds/stuck": "refund_id",
    "GET /v1/staff/stock": "location_id",
    "GET /v1/staff/stock/alerts": "location_id",
    "GET /v1/staff/stock/{sku_id}": "location_id",
    "GET /v1/staff/stock/{sku_id}/moves": "location_id",
}
"""Every list, and what tells its items apart."""

IDS: Final = ("order_id", "payment_id", "refund_id", "approval_id")
NOT_BY_PLACE: Final = frozenset(
    {
        "GET /v1/staff/approvals/{approval_id}", "PATCH /v1/staff/orders/{order_id}/notes",
        "PUT /v1/staff/orders/{order_id}/price",
    }
)  # fmt: skip
"""What names such a thing under a right that no bound role can hold, or is shown to whoever could decide it."""

WHOLE_SHOP: Final = frozenset(
    {
        "GET /v1/staff/members/{id}/contact", "GET /v1/staff/members/{id}/export", "GET /v1/staff/payments/balances",
        "GET /v1/staff/payments/notices",
        "GET /v1/staff/orders/export", "POST /v1/staff/locations", "DELETE /v1/staff/members/{id}/marketing-consent",
    }
)  # fmt: skip
"""What concerns the whole shop, so that nobody who is bound is let in."""


@define
class AtPlace(Stage):
    """A stage where orders are of one SKU, once there is one."""

    only: str = ""

    async def sku(self) -> str:
        return self.only or await super().sku()


@pytest.fixture(params=BEHIND_DOORS)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@frozen
class TwoStores:
    """A shop with two stores, and somebody who may do everything at one of them."""

    shop: WholeShop
    stage: AtPlace
    ours: Goods
    theirs: Goods

    async def as_clerk(self, method: str, url: str, body: Any = None, who: str = "bound") -> httpx2.Response:
        async with self.shop.knocking(who) as client:
            return await client.request(method, url, **({} if body is None else {"json": body}))

    async def every(self, who: str, url: str) -> list[Mapping[str, Any]]:
        """All pages of a list, one item a page."""
        found: list[Mapping[str, Any]] = []
        cursor = ""
        async with self.shop.knocking(who) as client:
            while True:
                joined = f"{url}{'&' if '?' in url else '?'}limit=1{cursor}"
                page = (await client.get(joined)).json()
                found += page["items"]
                if page["next_cursor"] is None:
                    return found
                cursor = f"&cursor={page['next_cursor']}"


@pytest_asyncio.fixture
async def two(place: Place) -> AsyncIterator[TwoStores]:
    provider = PretendGateway("sandbox")
    async with open_whole_shop(place, provider) as shop:
        stage = AtPlace(shop, provider)
        await stage.done("POST", stage.staff("/v1/staff/locations", {"code": THEIRS, "name": "杭州", "kind": "store"}))
        ours, theirs = [await goods_at(evolve(stage, place=where), provider) for where in (OURS, THEIRS)]
        role = {"code": "ours", "name": "上海", "permissions": sorted(NAMES), "places": [OURS]}
        await stage.done("POST", stage.staff("/v1/staff/roles", role))
        wang = {"login": "wang", "password": PASSWORD, "name": "王", "custom_roles": ["ours"]}
        await stage.done("POST", stage.staff("/v1/staff/staff", wang))
        async with shop.knocking() as client:
            session = (await client.post("/v1/auth/sessions", json={"login": "wang", "password": PASSWORD})).json()
        key = {"name": "till", "permissions": sorted(NAMES), "places": [OURS]}
        till = (await stage.done("POST", stage.staff("/v1/staff/keys", key)))["key"]
        bound = evolve(shop, tokens={**shop.tokens, "bound": session["token"], "program": till})
        yield TwoStores(bound, stage, ours, theirs)


async def goods_at(stage: AtPlace, provider: PretendGateway) -> Goods:
    """One of everything at the stage's place, all of one SKU's."""
    sku_id = stage.only = await stage.sku()
    watch = {"sku_id": sku_id, "location": stage.place, "alert_threshold": 900_000}
    await stage.done("POST", stage.staff("/v1/staff/stock/watches", watch))
    orders = [await stage.paid() for _ in range(4)]
    one = {"reason": "one", "lines": [{"sku_id": sku_id, "quantity": 1}]}
    await stage.done("POST", stage.staff(f"/v1/staff/orders/{orders[2]}/refunds", one))
    payment = await stage.payment(await stage.order())
    sheet = await stage.done("GET", stage.staff(f"/v1/staff/skus/{sku_id}"))
    made = Goods(
        place=stage.place, sku_id=sku_id, code=sheet["code"], to_ship=orders[0], to_close=orders[1], to_refund=orders[2],
        to_redirect=orders[3],
        counter_payment=str(payment["payment_id"]), counter_amount=payment["amount"],
        stuck_refund=await stage.stuck_refund(), stuck_aside=await stage.stuck_aside(),
        suspect=await stage.suspect(), to_approve=await stage.waiting(), to_refuse=await stage.waiting(),
    )  # fmt: skip
    provider.before.clear()
    await stage.shop.retail.background.timers["push_refunds"]()
    while await stage.shop.retail.background.deliver_next():
        pass
    return made


def test_every_route_about_something_that_lies_somewhere_is_tried() -> None:
    """R35: a new route whose right may be bound fails here until it is placed."""
    placed = {f"{method} {path}" for (method, path), needs in MATRIX.items() if set(needs.split("+")) & NAMES}

    names = {
        f"{method} {path}" for (method, path) in MATRIX
        if path.startswith("/v1/staff/") and any(f"{{{one}}}" in path for one in IDS)
    }  # fmt: skip

    assert names - placed == NOT_BY_PLACE
    assert placed == DECIDES.keys() | SHOWS.keys() | {one.partition("?")[0] for one in LISTS} | WHOLE_SHOP


def test_whatever_says_where_somebody_may_act_is_kept_there_in_every_part_of_the_shop() -> None:
    """R35: a use case whose wish has `within` is let nobody near who was not asked where it lies; the terminal goes by that."""
    shop = on_memory()
    parts = {one.name: getattr(shop, one.name) for one in fields(type(shop))}
    use_cases = {
        f"{name}.{does}": getattr(part, does) for name, part in parts.items() if has(type(part)) for does in placed(type(part))
    }  # fmt: skip

    assert {"ordering.ship", "inventory.adjust", "edits.counts"} <= use_cases.keys()
    assert [name for name, one in use_cases.items() if not one.__code__.co_qualname.startswith(kept_within.__name__)] == []


async def test_what_lies_at_another_place_is_not_there_in_any_decision(two: TwoStores) -> None:
    """R35: told as what does not exist is told; nothing there changes, and what is one's own is decided."""
    before = await _whole(two)
    for route, asked in DECIDES.items():
        method = route.split()[0]
        refused = await two.as_clerk(method, *asked(two.theirs))
        missing = await two.as_clerk(method, *asked(_missing(two.theirs)))
        assert (await two.as_clerk(method, *asked(two.theirs), who="program")).status_code == 404, f"{route} by a program"
        assert refused.status_code == missing.status_code == 404, f"{route} {refused.text}"
        told, unknown = [{**one.json(), "facts": None, "detail": None, "instance": None} for one in (refused, missing)]
        assert told == unknown, route
    assert await _whole(two) == before

    for route, asked in DECIDES.items():
        if "approvals" in route:  # people only
            assert (await two.as_clerk(route.split()[0], *asked(two.ours), who="program")).status_code == 403
        done = await two.as_clerk(route.split()[0], *asked(two.ours))
        assert done.status_code < 300, f"{route} {done.text}"


async def test_what_lies_at_another_place_is_not_shown(two: TwoStores) -> None:
    """R35, R33: neither an order nor what hangs on it."""
    for route, address in SHOWS.items():
        for who in ("bound", "program"):
            theirs, ours = [await two.as_clerk("GET", address(there), who=who) for there in (two.theirs, two.ours)]
            assert (theirs.status_code, ours.status_code) == (404, 200), f"{route} {theirs.text} {ours.text}"


async def test_no_list_names_what_lies_at_another_place(two: TwoStores) -> None:
    """R35: page after page, what is one's own stands there and nothing else; whoever is not bound sees both."""
    for route, key in LISTS.items():
        address = route.removeprefix("GET ")
        urls = [address.replace("{sku_id}", there.sku_id) for there in (two.ours, two.theirs)]
        mine = [one for url in dict.fromkeys(urls) for one in await two.every("bound", url)]
        all_ = [one for url in dict.fromkeys(urls) for one in await two.every("admin", url)]
        assert {one[key] for one in mine} <= await _ours(two, key), route
        assert [one for one in all_ if one[key] in await _ours(two, key)] == mine, route
        assert [one for url in dict.fromkeys(urls) for one in await two.every("program", url)] == mine, route
        if "waiting" not in route:
            assert mine and len(all_) > len(mine), (route, mine, all_)


async def test_what_waits_at_another_place_is_neither_listed_nor_shown(two: TwoStores) -> None:
    """R35, ACC-R14: a request is shown to whoever could decide it, and nobody else."""
    listed = {one["approval_id"] for one in await two.every("bound", "/v1/staff/approvals")}
    assert listed == {two.ours.to_approve, two.ours.to_refuse}
    shown = [await two.as_clerk("GET", f"/v1/staff/approvals/{it.to_approve}") for it in (two.ours, two.theirs)]
    assert [one.status_code for one in shown] == [200, 404]


async def test_a_job_at_another_place_is_neither_listed_nor_shown_nor_cancelled_nor_done(two: TwoStores) -> None:
    """R35, JOB-R3: a job is there for whoever could hand in the like of it."""
    theirs, ours = [
        await two.stage.done(
            "POST",
            two.stage.staff(
                "/v1/staff/jobs/counts",
                {"location": there.place, "reason": "n", "file": f"sku,stock\n{there.code},5000000\n", "dry_run": True},
            ),
        )
        for there in (two.theirs, two.ours)
    ]
    prices = {"file": f"sku,price\n{two.ours.code},7\n"}
    await two.stage.done("POST", two.stage.staff("/v1/staff/jobs/prices", prices))
    while (await two.shop.retail.background.timers["do_jobs"]()).due:
        continue
    assert [one["job_id"] for one in await two.every("bound", "/v1/staff/jobs")] == [ours["job_id"]]
    shown = [await two.as_clerk("GET", f"/v1/staff/jobs/{one['job_id']}") for one in (ours, theirs)]
    assert [one.status_code for one in shown] == [200, 404]
    assert (await two.as_clerk("POST", f"/v1/staff/jobs/{theirs['job_id']}/cancel")).status_code == 404
    for who in ("bound", "program"):
        done = await two.as_clerk("POST", "/v1/staff/jobs/counts", {"trial_id": theirs["job_id"]}, who=who)
        assert done.status_code == 404, done.text
    done = await two.as_clerk("POST", "/v1/staff/jobs/counts", {"trial_id": ours["job_id"]})
    assert done.status_code == 202, done.text


async def test_what_concerns_the_whole_shop_is_for_whoever_is_not_bound(two: TwoStores) -> None:
    """R35: what cannot be told by place is not told to somebody who is bound, whatever their role may do."""
    for route in WHOLE_SHOP:
        method, path = route.split()
        body = {"code": "BJ", "name": "北京"} if method == "POST" else None
        for who in ("bound", "program"):
            refused = await two.as_clerk(method, path.replace("{id}", NOBODY), body, who=who)
            assert refused.status_code == 403, f"{route} {refused.text}"
    assert {one["code"] for one in await two.every("admin", "/v1/staff/locations")} == {OURS, THEIRS}


async def test_an_order_that_two_places_send_is_sent_by_each_and_called_off_by_neither() -> None:
    """R35: whoever is bound to one of them sees it and sends what lies there; what concerns all of it needs both."""
    async with ground_on(Place("memory"), split=True) as ground:
        campaign = await ground.campaign()
        door = Door(campaign.market, PretendGateway())
        for name, lies in zip(("main", "north", "moon"), (*campaign.places, LocationId(UUID(NOBODY))), strict=True):
            role = CustomRole(code=name, name=name, permissions=ordered(BY_PLACE), places=(lies,))
            door.people[name] = Principal(session_id=SESSION, staff_id=StaffId(lies), custom_roles=(role,))
        async with door.stack:
            main, north, moon = [await door.client(name) for name in ("main", "north", "moon")]
            url = f"/v1/staff/orders/{await an_order(campaign, STOCK + 1)}"
            parcel = {"carrier": "SF", "tracking_number": "SF1"}

            assert [(await one.get(url)).status_code for one in (main, north, moon)] == [200, 200, 404]
            for path, body in (("close", {"reason": "so"}), ("refunds", {"reason": "so", "freight_minor": 1})):
                refused = await main.post(f"{url}/{path}", json=body)
                assert (refused.status_code, refused.json()["code"]) == (403, "order.in_other_places_too")
            unsaid = await main.post(f"{url}/ship", json=parcel)
            assert (unsaid.status_code, unsaid.json()["facts"]["location_ids"]) == (409, [str(campaign.places[0])])
            theirs = await main.post(f"{url}/ship", json={**parcel, "location": "north"})
            assert (theirs.status_code, theirs.json()["code"]) == (404, "stock.location_not_found")
            first = await north.post(f"{url}/ship", json={**parcel, "location": "north"})
            last = await main.post(f"{url}/ship", json={**parcel, "location": "main"})
            assert [one.json()["status"] for one in (first, last)] == ["partly_shipped", "shipped"]


async def _whole(two: TwoStores) -> list[Any]:
    return [await two.every("admin", address) for address in ("/v1/staff/orders", "/v1/staff/stock", "/v1/staff/refunds")]


async def _ours(two: TwoStores, key: str) -> set[str]:
    """The ids of what lies at our place, as whoever is not bound knows them."""
    locations = {one["location_id"] for one in await two.every("admin", "/v1/staff/locations") if one["code"] == OURS}
    if key == "location_id":
        return locations
    orders = await two.every("admin", "/v1/staff/orders")
    ours: set[str] = set()
    async with two.shop.knocking("admin") as admin:
        for order in orders:
            whole = (await admin.get(f"/v1/staff/orders/{order['order_id']}")).json()
            if whole["lines"][0]["sku_id"] == two.theirs.sku_id:  # the demo shop has orders of its own, which lie here
                continue
            if key == "order_id":
                ours.add(order["order_id"])
                continue
            kind = "payments" if key == "payment_id" else "refunds"
            found = (await admin.get(f"/v1/staff/orders/{order['order_id']}/{kind}")).json()["items"]
            ours |= {one[key] for one in found}
    return ours


def _missing(there: Goods) -> Goods:
    """The same, of ids that nobody has."""
    orders = dict.fromkeys(("to_ship", "to_close", "to_refund", "to_redirect"), NOBODY)
    money = dict.fromkeys(("counter_payment", "suspect", "stuck_refund", "stuck_aside", "to_approve", "to_refuse"), NOBODY)
    return evolve(there, place="NOWHERE", **orders, **money)
