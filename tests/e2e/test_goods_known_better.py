"""What staff know of goods and buyers see of it, behind the door, in memory and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from attrs import define

from tests.e2e.test_http_once import a_basket, an_order_body
from tests.e2e.whole_shop import WholeShop, open_whole_shop
from tests.support.stores import BEHIND_DOORS, Place, place_of

EAN, UPC = "6901234567892", "036000291452"


@pytest.fixture(params=BEHIND_DOORS)
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    """A shop on both stores, and one product of two kinds in it."""
    async with opened_desk(place_of(request)) as desk:
        yield desk


@asynccontextmanager
async def opened_desk(place: Place) -> AsyncIterator[Desk]:
    """A shop that sells oolong in two sizes, ten of each."""
    async with open_whole_shop(place) as shop:
        desk = Desk(shop)
        wanted = goods("OOLONG", ("OOLONG-S", 2_000), ("OOLONG-L", 3_000))
        made = await desk.staff("POST", "products", wanted, status=201)
        desk.product_id, (desk.small, desk.large) = made["product_id"], made["sku_ids"]
        await desk.staff("PUT", f"products/{desk.product_id}/sale", {"on_sale": True})
        for sku_id in (desk.small, desk.large):
            receipt = {"sku_id": sku_id, "location": "SH", "quantity": 10, "reference": "PO-1"}
            await desk.staff("POST", "stock/receipts", receipt, status=201)
        yield desk


@define
class Desk:
    """Staff at their door, and buyers at theirs."""

    shop: WholeShop
    product_id: str = ""
    small: str = ""
    large: str = ""

    async def staff(self, method: str, path: str, body: Any = None, *, who: str = "wide", status: int = 200) -> Any:
        return await self.said(who, method, f"/v1/staff/{path}", body, status)

    async def said(self, who: str, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        async with self.shop.knocking(who) as caller:
            answer: httpx2.Response = await caller.request(method, path, **({} if body is None else {"json": body}))
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def kind_shown(self, sku_id: str) -> Any:
        page = await self.said("anonymous", "GET", f"/v1/products/{self.product_id}")
        return next(one for one in page["product"]["skus"] if one["sku_id"] == sku_id)

    async def found_by(self, name: str) -> list[str]:
        found = await self.staff("GET", f"skus?name={name}")
        return [one["code"] for one in found["items"]]


def yuan(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "CNY"}


def goods(code: str, *kinds: tuple[str, int], **about: Any) -> dict[str, Any]:
    skus = [
        {"code": name, "price": yuan(minor), "particulars": {"options": [{"name": "规格", "value": name}]}}
        for name, minor in kinds
    ]
    return {"code": code, "description": {"title": "茶", **about}, "skus": skus}


async def buys(desk: Desk) -> None:
    """Alice buys one of the small kind, and pays for it at the counter."""
    async with desk.shop.knocking("alice") as alice:
        address_id = (await alice.get("/v1/me/addresses")).json()["items"][0]["address_id"]
    basket = {
        "lines": [{"sku_id": desk.small, "quantity": 1}], "delivery": {"kind": "address", "address_id": address_id},
    }  # fmt: skip
    quote = await desk.said("alice", "POST", "/v1/quotes", basket, 201)
    order = await desk.said("alice", "POST", "/v1/orders", {name: quote[name] for name in ("quote_id", "hash")}, 201)
    way = {"gateway": "counter", "flow": "counter"}
    payment = await desk.said("alice", "POST", f"/v1/orders/{order['order_id']}/payments", way, 201)
    await desk.staff("POST", f"payments/{payment['payment_id']}/confirm", {"amount": payment["amount"]})


# ---- barcodes and taxes --------------------------------------------------------------------------------------------------


async def test_a_kind_is_found_by_its_code_or_by_any_of_its_barcodes(desk: Desk) -> None:
    """CAT-R7: with noughts before a number of trade or without; and members see the barcodes."""
    labels = {"barcodes": [EAN, UPC, "SHELF-7"], "tax_code": "1030201", "tax_rate_bp": 1_300}
    await desk.staff("PUT", f"skus/{desk.small}/labels", labels)

    for name in ("OOLONG-S", EAN, UPC, f"0{UPC}", f"00{UPC}", "SHELF-7"):
        assert await desk.found_by(name) == ["OOLONG-S"], name
    assert await desk.found_by("nothing") == []
    sheet = await desk.staff("GET", f"skus/{desk.small}")
    assert (sheet["barcodes"], sheet["tax_code"], sheet["tax_rate_bp"]) == ([EAN, UPC, "SHELF-7"], "1030201", 1_300)
    assert (await desk.kind_shown(desk.small))["barcodes"] == [EAN, UPC, "SHELF-7"]


@pytest.mark.parametrize(
    ("barcodes", "field", "rule"),
    [
        (["6901234567893"], "barcodes[0]", "check_digit"),
        ([EAN, "12345670", "12345671"], "barcodes[2]", "check_digit"),
        (["a b c"], "barcodes[0]", "barcode"),
        ([UPC, f"0{UPC}"], "barcodes", "unique"),
    ],
)
async def test_a_barcode_that_is_none_is_refused_by_name(desk: Desk, barcodes: list[str], field: str, rule: str) -> None:
    """CAT-R7: and changes nothing."""
    refused = await desk.staff("PUT", f"skus/{desk.small}/labels", {"barcodes": barcodes}, status=422)

    assert [(one["field"], one["rule"]) for one in refused["errors"]] == [(field, rule)]
    assert (await desk.staff("GET", f"skus/{desk.small}"))["barcodes"] == []


async def test_a_barcode_belongs_to_one_kind_in_the_whole_shop_until_that_gives_it_up(desk: Desk) -> None:
    """CAT-R7: nor is it another one's code, neither way round."""
    await desk.staff("PUT", f"skus/{desk.small}/labels", {"barcodes": [EAN]})
    for taken in (EAN, f"0{EAN}", "OOLONG-S"):
        refused = await desk.staff("PUT", f"skus/{desk.large}/labels", {"barcodes": [taken]}, status=409)
        assert (refused["code"], refused["facts"]["what"]) == ("catalog.code_in_use", "barcode")
    other = await desk.staff("POST", "products", goods("OTHER", (EAN, 100)), status=409)
    assert other["facts"]["taken"] == [EAN]

    await desk.staff("PUT", f"skus/{desk.small}/labels", {"barcodes": []})
    await desk.staff("PUT", f"skus/{desk.large}/labels", {"barcodes": [EAN]})
    assert await desk.found_by(EAN) == ["OOLONG-L"]


