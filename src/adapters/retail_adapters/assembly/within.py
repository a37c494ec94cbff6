"""Whoever is bound to places: every use case whose wish says where they may act is asked about first, in one place (R35)."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar, cast, get_args, get_type_hints

from attrs import evolve, fields, has

from retail_adapters.assembly.parts import Parts, as_shown
from retail_domain.processes.staff.places import kept_within, stay_within

F = TypeVar("F")


def within_places(parts: Parts, facade: F) -> F:
    """The facade, whose wishes with a `within` reach only what lies there."""
    names = placed(cast(Any, type(facade)))
    if not names:
        return facade
    check = parts.reading(stay_within)
    kept = {name: getattr(facade, name) for name in names}
    return cast(F, evolve(cast(Any, facade), **{name: as_shown(one, kept_within(one, check)) for name, one in kept.items()}))


@cache
def placed(facade: type[Any]) -> tuple[str, ...]:
    """Which use cases of a facade have such wishes: a wish that is given the field is kept within, whoever adds it."""
    hints = get_type_hints(facade)
    return tuple(one.name for one in fields(facade) if _is_placed(hints[one.name]))


def _is_placed(use_case: Any) -> bool:
    wishes = next(iter(get_args(use_case)), ())
    return isinstance(wishes, list) and any(has(wish) and any(one.name == "within" for one in fields(wish)) for wish in wishes)
