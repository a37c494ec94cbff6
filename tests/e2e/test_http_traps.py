"""The traps of our own stack, each by its name, on the whole shop and every store (R34, R37)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx2
import pytest

from tests.e2e.test_http_whole_shop import address
from tests.e2e.whole_shop import Things, described, open_whole_shop, operations, things_of_alice
from tests.support.stores import STORES, Place, place_of

JSON: Final = {"content-type": "application/json"}


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Each store in turn: what one of them cannot hold must be refused before it gets there."""
    return place_of(request)


def contact(detail: str = '"南京东路1号"', more: str = "") -> bytes:
    """The body of an address, word for word."""
    text = f'"recipient": "小明", "phone": "13800138000", "region_code": "310000", "region": "上海市", "detail": {detail}{more}'
    return ("{" + text + "}").encode()


def line(quantity: str) -> bytes:
    return f'{{"quantity": {quantity}}}'.encode()


TEXTS: Final[Mapping[str, tuple[bytes, int]]] = {
    "a NUL in a text": (contact('"a\\u0000b"'), 400),
    "a NUL as it is": (contact('"a\x00b"'), 400),
    "invalid UTF-8": (contact('"?"').replace(b"?", b"\xff\xfe"), 400),
    "half of a surrogate pair": (contact('"\\udc00"'), 400),
    "100,000 arrays in each other": (b"[" * 100_000, 400),
    "50,000 arrays in each other, closed": (contact("[" * 50_000 + "]" * 50_000), 400),
    "a field twice": (contact(more=', "detail": "elsewhere"'), 400),
    "an unknown field": (contact(more=', "is_admin": true'), 422),
    "a good address": (contact(), 201),
}
NUMBERS: Final[Mapping[str, tuple[bytes, int]]] = {
    "2^63": (line(str(2**63)), 422),
    "2^64+1": (line(str(2**64 + 1)), 422),
    "5,000 digits": (line("9" * 5_000), 422),
    "NaN": (line("NaN"), 400),
    "NaN as a text": (line('"NaN"'), 422),
    "Infinity": (line("Infinity"), 400),
    "-Infinity": (line("-Infinity"), 400),
    "Infinity as a text": (line('"Infinity"'), 422),
    "1e9999": (line("1e9999"), 422),
    "1e9999 as a text": (line('"1e9999"'), 422),
    "digits of another script": (line('"１２.５"'), 422),
    "an underscore": (line('"1_000"'), 422),
    "a text": (line('"5"'), 422),
    "5.0": (line("5.0"), 422),
    "1e2": (line("1e2"), 422),
    "true": (line("true"), 422),
    "a leading zero": (line("05"), 400),
    "a plus": (line("+5"), 400),
    "twice": (line('1, "quantity": -5'), 400),
    "a good number": (line("5"), 200),
}


async def test_texts_that_some_store_could_not_hold_are_refused_by_all(place: Place) -> None:
    """R37, 5.3: NUL, broken UTF-8, depth, duplicate and unknown fields; the same answer on every store."""
    async with open_whole_shop(place) as shop, shop.knocking("alice") as client:
        got = {name: await client.post("/v1/me/addresses", content=raw, headers=JSON) for name, (raw, _) in TEXTS.items()}

    assert {name: answer.status_code for name, answer in got.items()} == {name: status for name, (_, status) in TEXTS.items()}
    assert_refused_properly(got.values())


async def test_numbers_that_some_reader_takes_otherwise_are_refused_by_all(place: Place) -> None:
    """R37, R4, 5.3: too large, not finite, not whole, texts for numbers; the same answer on every store."""
    async with open_whole_shop(place) as shop:
        things = await things_of_alice(shop)
        async with shop.knocking("alice") as client:
            url = f"/v1/cart/lines/{things.sku_id}"
            got = {name: await client.put(url, content=raw, headers=JSON) for name, (raw, _) in NUMBERS.items()}

    assert {name: answer.status_code for name, answer in got.items()} == {name: status for name, (_, status) in NUMBERS.items()}
    assert_refused_properly(got.values())


async def test_json_under_another_name_and_bodies_beyond_the_limit_are_refused(place: Place) -> None:
    """R37, 5.3: text/plain is what another site's form can send unasked; 11 MB are more than anybody needs."""
    async with open_whole_shop(place) as shop, shop.knocking("alice") as client:
        plain = await client.post("/v1/me/addresses", content=contact(), headers={"content-type": "text/plain"})
        large = await client.post("/v1/me/addresses", content=contact('"' + "x" * 11_000_000 + '"'), headers=JSON)

    assert [plain.status_code, large.status_code] == [415, 413]
    assert_refused_properly((plain, large))


async def test_every_numeric_query_parameter_is_bounded_as_described_at_both_ends(place: Place) -> None:
    """R37, 5.3: the bounds are told, hold, and let their own ends pass; other spellings and repeats are refused by name."""
    async with open_whole_shop(place) as shop:
        told, things = await described(shop), await things_of_alice(shop)
        found = list(_numeric_parameters(told))
        for path, name, who, least, most in found:
            async with shop.knocking(who) as client:
                await _examine(client, _address(path, things), name, least, most)

    assert len(found) >= 15 and {name for _, name, _, _, _ in found} >= {"limit"}