async def test_a_code_goes_before_a_barcode(desk: Desk) -> None:
    """CAT-R7: its own code may be a barcode of a kind as well."""
    await desk.staff("POST", "products", goods("EAN", (EAN, 100)), status=201)
    (own,) = (await desk.staff("GET", f"skus?name={EAN}"))["items"]
    await desk.staff("PUT", f"skus/{own['sku_id']}/labels", {"barcodes": [EAN]})

    assert await desk.found_by(EAN) == [EAN]


# ---- cost ----------------------------------------------------------------------------------------------------------------


async def test_what_goods_cost_is_seen_and_set_by_those_alone_who_may(desk: Desk) -> None:
    """CAT-R8: it stands in no list, no page and no sheet besides."""
    await desk.staff("PUT", f"skus/{desk.small}/cost", {"cost": yuan(98_765)}, who="finance")
    for who, status in (("clerk", 403), ("narrow", 403), ("finance", 200), ("admin", 200)):
        told = await desk.staff("GET", f"products/{desk.product_id}/costs", who=who, status=status)
        assert status == 403 or [one["cost"] for one in told["items"]] == [yuan(98_765), None]
    await desk.staff("PUT", f"skus/{desk.small}/cost", {"cost": yuan(1)}, who="clerk", status=403)

    async with desk.shop.knocking("clerk") as clerk, desk.shop.knocking() as buyer:
        pages = [
            await clerk.get("/v1/staff/products"), await clerk.get(f"/v1/staff/products/{desk.product_id}"),
            await clerk.get(f"/v1/staff/skus/{desk.small}"), await buyer.get(f"/v1/products/{desk.product_id}"),
        ]  # fmt: skip
    assert all("cost" not in page.text and "98765" not in page.text for page in pages)


# ---- bounds --------------------------------------------------------------------------------------------------------------


