"""Goods over HTTP: for everybody, for staff, and what is noted of it (DOR-R1)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from attrs import define, evolve, field

from retail_domain.accounts.errors import SessionInvalid
from retail_domain.accounts.model.session import Principal
from retail_domain.accounts.model.staff import Role
from retail_domain.insight import CaptureBehaviour, Captured
from retail_domain.kernel.errors import Unavailable
from retail_entrypoints.http.app import create_app
from retail_entrypoints.http.behaviour import behaviour_routes
from retail_entrypoints.http.catalog import catalog_routes
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.http.staff_catalog import staff_catalog_routes
from retail_entrypoints.http.staff_shelves import staff_shelves_routes
from retail_entrypoints.settings import Settings
from tests.e2e.door import ALICE, CLERK, SESSION, knocking
from tests.support.market import Market, open_market
from tests.support.stores import Place

PEOPLE = {
    "member": Principal(session_id=SESSION, member_id=ALICE),
    "clerk": Principal(session_id=SESSION, staff_id=CLERK, roles=(Role.CLERK,)),
    "seller": Principal(session_id=SESSION, staff_id=CLERK, roles=(Role.CLERK, Role.FINANCE)),
    "finance": Principal(session_id=SESSION, staff_id=CLERK, roles=(Role.FINANCE,)),
}
CNY_10 = {"minor": 1_000, "currency": "CNY"}
UNRATED = {"average_hundredths": None, "count": 0, "histogram": [0, 0, 0, 0, 0]}
KIND = {"code": "Q-1", "price": CNY_10, "particulars": {"options": [{"name": "颜色", "value": "红"}]}}
QUILT = {"code": "Q", "description": {"title": "澳洲羊毛被"}, "skus": [KIND], "on_sale": True}


@define
class Window:
    """A shop behind its door; what is noted is kept here."""

    market: Market
    stack: AsyncExitStack = field(factory=AsyncExitStack)
    noted: list[CaptureBehaviour] = field(factory=list)
    notes_fail: bool = False

    async def client(self, token: str | None = None) -> httpx2.AsyncClient:
        retail = self.market.retail
        insight = evolve(retail.insight, capture=self._capture)
        shop = ServedShop(
            retail=retail, settings=Settings.from_environ({}), clock=self.market.clock, authenticate=self._authenticate
        )
        routes = [
            *catalog_routes(retail.catalog, insight, "CNY"),
            *staff_catalog_routes(retail.catalog, "CNY", retail.notes),
            *staff_shelves_routes(retail.catalog),
            *behaviour_routes(insight),
        ]
        return await self.stack.enter_async_context(knocking(create_app(shop, routes), token))

    async def _capture(self, wish: CaptureBehaviour) -> Captured:
        if self.notes_fail:
            raise Unavailable()
        self.noted.append(wish)
        return Captured(accepted=len(wish.deeds), left_out=0)

    async def _authenticate(self, token: str) -> Principal:
        if token not in PEOPLE:
            raise SessionInvalid()
        return PEOPLE[token]


@pytest.fixture
async def window() -> AsyncIterator[Window]:
    async with open_market(Place("memory")) as market:
        window = Window(market)
        async with window.stack:
            yield window


async def created(client: httpx2.AsyncClient, **about: Any) -> dict[str, Any]:
    """New goods, as a clerk enters them."""
    answer = await client.post("/v1/staff/products", json=QUILT | about)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_goods_that_staff_enter_are_found_by_everybody(window: Window) -> None:
    seller, anybody = await window.client("seller"), await window.client()
    ids = await created(seller)

    found = (await anybody.get("/v1/products", params={"query": "羊毛", "sort": "price_asc"})).json()

    assert found == {
        "items": [
            {
                "product_id": ids["product_id"], "code": "Q", "title": "澳洲羊毛被", "subtitle": "", "unit": "件",
                "image_urls": [], "category_id": None, "brand_id": None, "purchase_limit": None,
                "parameters": [],
                "skus": [
                    {
                        "sku_id": ids["sku_ids"][0], "code": "Q-1", "options": [{"name": "颜色", "value": "红"}],
                        "price": CNY_10, "list_price": None, "image_url": None, "weight_grams": 0, "volume_cm3": 0,
                        "available": 0, "barcodes": [], "list_price_basis": None,
                    }
                ],
            }
        ],
        "next_cursor": None,
    }  # fmt: skip
    page = (await anybody.get(f"/v1/products/{ids['product_id']}")).json()
    assert page == {"product": found["items"][0], "description": "", "category": None, "brand": None, "rating": UNRATED}


async def test_availability_is_live(window: Window) -> None:
    await window.market.goods("TEA", stock=7)

    (card,) = (await (await window.client()).get("/v1/products")).json()["items"]

    assert card["skus"][0]["available"] == 7


async def test_goods_off_sale_are_missing_for_everybody_but_staff(window: Window) -> None:
    """R33: off sale looks like never there."""
    seller, anybody = await window.client("seller"), await window.client()
    product = (await created(seller))["product_id"]

    assert (await seller.put(f"/v1/staff/products/{product}/sale", json={"on_sale": False})).json()["version"] == 2

    gone = await anybody.get(f"/v1/products/{product}")
    never = await anybody.get(f"/v1/products/{uuid4()}")
    assert (
        (gone.status_code, gone.json()["code"])
        == (never.status_code, never.json()["code"])
        == (404, "catalog.product_not_found")
    )
    assert (await anybody.get("/v1/products")).json()["items"] == []
    assert (await seller.get(f"/v1/staff/products/{product}")).json()["product"]["status"] == "off_sale"
    assert len((await seller.get("/v1/staff/products")).json()["items"]) == 1


async def test_staff_describe_reprice_and_extend_goods(window: Window) -> None:
    """CAT-R1: the price version grows; prices are changed by those who may (R35)."""
    seller, finance = await window.client("seller"), await window.client("finance")
    ids = await created(seller)
    product, sku = ids["product_id"], ids["sku_ids"][0]

    other = {"code": "Q-2", "price": CNY_10, "particulars": {"options": [{"name": "颜色", "value": "蓝"}]}}
    added = (await seller.post(f"/v1/staff/products/{product}/skus", json=other)).json()
    price = {"price": {"minor": 900, "currency": "CNY"}}
    clerk = await window.client("clerk")
    assert (await clerk.put(f"/v1/staff/skus/{sku}/price", json=price)).status_code == 403
    repriced = (await finance.put(f"/v1/staff/skus/{sku}/price", json=price)).json()
    hidden = {"options": [{"name": "颜色", "value": "蓝"}], "on_sale": False}
    assert (await seller.put(f"/v1/staff/skus/{added['sku_id']}", json=hidden)).status_code == 200
    anew = {"title": "新名", "purchase_limit": 2, "image_urls": ["https://images.example/1.jpg"]}
    assert (await seller.put(f"/v1/staff/products/{product}", json=anew)).status_code == 200

    shown = (await seller.get(f"/v1/staff/products/{product}")).json()["product"]
    assert (repriced["sku_id"], repriced["price_version"]) == (sku, 2)
    assert shown["off_sale_sku_ids"] == [added["sku_id"]]
    assert [(one["code"], one["price"]["minor"]) for one in shown["product"]["skus"]] == [("Q-1", 900), ("Q-2", 1_000)]
    assert (shown["product"]["title"], shown["product"]["purchase_limit"], shown["version"]) == ("新名", 2, 5)


async def test_categories_and_brands_are_filters(window: Window) -> None:
    seller, anybody = await window.client("seller"), await window.client()
    root = (await seller.post("/v1/staff/categories", json={"code": "home", "name": "居家"})).json()["category_id"]
    leaf = (await seller.post("/v1/staff/categories", json={"code": "bed", "name": "床品"})).json()["category_id"]
    brand = (await seller.post("/v1/staff/brands", json={"name": "MUJI"})).json()["brand_id"]
    assert (await seller.put(f"/v1/staff/categories/{leaf}/parent", json={"parent_id": root})).status_code == 204
    await created(seller, description={"title": "被", "category_id": leaf, "brand_id": brand})

    tree = (await anybody.get("/v1/categories")).json()["items"]
    assert [(one["name"], one["parent_id"], one["depth"]) for one in tree] == [("居家", None, 1), ("床品", root, 2)]
    assert (await anybody.get("/v1/brands")).json()["items"] == [{"brand_id": brand, "name": "MUJI"}]
    for query, count in (
        ({"category": root}, 1), ({"category": leaf, "brand": brand}, 1), ({"brand": str(uuid4())}, 0),
        ({"price_from": 1_001}, 0), ({"price_to": 1_000}, 1),
    ):  # fmt: skip
        assert len((await anybody.get("/v1/products", params=query)).json()["items"]) == count, query
    assert (await seller.put(f"/v1/staff/categories/{root}/parent", json={"parent_id": leaf})).json()["code"] == (
        "catalog.category_loop"
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (QUILT | {"price": 1}, "price"),
        (QUILT | {"skus": []}, "skus"),
        (QUILT | {"skus": [KIND | {"price": {"minor": 0, "currency": "CNY"}}]}, "skus[0].price"),
        (QUILT | {"skus": [KIND | {"price": {"minor": 5, "currency": "USD"}}]}, "price"),
        (QUILT | {"skus": [KIND, KIND]}, "skus"),
        (QUILT | {"description": {"title": "bell\x07"}}, "title"),
        (QUILT | {"description": {"title": "t", "image_urls": ["http://images.example/1.jpg"]}}, "images[0]"),
        (QUILT | {"description": {"title": "t", "image_urls": ["https://x/\"onerror=alert(1)"]}}, "images[0]"),
        (QUILT | {"description": {"title": "t", "sale_from": "1960-01-01T00:00:00Z"}}, "sale_from"),
        (QUILT | {"description": {"title": "t", "sold": 9}}, "description.sold"),
    ],
)  # fmt: skip
async def test_goods_that_make_no_sense_are_refused_by_field(window: Window, body: dict[str, Any], field: str) -> None:
    """R34, R37, R38"""
    answer = await (await window.client("seller")).post("/v1/staff/products", json=body)

    assert answer.status_code == 422, answer.text
    assert field in [problem["field"] for problem in answer.json()["errors"]]


async def test_refusals_name_what_is_wrong(window: Window) -> None:
    seller = await window.client("seller")
    await created(seller)

    for body, status, code in (
        (QUILT, 409, "catalog.code_in_use"),
        (QUILT | {"code": "Z"}, 409, "catalog.code_in_use"),
        (QUILT | {"code": "Z", "skus": [KIND | {"code": "Z"}], "description": {"title": "t", "brand_id": str(uuid4())}}, 404,
         "catalog.brand_not_found"),
        (QUILT | {"code": "Z", "skus": [KIND | {"code": "Z", "particulars": {"options": [], "on_sale": False}}]}, 409,
         "catalog.nothing_to_sell"),
    ):  # fmt: skip
        answer = await seller.post("/v1/staff/products", json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_entering_goods_twice_with_one_key_enters_them_once(window: Window) -> None:
    """R17, GEN-R7"""
    seller = await window.client("seller")

    first, again = [await seller.post("/v1/staff/products", json=QUILT, headers={"Idempotency-Key": "k"}) for _ in range(2)]

    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert len((await seller.get("/v1/staff/products")).json()["items"]) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "cheapest"}, {"limit": 0}, {"cursor": "x"}, {"category": "home"}, {"price_from": -1},
        {"price_from": "1e3"}, {"query": "x" * 201}, {"color": "red"}, {"query": "\x00"},
    ],
)  # fmt: skip
async def test_a_question_that_makes_no_sense_is_malformed(window: Window, query: dict[str, Any]) -> None:
    """R37"""
    answer = await (await window.client()).get("/v1/products", params=query)

    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize("text", ["'; DROP TABLE products --", "%", "<script>", "🦄", "羊" * 100])
async def test_any_words_may_be_looked_for(window: Window, text: str) -> None:
    """R37"""
    assert (await (await window.client()).get("/v1/products", params={"query": text})).status_code == 200


async def test_what_members_look_for_and_at_is_offered_to_capture(window: Window) -> None:
    """BEH-R1, BEH-R2: of members only; whether it is kept, their consent decides."""
    product = (await created(await window.client("seller")))["product_id"]
    for token in (None, "seller", "member"):
        client = await window.client(token)
        await client.get("/v1/products", params={"query": "羊毛被"})
        await client.get("/v1/products")
        await client.get(f"/v1/products/{product}")

    assert [(wish.visitor.member_id, deed.kind.value, deed.object) for wish in window.noted for deed in wish.deeds] == [
        (ALICE, "search", "羊毛被"),
        (ALICE, "view", product),
    ]


async def test_goods_are_shown_although_nothing_can_be_noted(window: Window) -> None:
    product = (await created(await window.client("seller")))["product_id"]
    window.notes_fail = True

    assert (await (await window.client("member")).get(f"/v1/products/{product}")).status_code == 200


def an_event(**about: Any) -> dict[str, Any]:
    return {"event_id": str(uuid4()), "kind": "view", "object": "goods", "occurred_at": "2026-06-01T12:00:00Z"} | about


async def test_devices_tell_what_was_done(window: Window) -> None:
    """BEH-R1: a member by the login, anybody else by the device."""
    body = {"events": [an_event(source="首页")], "anonymous_id": "device", "consented": True}

    for token in (None, "member"):
        answer = await (await window.client(token)).post("/v1/behaviour", json=body)
        assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "left_out": 0})

    assert [(wish.visitor.member_id, wish.visitor.anonymous_id, wish.consented) for wish in window.noted] == [
        (None, "device", True),
        (ALICE, None, True),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"events": [], "anonymous_id": "d"},
        {"events": [an_event() for _ in range(51)], "anonymous_id": "d"},
        {"events": [an_event(kind="steal")], "anonymous_id": "d"},
        {"events": [an_event(member_id=str(ALICE))], "anonymous_id": "d"},
        {"events": [an_event(object="x" * 201)], "anonymous_id": "d"},
        {"events": [an_event()]},
    ],
)
async def test_what_makes_no_sense_is_not_captured(window: Window, body: dict[str, Any]) -> None:
    """R34, R37"""
    answer = await (await window.client()).post("/v1/behaviour", json=body)

    assert answer.status_code == 422, answer.text
    assert window.noted == []
