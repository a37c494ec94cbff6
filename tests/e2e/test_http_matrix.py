"""The authorisation matrix: every route x every role x own, another's and missing object (R33, R35)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import httpx2
import pytest
import pytest_asyncio
from attrs import frozen

from retail_domain.accounts.model.staff import MAY, Role
from tests.e2e.matrix import MATRIX
from tests.e2e.test_http_whole_shop import address, example
from tests.e2e.whole_shop import (
    NOBODY,
    PROGRAMS,
    Things,
    WholeShop,
    a_whole_shop,
    described,
    open_whole_shop,
    operations,
    things_of_alice,
)
from tests.support.accounts import Recording
from tests.support.stores import Place, place_of

ROLES: Final = ("anonymous", "guest", "alice", "bob", "clerk", "finance", *PROGRAMS, "admin")
"""alice owns the things, bob is another member; two programs come with keys."""
STAFF: Final = {role.value: frozenset(permission.value for permission in MAY[role]) for role in Role}
OF_PROGRAMS: Final = {name: frozenset(permission.value for permission in may) for name, may in PROGRAMS.items()}
OF_A_MEMBER: Final = ("order_id", "payment_id", "quote_id", "address_id")


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[WholeShop]:
    yield await a_whole_shop()


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Both databases."""
    return place_of(request)


def admitted(role: str, permission: str) -> bool:
    """Whether the matrix lets a role in."""
    if permission == "public":
        return True
    if role == "anonymous":
        return False
    if role == "guest":
        return permission == "guest_or_member"
    if role in ("alice", "bob"):
        return permission in ("guest_or_member", "member", "logged_in")
    if role in PROGRAMS:  # nothing of members, nor what is anybody's who is logged in (ACC-R10)
        return set(permission.split("+")) <= OF_PROGRAMS[role]
    return permission in ("logged_in", "staff") or set(permission.split("+")) <= STAFF[role]


async def test_every_route_stands_in_the_matrix_as_it_is_served(shop: WholeShop) -> None:
    """R35: a new route, one that is gone, and one with another guard all fail here until somebody has thought about it."""
    served = {
        (method, route.path_format): "+".join(one.value for one in (handler.opt["permission"], *handler.opt.get("besides", ())))
        for route in shop.app.app.routes
        for method, (handler, _) in route.route_handler_map.items()  # type: ignore[union-attr]
        if method != "OPTIONS" and not route.path.startswith(("/docs", "/schema")) and route.path != "/"
    }

    assert served == dict(MATRIX)


def test_the_matrix_knows_every_permission_and_gives_nobody_what_is_anothers() -> None:
    """R35: each permission of staff guards something, some of them on the command line only; each role is refused something."""
    guarded = {one for permission in MATRIX.values() for one in permission.split("+")}

    assert set().union(*STAFF.values()) - guarded == {"regions.change", "outbox.see", "outbox.replay", "insight.see"}
    for role in ROLES[:-1]:
        assert any(not admitted(role, permission) for permission in guarded), role


_NO_IDS: Final = {"gateway": "sandbox", "line": "1"}
"""What a path names that is no id."""


@frozen
class Call:
    """A route with the ids that its path and its body name."""

    method: str
    path: str
    body: Any

    def by(self, ids: Mapping[str, str]) -> dict[str, Any]:
        """As a request about these things."""
        url = self.path
        for name in _names(self.path):
            url = url.replace(f"{{{name}}}", ids.get(name, _NO_IDS.get(name, NOBODY)))
        more = {} if self.body is None else {"json": _with_ids(self.body, ids)}
        return {"method": self.method, "url": url, **more}


