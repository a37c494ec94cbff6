"""The same request twice over HTTP is one request (R17, R18, GEN-R7)."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest_asyncio
from attrs import evolve

from tests.e2e.whole_shop import NOBODY, WholeShop, a_whole_shop

NOWHERE = {"kind": "address", "address_id": NOBODY}


@pytest_asyncio.fixture
async def shop() -> WholeShop:
    return await a_whole_shop()


async def a_basket(client: httpx2.AsyncClient, quantity: int = 1) -> dict[str, Any]:
    product = (await client.get("/v1/products")).json()["items"][0]
    address_id = (await client.get("/v1/me/addresses")).json()["items"][0]["address_id"]
    lines = [{"sku_id": product["skus"][0]["sku_id"], "quantity": quantity}]
    return {"lines": lines, "delivery": {"kind": "address", "address_id": address_id}}


async def an_order_body(client: httpx2.AsyncClient) -> dict[str, Any]:
    quote = (await client.post("/v1/quotes", json=await a_basket(client))).json()
    return {"quote_id": quote["quote_id"], "hash": quote["hash"]}


async def test_the_same_key_and_body_get_the_same_answer(shop: WholeShop) -> None:
    """R17: sequentially and at once: one order, the same status and body."""
    async with shop.knocking("alice") as client:
        before = (await client.get("/v1/orders")).json()["items"]
        body = await an_order_body(client)
        send = [client.post("/v1/orders", json=body, headers={"Idempotency-Key": "key-1"}) for _ in range(8)]
        answers = await asyncio.gather(*send)
        later = await client.post("/v1/orders", json=body, headers={"Idempotency-Key": "key-1"})
        orders = (await client.get("/v1/orders")).json()["items"]

    assert {(answer.status_code, answer.text) for answer in [*answers, later]} == {(201, later.text)}
    assert len(orders) == len(before) + 1


async def test_without_a_key_a_quote_still_becomes_one_order(shop: WholeShop) -> None:
    """R18: natural uniqueness."""
    async with shop.knocking("alice") as client:
        before = (await client.get("/v1/orders")).json()["items"]
        body = await an_order_body(client)
        answers = await asyncio.gather(*(client.post("/v1/orders", json=body) for _ in range(5)))
        orders = (await client.get("/v1/orders")).json()["items"]

    assert len(orders) == len(before) + 1 and {answer.status_code for answer in answers} <= {201, 404, 409}


async def test_another_body_under_the_same_key_is_422(shop: WholeShop) -> None:
    """R17: and the order of fields and spaces make no other body."""
    key = {"Idempotency-Key": "key-1", "content-type": "application/json"}
    async with shop.knocking("alice") as client:
        first = await client.post("/v1/quotes", json=await a_basket(client, 1), headers=key)
        other = await client.post("/v1/quotes", json=await a_basket(client, 2), headers=key)

    assert (first.status_code, other.status_code, other.json()["code"]) == (201, 422, "idempotency.key_reused")


async def test_a_key_is_each_members_own(shop: WholeShop) -> None:
    """R17: bob's key of the same spelling neither finds nor blocks alice's answer."""
    told = {}
    for who in ("alice", "bob"):
        async with shop.knocking(who) as client:
            answer = await client.post("/v1/quotes", json=await a_basket(client), headers={"Idempotency-Key": "key-1"})
            told[who] = (answer.status_code, answer.json()["quote_id"])

    assert told["alice"][0] == told["bob"][0] == 201 and told["alice"][1] != told["bob"][1]


async def test_a_refusal_does_not_burn_a_key(shop: WholeShop) -> None:
    """R17, GEN-R7: failed validation and refusals are not kept; the corrected request goes through."""
    key = {"Idempotency-Key": "key-1"}
    async with shop.knocking("alice") as client:
        basket = await a_basket(client)
        wrong = await client.post("/v1/quotes", json=basket | {"is_admin": True}, headers=key)
        refused = await client.post("/v1/quotes", json=basket | {"delivery": NOWHERE}, headers=key)
        right = await client.post("/v1/quotes", json=basket, headers=key)

    assert (wrong.status_code, refused.status_code, right.status_code) == (422, 404, 201)


async def test_a_door_after_a_deploy_answers_what_the_one_before_answered(shop: WholeShop) -> None:
    """R17: the answer is in the store, not in the process."""
    key = {"Idempotency-Key": "key-1"}
    async with shop.knocking("alice") as client:
        body = await an_order_body(client)
        before = await client.post("/v1/orders", json=body, headers=key)
    async with evolve(shop, doors=[]).knocking("alice") as client:
        after = await client.post("/v1/orders", json=body, headers=key)

    assert (before.status_code, before.text) == (after.status_code, after.text) == (201, after.text)
