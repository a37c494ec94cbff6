"""Every event, every remembered answer and every document within a row is read as it was written (R32).

What is proven here is how each field is told and read; what must hold between the fields of a value is proven with the value,
and is left aside here, so that any fields do.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Any, Final, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
import pytest
from attrs import fields, frozen, has
from hypothesis import given, settings, strategies as st

import retail_adapters.sql.unit_of_work
from retail_adapters.assemble import on_memory
from retail_adapters.serialization import Unreadable, converter, prove, prove_answer, proven
from retail_domain.kernel.once import Once

assert retail_adapters.sql.unit_of_work  # its rows say what they keep
on_memory()  # its parts say what is answered, its codec what happens
KINDS: Final = proven()
_ASKED: Final = "__attrs_post_init__"
DOMAIN: Final = Path(__file__).parents[2] / "src/retail_domain"
_PLAIN: Final[dict[Any, st.SearchStrategy[Any]]] = {
    str: st.text(), int: st.integers(-(2**63), 2**63 - 1), bool: st.booleans(), UUID: st.uuids(), date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)), NoneType: st.none(),
    Any: st.none() | st.booleans() | st.text() | st.lists(st.integers(-9, 9)),
}  # fmt: skip


@cache
def some(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a kind, whatever its fields hold."""
    kind = getattr(kind, "__supertype__", kind)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if has(kind):
        return st.deferred(lambda: _made(kind))
    parts = get_args(kind)
    if get_origin(kind) is tuple:
        rows = parts[1:] == (Ellipsis,)
        return st.lists(some(parts[0]), max_size=3).map(tuple) if rows else st.tuples(*map(some, parts))
    if get_origin(kind) is frozenset:
        return st.frozensets(some(parts[0]), max_size=3)
    if NoneType in parts:
        return st.one_of(*map(some, parts))
    return st.dictionaries(some(parts[0]), some(parts[1]), max_size=3)


@cache
def _made(kind: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{one.alias: some(hints[one.name]) for one in fields(kind)})


@contextmanager
def nothing_asked_of(kind: Any) -> Iterator[None]:
    """Values are what their fields are, and no more is asked of them."""
    asked = vars(kind).get(_ASKED)
    setattr(kind, _ASKED, lambda _: None)
    try:
        yield
    finally:
        if asked is None:
            delattr(kind, _ASKED)
        else:
            setattr(kind, _ASKED, asked)


def parts_of(kind: Any, seen: set[Any]) -> set[Any]:
    """The classes that a kind is made of."""
    kind = getattr(kind, "__supertype__", kind)
    if has(kind) and kind not in seen:
        seen.add(kind)
        for hint in get_type_hints(kind).values():
            parts_of(hint, seen)
    for part in get_args(kind):
        parts_of(part, seen)
    return seen


@pytest.mark.parametrize("kind", KINDS, ids=str)
@settings(max_examples=10)
@given(data=st.data())
def test_what_is_kept_as_json_is_read_as_it_was_written(kind: Any, data: st.DataObject) -> None:
    """R32: a day was written without complaint, and nothing could read it."""
    with ExitStack() as stack:
        for part in parts_of(kind, set()):
            stack.enter_context(nothing_asked_of(part))
        value = data.draw(some(kind))

        assert converter.structure(msgspec.json.decode(msgspec.json.encode(value)), kind) == value
        assert converter.structure(msgspec.json.decode(msgspec.json.encode(converter.unstructure(value))), kind) == value


def test_every_answer_that_is_looked_for_is_among_them() -> None:
    """R17: use cases that look for an older answer themselves name its kind; whoever adds one has it proven here."""
    looked_for = {
        ast.unparse(call.args[1])
        for path in DOMAIN.rglob("*.py")
        if "testing" not in path.parts and path.name != "frames.py"  # frames look for what a use case says that it answers
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        if call.func.attr in {"recall", "recall_all"} and isinstance(call.args[1], ast.Name)
        if call.args[1].id[0].isupper()  # else a frame, which is told the kind
    }

    assert looked_for and sorted(looked_for - {getattr(kind, "__name__", "") for kind in KINDS}) == []


@frozen(kw_only=True)
class Wish:
    """Something that may have a key."""

    once: Once | None = None


@frozen
class Priced:
    """An answer that one library writes as text, and the other reads as the text it is not."""

    price: Decimal


class _PriceIt:
    async def __call__(self, command: Wish) -> Priced:
        return Priced(Decimal(1))


async def _price_it(command: Wish) -> tuple[Priced, ...]:
    return (Priced(Decimal(1)),)


@pytest.mark.parametrize("use_case", [_PriceIt(), _price_it])
def test_an_answer_that_could_not_be_read_is_refused_when_the_shop_is_put_together(use_case: Any) -> None:
    """R17: not when somebody asks again under the same key."""
    with pytest.raises(Unreadable, match=r"Priced\.price: nobody reads Decimal"):
        prove_answer(use_case)


@pytest.mark.parametrize(
    "kind", [time, bytes, float, set[str], list[str], dict[int, str], str | int | None, tuple[Priced, ...]], ids=str
)
def test_what_only_one_of_the_two_libraries_knows_is_refused_at_once(kind: Any) -> None:
    with pytest.raises(Unreadable, match="could be written and not read"):
        prove(kind)
