"""The examples of the description are true: the shop accepts every request, and every answer fits its schema (DOR-R2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
import pytest_asyncio

from tests.e2e.test_http_whole_shop import address, caller_for
from tests.e2e.whole_shop import WholeShop, a_whole_shop, described, misfits, operations, things_of_alice

NOT_UNDERSTOOD: Final = (400, 413, 415)
TEXTS: Final = {
    "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "date": r"\d{4}-\d\d-\d\d",
    "binary": r"[\s\S]*",
}


@pytest_asyncio.fixture
async def shop() -> WholeShop:
    return await a_whole_shop()


def examples(media: Mapping[str, Any], description: Mapping[str, Any]) -> Iterator[Any]:
    """The example of a body, or its examples by name; those are kept together, and referred to."""
    if "example" in media:
        yield media["example"]
    for told in media.get("examples", {}).values():
        yield description["components"]["examples"][told["$ref"].rpartition("/")[2]]["value"]


def excesses(value: Any, schema: Mapping[str, Any], components: Mapping[str, Any], at: str = "$") -> Iterator[str]:
    """Where a value of the right form is out of its bounds."""
    if "$ref" in schema:
        yield from excesses(value, components[schema["$ref"].rpartition("/")[2]], components, at)
    elif options := schema.get("oneOf") or schema.get("anyOf"):
        fitting = [option for option in options if not any(misfits(value, option, components, at))]
        if fitting and all(any(excesses(value, option, components, at)) for option in fitting):
            yield f"{at} is out of bounds in each of its forms: {value!r}"
    for part in schema.get("allOf", ()):
        yield from misfits(value, part, components, at) if "$ref" in part else ()
        yield from excesses(value, part, components, at)
    yield from _bounds(value, schema, at)
    if isinstance(value, dict):
        for name in value.keys() & schema.get("properties", {}).keys():
            yield from excesses(value[name], schema["properties"][name], components, f"{at}.{name}")
    elif isinstance(value, list) and "items" in schema:
        for place, item in enumerate(value):
            yield from excesses(item, schema["items"], components, f"{at}[{place}]")


def _bounds(value: Any, schema: Mapping[str, Any], at: str) -> Iterator[str]:
    if value not in schema.get("enum", (value,)):
        yield f"{at} is {value!r}, not one of {schema['enum']}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        is_within = schema.get("minimum", value) <= value <= schema.get("maximum", value)
    elif isinstance(value, str):
        length_fits = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
        is_within = length_fits and re.search(schema.get("pattern", ""), value) is not None
        is_within = is_within and re.fullmatch(TEXTS[schema["format"]] if "format" in schema else r"[\s\S]*", value) is not None
    elif isinstance(value, list):
        is_within = schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
    else:
        return
    if not is_within:
        yield f"{at} is out of bounds: {value!r}"


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (0, {"type": "integer", "minimum": 1}),
        ("ab", {"type": "string", "pattern": "^[0-9]+$"}),
        ("ab", {"type": "string", "minLength": 3}),
        ("no uuid", {"type": "string", "format": "uuid"}),
        ([1], {"type": "array", "items": {"type": "integer"}, "minItems": 2}),
        ([7], {"type": "array", "items": {"type": "integer", "maximum": 6}}),
        ({"a": ""}, {"type": "object", "properties": {"a": {"oneOf": [{"type": "string", "minLength": 1}, {"type": "null"}]}}}),
        ({"code": "x"}, {"allOf": [{"properties": {"code": {"enum": ["y"]}}}]}),
    ],
)
def test_an_example_out_of_its_bounds_is_noticed(value: Any, schema: Mapping[str, Any]) -> None:
    """The examination below bites."""
    assert [*misfits(value, schema, {}), *excesses(value, schema, {})] != []


async def test_every_example_of_an_answer_fits_its_schema(shop: WholeShop) -> None:
    """R34, DOR-R2: each status of each call: fields, types, bounds, patterns; refusals too."""
    told, tried = await described(shop), 0
    components = told["components"]["schemas"]
    for method, path, operation in operations(told):
        for status, answer in operation["responses"].items():
            for kind, media in answer.get("content", {}).items():
                shown = list(examples(media, told))
                assert shown or kind == "*/*", f"{method} {path} {status}"
                for example in shown:
                    tried += 1
                    wrong = [*misfits(example, media["schema"], components), *excesses(example, media["schema"], components)]
                    assert wrong == [], f"{method} {path} {status}"
    assert tried > 500


async def test_every_example_of_a_request_fits_its_schema(shop: WholeShop) -> None:
    """DOR-R2: and every body has one."""
    told, tried = await described(shop), 0
    components = told["components"]["schemas"]
    for method, path, operation in operations(told):
        for kind, media in operation.get("requestBody", {}).get("content", {}).items():
            for example in examples(media, told):
                tried += 1
                wrong = [*misfits(example, media["schema"], components), *excesses(example, media["schema"], components)]
                assert wrong == [], f"{method} {path}"
            assert kind == "*/*" or kind.startswith("image/") or "example" in media, f"{method} {path}"
    assert tried >= 35


async def test_the_shop_accepts_every_example_of_a_request(shop: WholeShop) -> None:
    """DOR-R2: sent as it stands to the address it stands at, none is refused for how it looks."""
    told, refused, tried = await described(shop), {}, 0
    for method, path, operation in operations(told):
        for example in examples(operation.get("requestBody", {}).get("content", {}).get("application/json", {}), told):
            tried += 1
            wrong = await why_refused(shop, method, path, operation, example)
            # examples of other calls may have made it a second one of its kind: a shop that has not heard them decides
            wrong = wrong and await why_refused(await a_whole_shop(), method, path, operation, example)
            refused |= {f"{method} {path}": wrong} if wrong else {}
    assert refused == {} and tried >= 35


async def why_refused(shop: WholeShop, method: str, path: str, operation: Mapping[str, Any], example: Any) -> str:
    """What is wrong with a request as such; nothing when it was done, or refused by how things stand."""
    things = await things_of_alice(shop)
    async with shop.knocking(caller_for(operation["x-permission"])) as client:
        answer = await client.request(method, address(path, things), json=example)
    code = answer.json().get("code") if answer.status_code >= 400 else None
    is_wrong = answer.status_code in NOT_UNDERSTOOD or code == "input.invalid" or answer.status_code >= 500
    return answer.text if is_wrong else ""


async def test_every_example_of_a_parameter_is_accepted(shop: WholeShop) -> None:
    """DOR-R2: queries and paths with what their schemas show, and with the least and the most they allow."""
    told, things = await described(shop), await things_of_alice(shop)
    for method, path, operation in operations(told):
        for parameter in operation.get("parameters", ()) if method == "GET" else ():
            schema = parameter["schema"]
            shown = [*schema.get("examples", ()), *(schema[name] for name in ("minimum", "maximum") if name in schema)]
            for value in shown if parameter["in"] == "query" else ():
                async with shop.knocking(caller_for(operation["x-permission"])) as client:
                    answer = await client.get(address(path, things), params={parameter["name"]: value})
                assert answer.status_code not in (400, 422, 500), f"{path}?{parameter['name']}={value} {answer.text}"


async def test_a_place_is_no_kind_of_goods(shop: WholeShop) -> None:
    """DOR-R2: a field that says what it is about has an example of that."""
    described_bodies = list(_told(await described(shop)))
    places = [body["location"] for body in described_bodies if isinstance(body.get("location"), str)]
    assert set(places) == {"SH"}


def _told(part: Any) -> Iterator[Mapping[str, Any]]:
    """Every example that is a body."""
    if isinstance(part, Mapping):
        yield from (part[name] for name in ("example", "value") if isinstance(part.get(name), Mapping))
        for inner in part.values():
            yield from _told(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _told(inner)
