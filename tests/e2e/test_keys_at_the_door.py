"""Programs at the HTTP door and keys at the command line (ACC-R10, ACC-R11, R35)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx2
import pytest

from retail_domain.accounts import Permission, RevokeKey
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import KeyId
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.cli.main import FAILED, WRONG_USE, run
from tests.e2e.whole_shop import WholeShop, a_whole_shop, open_whole_shop, things_of_alice
from tests.support.accounts import Recording
from tests.support.stores import Place, place_of

KEYS: Final = "/v1/staff/keys"


@pytest.fixture
async def shop() -> WholeShop:
    return await a_whole_shop()


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Both databases."""
    return place_of(request)


async def made(shop: WholeShop, *may: str, name: str = "erp-sync", **more: Any) -> Mapping[str, str]:
    async with shop.knocking("admin") as admin:
        answer = await admin.post(KEYS, json={"name": name, "permissions": list(may), **more})
    assert answer.status_code == 201, answer.text
    told: Mapping[str, str] = answer.json()
    return told


async def asked(
    shop: WholeShop, key: str, path: str = "/v1/staff/products", method: str = "GET", **more: Any
) -> httpx2.Response:
    async with shop.knocking() as client:
        headers = {"Authorization": f"Bearer {key}", **more.pop("headers", {})}
        return await client.request(method, path, headers=headers, **more)


async def test_a_program_does_what_its_key_may_under_its_own_name(shop: WholeShop) -> None:
    """ACC-R10: the trail and the history of an order name it."""
    order_id = (await things_of_alice(shop)).order_id
    key = (await made(shop, "orders.see", "orders.close"))["key"]
    closed = await asked(
        shop,
        key,
        f"/v1/staff/orders/{order_id}/close",
        "POST",
        json={"reason": "out of stock"},
        headers={"Idempotency-Key": "k"},
    )
    refused = await asked(shop, key, f"/v1/staff/orders/{order_id}/ship", "POST", json={"tracking": "1", "carrier": "SF"})
    history = (await asked(shop, key, f"/v1/staff/orders/{order_id}/history")).json()["items"]
    trail = (await shop.retail.accounts.show.trail(PageRequest(1))).items

    assert closed.status_code == 202, closed.text
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.permission_required")
    assert [(one.actor_kind, one.actor_ref, one.action) for one in trail] == [("machine", "erp-sync", "close_order")]
    assert ("machine", "erp-sync") in {(one["actor_kind"], one["actor"]) for one in history}


async def test_the_key_is_in_the_answer_that_made_it_and_nowhere_else(shop: WholeShop) -> None:
    """ACC-R10"""
    told = await made(shop, "catalog.see", expires_at="2099-01-01T00:00:00Z")
    async with shop.knocking("admin") as admin:
        listed = await admin.get(KEYS)
        again = await admin.post(KEYS, json={"name": "erp-sync", "permissions": ["catalog.see"]})

    assert told["key"] not in listed.text
    (one,) = [each for each in listed.json()["items"] if each["name"] == "erp-sync"]
    assert (one["hint"], one["permissions"], one["expires_at"]) == (told["key"][:9], ["catalog.see"], "2099-01-01T00:00:00Z")
    assert one["maker_id"] is not None and one["last_used_at"] is None
    assert (again.status_code, again.json()["code"]) == (409, "key.name_taken")


async def test_a_clerk_makes_no_key_and_no_key_makes_another(shop: WholeShop) -> None:
    """ACC-R11"""
    body = {"name": "mine", "permissions": ["catalog.see"]}
    async with shop.knocking("clerk") as clerk, shop.knocking("wide") as wide, shop.knocking("admin") as admin:
        answers = [await one.post(KEYS, json=body) for one in (clerk, wide)]
        beyond = await admin.post(KEYS, json=body | {"permissions": ["staff.manage"]})

    assert [one.status_code for one in answers] == [403, 403]
    assert (beyond.status_code, "not_for_machines" in beyond.text) == (422, True)


async def test_a_program_is_nobody_at_a_public_door_and_no_guest(shop: WholeShop) -> None:
    """ACC-R10: there a key is not even looked at; a cart token beside it opens nothing."""
    async with shop.knocking() as guest:
        token = (await guest.post("/v1/carts", json={})).json()["cart_token"]
    for key in (shop.tokens["wide"], "rk_wrong"):
        seen = await asked(shop, key, "/v1/regions")
        assert seen.status_code == 200
    cart = await asked(shop, shop.tokens["wide"], "/v1/cart", headers={"X-Cart-Token": token})
    assert (cart.status_code, cart.json()["code"]) == (403, "auth.permission_required")


async def test_wrong_keys_are_counted_for_their_line_and_a_right_one_passes(shop: WholeShop) -> None:
    """ACC-R7"""
    answers = [(await asked(shop, f"rk_{number:043}")) for number in range(101)]

    assert {one.json()["code"] for one in answers[:100]} == {"auth.key_invalid"}
    assert {one.status_code for one in answers[:100]} == {401}
    assert (answers[100].status_code, answers[100].json()["code"]) == (429, "auth.too_many")
    assert (await asked(shop, shop.tokens["narrow"])).status_code == 200


async def test_a_key_taken_back_is_refused_by_every_process_with_the_next_request(place: Place) -> None:
    """ACC-R10: no process keeps who a key belongs to. A request without a key asks the database nothing about keys."""
    names: list[str] = []
    async with open_whole_shop(place, through=lambda database: Recording(database, names)) as shop:
        key = await made(shop, "catalog.see")
        assert (await asked(shop, key["key"])).status_code == 200
        names.clear()
        assert (await asked(shop, key["key"])).status_code == 200
        keyed = list(names)
        async with shop.knocking("clerk") as clerk:
            names.clear()
            assert (await clerk.get("/v1/staff/products")).status_code == 200
        unkeyed = list(names)
        taken_back = RevokeKey(key_id=KeyId(UUID(key["key_id"])), actor=Actor.system("another process"))
        await shop.retail.accounts.revoke_key(taken_back)
        assert (await asked(shop, key["key"])).status_code == 401

    assert keyed[0] == "api_keys.show" and unkeyed[0] == "sessions.show"
    assert keyed[1:] == unkeyed[1:] and not any("api_keys" in name for name in unkeyed)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop with an empty database."""
    monkeypatch.setenv("RETAIL_DATABASE_URL", f"sqlite:///{tmp_path / 'shop.db'}")
    assert run(["db", "upgrade"]) == 0
    return tmp_path


def test_keys_are_made_listed_and_taken_back_at_the_command_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """ACC-R10, ACC-R4"""
    capsys.readouterr()
    assert run(["keys", "create", "erp", "--may", "stock.change", "--may", "catalog.see", "--expires", "2099-12-31"]) == 0
    key_id, key = capsys.readouterr().out.split()
    assert re.fullmatch(r"rk_[\w-]{43}", key)
    assert run(["keys", "list", "--json"]) == 0
    listed = capsys.readouterr().out
    (one,) = json.loads(listed)["items"]
    assert key not in listed
    assert (one["name"], one["permissions"]) == ("erp", ["catalog.see", "stock.change"])
    assert run(["keys", "revoke", key_id]) == 0
    assert run(["keys", "create", "erp", "--may", "catalog.see"]) == FAILED
    assert "[key.name_taken]" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--may", Permission.STAFF_MANAGE.value], ["--may", "catalog.see", "--expires", "soon"], []])
def test_what_no_key_may_be_is_a_wrong_use(folder: Path, words: list[str]) -> None:
    """ACC-R11"""
    assert run(["keys", "create", "erp", *words]) == WRONG_USE
