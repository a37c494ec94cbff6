"""The short way in answers as the long way does, whatever is sent to any plain route of the shop (decision 0030).

A host name with an underscore is not plain: so each request is made twice, once each way, and the answers are compared.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

import httpx2
import pytest
from attrs import frozen
from litestar.di import NamedDependency

from retail_domain.kernel.once import Once
from retail_entrypoints.http.app import create_app
from retail_entrypoints.http.caller import Caller
from retail_entrypoints.http.express import counters_of
from retail_entrypoints.http.routing import GUEST_OR_MEMBER, MEMBER, get, post
from tests.e2e.door import ALICE, SKU, EchoAnswer, Knocks, a_door, a_shop, knocking
from tests.e2e.whole_shop import NOBODY, WholeShop, a_whole_shop, things_of_alice

LONG: Final = {"Host": "the_long_way.test"}
BODIES: Final[dict[str, dict[str, Any]]] = {
    "nothing": {},
    "an empty object": {"json": {}},
    "a list": {"json": []},
    "unknown fields": {"json": {"surprise": 1}},
    "half of one": {"content": b'{"quantity": ', "headers": {"Content-Type": "application/json"}},
    "a field twice": {"content": b'{"quantity": 1, "quantity": 2}', "headers": {"Content-Type": "application/json"}},
    "not UTF-8": {"content": b'{"quantity": "\xff"}', "headers": {"Content-Type": "application/json"}},
    "a form": {"content": b"quantity=1", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    "zipped": {"content": b"{}", "headers": {"Content-Type": "application/json", "Content-Encoding": "gzip"}},
    "too much": {"content": b" " * 2_000_000, "headers": {"Content-Type": "application/json"}},
    "a key that is none": {"json": {}, "headers": {"Idempotency-Key": "with spaces"}},
}
CALLERS: Final = ("anonymous", "unknown", "alice", "clerk", "guest", "basic")


@frozen
class Told:
    """An answer without what differs from one request to the next."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: Any

    @classmethod
    def of(cls, answer: httpx2.Response) -> "Told":
        headers = tuple(sorted((name, value) for name, value in answer.headers.items() if name != "x-request-id"))
        return cls(answer.status_code, headers, json.loads(answer.content) if answer.content else None)


def plain(shop: WholeShop) -> Iterator[tuple[str, str]]:
    """Method and address of every route that is served the short way; what the address names does not exist."""
    for name in counters_of(shop.app):
        method, _, path = name.partition(" ")
        yield method, path.replace("{}", NOBODY)


async def told(app: Any, method: str, path: str, headers: dict[str, str], body: dict[str, Any]) -> Told:
    given = {name: value for name, value in body.items() if name != "headers"}
    async with knocking(app) as client:
        return Told.of(await client.request(method, path, headers={**headers, **body.get("headers", {})}, **given))


def headers_of(shop: WholeShop, caller: str) -> dict[str, str]:
    match caller:
        case "anonymous":
            return {}
        case "unknown":
            return {"Authorization": "Bearer nobody-has-this-token"}
        case "basic":
            return {"Authorization": "Basic YWxpY2U6c2VjcmV0"}
        case "guest":
            return {"X-Cart-Token": "nobody-has-this-cart"}
        case "clerk":
            return {"Authorization": f"Bearer {shop.tokens['clerk']}", "X-Cart-Token": "nobody-has-this-cart"}
        case _:
            return {"Authorization": f"Bearer {shop.tokens[caller]}"}


async def test_the_routes_of_a_purchase_are_served_the_short_way() -> None:
    shop = await a_whole_shop()

    assert {
        "PUT /v1/cart/lines/{}", "POST /v1/me/addresses", "POST /v1/quotes", "POST /v1/orders", "POST /v1/orders/{}/payments",
        "GET /v1/cart", "GET /v1/orders/{}",
    } <= set(counters_of(shop.app))  # fmt: skip


@pytest.mark.parametrize("what", BODIES)
async def test_whatever_is_sent_is_answered_alike_both_ways(what: str) -> None:
    """R34, R35, R37: status, headers and problem details, for every plain route and every sort of caller."""
    shop = await a_whole_shop()

    for method, path in plain(shop):
        for caller in CALLERS:
            headers = headers_of(shop, caller)
            short = await told(shop.app, method, path, headers, BODIES[what])
            long = await told(shop.app, method, path, {**headers, **LONG}, BODIES[what])

            assert short == long, f"{method} {path} by {caller} with {what}"