async def test_no_price_goes_below_the_floor(desk: Desk) -> None:
    """CAT-R8: by hand or for many, all of them or none."""
    await desk.staff("PUT", f"skus/{desk.small}/price-bounds", {"floor": yuan(1_500), "member_price": yuan(1_800)})

    refused = await desk.staff("PUT", f"skus/{desk.small}/price", {"price": yuan(1_499)}, status=422)
    assert (refused["code"], refused["facts"]["field"]) == ("catalog.price_below_floor", "price")
    assert refused["facts"]["floor_minor"] == 1_500
    await desk.staff("PUT", f"skus/{desk.small}/price", {"price": yuan(1_500)})
    assert (await desk.staff("GET", f"skus/{desk.small}"))["price"] == yuan(1_500)


@pytest.mark.parametrize(
    ("bounds", "code", "field"),
    [
        ({"floor": yuan(2_001)}, "catalog.price_below_floor", "floor"),
        ({"member_price": yuan(2_001)}, "input.invalid", "member_price"),
        ({"floor": yuan(1_500), "member_price": yuan(1_400)}, "input.invalid", "member_price"),
        ({"list_price": yuan(2_500)}, "input.invalid", "basis"),
        ({"basis": {"sort": "listed", "since": "2026-01-01"}}, "input.invalid", "list_price"),
    ],
)
async def test_bounds_that_cannot_be_are_refused_by_name(desk: Desk, bounds: Any, code: str, field: str) -> None:
    """CAT-R8, CAT-R9"""
    refused = await desk.staff("PUT", f"skus/{desk.small}/price-bounds", bounds, status=422)

    fields = [one["field"] for one in refused.get("errors") or []] or [refused["facts"]["field"]]
    assert (refused["code"], fields) == (code, [field])
    assert (await desk.staff("GET", f"skus/{desk.small}"))["floor"] is None


async def test_a_struck_price_that_rests_on_nothing_is_shown_to_no_buyer(desk: Desk) -> None:
    """CAT-R9: nor one that is not higher than what is asked; another struck price rests on nothing again."""
    kind = {"options": [{"name": "规格", "value": "OOLONG-S"}], "list_price": yuan(2_500)}
    await desk.staff("PUT", f"skus/{desk.small}", kind)
    assert (await desk.kind_shown(desk.small))["list_price"] is None

    basis = {"sort": "listed", "since": "2026-01-31"}
    await desk.staff("PUT", f"skus/{desk.small}/price-bounds", {"list_price": yuan(2_500), "basis": basis})
    shown = await desk.kind_shown(desk.small)
    assert (shown["list_price"], shown["list_price_basis"]) == (yuan(2_500), basis)

    await desk.staff("PUT", f"skus/{desk.small}/price", {"price": yuan(2_500)})
    assert (await desk.kind_shown(desk.small))["list_price"] is None
    await desk.staff("PUT", f"skus/{desk.small}/price", {"price": yuan(2_000)})
    await desk.staff("PUT", f"skus/{desk.small}", kind | {"list_price": yuan(9_900)})
    assert (await desk.kind_shown(desk.small))["list_price"] is None


async def test_a_struck_price_must_be_true_and_the_refusal_tells_the_figures(desk: Desk) -> None:
    """CAT-R9: not to come, higher than what is asked, and never asked for less in the thirty days before the offer."""
    url = f"skus/{desk.small}/price-bounds"
    for price, basis, rule in [
        (2_500, {"sort": "listed", "since": "2026-02-02"}, "not_yet"),
        (2_000, {"sort": "listed", "since": "2026-01-31"}, "not_higher"),
        (2_500, {"sort": "lowest_asked", "since": "2026-01-31"}, "unknown"),
        (2_500, {"sort": "lowest_paid", "since": "2026-01-31"}, "none_paid"),
    ]:
        refused = await desk.staff("PUT", url, {"list_price": yuan(price), "basis": basis}, status=422)
        assert (refused["code"], refused["facts"]["rule"]) == ("catalog.struck_price_untrue", rule)

    desk.shop.clock.forward(days=40)  # the 12th of March
    await desk.staff("PUT", f"skus/{desk.small}/price", {"price": yuan(1_600)})
    desk.shop.clock.forward(days=2)
    offer = {"sort": "lowest_asked", "since": "2026-03-12"}
    refused = await desk.staff("PUT", url, {"list_price": yuan(2_001), "basis": offer}, status=422)
    assert refused["facts"]["rule"] == "above_lowest" and refused["facts"]["lowest_minor"] == 2_000
    assert (refused["facts"]["from_day"], refused["facts"]["until_day"]) == ("2026-02-10", "2026-03-12")

    await desk.staff("PUT", url, {"list_price": yuan(2_000), "basis": offer})
    assert (await desk.kind_shown(desk.small))["list_price_basis"] == offer
    next_offer = {"sort": "lowest_asked", "since": "2026-03-14"}
    late = await desk.staff("PUT", url, {"list_price": yuan(1_999), "basis": next_offer}, status=422)
    assert late["facts"]["lowest_minor"] == 1_600  # asked within the thirty days before that one


