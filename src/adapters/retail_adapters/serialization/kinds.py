"""Which kinds of values may be kept as JSON: those that one library writes and the other reads as the same.

msgspec writes and cattrs reads, and neither asks the other: what only one of them knows would be written without complaint, and
missed when it is needed. So whatever is kept says so when the shop is put together: events to their codec, answers to the parts
a shop is assembled from, documents within rows by `kept`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from inspect import isfunction
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from attrs import fields, fields_dict, has

from retail_domain.kernel.frames import Answered
from retail_domain.kernel.once import Done

_ALIKE: Final = frozenset({str, int, bool, UUID, datetime, date, NoneType, Any})
"""`Any` is whatever JSON itself has, such as what a provider wants shown."""
_PROVEN: Final[dict[Any, None]] = {}
_ASKED: Final[dict[tuple[str, str], None]] = {}


class Unreadable(ValueError):
    """Something could be written as JSON and not be read as what it was; says which field."""


def prove(kind: Any, name: str | None = None) -> None:
    """Raises Unreadable for a kind that could be written and not read; `name` is what it is called where it is kept."""
    if kind not in _PROVEN:
        flaw = _flaw(kind, frozenset())
        if flaw is not None:
            raise Unreadable(f"{name or _named(kind)} could be written and not read: {flaw}")
        _PROVEN[kind] = None


def prove_answer(use_case: Callable[..., Any]) -> None:
    """Raises Unreadable for a use case whose wish may have a key, when what it says that it answers could not be read."""
    call = use_case if isfunction(use_case) else type(use_case).__call__
    known = call.__module__, call.__qualname__
    if known in _ASKED:
        return
    hints = get_type_hints(call, globalns=vars(sys.modules[call.__module__]))
    answer = hints.pop("return", None)
    if get_origin(answer) is Answered:
        (answer,) = get_args(answer)
    if any(has(wish) and "once" in fields_dict(wish) for wish in hints.values()):
        for kind in get_args(answer) if get_origin(answer) in (Union, UnionType) else (answer,):
            prove(Done if kind is NoneType else kind)
    _ASKED[known] = None  # a shop inside a host's transaction is put together with every call


def proven() -> Sequence[Any]:
    """Every kind that was proven so far, each once."""
    return tuple(_PROVEN)


def _flaw(kind: Any, within: frozenset[Any]) -> str | None:
    """What nobody reads in it; None when all is well."""
    kind = getattr(kind, "__supertype__", kind)
    if kind in _ALIKE or kind in within:
        return None
    if isinstance(kind, type) and issubclass(kind, Enum):
        return None if all(type(one.value) is str for one in kind) else f"{_named(kind)} is not told in words"
    if has(kind):
        return _flaw_of_fields(kind, within | {kind})
    return _flaw_of_many(kind, within)


def _flaw_of_fields(kind: Any, within: frozenset[Any]) -> str | None:
    hints = get_type_hints(kind)
    for one in fields(kind):
        flaw = _flaw(hints[one.name], within) if one.init and one.alias == one.name else "not what it is made of"
        if flaw is not None:
            return f"{_named(kind)}.{one.name}: {flaw}"
    return None


def _flaw_of_many(kind: Any, within: frozenset[Any]) -> str | None:
    """Rows and sets of one kind, pairs and the like, what there may be none of, and what goes by words."""
    made_of, parts = get_origin(kind), get_args(kind)
    if made_of is tuple and parts:
        return _first(parts[:1] if parts[1:] == (Ellipsis,) else parts, within)
    if made_of is frozenset:
        return _first(parts, within)
    if made_of in (Union, UnionType) and len(parts) == 2 and NoneType in parts:
        return _first(parts, within)
    if made_of in (dict, Mapping) and _is_word(parts[0]):
        return _first(parts[1:], within)
    return f"nobody reads {_named(kind)}"


def _first(kinds: Sequence[Any], within: frozenset[Any]) -> str | None:
    return next((flaw for flaw in (_flaw(kind, within) for kind in kinds) if flaw is not None), None)


def _is_word(kind: Any) -> bool:
    return getattr(kind, "__supertype__", kind) in (str, UUID)


def _named(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) and not get_args(kind) else str(kind)
