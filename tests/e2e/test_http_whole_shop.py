"""Every route of the shop: who may call it, whose things it shows, what it answers to nonsense (R33, R34, R35, R37)."""

from __future__ import annotations

import copy
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio

from retail_domain.accounts.model.staff import MAY, Role
from retail_entrypoints.logs import journal, start_journal
from tests.e2e.whole_shop import (
    NOBODY,
    Things,
    WholeShop,
    a_whole_shop,
    described,
    misfits,
    open_whole_shop,
    operations,
    things_of_alice,
)
from tests.support.stores import BEHIND_DOORS, Place, place_of

JSON: Final = {"content-type": "application/json"}
JUNK: Final = (
    "", "\x00", "x" * 5_000, -1, 0, 2**63, 1.5, True, None, [], {}, [[]], "<script>", "０", "'; DROP TABLE orders; --",
)  # fmt: skip

WORDS: Final = {"gateway": "sandbox", "line": "1"}
"""What stands in the addresses beside ids."""

# Routes whose answer is no JSON of ours: a provider's acknowledgement.
RAW: Final = ("/v1/gateways/{gateway}/notices", "/v1/pictures", "/v1/staff/pictures")


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[WholeShop]:
    yield await a_whole_shop()


@pytest.fixture(params=BEHIND_DOORS)
def place(request: pytest.FixtureRequest) -> Place:
    """Each store in turn: what one of them cannot hold must be refused before it gets there."""
    return place_of(request)


def address(path: str, things: Things | None = None) -> str:
    """A path with ids: alice's where there are any, nobody's otherwise."""
    known = {name: getattr(things, name) for name in Things.__slots__ if name != "__weakref__"} if things else {}
    for name in [part[1:-1] for part in path.split("/") if part.startswith("{")]:
        path = path.replace(f"{{{name}}}", known.get(name, WORDS.get(name, NOBODY)))
    return path


def example(operation: Mapping[str, Any]) -> Any:
    return operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")


def caller_for(permission: str) -> str:
    return {"public": "anonymous", "guest_or_member": "alice", "member": "alice", "logged_in": "alice"}.get(permission, "admin")


def assert_as_described(answer: httpx2.Response, operation: Mapping[str, Any], components: Mapping[str, Any]) -> None:
    """The status, the code and every field of the body stand in the description; problems are problem details."""
    where = f"{answer.request.method} {answer.request.url.path} -> {answer.status_code} {answer.text[:200]}"
    assert answer.status_code != 500, where
    described = operation["responses"].get(str(answer.status_code))
    assert described is not None, where
    if answer.status_code >= 400 and not answer.request.url.path.endswith("/notices"):
        assert answer.headers["content-type"] == "application/problem+json", where
        codes = described["x-codes"]
        assert answer.json()["code"] in codes, where
    media = answer.headers.get("content-type", "none").partition(";")[0]
    content = described.get("content", {}).get(media)
    assert content is not None or "*/*" in described.get("content", {}) or not answer.content, where
    if content is not None:
        told = answer.json() if media.endswith("json") else answer.text
        assert list(misfits(told, content["schema"], components)) == [], where


async def test_the_description_is_complete(shop: WholeShop) -> None:
    """R35, DOR-R2: every route is described with permission, statuses, closed bodies and examples."""
    told = await described(shop)
    served = {
        (method, route.path_format)
        for route in shop.app.app.routes
        for method, (handler, _) in route.route_handler_map.items()  # type: ignore[union-attr]
        if method != "OPTIONS" and not route.path.startswith(("/docs", "/schema", "/pictures/")) and route.path != "/"
    }

    assert {(method, path) for method, path, _ in operations(told)} == served
    for method, path, operation in operations(told):
        assert operation["x-permission"] and operation["summary"] and operation["tags"], (method, path)
        assert operation["operationId"] and "security" in operation
        assert path in RAW or example(operation) is not None or "requestBody" not in operation, (method, path)
    for name, component in told["components"]["schemas"].items():
        assert component.get("type") != "object" or component["additionalProperties"] is not None, name