async def test_every_body_in_the_description_is_closed(place: Place) -> None:
    """R34, 5.3: unknown fields are refused, so the description says `additionalProperties: false`, further down too."""
    async with open_whole_shop(place) as shop:
        told = await described(shop)
    components = told["components"]["schemas"]
    sent = [operation["requestBody"]["content"] for _, _, operation in operations(told) if "requestBody" in operation]
    bodies = [content["application/json"]["schema"] for content in sent if "application/json" in content]
    shapes = [shape for body in bodies for shape in _shapes(body, components, ())]

    assert len(bodies) > 30 and len(shapes) > 40
    assert [name for name, shape in shapes if shape.get("additionalProperties") is not False] == []


async def test_a_signature_beyond_ascii_is_no_failure_of_ours(place: Place) -> None:
    """R37, R9, 5.3: comparing it must not raise."""
    async with open_whole_shop(place) as shop, shop.knocking() as client:
        headers = [(name, "é".encode()) for name in ("Sandbox-Signature", "Authorization", "X-Cart-Token")]
        notice = await client.post("/v1/gateways/sandbox/notices", content=b"{}", headers=headers)
        cart = await client.get("/v1/cart", headers=headers)

    assert notice.status_code < 500 and cart.status_code == 401


async def test_digits_of_another_script_are_no_code(place: Place) -> None:
    """R36, 5.3: `int()` and `isdigit()` would take them."""
    proof = {"challenge_id": "01890000-0000-7000-8000-00000000dead", "code": "１２３４５６"}
    async with open_whole_shop(place) as shop, shop.knocking() as client:
        answer = await client.post("/v1/auth/sessions", json=proof)

    assert answer.status_code == 422


async def test_a_word_in_the_wrong_field_is_not_told_back(place: Place) -> None:
    """R40, R41: whoever types a password or a phone where a choice is wanted must not find it in an error."""
    async with open_whole_shop(place) as shop:
        told, things = await described(shop), await things_of_alice(shop)
        choices = [
            (path, parameter["name"], "alice" if operation["x-permission"] == "member" else "admin")
            for method, path, operation in operations(told)
            for parameter in operation.get("parameters", [])
            if method == "GET" and parameter["in"] == "query" and "enum" in json.dumps(_inlined(parameter["schema"], told))
        ]
        answers = []
        for path, name, who in choices:
            async with shop.knocking(who) as client:
                answers.append(await client.get(address(path, things), params={name: "hunter2"}))
        async with shop.knocking() as client:
            answers.append(await client.post("/v1/auth/codes", json={"phone": "13800138000", "purpose": "hunter2"}))

    assert len(answers) >= 3 and {answer.status_code for answer in answers} <= {400, 422}
    assert [answer.text for answer in answers if "hunter2" in answer.text] == []


def _inlined(schema: Mapping[str, Any], told: Mapping[str, Any]) -> Any:
    refs = [part["$ref"] for part in (schema, *schema.get("oneOf", ())) if "$ref" in part]
    return [schema, *(told["components"]["schemas"][ref.rpartition("/")[2]] for ref in refs)]


def assert_refused_properly(answers: Any) -> None:
    for answer in answers:
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json", answer.text
            assert answer.json()["code"], answer.text


def _numeric_parameters(told: Mapping[str, Any]) -> Iterator[tuple[str, str, str, int, int]]:
    for method, path, operation in operations(told):
        who = {"public": "anonymous", "guest_or_member": "alice", "member": "alice"}.get(operation["x-permission"], "admin")
        for parameter in operation.get("parameters", []):
            for schema in (parameter["schema"], *parameter["schema"].get("oneOf", ())):
                if method == "GET" and parameter["in"] == "query" and schema.get("type") == "integer":
                    bounds = parameter["schema"] | schema
                    yield path, parameter["name"], who, bounds["minimum"], bounds["maximum"]


async def _examine(client: httpx2.AsyncClient, url: str, name: str, least: int, most: int) -> None:
    for good in (least, most):
        answer = await client.get(url, params={name: good})
        assert answer.status_code in (200, 404), f"{url} {name}={good} {answer.text}"
    for bad in (least - 1, most + 1, 11_000_000_000_000_000, -(2**63), 2**64, "5.0", "1e0", "５", "1_0", "+5", " 5", ""):
        answer = await client.get(url, params={name: str(bad)})
        blamed = [problem["field"] for problem in answer.json().get("errors", [])]
        assert (answer.status_code, blamed) == (400, [name]), f"{url} {name}={bad} {answer.text}"
    repeated = await client.get(f"{url}?{name}={least}&{name}={least}")
    assert repeated.status_code == 400, f"{url} {name} twice"


def _address(path: str, things: Things) -> str:
    for name in [part[1:-1] for part in path.split("/") if part.startswith("{")]:
        path = path.replace(f"{{{name}}}", getattr(things, name, "01890000-0000-7000-8000-00000000dead"))
    return path


def _shapes(schema: Any, components: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every object a body is made of, by its place."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from _shapes(components[name], components, (*above, name)) if name not in above else ()
        return
    if schema.get("type") == "object" and "properties" in schema:
        yield "/".join(above), schema
    for inner in (*schema.get("properties", {}).values(), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from _shapes(inner, components, above)
    if isinstance(schema.get("items"), dict):
        yield from _shapes(schema["items"], components, above)


def test_the_tables_of_traps_hold_a_good_case_each() -> None:
    """A table of refusals only would also pass on a shop that refuses everything."""
    assert [name for table in (TEXTS, NUMBERS) for name, (_, status) in table.items() if status < 300] == [
        "a good address",
        "a good number",
    ]
    assert json.loads(contact()) and json.loads(line("5"))
