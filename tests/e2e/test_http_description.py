"""The description of the API is good for people and for generators (DOR-R2)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pytest
import pytest_asyncio

from retail_domain.payments.gateway import NextAction
from retail_domain.payments.model import action_document
from retail_entrypoints.http.describing import TAGS
from retail_entrypoints.settings import BadSetting, Settings
from tests.e2e.whole_shop import a_whole_shop, described, operations


@pytest_asyncio.fixture
async def told() -> Mapping[str, Any]:
    return await described(await a_whole_shop())


def texts(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, Mapping):
        for inner in told.values():
            yield from texts(inner)
    elif isinstance(told, list):
        for inner in told:
            yield from texts(inner)


async def test_every_operation_says_more_than_its_summary(told: Mapping[str, Any]) -> None:
    """DOR-R2: what it does, who may call it, and how it may refuse."""
    for method, path, operation in operations(told):
        words, who, refuses = operation["description"].rsplit("\n\n", 2)
        assert words and words != operation["summary"], f"{method} {path} has no docstring"
        assert "may call" in who or who.startswith("For ")
        assert all(f"`{code}`" in refuses for code in operation["x-codes"])


async def test_the_tags_are_told_in_the_order_of_a_purchase(told: Mapping[str, Any]) -> None:
    """DOR-R2: a tag without words, or words without a tag, is a mistake."""
    used = {tag for _, _, operation in operations(told) for tag in operation["tags"]}

    assert [tag["name"] for tag in told["tags"]] == [*TAGS]
    assert used == {*TAGS}


async def test_there_is_one_shape_of_a_refusal(told: Mapping[str, Any]) -> None:
    """DOR-R2: a class for each status of each operation would be hundreds in a generated client; the codes stand beside it."""
    for method, path, operation in operations(told):
        codes: set[str] = set()
        for status, answer in operation["responses"].items():
            media = answer.get("content", {}).get("application/problem+json")
            if media is not None:
                assert media["schema"] == {"$ref": "#/components/schemas/Problem"}, f"{method} {path} {status}"
                assert answer["x-codes"]
                codes |= {*answer["x-codes"]}
        assert codes == {*operation["x-codes"]}, f"{method} {path}"


async def test_the_next_action_of_a_payment_is_told_apart_by_its_kind(told: Mapping[str, Any]) -> None:
    """PAY-R1: the one field that a client must act on; every kind that a provider can ask for is described."""
    schemas = told["components"]["schemas"]
    action = schemas["PaymentAction"]
    kinds = {name: schemas[ref.rpartition("/")[2]] for name, ref in action["discriminator"]["mapping"].items()}

    assert schemas["PaymentShape"]["properties"]["action"]["oneOf"][0] == {"$ref": "#/components/schemas/PaymentAction"}
    assert len(kinds) == len(action["oneOf"]) == len(get_args(NextAction))
    for made in get_args(NextAction):
        given = {field.name: {"x": "y"} if field.name in ("fields", "parameters") else "x" for field in made.__attrs_attrs__}
        document = action_document(made(**given))
        assert {*document} == {*kinds[document["kind"]]["required"]} == {*kinds[document["kind"]]["properties"]}
        assert kinds[document["kind"]]["properties"]["kind"]["const"] == document["kind"]


async def test_no_example_is_a_filler(told: Mapping[str, Any]) -> None:
    """DOR-R2: a text of an example looks like what really stands there."""
    fillers = {"text", "words", "string", "home", "foo"}
    for method, path, operation in operations(told):
        for body in [operation.get("requestBody", {}), *operation["responses"].values()]:
            shown = body.get("content", {}).get("application/json", {}).get("example")
            assert not fillers & {*texts(shown)}, f"{method} {path}: {json.dumps(shown, ensure_ascii=False)}"


async def test_no_answer_promises_an_address_that_it_does_not_give(told: Mapping[str, Any]) -> None:
    """DOR-R2: who reads "URL follows" looks for a header."""
    for method, path, operation in operations(told):
        for status, answer in operation["responses"].items():
            assert "URL" not in answer["description"] or "Location" in answer.get("headers", {}), f"{method} {path} {status}"


async def test_the_purchase_is_told_as_prose_and_names_operations_that_exist(told: Mapping[str, Any]) -> None:
    """DOR-R2."""
    known = {f"{method} {path}" for method, path, _ in operations(told)}
    prose = " ".join(told["info"]["description"].split())
    named = [part for part in prose.split("`")[1::2] if part.split(" ")[0] in ("GET", "POST", "PUT")]

    assert len(named) >= 12
    assert {*named} <= known


async def test_a_shop_may_keep_its_description_to_itself() -> None:
    """DOR-R2: with `RETAIL_DOCS=closed` none of its pages is there, and everything else is; any other word is no setting."""
    paths = ("/", "/docs", "/docs/docs.js", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css", "/schema/openapi.json")
    found = {}
    for word in ("open", "closed"):
        async with (await a_whole_shop(RETAIL_DOCS=word)).knocking() as anybody:
            found[word] = [(await anybody.get(path)).status_code for path in paths]
            assert (await anybody.get("/v1/products")).status_code == 200

    assert found == {"open": [302, 200, 200, 200, 200, 200], "closed": [404] * 6}
    with pytest.raises(BadSetting, match="RETAIL_DOCS"):
        Settings.from_environ({"RETAIL_DOCS": "shut"})