@pytest.mark.parametrize(
    "value", [{}, {"a": "1"}, {"a": True}, {"a": 1, "b": 2}, {"a": 1, "c": [{}]}, {"a": 1, "d": 5}, {"a": 1, "e": "z"}, []]
)
def test_a_body_that_does_not_fit_its_description_is_noticed(value: Any) -> None:
    """The examination of answers bites: missing, unknown and wrong fields, deep ones too."""
    inner = {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}
    members = {
        "a": {"type": "integer"}, "c": {"type": "array", "items": {"$ref": "#/components/schemas/Inner"}},
        "d": {"oneOf": [{"type": "string"}, {"type": "null"}]}, "e": {"enum": ["y"]},
    }  # fmt: skip
    schema = {"type": "object", "properties": members, "required": ["a"]}

    assert list(misfits(value, schema, {"Inner": inner})) != []
    assert list(misfits({"a": 1, "c": [{"x": 1}], "d": None, "e": "y"}, schema, {"Inner": inner})) == []


async def test_the_documentation_page_loads_nothing_from_outside(shop: WholeShop) -> None:
    """DOR-R2: page, script, style and description all come from the shop itself."""
    async with shop.knocking() as client:
        entrance = await client.get("/")
        page = await client.get(entrance.headers["location"])
        parts = [word.split('"')[1] for word in page.text.split() if word.startswith(("href=", "src="))]
        answers = [await client.get(part) for part in parts if not part.startswith("data:")]

    assert len(answers) == 3 and all(answer.status_code == 200 for answer in answers)
    assert all(part.startswith(("/docs/", "data:")) for part in parts) and "http" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_every_problem_code_leads_to_its_meaning(shop: WholeShop) -> None:
    """RFC 9457: the `type` of a problem can be looked up."""
    told = await described(shop)
    codes = {
        code
        for _, _, operation in operations(told)
        for answer in operation["responses"].values()
        for code in answer.get("content", {}).get("application/problem+json", {}).get("examples", {})
    }

    async with shop.knocking() as client:
        answers = {code: (await client.get(f"/problems/{code}")).status_code for code in codes}
        unknown = await client.get("/problems/never.heard.of")

    assert len(codes) > 50 and set(answers.values()) == {200} and unknown.status_code == 404


async def test_who_may_call_what_is_as_declared(shop: WholeShop) -> None:
    """R33, R35: the whole matrix of routes and callers; who may not, is told so before anything else is looked at."""
    told = await described(shop)
    may = {who: {each.value for each in MAY[Role(who)]} for who in ("clerk", "finance", "admin")}
    everybody = {"public", "logged_in"}
    for method, path, operation in operations(told):
        permission = operation["x-permission"]
        for who in ("anonymous", "alice", "clerk", "finance", "admin"):
            expected = _verdict(permission, who, set(permission.split()) <= everybody | may.get(who, set()))
            if expected is None and method == "DELETE":
                continue  # it would be carried out: logging out ends the session the next calls need
            async with shop.knocking(who) as client:
                answer = await client.request(method, address(path), content=b"{", headers=JSON)
            code = answer.json().get("code", "") if answer.headers.get("content-type", "").endswith("json") else ""
            refused = code in ("auth.login_required", "auth.permission_required")
            assert (answer.status_code if refused else None) == expected, f"{method} {path} by {who}: {answer.text[:200]}"


def _verdict(permission: str, who: str, is_allowed: bool) -> int | None:
    if permission == "public":
        return None
    if who == "anonymous":
        return 401
    if who == "alice":
        return None if permission in ("member", "guest_or_member", "logged_in") else 403
    return None if is_allowed or permission == "staff" else 403  # any member of staff


OF_A_MEMBER: Final = ("{order_id}", "{payment_id}", "{quote_id}", "{address_id}")


