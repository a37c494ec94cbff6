"""Strategies from annotations: values of every class that checks itself, within what its annotations allow and all of that.

Hypothesis reads types alone; it would draw text that cannot be stored, and nothing of units is a number of units.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs
from hypothesis import strategies as st

from retail_domain.kernel.checked import WHOLE_MAX, AsTyped, Between, Spelled

SPELLINGS: Final = st.sampled_from(["CNY", "EUR", "JPY", "KWD"])
"""The one spelling there is: the code of a currency."""
_PLAIN: Final[Mapping[Any, st.SearchStrategy[Any]]] = {
    NoneType: st.none(),
    bool: st.booleans(),
    int: st.integers(-WHOLE_MAX - 1, WHOLE_MAX),
    str: st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    bytes: st.binary(),
    UUID: st.uuids(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    date: st.dates(),
}


def made(kind: Any, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any value of an attrs class; `fields` are drawn from these instead."""
    hints = get_type_hints(kind, include_extras=True)
    given = {one.name: drawn(hints[one.name]) for one in attrs.fields(kind) if one.init and one.name not in fields}
    return st.builds(kind, **given, **fields)


def drawn(hint: Any) -> st.SearchStrategy[Any]:
    """Any value that an annotation allows. Raises TypeError for an annotation that nobody has drawn yet."""
    hint = getattr(hint, "__supertype__", hint)  # an id is a UUID
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _bounded(args)
    if origin in (Union, UnionType):
        return st.one_of(*(drawn(one) for one in args))
    if origin is tuple:
        return st.lists(drawn(args[0]), max_size=5).map(tuple) if args[-1] is Ellipsis else st.tuples(*map(drawn, args))
    if origin is frozenset:
        return st.frozensets(drawn(args[0]), max_size=5)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return st.dictionaries(drawn(args[0]), drawn(args[1]), max_size=5)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if attrs.has(hint):
        return st.deferred(lambda: made(hint))
    raise TypeError(f"nobody has drawn a {hint} yet")


def _bounded(args: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    for one in args[1:]:
        if isinstance(one, Between):
            return st.integers(one.least, one.most)
        if isinstance(one, Spelled):
            return SPELLINGS.filter(one.is_right)
        if isinstance(one, AsTyped):
            return st.text()
    return drawn(args[0])
