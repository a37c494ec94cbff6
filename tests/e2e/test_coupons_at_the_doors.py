"""Coupons at the doors: staff make them, members take and use them, and everybody reads what became of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from tests.e2e.whole_shop import NOBODY, WholeShop, open_whole_shop
from tests.support.stores import BEHIND_DOORS, place_of

KIND: dict[str, Any] = {
    "name": "满20减5", "name_en": "5 off 20", "way": "self", "total": 10, "per_member": 2, "validity": {"days": 7},
    "terms": {"kind": "fixed", "value_minor": 500, "threshold_minor": 2_000},
}  # fmt: skip


@pytest.fixture(params=BEHIND_DOORS)
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[WholeShop]:
    """The demo shop on both stores."""
    async with open_whole_shop(place_of(request)) as shop:
        yield shop


async def test_a_coupon_from_the_staff_s_hand_to_a_paid_price(shop: WholeShop) -> None:
    """CPN-R1, CPN-R3, PRC-R2: taken, told what it would do, used, seen in the order; the others say why not."""
    async with shop.knocking("alice") as alice, shop.knocking("admin") as admin:
        made = (await admin.post("/v1/staff/coupons", json=KIND)).json()
        much = KIND | {"name": "much", "terms": KIND["terms"] | {"threshold_minor": 9_000_000}}
        other = (await admin.post("/v1/staff/coupons", json=much)).json()
        offered = (await alice.get("/v1/coupons")).json()["items"]
        taken = [(await alice.post(f"/v1/coupons/{one['id']}/take")).json()["coupon_id"] for one in (made, other)]
        sku = (await alice.get("/v1/products")).json()["items"][0]["skus"][0]
        home = (await alice.get("/v1/me/addresses")).json()["items"][0]["address_id"]
        await alice.post("/v1/cart/lines", json={"sku_id": sku["sku_id"], "quantity": 3})
        on_cart = (await alice.get("/v1/me/cart/coupons")).json()["items"]
        body = {"from_cart": True, "delivery": {"kind": "address", "address_id": home}, "coupon_ids": taken}
        quote = (await alice.post("/v1/quotes", json=body)).json()
        on_quote = (await alice.get(f"/v1/quotes/{quote['quote_id']}/coupons")).json()["items"]
        placed = (await alice.post("/v1/orders", json={"quote_id": quote["quote_id"], "hash": quote["hash"]})).json()
        mine = (await alice.get("/v1/me/coupons")).json()["items"]
        report = (await admin.get(f"/v1/staff/coupons/{made['id']}")).json()
        exported = (await alice.get("/v1/me/export")).json()["sections"]

    assert {one["name"] for one in offered} >= {"满20减5", "much"} and made["most_minor"] == 5_000
    (step,) = [one for one in quote["steps"] if one["source_kind"] == "coupon"]
    assert (step["source_id"], step["amount"]["minor"]) == (taken[0], -500)
    (refused,) = quote["rejected_offers"]
    assert (refused["source_id"], refused["reason"]) == (taken[1], "below_threshold") and refused["missing_minor"] > 8_000_000
    seen = [one for one in on_quote if one["coupon_id"] in taken]
    told = {one["coupon_id"]: (one["off_minor"], one["reason"], one["is_chosen"]) for one in seen}
    assert told == {taken[0]: (500, "", True), taken[1]: (0, "below_threshold", False)}
    assert {one["coupon_id"] for one in on_cart} >= set(taken)
    stands = {one["coupon_id"]: (one["stands"], one["order_id"]) for one in mine}
    assert (stands[taken[0]], stands[taken[1]]) == (("locked", placed["order_id"]), ("unused", None))
    assert (report["locked"], report["used"], report["applied_minor"], report["template"]["left"]) == (1, 0, 0, 9)
    assert len(exported["coupons"]) == len(mine)


async def test_codes_and_limits_and_what_is_somebody_else_s(shop: WholeShop) -> None:
    """CPN-R2, GEN-R14, R35, R36: refused by name, and nothing changes; whoever may not manage coupons sees none."""
    async with (
        shop.knocking("alice") as alice, shop.knocking("bob") as bob, shop.knocking("clerk") as clerk,
        shop.knocking("admin") as admin,
    ):  # fmt: skip
        kind = (await admin.post("/v1/staff/coupons", json=KIND | {"way": "code", "total": 1, "per_member": 1})).json()
        url = f"/v1/staff/coupons/{kind['id']}"
        codes = (await admin.post(f"{url}/codes", json={"count": 2})).json()["codes"]
        wrong = await alice.post("/v1/coupons/redeem", json={"code": "0000"})
        right = await alice.post("/v1/coupons/redeem", json={"code": codes[0].replace("-", "")})
        gone = await bob.post("/v1/coupons/redeem", json={"code": codes[1]})
        not_so = await bob.post(f"/v1/coupons/{kind['id']}/take")
        too_small = await admin.put(url, json=KIND | {"way": "code", "total": 0})
        me = (await alice.get("/v1/me")).json()["member_id"]
        limit = await admin.post(f"{url}/issue", json={"member_id": me})
        more = await admin.put(url, json=KIND | {"way": "code", "total": 5, "per_member": 2})
        given = await admin.post(f"{url}/issue", json={"member_id": me})
        nobody = await admin.post(f"{url}/issue", json={"member_id": str(NOBODY)})
        void = await admin.post("/v1/staff/coupons/void", json={"coupon_id": given.json()["coupon_id"], "reason": "mistake"})
        missing = await admin.post("/v1/staff/coupons/void", json={"coupon_id": str(UUID(int=5)), "reason": "x"})
        theirs = (await bob.get("/v1/me/coupons")).json()["items"]
        refused = [await clerk.get("/v1/staff/coupons"), await clerk.post("/v1/staff/coupons", json=KIND)]
        trail = {one["action"] for one in (await admin.get("/v1/staff/trail")).json()["items"]}

    assert (wrong.status_code, wrong.json()["code"]) == (409, "coupon.code_unknown")
    assert right.status_code == 201 and gone.json()["code"] == "coupon.gone" and not_so.json()["code"] == "coupon.not_to_take"
    assert too_small.status_code == 422 and limit.json()["code"] == "coupon.gone" and more.json()["edition"] == 1
    assert given.status_code == 201 and nobody.status_code == 404 and void.json()["stands"] == "void"
    assert missing.status_code == 404 and theirs == [] and [one.status_code for one in refused] == [403, 403]
    assert {"coupons.template", "coupons.codes", "coupons.issue", "coupons.void"} <= trail


async def test_what_staff_say_wrongly_is_told_at_its_field(shop: WholeShop) -> None:
    """CPN-R1, GEN-R22: nothing is made."""
    async with shop.knocking("admin") as admin:
        before = (await admin.get("/v1/staff/coupons")).json()["items"]
        for more, field in (
            ({"terms": KIND["terms"] | {"value_minor": 2_000}}, "value_minor"),
            ({"terms": {"kind": "percent", "percent_bps": 100}}, "most_minor"),
            ({"validity": {}}, "validity.ends_at"), ({"way": "points"}, "points"), ({"tiers": ["gold"]}, "tiers"),
        ):  # fmt: skip
            refused = await admin.post("/v1/staff/coupons", json=KIND | more)
            assert refused.status_code == 422 and field in str(refused.json()), (more, refused.json())
        assert (await admin.get("/v1/staff/coupons")).json()["items"] == before