async def test_what_was_paid_in_the_seven_days_before_an_offer_may_be_struck_through(desk: Desk) -> None:
    """CAT-R9: by the orders; not what is paid on the day itself, nor what was paid before those days."""
    url = f"skus/{desk.small}/price-bounds"
    await buys(desk)
    desk.shop.clock.forward(days=7)  # the 7th of February
    await desk.staff("PUT", f"skus/{desk.small}/price", {"price": yuan(1_600)})
    await buys(desk)
    offer = {"sort": "lowest_paid", "since": "2026-02-07"}
    refused = await desk.staff("PUT", url, {"list_price": yuan(2_001), "basis": offer}, status=422)
    told = {name: refused["facts"][name] for name in ("rule", "lowest_minor", "from_day", "until_day")}
    assert told == {"rule": "above_lowest", "lowest_minor": 2_000, "from_day": "2026-01-31", "until_day": "2026-02-07"}

    await desk.staff("PUT", url, {"list_price": yuan(2_000), "basis": offer})
    assert (await desk.kind_shown(desk.small))["list_price_basis"] == offer
    desk.shop.clock.forward(days=1)
    late = await desk.staff("PUT", url, {"list_price": yuan(2_000), "basis": offer | {"since": "2026-02-08"}}, status=422)
    assert late["facts"]["lowest_minor"] == 1_600


# ---- what was asked ------------------------------------------------------------------------------------------------------


async def test_every_price_that_was_asked_is_kept_with_who_when_why_and_what_was_before(desk: Desk) -> None:
    """CAT-R10: also the first; asking the same again adds nothing. The latest come first, page by page."""
    desk.shop.clock.forward(hours=1)
    await desk.staff("PUT", f"skus/{desk.small}/price", {"price": yuan(1_900), "reason": "season ends"}, who="finance")
    await desk.staff("PUT", f"skus/{desk.small}/price", {"price": yuan(1_900), "reason": "again"}, who="admin")
    desk.shop.clock.forward(hours=1)
    await desk.staff("PUT", f"skus/{desk.small}/price", {"price": yuan(2_100)})

    url, told = f"skus/{desk.small}/prices?limit=2", []
    cursor = ""
    for _ in range(2):
        page = await desk.staff("GET", url + cursor, who="clerk")
        told += page["items"]
        cursor = f"&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None
    assert [(one["price_version"], one["before"], one["price"], one["reason"]) for one in told] == [
        (3, yuan(1_900), yuan(2_100), ""),
        (2, yuan(2_000), yuan(1_900), "season ends"),
        (1, None, yuan(2_000), ""),
    ]
    assert [one["at"] for one in told] == ["2026-01-31T14:00:00Z", "2026-01-31T13:00:00Z", "2026-01-31T12:00:00Z"]
    assert [one["actor_kind"] for one in told] == ["machine", "staff", "machine"]


async def test_prices_of_unknown_kinds_are_not_found(desk: Desk) -> None:
    """CAT-R10"""
    nobody = "01890000-0000-7000-8000-00000000dead"
    for path in (f"skus/{nobody}", f"skus/{nobody}/prices", f"products/{nobody}/costs"):
        await desk.staff("GET", path, status=404)


# ---- sales windows and arrivals ------------------------------------------------------------------------------------------


