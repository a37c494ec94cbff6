"""Who replaces something as a whole may say what they looked at: then nobody's change in between is lost (GEN-R8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.e2e.whole_shop import described, open_whole_shop
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import STORES, Place, place_of

ONE_THING: Final[Mapping[str, str]] = {
    "/v1/staff/products/{product_id}/sale": "a switch",
    "/v1/staff/products/{product_id}/sales-window": "one window",
    "/v1/staff/skus/{sku_id}/price": "one price; its history says what it was",
    "/v1/staff/skus/{sku_id}/cost": "one price",
    "/v1/staff/orders/{order_id}/price": "says what it was, in `was_minor`",
    "/v1/staff/orders/{order_id}/address": "one address, for a reason",
    "/v1/staff/categories/{category_id}/parent": "one place in the tree",
    "/v1/staff/members/{id}/tier": "one grant, for a reason",
    "/v1/staff/reviews/{review_id}/reply": "one text, of a review that is looked at",
    "/v1/staff/staff/{id}/password": "nobody can have looked at it",
}
"""Replaced by one thing that whoever writes it knows whole: there is nothing of somebody else's in it to lose."""
ZONES: Final = [{"regions": [""], "first_minor": 800}]
OFFER: Final = {"name": "九折", "name_en": "Ten percent off", "kind": "discount", "off_bps": 1_000}
COUPON: Final = {
    "name": "满百减十", "way": "self", "terms": {"kind": "fixed", "value_minor": 1_000}, "validity": {"days": 7}, "total": 5,
}  # fmt: skip


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


async def test_whatever_is_replaced_as_a_whole_takes_what_was_looked_at() -> None:
    """GEN-R8: found in what the shop says of itself, so the next of its kind is asked too."""
    async with open_whole_shop(Place("memory"), PretendGateway()) as shop:
        told = await described(shop)
    shapes = told["components"]["schemas"]

    def body_of(way: Mapping[str, Any]) -> Mapping[str, Any]:
        named: str = way["put"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        return shapes[named.rpartition("/")[2]]["properties"]  # type: ignore[no-any-return]

    replaced = {path: body_of(way) for path, way in told["paths"].items() if path.startswith("/v1/staff/") and "put" in way}

    assert {path for path, body in replaced.items() if "seen" not in body} == set(ONE_THING)


async def test_who_looked_at_something_older_changes_nothing(place: Place) -> None:
    """GEN-R8: at every door of the kind; who says nothing of what they looked at writes as before."""
    async with open_whole_shop(place, PretendGateway()) as shop, shop.knocking("admin") as admin:

        async def made(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
            answer = await admin.post(path, json=body)
            assert answer.status_code == 201, answer.text
            return dict(answer.json())

        listed = (await admin.get("/v1/staff/products")).json()["items"][0]
        goods, sku = listed["product"]["product_id"], listed["product"]["skus"][0]["sku_id"]
        like = {"options": listed["product"]["skus"][0]["options"]}
        freight = {"name": "Parcel", "charge_by": "piece", "zones": ZONES}
        role = {"name": "Packer", "permissions": ["orders.see"]}
        (await made("/v1/staff/roles", {"code": "packer", **role}))
        ways: list[tuple[str, str, str, dict[str, Any], dict[str, Any]]] = [
            (f"/v1/staff/products/{goods}", "/v1/staff/products", "version", {"title": "One"}, {"title": "Two"}),
            (f"/v1/staff/skus/{sku}", f"/v1/staff/skus/{sku}", "version", like, {**like, "weight_grams": 7}),
            (f"/v1/staff/skus/{sku}/labels", f"/v1/staff/skus/{sku}", "version", {"barcodes": ["12345670"]}, {"barcodes": []}),
            (f"/v1/staff/skus/{sku}/price-bounds", f"/v1/staff/skus/{sku}", "version", _floor(1), _floor(2)),
            ("/v1/staff/roles/packer", "/v1/staff/roles", "version", {**role, "name": "A"}, {**role, "name": "B"}),
        ]
        for path, field, one in (
            ("/v1/staff/freight-templates", "name", freight),
            ("/v1/staff/coupons", "name", COUPON),
        ):
            id = (await made(path, one))["id"]
            ways.append((f"{path}/{id}", path, "edition", {**one, field: "A"}, {**one, field: "B"}))
        offer = (await made("/v1/staff/offers", {"terms": OFFER}))["offer_id"]
        terms = [{"terms": {**OFFER, "name": name}} for name in ("A", "B")]
        ways.append((f"/v1/staff/offers/{offer}", f"/v1/staff/offers/{offer}", "edition", terms[0], terms[1]))

        for path, looked, counter, one, two in ways:
            seen = _found((await admin.get(looked)).json(), path)[counter]
            changed = await admin.put(path, json={**one, "seen": seen})
            assert changed.status_code == 200, (path, changed.text)
            late = await admin.put(path, json={**two, "seen": seen})
            assert (late.status_code, late.json()["code"]) == (409, "input.changed_meanwhile"), path
            newest = _found((await admin.get(looked)).json(), path)[counter]
            assert late.json()["facts"] == {"seen": seen, "newest": newest} and newest > seen, path
            assert (await admin.put(path, json={**two, "seen": newest})).status_code == 200, path
            assert (await admin.put(path, json=one)).status_code == 200, path


def _floor(minor: int) -> dict[str, Any]:
    return {"floor": {"minor": minor, "currency": "CNY"}}


def _found(told: dict[str, Any], path: str) -> dict[str, Any]:
    """What is shown of the thing at that address, alone or in a list."""
    name = path.rpartition("/")[2]
    of = {one.get("id") or one.get("code") or one["product"]["product_id"]: one for one in told.get("items", ())}
    return dict(of.get(name, told))
