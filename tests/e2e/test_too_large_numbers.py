"""A number too large for its field is refused by field and rule, in every body (R34, R37)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

import msgspec
import pytest
from litestar.routes import HTTPRoute
from msgspec.structs import fields

from retail_domain.kernel.errors import InvalidInput
from retail_entrypoints.http.bodies import read, read_tree
from tests.e2e.whole_shop import WholeShop, a_whole_shop, things_of_alice

TOO_LARGE: Final = ("1" + "0" * 30, "-" + "9" * 40, str(2**63), "1e400", "1" * 5_000)


def numbers(kind: Any, at: str = "") -> Iterator[str]:
    """Where a body holds whole numbers."""
    for one in options(kind):
        if one is int:
            yield at
        elif get_origin(one) in (list, tuple):
            yield from numbers(get_args(one)[0], f"{at}[0]")
        elif isinstance(one, type) and issubclass(one, msgspec.Struct):
            for field in fields(one):
                yield from numbers(field.type, f"{at}.{field.encode_name}" if at else field.encode_name)


def options(kind: Any) -> tuple[Any, ...]:
    """What a field may be, without its bounds."""
    bare = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    return tuple(one for part in get_args(bare) for one in options(part)) if get_origin(bare) in (Union, UnionType) else (bare,)


def written(kind: Any, at: str, path: str, number: str) -> str:
    """A body as JSON that holds what leads to one number, and that number there."""
    if at == path:
        return number
    for one in options(kind):
        if get_origin(one) in (list, tuple) and path.startswith(f"{at}[0]"):
            return f"[{written(get_args(one)[0], f'{at}[0]', path, number)}]"
        if isinstance(one, type) and issubclass(one, msgspec.Struct):
            for field in fields(one):
                there = f"{at}.{field.encode_name}" if at else field.encode_name
                if path == there or path.startswith((f"{there}.", f"{there}[")):
                    tag = {one.__struct_config__.tag_field: one.__struct_config__.tag} if one.__struct_config__.tag else {}
                    told = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in tag.items()]
                    return "{" + ", ".join([*told, f'"{field.encode_name}": {written(field.type, there, path, number)}']) + "}"
    raise AssertionError(f"nothing leads to {path}")


async def test_every_whole_number_of_every_body_is_refused_by_its_name_when_it_is_too_large() -> None:
    """R34: 10**30, what no 64 bits hold, and what no computer counts: the field and the rule, not `malformed`."""
    shop, tried = await a_whole_shop(), 0
    for route in shop.app.app.routes:
        assert isinstance(route, HTTPRoute)
        for handler in route.route_handlers:
            body = handler.parsed_data_field.annotation if handler.parsed_data_field else None
            for path in numbers(body):
                for number in TOO_LARGE:
                    with pytest.raises(InvalidInput) as told:
                        read(read_tree(written(body, "", path, number).encode()), body)
                    named = {problem.field: problem.rule for problem in told.value.problems}
                    assert named[path] == "range", f"{handler.fn.__name__} {path} {number[:40]}: {named}"
                    tried += 1

    assert tried > 100


async def test_a_line_too_large_is_a_wrong_field_at_the_door() -> None:
    """R34: as a client sees it; the message does not repeat the number."""
    shop: WholeShop = await a_whole_shop()
    things = await things_of_alice(shop)
    line = f'{{"sku_id": "{things.sku_id}", "quantity": 1, "line": {10**30}}}'
    async with shop.knocking("admin") as client:
        answer = await client.post(
            f"/v1/staff/orders/{things.order_id}/refunds",
            content=f'{{"reason": "x", "lines": [{line}]}}',
            headers={"Content-Type": "application/json"},
        )

    assert (answer.status_code, answer.json()["code"]) == (422, "input.invalid")
    assert answer.json()["errors"] == [{"field": "lines[0].line", "rule": "range", "message": "the number is too large"}]