async def test_outside_their_window_goods_are_off_sale_for_buyers_wherever_they_look(desk: Desk) -> None:
    """CAT-R11: search, page, quote and order; staff see them all the time. The window is `[from, until)`."""
    url, noon = f"products/{desk.product_id}/sales-window", datetime(2026, 1, 31, 12, tzinfo=UTC)
    window = {"sale_from": "2026-01-31T12:04:00Z", "sale_until": "2026-01-31T12:06:00Z"}
    async with desk.shop.knocking("alice") as alice:
        asks = {2: await an_order_body(alice), 4: await an_order_body(alice)}
        basket = await a_basket(alice)
        assert basket["lines"][0]["sku_id"] in (desk.small, desk.large)
        await desk.staff("PUT", url, window)
        for minute, is_sold in ((2, False), (4, True), (6, False)):
            desk.shop.clock.at = noon.replace(minute=minute)
            page = await alice.get(f"/v1/products/{desk.product_id}")
            listed = await alice.get("/v1/products?limit=100")
            quote = (await alice.post("/v1/quotes", json=basket)).json()
            placed = await alice.post("/v1/orders", json=asks[minute])
            if is_sold:
                asks[6] = {name: quote[name] for name in ("quote_id", "hash")}
            cart = await alice.post("/v1/cart/lines", json={"sku_id": desk.small, "quantity": 1})
            assert page.status_code == (200 if is_sold else 404)
            assert (desk.product_id in listed.text) == is_sold
            assert ("quote_id" in quote) == is_sold, quote
            assert placed.status_code == (201 if is_sold else 409), placed.text
            assert (cart.json().get("code") == "cart.goods_off_sale") == (not is_sold), cart.text
            await desk.staff("GET", f"products/{desk.product_id}")
            assert await desk.found_by("OOLONG-S") == ["OOLONG-S"]
    backwards = {"sale_from": "2026-01-31T15:00:00Z", "sale_until": "2026-01-31T14:00:00Z"}
    wrong = await desk.staff("PUT", url, backwards, status=422)
    assert [one["field"] for one in wrong["errors"]] == ["sale_until"]


async def test_arrivals_are_listed_by_when_buyers_could_have_them_first(desk: Desk) -> None:
    """CAT-R11: goods that are announced come when their window opens; going off sale and on again makes nothing new."""
    desk.shop.clock.forward(days=1)
    numbers = {}
    for code in ("EARLY", "LATER", "ANNOUNCED"):
        numbers[code] = (await desk.staff("POST", "products", goods(code, (f"{code}-1", 100)), status=201))["product_id"]
    for code, hours in (("LATER", 0), ("ANNOUNCED", 0), ("EARLY", 1)):
        if code == "ANNOUNCED":
            await desk.staff("PUT", f"products/{numbers[code]}/sales-window", {"sale_from": "2026-02-01T15:00:00Z"})
        desk.shop.clock.forward(hours=hours)
        await desk.staff("PUT", f"products/{numbers[code]}/sale", {"on_sale": True})
    for is_sold in (False, True):
        desk.shop.clock.forward(minutes=1)
        await desk.staff("PUT", f"products/{desk.product_id}/sale", {"on_sale": is_sold})

    async def first(how_many: int) -> list[str]:
        found, cursor = [], ""
        while len(found) < how_many:
            page = await desk.said("anonymous", "GET", f"/v1/products?sort=arrivals&limit=2{cursor}")
            found += [one["code"] for one in page["items"]]
            cursor = f"&cursor={page['next_cursor']}"
        return found[:how_many]

    assert await first(3) == ["EARLY", "LATER", "OOLONG"] or (await first(2)) == ["EARLY", "LATER"]
    desk.shop.clock.at = datetime(2026, 2, 1, 15, tzinfo=UTC)
    assert await first(2) == ["ANNOUNCED", "EARLY"]
    staff = await desk.staff("GET", f"products/{numbers['ANNOUNCED']}")
    assert staff["product"]["arrived_at"] == "2026-02-01T15:00:00Z"


async def test_parameters_are_shown_in_the_order_in_which_they_were_entered(desk: Desk) -> None:
    """CAT-R7"""
    told = [{"name": "材质", "value": "陶瓷"}, {"name": "产地", "value": "景德镇"}]
    await desk.staff("PUT", f"products/{desk.product_id}", {"title": "杯", "parameters": told})
    page = await desk.said("anonymous", "GET", f"/v1/products/{desk.product_id}")
    assert page["product"]["parameters"] == told

    twice = await desk.staff("PUT", f"products/{desk.product_id}", {"title": "杯", "parameters": told[:1] * 2}, status=422)
    assert [(one["field"], one["rule"]) for one in twice["errors"]] == [("parameters", "unique")]
