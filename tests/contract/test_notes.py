"""Programs keep things with goods, orders and members, on every store (NTE)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from retail_domain import notes
from retail_domain.accounts import MemberNotFound
from retail_domain.catalog import CreateProduct, Listing, ProductNotFound, SkuNotFound, SkuWish
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.paging import PageRequest
from retail_domain.notes import BYTES_MAX, NoteDown, ShowNotes, ThingSort
from retail_domain.ordering import OrderNotFound
from retail_domain.testing.contracts.notes import NotesContract
from retail_entrypoints.cli.demo_data import MEMBER_LOGIN
from tests.e2e.whole_shop import WholeShop, open_whole_shop, things_of_alice
from tests.support.accounts import Recording
from tests.support.stores import STORES, Place, Surroundings, open_store, place_of

ERP, CRM = Actor.machine("erp"), Actor.machine("crm")


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


class TestNotes(NotesContract):
    """What is kept."""

    @pytest.fixture
    async def begin(self, place: Place) -> AsyncIterator[Any]:
        """Units of work on an empty store."""
        async with open_store(place, Surroundings(notes.EVENTS)) as store:
            yield store.begin


async def goods(shop: WholeShop) -> UUID:
    wish = CreateProduct(code="NOTED", listing=Listing(title="Cup"), skus=(SkuWish(code="NOTED-1", price_minor=1_900),))
    return (await shop.retail.catalog.create(wish)).sku_ids[0]


async def test_programs_at_once_on_one_thing_lose_nothing_and_stay_below_the_limit(place: Place) -> None:
    """NTE-R1, NTE-R2: those who write other keys go on from each other; of those for whom there is no room each is told."""
    async with open_whole_shop(place) as shop:
        sku = await goods(shop)
        wishes = [
            NoteDown(sort=ThingSort.SKU, thing_id=sku, values={f"{name}.n{at}": at}, actor=Actor.machine(name))
            for name in ("erp", "crm") for at in range(4)
        ]  # fmt: skip
        await asyncio.gather(*map(shop.retail.notes.note_down, wishes))
        found = (await shop.retail.notes.of(ShowNotes(sort=ThingSort.SKU, thing_ids=(sku,))))[sku]
        assert found.values == {f"{name}.n{at}": at for name in ("erp", "crm") for at in range(4)}

        large = [
            NoteDown(sort=ThingSort.SKU, thing_id=sku, values={f"{name}.large": "x" * (BYTES_MAX // 2)}, actor=ERP)
            for name in ("erp", "crm", "wms")
        ]  # fmt: skip
        told = await asyncio.gather(*map(shop.retail.notes.note_down, large), return_exceptions=True)
        found = (await shop.retail.notes.of(ShowNotes(sort=ThingSort.SKU, thing_ids=(sku,))))[sku]

    assert sorted(type(one).__name__ for one in told) == ["InvalidInput", "InvalidInput", "NoneType"]
    assert all(isinstance(one, InvalidInput) for one in told if one is not None)
    assert len(found.text.encode()) <= BYTES_MAX and len(found.values) == 9


async def test_only_what_is_there_can_be_noted_on(place: Place) -> None:
    """NTE-R3: by its own sort."""
    refused = {
        ThingSort.PRODUCT: ProductNotFound, ThingSort.SKU: SkuNotFound, ThingSort.ORDER: OrderNotFound,
        ThingSort.MEMBER: MemberNotFound,
    }  # fmt: skip
    async with open_whole_shop(place) as shop:
        sku = await goods(shop)
        for sort, refusal in refused.items():
            thing = UUID(int=9) if sort is ThingSort.SKU else sku
            with pytest.raises(refusal):
                await shop.retail.notes.note_down(NoteDown(sort=sort, thing_id=thing, values={"a.a": 1}, actor=ERP))
        found = [await shop.retail.notes.of(ShowNotes(sort=sort, thing_ids=(sku,))) for sort in ThingSort]

    assert found == [{}] * 4


async def test_staff_and_programs_see_and_set_notes_over_http_and_buyers_never_do(place: Place) -> None:
    """NTE-R3, NTE-R4: in detail and in lists; the secret word reaches no buyer by any page that shows the thing."""
    secret = "for-the-counter-only"
    async with open_whole_shop(place) as shop:
        things = await things_of_alice(shop)
        found = (await shop.retail.accounts.show.members(PageRequest())).items
        (alice,) = [one for one in found if one.login == MEMBER_LOGIN]
        paths = {
            "products": things.product_id, "skus": things.sku_id, "orders": things.order_id, "members": str(alice.member_id)
        }  # fmt: skip
        async with shop.knocking("wide") as erp, shop.knocking("narrow") as narrow, shop.knocking("alice") as buyer:
            for path, id in paths.items():
                body = {"values": {"erp.code": secret, "erp.gone": 1}}
                set_ = await erp.patch(f"/v1/staff/{path}/{id}/notes", json=body)
                gone = await erp.patch(f"/v1/staff/{path}/{id}/notes", json={"values": {"erp.gone": None}})
                no = await narrow.patch(f"/v1/staff/{path}/{id}/notes", json=body)
                assert [one.status_code for one in (set_, gone, no)] == [204, 204, 403], set_.text
            wanted = {"erp.code": secret}
            product = (await erp.get(f"/v1/staff/products/{things.product_id}")).json()["product"]
            listed = {one["product"]["product_id"]: one for one in (await erp.get("/v1/staff/products")).json()["items"]}
            orders = {one["order_id"]: one for one in (await erp.get("/v1/staff/orders")).json()["items"]}
            members = {one["member_id"]: one for one in (await erp.get("/v1/staff/members")).json()["items"]}
            seen = [
                product["notes"], product["sku_notes"][things.sku_id], listed[things.product_id]["notes"],
                listed[things.product_id]["sku_notes"][things.sku_id], orders[things.order_id]["notes"],
                (await erp.get(f"/v1/staff/orders/{things.order_id}")).json()["notes"], members[str(alice.member_id)]["notes"],
                (await erp.get(f"/v1/staff/members/{alice.member_id}")).json()["notes"],
            ]  # fmt: skip
            pages = [
                await buyer.get(path)
                for path in (
                    "/v1/products", f"/v1/products/{things.product_id}",
                    "/v1/orders", f"/v1/orders/{things.order_id}", "/v1/me",
                )
            ]  # fmt: skip
        trail = (await shop.retail.accounts.show.trail(PageRequest(1))).items[0]

    assert seen == [wanted] * len(seen)
    assert [one.status_code for one in pages] == [200] * 5
    assert not [one.url for one in pages if secret in one.text]
    assert (trail.actor_ref, trail.action) == ("wide", "note_on_member")


async def test_nobody_who_buys_reads_or_writes_anything_of_notes(place: Place) -> None:
    """NTE-R1, R46: whatever programs keep with goods, looking, quoting, placing and paying ask the database nothing of it."""
    if place.kind == "memory":
        return  # it asks no database
    names: list[str] = []
    async with open_whole_shop(place, through=lambda database: Recording(database, names)) as shop:
        things = await things_of_alice(shop)
        await shop.retail.notes.note_down(
            NoteDown(sort=ThingSort.SKU, thing_id=UUID(things.sku_id), values={"erp.code": "A"}, actor=ERP)
        )
        assert [name for name in names if name.startswith("notes.")]
        names.clear()
        await things_of_alice(shop)

    assert len(names) > 20 and not [name for name in names if name.startswith("notes.")]