def _names(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def _with_ids(body: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(body, dict):
        return {name: ids.get(name, NOBODY) if name in OF_A_MEMBER else _with_ids(value, ids) for name, value in body.items()}
    return [_with_ids(each, ids) for each in body] if isinstance(body, list) else body


def _calls(told: Mapping[str, Any]) -> dict[tuple[str, str], Call]:
    found = {(method, path): Call(method, path, example(operation)) for method, path, operation in operations(told)}
    pays = ("POST", "/v1/orders/{order_id}/payments")
    basket = {"lines": [{"sku_id": NOBODY, "quantity": 1}], "delivery": {"kind": "address", "address_id": NOBODY}}
    found[pays] = Call(*pays, {"gateway": "counter", "flow": "counter"})
    found[("POST", "/v1/quotes")] = Call("POST", "/v1/quotes", basket)
    return found


def _ids(things: Things) -> dict[str, str]:
    return {name: getattr(things, name) for name in (*OF_A_MEMBER, "sku_id", "product_id")}


async def _ask(shop: WholeShop, role: str, request: Mapping[str, Any]) -> httpx2.Response:
    async with shop.knocking(role) as client:
        headers = {"X-Cart-Token": "somebody"} if role == "guest" else {}
        return await client.request(**request, headers=headers)


async def test_every_route_lets_in_whom_the_matrix_says_whatever_the_object(shop: WholeShop) -> None:
    """R35, R33: who is not let in is told the same, byte for byte, about things that are there and things that are not."""
    told, things = await described(shop), await things_of_alice(shop)
    calls, tried = _calls(told), 0
    for (method, path), permission in MATRIX.items():
        for role in ROLES:
            if admitted(role, permission):
                continue
            there, missing = [await _ask(shop, role, calls[(method, path)].by(ids)) for ids in (_ids(things), {})]
            tried += 1
            expected = 401 if role in ("anonymous", "guest") else 403
            where = f"{method} {path} by {role}"
            assert (there.status_code, missing.status_code) == (expected, expected), where
            assert there.content == missing.content, where

    assert tried > 300


NAMED_IN_THE_BODY: Final = (("POST", "/v1/quotes"), ("POST", "/v1/orders"))
MEMBER_CALLS: Final = [
    key
    for key, permission in MATRIX.items()
    if permission == "member" and (set(_names(key[1])) & set(OF_A_MEMBER) or key in NAMED_IN_THE_BODY)
]


async def test_anothers_object_is_answered_like_a_missing_one_to_the_byte_and_the_statement(place: Place) -> None:
    """R33, GEN-R14: bob asks for alice's things and for nobody's, in path and body: the same status, the same body
    but for the id he sent himself, the same headers, and the database is asked the same statements in the same order."""
    names: list[str] = []
    async with open_whole_shop(place, through=lambda database: Recording(database, names)) as shop:
        told, things = await described(shop), await things_of_alice(shop)
        calls, hers = _calls(told), _ids(things)

        assert len(MEMBER_CALLS) >= 14
        unlike = {}
        for key in MEMBER_CALLS:
            found = [await _observed(shop, names, calls[key].by(ids)) for ids in (hers, {}, hers, {})]
            for id in hers.values():
                found = [each.without(id) for each in found]
            assert found[0].status in (404, 422) and found[0].statements, f"{key} {found[0]}"
            if set(found) != {found[0]}:
                unlike[key] = found

        assert unlike == {}


@frozen
class Observed:
    """An answer, and what the database was asked for it."""

    status: int
    body: str
    headers: tuple[str, ...]
    statements: tuple[str, ...]

    def without(self, id: str) -> Observed:
        """With nobody's id in the place of this one."""
        return Observed(self.status, self.body.replace(id, NOBODY), self.headers, self.statements)


async def _observed(shop: WholeShop, names: list[str], request: Mapping[str, Any]) -> Observed:
    names.clear()
    answer = await _ask(shop, "bob", request)
    told = tuple(sorted(name for name in answer.headers if name != "content-length"))
    return Observed(answer.status_code, answer.text, told, tuple(names))


NOT_WRITTEN: Final = (
    ("PUT", "/v1/orders/{order_id}/lines/{line}/review"),
    ("POST", "/v1/orders/{order_id}/lines/{line}/review/follow-up"),
)
"""About a review that alice has not written, of an order that has not arrived."""


async def test_the_owner_is_not_told_that_her_things_are_missing(shop: WholeShop) -> None:
    """R33: the other half: at the same addresses alice finds what is hers; what is not there she does not find either."""
    told, things = await described(shop), await things_of_alice(shop)
    calls = _calls(told)
    own: dict[tuple[str, str], int] = {}
    for key in MEMBER_CALLS:
        missing = await _ask(shop, "alice", calls[key].by({}))
        assert missing.status_code in (404, 422), f"{key} {missing.text}"
    for key in sorted(MEMBER_CALLS, key=lambda each: (each[0] == "DELETE", each[1].endswith("/cancel"))):
        own[key] = (await _ask(shop, "alice", calls[key].by(_ids(things)))).status_code

    assert {key for key, status in own.items() if status == 404 and key[0] != "DELETE"} == set(NOT_WRITTEN)
    assert {status for key, status in own.items() if key[0] == "GET"} == {200}


@pytest.mark.parametrize("role", ["clerk", "finance", "admin"])
async def test_staff_find_every_members_things_where_they_are_let_in(shop: WholeShop, role: str) -> None:
    """R33, R35: own and another's mean nothing to staff; missing is missing."""
    told, things = await described(shop), await things_of_alice(shop)
    calls = _calls(told)
    reads = [
        key for key, permission in MATRIX.items()
        if key[0] == "GET" and "{order_id}" in key[1] and "/staff/" in key[1] and admitted(role, permission)
    ]  # fmt: skip

    assert reads
    for key in reads:
        found, missing = [await _ask(shop, role, calls[key].by(ids)) for ids in (_ids(things), {})]
        assert found.status_code == 200 and (missing.status_code == 404 or missing.json().get("items") == []), key
    assert address(reads[0][1], things) != address(reads[0][1])