async def test_what_belongs_to_another_is_answered_like_what_does_not_exist(place: Place) -> None:
    """R33, GEN-R14: status and body are the same, for every member route that names a thing of a member."""
    async with open_whole_shop(place) as shop:
        told, things = await described(shop), await things_of_alice(shop)
        routes = [
            each for each in operations(told) if each[2]["x-permission"] == "member" and any(n in each[1] for n in OF_A_MEMBER)
        ]

        assert len(routes) >= 10
        for method, path, operation in routes:
            async with shop.knocking("bob") as client:
                body = {"json": _sensible(operation)} if example(operation) is not None else {}
                hers = await client.request(method, address(path, things), **body)
                nobodys = await client.request(method, address(path), **body)
            assert (hers.status_code, nobodys.status_code) == (404, 404), f"{method} {path}: {hers.text} {nobodys.text}"
            assert _without_ids(hers) == _without_ids(nobodys), f"{method} {path}"


async def test_alice_sees_what_bob_does_not(place: Place) -> None:
    """R33: the other half: the owner is answered 200 at the same addresses."""
    async with open_whole_shop(place) as shop:
        told, things = await described(shop), await things_of_alice(shop)
        reads = [
            path for method, path, operation in operations(told) if method == "GET" and operation["x-permission"] == "member"
        ]

        async with shop.knocking("alice") as client:
            answers = {path: await client.get(address(path, things)) for path in reads}

        assert {answer.status_code for answer in answers.values()} == {200}
        for path, answer in answers.items():
            assert_as_described(answer, told["paths"][path]["get"], told["components"]["schemas"])


async def test_staff_are_shown_what_is_described(place: Place) -> None:
    """R34: every list and page of staff answers 200 with exactly the described fields."""
    async with open_whole_shop(place) as shop:
        told, things = await described(shop), await things_of_alice(shop)
        seldom_there = ("{template_id}", "{picture_id}", "{approval_id}", "{webhook_id}")
        terms = {"name": "包邮", "name_en": "Free delivery", "kind": "free_freight", "from_minor": 99_900}
        async with shop.knocking("admin") as client:
            offer = (await client.post("/v1/staff/offers", json={"terms": terms})).json()
            job = (await client.post("/v1/staff/jobs/prices", json={"file": "sku,price\nTEA-100,9.00\n"})).json()
            for method, path, operation in operations(told):
                if method == "GET" and "/staff/" in path and "{id}" not in path:
                    there = path.replace("{offer_id}", offer["offer_id"]).replace("{job_id}", job["job_id"])
                    answer = await client.get(address(there, things))
                    assert answer.status_code == 200 or any(one in path for one in seldom_there), f"{path} {answer.text}"
                    assert_as_described(answer, operation, told["components"]["schemas"])


def _sensible(operation: Mapping[str, Any]) -> Any:
    body = copy.deepcopy(example(operation))
    if "gateway" in body:
        return {"gateway": "counter", "flow": "counter"}
    return body


def _without_ids(answer: httpx2.Response) -> Any:
    told = answer.json()
    return told | {"facts": sorted(told.get("facts", {}))}


async def test_bodies_are_closed_and_unknown_fields_refused_by_name(shop: WholeShop) -> None:
    """R34: no route takes a field it does not know, at the top or further down."""
    told = await described(shop)
    for method, path, operation in operations(told):
        body = example(operation)
        if not isinstance(body, dict):
            continue
        async with shop.knocking(caller_for(operation["x-permission"])) as client:
            answer = await client.request(method, address(path), json=body | {"is_admin": True})
        blamed = [(problem["field"], problem["rule"]) for problem in answer.json().get("errors", [])]
        assert answer.status_code == 422 and ("is_admin", "unknown") in blamed, f"{method} {path} {answer.text[:200]}"