@pytest.mark.parametrize(
    "spelling", ["%7B%7D", "{}", NOBODY.upper(), NOBODY.replace("-", ""), f"{NOBODY}/", f"{NOBODY}%00", f" {NOBODY}"]
)
async def test_another_spelling_of_an_id_is_understood_alike_both_ways(spelling: str) -> None:
    """R37: braces too, which stand for an id where the table of routes is kept."""
    shop = await a_whole_shop()
    headers = headers_of(shop, "alice")

    for name in counters_of(shop.app):
        method, _, path = name.partition(" ")
        there = path.replace("{}", spelling)
        short = await told(shop.app, method, there, headers, BODIES["an empty object"])
        long = await told(shop.app, method, there, {**headers, **LONG}, BODIES["an empty object"])

        assert short == long, f"{method} {there}"
        assert short.status < 500


async def test_whatever_there_is_to_see_is_shown_alike_both_ways() -> None:
    """R34: every plain page of a member who has one of everything."""
    shop = await a_whole_shop()
    things = await things_of_alice(shop)
    ids = {
        "addresses": things.address_id, "orders": things.order_id, "payments": things.payment_id, "quotes": things.quote_id,
    }  # fmt: skip
    pages = [name.removeprefix("GET ") for name in counters_of(shop.app) if name.startswith("GET ")]

    for page in pages:
        before, is_one, after = page.partition("{}")
        path = before + (ids[before.rstrip("/").rpartition("/")[2]] if is_one else "") + after
        headers = headers_of(shop, "alice")
        short, long = await told(shop.app, "GET", path, headers, {}), await told(shop.app, "GET", path, {**headers, **LONG}, {})

        assert short == long
        assert short.status == 200

    assert len(pages) >= 7


async def test_an_order_is_understood_alike_both_ways_key_and_all() -> None:
    """R17: scope, operation and fingerprint of a key do not depend on the way a request took."""
    knocks = Knocks()
    app = a_door(knocks)
    order = {"lines": [{"sku_id": SKU, "quantity": 2}], "at": "2026-01-31T12:00:00+08:00"}
    sent = {"Authorization": "Bearer alice-token", "Idempotency-Key": "one-key"}

    short = await told(app, "POST", "/v1/orders", sent, {"json": order})
    long = await told(app, "POST", "/v1/orders", {**sent, **LONG}, {"json": order})

    assert short == long
    assert short.status == 201
    (first, second) = knocks.seen
    assert first == second
    assert first[0] == ALICE
    assert isinstance(first[1], Once)


@pytest.mark.parametrize("spelled", [SKU, SKU.upper(), SKU.replace("-", ""), f"/{SKU}/", f"{SKU}?x=1"])
async def test_an_address_is_found_in_every_spelling(spelled: str) -> None:
    app, path = a_door(), f"/v1/orders/{spelled}"
    sent = {"Authorization": "Bearer alice-token"}

    assert await told(app, "GET", path, sent, {}) == await told(app, "GET", path, {**sent, **LONG}, {})


async def test_a_bug_is_told_by_an_id_and_nothing_else() -> None:
    """R47, R41: a handler that breaks on the short way breaks as quietly as on the long one."""

    @get("/broken", permission=MEMBER)
    async def break_down() -> EchoAnswer:
        raise ValueError("password hunter2")

    app = create_app(a_shop(), [break_down])
    sent = {"Authorization": "Bearer alice-token"}

    short = await told(app, "GET", "/v1/broken", sent, {})
    long = await told(app, "GET", "/v1/broken", {**sent, **LONG}, {})

    assert "GET /v1/broken" in counters_of(app)
    assert short.status == long.status == 500
    assert short.body.keys() == long.body.keys()
    assert short.body["error_id"]
    assert "hunter2" not in json.dumps(short.body)


async def test_what_staff_do_with_a_guests_cart_is_written_down_all_the_same() -> None:
    """R35: staff go the long way, where the trail is kept."""
    knocks = Knocks()

    @post("/tidy", permission=GUEST_OR_MEMBER)
    async def tidy_up(caller: NamedDependency[Caller]) -> EchoAnswer:
        knocks.seen.append("tidied up")
        return EchoAnswer(caller.sort, None)

    app = create_app(a_shop(knocks), [tidy_up])

    await told(app, "POST", "/v1/tidy", {"Authorization": "Bearer clerk-token", "X-Cart-Token": "a-cart"}, {})

    assert "POST /v1/tidy" in counters_of(app)
    noted, done = knocks.seen
    assert noted.action == "tidy_up"
    assert done == "tidied up"
