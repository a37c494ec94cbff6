"""What an address can be asked: OPTIONS, HEAD, and the answer to a wrong method (RFC 9110, DOR-R1)."""

from __future__ import annotations

from typing import Final

import pytest
import pytest_asyncio
from litestar.routes import HTTPRoute

from tests.e2e.test_http_whole_shop import address
from tests.e2e.whole_shop import WholeShop, a_whole_shop, described, things_of_alice

STREAMED: Final = ("/v1/staff/orders/export", "/v1/staff/books/export")
"""Written while they are read: nobody knows their length beforehand."""

LOOKS: Final = ("/v1/staff/orders/{order_id}/contact", "/v1/staff/members/{id}/contact", "/v1/staff/members/{id}/export")
"""Reading these is a look at what is somebody's own, which the trail keeps."""


@pytest_asyncio.fixture
async def shop() -> WholeShop:
    return await a_whole_shop()


def allowed(shop: WholeShop) -> dict[str, set[str]]:
    """The methods of every address, by the route table."""
    known: dict[str, set[str]] = {}
    for route in shop.app.app.routes:
        assert isinstance(route, HTTPRoute)
        methods = {str(method) for handler in route.route_handlers for method in handler.http_methods} | {"OPTIONS"}
        known.setdefault(route.path_format, set()).update(methods | ({"HEAD"} if "GET" in methods else set()))
    return known


def told(header: str) -> list[str]:
    return [method.strip() for method in header.split(",")]


async def test_options_names_exactly_the_methods_of_an_address(shop: WholeShop) -> None:
    """DOR-R1: also where one address has several, such as `/v1/me/addresses/{id}`."""
    async with shop.knocking() as client:
        for path, methods in allowed(shop).items():
            answer = await client.options(address(path))
            assert answer.status_code == 204 and answer.content == b"", path
            assert told(answer.headers["allow"]) == sorted(methods), path
    assert allowed(shop)["/v1/me/addresses/{address_id}"] == {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}


async def test_a_wrong_method_is_told_every_right_one(shop: WholeShop) -> None:
    """RFC 9110: 405 carries `Allow`, and a problem like every refusal."""
    tried = 0
    async with shop.knocking("alice") as client:
        for path, methods in allowed(shop).items():
            for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - methods:
                answer = await client.request(method, address(path))
                tried += 1
                assert (answer.status_code, answer.json()["code"]) == (405, "request.method_not_allowed"), f"{method} {path}"
                assert told(answer.headers["allow"]) == sorted(methods), f"{method} {path}"
    assert tried > 200


@pytest.mark.parametrize("who", ["anonymous", "alice", "admin"])
async def test_head_answers_like_get_without_the_body(shop: WholeShop, who: str) -> None:
    """RFC 9110: on every address with GET, whatever the answer: the same status and headers."""
    things = await things_of_alice(shop)
    async with shop.knocking(who) as client:
        for path, methods in allowed(shop).items():
            if "GET" not in methods:
                continue
            head, get = [await client.request(method, address(path, things)) for method in ("HEAD", "GET")]
            own = {"x-request-id"}
            assert head.content == b"" and head.status_code == get.status_code, path
            assert {name: told for name, told in head.headers.items() if name not in own} == {
                name: told for name, told in get.headers.items() if name not in own
            }, path
            length = head.headers.get("content-length")
            assert (length is None and path in STREAMED) or int(length or -1) == len(get.content), path


async def test_head_where_nothing_can_be_read_is_a_wrong_method(shop: WholeShop) -> None:
    async with shop.knocking("alice") as client:
        answer = await client.head("/v1/quotes")

    assert (answer.status_code, told(answer.headers["allow"]), answer.content) == (405, ["OPTIONS", "POST"], b"")


async def test_a_look_at_a_contact_with_head_is_noted_like_any_other(shop: WholeShop) -> None:
    """R35, R40: HEAD tells whether there is a contact, and leaves the same line in the trail."""
    things = await things_of_alice(shop)
    async with shop.knocking("admin") as client:
        await client.head(f"/v1/staff/orders/{things.order_id}/contact")
        newest = (await client.get("/v1/staff/trail")).json()["items"][0]

    assert (newest["action"], newest["object"]) == ("get_any_order_contact", things.order_id)


@pytest.mark.parametrize("words", [{}, {"json": {}}])
async def test_a_guests_cart_needs_no_words(shop: WholeShop, words: dict[str, object]) -> None:
    """DOR-R1: no body, or an empty object."""
    async with shop.knocking() as client:
        answer = await client.request("POST", "/v1/carts", **words)  # type: ignore[arg-type]

    assert answer.status_code == 201 and set(answer.json()) == {"cart_id", "cart_token"}


async def test_a_guests_cart_takes_no_unknown_field(shop: WholeShop) -> None:
    """R34: `member_id` in particular."""
    async with shop.knocking() as client:
        answer = await client.post("/v1/carts", json={"member_id": "0198f0a4-7c1e-7d3a-9b52-3f1c2a6e8d40"})

    assert answer.status_code == 422
    assert [(problem["field"], problem["rule"]) for problem in answer.json()["errors"]] == [("member_id", "unknown")]


async def test_a_call_without_words_says_so_in_the_description(shop: WholeShop) -> None:
    """DOR-R1: the body of `POST /v1/carts` is described as one that may be left out."""
    call = (await described(shop))["paths"]["/v1/carts"]["post"]

    assert call["requestBody"]["required"] is False


async def test_asking_what_an_address_takes_is_no_decision_of_staff(shop: WholeShop) -> None:
    """R35: the trail holds decisions and looks at contacts; OPTIONS and what only reads leave no line there."""
    things = await things_of_alice(shop)
    async with shop.knocking("admin") as client:
        before = (await client.get("/v1/staff/trail")).json()["items"]
        for path, methods in allowed(shop).items():
            asked = [await client.options(address(path, things))]
            if "GET" in methods and path not in LOOKS:
                asked += [await client.head(address(path, things)), await client.get(address(path, things))]
            assert all(answer.status_code < 500 for answer in asked), path
        after = (await client.get("/v1/staff/trail")).json()["items"]

    assert after == before
