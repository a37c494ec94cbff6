"""Carts, quotes and freight templates over HTTP (DOR-R1)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from attrs import define, field

from retail_domain.accounts.errors import SessionInvalid
from retail_domain.accounts.model.session import Principal
from retail_domain.accounts.model.staff import Role
from retail_domain.accounts.use_cases.staff import NoteStaffAction
from retail_domain.kernel.ids import StaffId
from retail_entrypoints.http.app import create_app
from retail_entrypoints.http.cart import cart_routes
from retail_entrypoints.http.quotes import freight_routes, quote_routes
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.settings import Settings
from tests.e2e.door import CLERK, SESSION, knocking
from tests.support.market import Buyer, Market, open_market
from tests.support.stores import Place

ZONE = {"regions": ["44"], "first_units": 1, "first_minor": 800, "next_units": 1, "next_minor": 200}
PARCEL = {"name": "Parcel", "charge_by": "piece", "zones": [ZONE], "is_default": True}


@define
class Counter:
    """A market behind its HTTP door, and who may knock."""

    market: Market
    people: dict[str, Principal] = field(factory=dict)
    noted: list[NoteStaffAction] = field(factory=list)
    stack: AsyncExitStack = field(factory=AsyncExitStack)

    async def buyer(self, number: int) -> tuple[Buyer, object]:
        buyer = await self.market.buyer(number)
        self.people[f"member-{number}"] = Principal(session_id=SESSION, member_id=buyer.id)
        return buyer, await self.client(f"member-{number}")

    async def staff(self, role: Role):
        self.people[role.value] = Principal(session_id=SESSION, staff_id=StaffId(CLERK), roles=(role,))
        return await self.client(role.value)

    async def client(self, token: str | None = None, cart_token: str | None = None):
        shop = ServedShop(
            retail=self.market.retail,
            settings=Settings.from_environ({}),
            clock=self.market.clock,
            authenticate=self._authenticate,
            note_staff_action=self._note,
        )
        retail = self.market.retail
        routes = [*cart_routes(retail.cart), *quote_routes(retail.quoting), *freight_routes(retail.quoting)]
        client = await self.stack.enter_async_context(knocking(create_app(shop, routes), token))
        if cart_token:
            client.headers["X-Cart-Token"] = cart_token
        return client

    async def _authenticate(self, token: str) -> Principal:
        if token not in self.people:
            raise SessionInvalid()
        return self.people[token]

    async def _note(self, action: NoteStaffAction) -> None:
        self.noted.append(action)


@pytest.fixture
async def counter() -> AsyncIterator[Counter]:
    async with open_market(Place("memory")) as market:
        counter = Counter(market)
        async with counter.stack:
            yield counter


def at_home(buyer: Buyer) -> dict[str, str]:
    return {"kind": "address", "address_id": str(buyer.home)}


async def test_a_guest_fills_a_cart_with_nothing_but_its_token(counter: Counter) -> None:
    """CRT-R8, CRT-R1"""
    tea = await counter.market.goods("TEA", price_minor=1_999)
    made = await (await counter.client()).post("/v1/carts")
    assert made.status_code == 201
    guest = await counter.client(cart_token=made.json()["cart_token"])

    put = await guest.put(f"/v1/cart/lines/{tea}", json={"quantity": 2})
    added = await guest.post("/v1/cart/lines", json={"sku_id": str(tea), "quantity": 1})

    assert (put.status_code, added.status_code) == (200, 200)
    cart = (await guest.get("/v1/cart")).json()
    assert cart["cart_id"] == made.json()["cart_id"]
    assert cart["goods_total"] == {"minor": 5_997, "currency": "CNY"}
    assert [(line["sku_id"], line["quantity"]) for line in cart["lines"]] == [(str(tea), 3)]
    assert cart["lines"][0]["unit_price"] == {"minor": 1_999, "currency": "CNY"}
    emptied = await guest.delete(f"/v1/cart/lines/{tea}")
    assert (emptied.status_code, emptied.json()["lines"]) == (200, [])
    gone = await guest.delete(f"/v1/cart/lines/{tea}")
    assert (gone.status_code, gone.json()["code"]) == (404, "cart.line_not_found")


@pytest.mark.parametrize("quantity", [0, -1, 10_000, 1.5, "2", None])
async def test_a_quantity_is_a_whole_number_of_units(counter: Counter, quantity: object) -> None:
    """CRT-I3: none is said by DELETE."""
    tea = await counter.market.goods("TEA")
    _, alice = await counter.buyer(1)

    answer = await alice.put(f"/v1/cart/lines/{tea}", json={"quantity": quantity})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "quantity")


async def test_a_made_up_cart_token_opens_nothing(counter: Counter) -> None:
    """R33: like a cart that is not there."""
    answer = await (await counter.client(cart_token="made-up")).get("/v1/cart")

    assert (answer.status_code, answer.json()["code"]) == (404, "cart.not_found")
    assert (await (await counter.client()).get("/v1/cart")).status_code == 401


async def test_refusals_of_a_cart_say_what_is_wrong(counter: Counter) -> None:
    """CRT-R2"""
    tea = await counter.market.goods("TEA", stock=3)
    _, alice = await counter.buyer(1)

    scarce = await alice.put(f"/v1/cart/lines/{tea}", json={"quantity": 4})
    unknown = await alice.put(f"/v1/cart/lines/{uuid4()}", json={"quantity": 1})

    assert (scarce.status_code, scarce.json()["code"]) == (409, "cart.not_enough")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "cart.goods_not_found")


async def test_the_guests_cart_comes_along_at_login(counter: Counter) -> None:
    """CRT-R6: repeatable."""
    tea = await counter.market.goods("TEA")
    token = (await (await counter.client()).post("/v1/carts")).json()["cart_token"]
    await (await counter.client(cart_token=token)).put(f"/v1/cart/lines/{tea}", json={"quantity": 2})
    _, alice = await counter.buyer(1)

    without = await alice.post("/v1/cart/merge")
    merged = [await alice.post("/v1/cart/merge", headers={"X-Cart-Token": token}) for _ in range(2)]

    assert without.status_code == 404
    assert [answer.status_code for answer in merged] == [200, 200]
    assert [answer.json()["lines"][0]["quantity"] for answer in merged] == [2, 2]


async def test_a_quote_tells_every_step_and_is_shown_only_to_its_member(counter: Counter) -> None:
    """CRT-R7, PRC-R4, R33"""
    tea = await counter.market.goods("TEA", price_minor=1_999)
    (alice, hers), (_, bobs) = await counter.buyer(1), await counter.buyer(2)
    await counter.market.freight(800)

    wishes = {"coupon_ids": [str(uuid4())], "points": 5}
    body = {"lines": [{"sku_id": str(tea), "quantity": 2}], "delivery": at_home(alice), **wishes}
    made = await hers.post("/v1/quotes", json=body)

    quote = made.json()
    assert made.status_code == 201
    assert quote["payable"] == {"minor": 2 * 1_999 + 800, "currency": "CNY"}
    assert quote["freight"] == {"minor": 800, "currency": "CNY"}
    assert [share["step"] for share in quote["lines"][0]["shares"]] == ["base"]
    assert [(step["source_kind"], step["amount"]["minor"]) for step in quote["steps"]] == [
        ("sale_price", 3_998), ("freight_template", 800),
    ]  # fmt: skip
    assert [offer["source_kind"] for offer in quote["rejected_offers"]] == ["points", "coupon"]
    assert len(quote["hash"]) == 64 and quote["expires_at"].endswith("Z")
    assert (await hers.get(f"/v1/quotes/{quote['quote_id']}")).json() == quote
    assert (await bobs.get(f"/v1/quotes/{quote['quote_id']}")).status_code == 404


async def test_a_quote_from_the_cart_repeats_under_its_key(counter: Counter) -> None:
    """R17"""
    tea = await counter.market.goods("TEA")
    alice, hers = await counter.buyer(1)
    await hers.put(f"/v1/cart/lines/{tea}", json={"quantity": 2})
    body, key = {"from_cart": True, "delivery": at_home(alice)}, {"Idempotency-Key": "k-1"}

    first, again = [await hers.post("/v1/quotes", json=body, headers=key) for _ in range(2)]
    other = await hers.post("/v1/quotes", json={**body, "points": 1}, headers=key)

    assert first.json() == again.json() and (first.status_code, again.status_code) == (201, 201)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")


@pytest.mark.parametrize(
    "smuggled",
    [
        {"payable": 1},
        {"freight": {"minor": 0, "currency": "CNY"}},
        {"lines": [{"sku_id": str(uuid4()), "quantity": 1, "unit_price": 1}]},
        {"lines": [{"sku_id": str(uuid4()), "quantity": 1, "price_version": 1}]},
        {"hash": "0" * 64},
        {"delivery": {"kind": "address", "address_id": str(uuid4()), "region_code": "44"}},
    ],
)
async def test_nothing_a_client_sends_can_set_a_price(counter: Counter, smuggled: dict[str, object]) -> None:
    """R7, R34"""
    tea = await counter.market.goods("TEA")
    alice, hers = await counter.buyer(1)
    body = {"lines": [{"sku_id": str(tea), "quantity": 1}], "delivery": at_home(alice)}

    answer = await hers.post("/v1/quotes", json={**body, **smuggled})

    assert (answer.status_code, answer.json()["errors"][0]["rule"]) == (422, "unknown")


async def test_quotes_are_refused_with_their_reasons(counter: Counter) -> None:
    gone = await counter.market.goods("GONE", stock=0)
    (alice, hers), (bob, _) = await counter.buyer(1), await counter.buyer(2)
    line = {"sku_id": str(gone), "quantity": 1}

    sold_out = await hers.post("/v1/quotes", json={"lines": [line], "delivery": at_home(alice)})
    elsewhere = await hers.post("/v1/quotes", json={"lines": [line], "delivery": at_home(bob)})
    neither = await hers.post("/v1/quotes", json={"delivery": at_home(alice)})

    assert (sold_out.status_code, sold_out.json()["code"]) == (409, "quote.empty")
    assert [(one["sku_id"], one["reason"], one["sellable"]) for one in sold_out.json()["facts"]["unavailable"]] == [
        (str(gone), "sold_out", 0)
    ]
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "quote.address_not_found")
    assert (neither.status_code, neither.json()["errors"][0]["field"]) == (422, "lines")


async def test_staff_with_the_permission_write_freight_templates(counter: Counter) -> None:
    """MSC-R5, R35"""
    admin = await counter.staff(Role.ADMIN)

    made = await admin.post("/v1/staff/freight-templates", json=PARCEL)
    address = f"/v1/staff/freight-templates/{made.json()['id']}"
    rewritten = await admin.put(address, json={**PARCEL, "name": "Heavy", "charge_by": "weight"})

    assert (made.status_code, made.json()["edition"]) == (201, 1)
    assert (rewritten.status_code, rewritten.json()["edition"], rewritten.json()["charge_by"]) == (200, 2, "weight")
    listed = (await admin.get("/v1/staff/freight-templates")).json()
    assert [item["name"] for item in listed["items"]] == ["Heavy"] and listed["next_cursor"] is None
    assert listed["items"][0]["zones"][0]["first_minor"] == 800
    assert (await admin.delete(address)).status_code == 204
    assert (await admin.delete(address)).status_code == 404
    assert (await admin.put(address, json=PARCEL)).json()["code"] == "freight_template.not_found"


async def test_a_template_says_what_it_will_charge_and_from_when_on(counter: Counter) -> None:
    """MSC-R5, SET-R4: quotes made from that moment on cost it; a template that is written anew plans nothing any more."""
    admin, tea = await counter.staff(Role.ADMIN), await counter.market.goods("TEA")
    alice, hers = await counter.buyer(1)
    wanted = {"lines": [{"sku_id": str(tea), "quantity": 1}], "delivery": at_home(alice)}
    soon = counter.market.clock.now() + timedelta(minutes=10)
    coming = {"effective_at": soon.isoformat(), "charge_by": "piece", "zones": [{**ZONE, "first_minor": 1_234}]}

    made = await admin.post("/v1/staff/freight-templates", json={**PARCEL, "coming": coming})
    before = (await hers.post("/v1/quotes", json=wanted)).json()["freight"]["minor"]
    counter.market.clock.pass_(timedelta(minutes=10))
    after = (await hers.post("/v1/quotes", json=wanted)).json()["freight"]["minor"]
    listed = (await admin.get("/v1/staff/freight-templates")).json()["items"][0]

    assert (made.status_code, before, after) == (201, 800, 1_234)
    assert datetime.fromisoformat(made.json()["coming"]["effective_at"]) == soon
    assert (listed["coming"], listed["zones"][0]["first_minor"], listed["edition"]) == (None, 1_234, 1)


@pytest.mark.parametrize(
    ("change", "blamed"),
    [
        ({"coming": {"effective_at": "2020-01-01T00:00:00Z", "charge_by": "piece", "zones": [ZONE]}}, "coming.effective_at"),
        ({"coming": {"effective_at": "2099-01-01T00:00:00Z", "charge_by": "piece", "zones": [ZONE, ZONE]}}, "coming.zones"),
        ({"coming": {"charge_by": "piece", "zones": [ZONE]}}, "coming.effective_at"),
        ({"zones": []}, "zones"),
        ({"zones": [ZONE, ZONE]}, "zones"),
        ({"zones": [{**ZONE, "regions": ["Guangdong"]}]}, "zones[0].regions[0]"),
        ({"zones": [{**ZONE, "next_units": 0}]}, "zones[0].next_units"),
        ({"zones": [{**ZONE, "first_minor": -1}]}, "zones[0].first_minor"),
        ({"charge_by": "colour"}, "charge_by"),
        ({"name": ""}, "name"),
    ],
)
async def test_a_template_that_makes_no_sense_is_refused_by_field(counter: Counter, change, blamed: str) -> None:
    """GEN-R13"""
    admin = await counter.staff(Role.ADMIN)

    answer = await admin.post("/v1/staff/freight-templates", json={**PARCEL, **change})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, blamed)


async def test_who_may_not_set_prices_may_not_write_templates(counter: Counter) -> None:
    """R35"""
    _, alice = await counter.buyer(1)
    clerk = await counter.staff(Role.CLERK)

    assert (await alice.post("/v1/staff/freight-templates", json=PARCEL)).status_code == 403
    assert (await alice.get("/v1/staff/freight-templates")).status_code == 403
    assert (await (await counter.client()).get("/v1/staff/freight-templates")).status_code == 401
    assert (await clerk.post("/v1/staff/freight-templates", json=PARCEL)).status_code == 403
    assert await counter.market.retail.quoting.freight_templates() == ()