@pytest.mark.slow
async def test_nonsense_is_refused_as_described(place: Place) -> None:
    """R37, R34: every field of every body, every query parameter and every id, with nonsense in it: no 5xx, as described."""
    async with open_whole_shop(place) as shop:
        told, things = await described(shop), await things_of_alice(shop)
        tried = 0
        for method, path, operation in operations(told):
            async with shop.knocking(caller_for(operation["x-permission"])) as client:
                for request in _nonsense(path, operation, things):
                    answer = await client.request(method, **request)
                    tried += 1
                    assert_as_described(answer, operation, told["components"]["schemas"])
        async with shop.knocking() as client:
            assert (await client.get("/health/ready")).status_code == 200
        assert tried > 1_000


def _nonsense(path: str, operation: Mapping[str, Any], things: Things) -> Iterator[dict[str, Any]]:
    url = address(path, things)
    yield {"url": url, "content": b"\xff\xfe", "headers": JSON}
    yield {"url": address(path)}
    yield {"url": url, "params": {"unknown": "1"}}
    for parameter in operation.get("parameters", []):
        for junk in ("", "\x00", "-1", "0", "99999999999999999999", "1.5", "true", "é", "x" * 600, "../..", "%"):
            if parameter["in"] == "query":
                yield {"url": url, "params": {parameter["name"]: junk}}
            elif parameter["in"] == "header":
                yield {"url": url, "headers": JSON | {parameter["name"]: junk.encode("utf-8").replace(b"\x00", b"\x01")}}
    for junk_id in ("0", "x", str(UUID(int=0)), str(UUID(int=2**128 - 1)), "%00", "%ff"):
        if "{" in path:
            yield {"url": path[: path.index("{")] + junk_id + path[path.index("}") + 1 :].split("{")[0].rstrip("/")}
    body = example(operation)
    for mutant in _mutants(body) if isinstance(body, dict) else ():
        yield {"url": url, "content": json.dumps(mutant).encode(), "headers": JSON}


def _mutants(body: dict[str, Any]) -> Iterator[Any]:
    yield body
    yield from ([], "text", 1, None, {})
    for name in body:
        yield {key: value for key, value in body.items() if key != name}
        for junk in JUNK:
            yield body | {name: junk}
        if isinstance(body[name], dict):
            yield from (body | {name: inner} for inner in _mutants(body[name]))
        if isinstance(body[name], list) and body[name] and isinstance(body[name][0], dict):
            yield from (body | {name: [inner]} for inner in _mutants(body[name][0]))


async def test_answers_hold_no_secret_and_nothing_of_other_members(shop: WholeShop) -> None:
    """R34, R40: no hash, no token but one's own new one, no other member's phone, in any answer to bob or the public."""
    told, things = await described(shop), await things_of_alice(shop)
    for who in ("anonymous", "bob"):
        async with shop.knocking(who) as client:
            for method, path, _ in operations(told):
                if method == "GET":
                    text = (await client.get(address(path, things))).text
                    found = [
                        word for word in ("argon2", "password", "13800138000", "小明", *shop.tokens.values()) if word in text
                    ]
                    assert found == [], f"{path} shows {found} to {who}"


async def test_the_journal_of_a_purchase_holds_no_personal_data(shop: WholeShop) -> None:
    """R40, R41: no name, phone, address, code, token, order number or id of a thing, whatever is called and refused."""
    written, root = io.StringIO(), logging.getLogger()
    before = (list(root.handlers), root.level, journal.level)
    start_journal(written, "DEBUG")
    try:
        things = await things_of_alice(shop)
        async with shop.knocking("alice") as client:
            for path in ("/v1/me", f"/v1/orders/{things.order_id}", "/v1/orders/小明", "/v1/products?query=13800138000"):
                await client.get(path)
            await client.post("/v1/me/addresses", json={"recipient": "小明", "phone": "13800138000"})
            await client.post("/v1/auth/sessions", json={"login": "demo", "password": "hunter2 hunter2"})
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        journal.setLevel(before[2])

    personal = ("小明", "13800138000", "hunter2", "demo", "南京东路", *shop.tokens.values(), things.order_id, things.address_id)
    assert len(written.getvalue().splitlines()) > 10
    assert [word for word in personal if word in written.getvalue()] == []
