"""Values made of other values by the names of their fields: who adds a field to both adds no third place.

What is made is a plain call with every field in it, put together once at import, which is also when it is checked: what the
hand would have copied, and as fast.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar, cast, get_type_hints

from attrs import NOTHING, fields

from retail_domain.kernel.money import Money

A = TypeVar("A")

Differs: TypeAlias = "str | Callable[[Any], Any]"
"""Where a field comes from whose name differs: another name in the source, or a function of it."""


def made_by_name(kind: type[A], source: type[Any], *beside: str, **differs: Differs) -> Callable[..., A]:
    """`made(of, **beside)`: a value of `kind`, whose fields are those `beside`, and else those of `of`, a `source`, by name.

    A sum `x` is made of `x_minor` and the `currency` that lies in the source or beside. A field that comes from nowhere has
    its default; without one, or where the types of one name differ, TypeError is raised here, at import.
    """
    wanted, known = get_type_hints(kind), kinds_of(source)
    scope: dict[str, Any] = {"kind": kind, "Money": Money}
    currency = "currency" if "currency" in beside else "of.currency"
    given: list[str] = []
    for one in fields(cast(Any, kind)):
        name, wish = one.name, wanted[one.name]
        differing = differs.get(name)
        if name in beside:
            given.append(f"{name}={name}")
        elif callable(differing):
            scope[f"make_{name}"] = differing
            given.append(f"{name}=make_{name}(of)")
        elif (differing or name) in known:
            _check(kind, name, wish, source, known[differing or name])
            given.append(f"{name}=of.{differing or name}")
        elif wish is Money and known.get(f"{name}_minor") is int:
            given.append(f"{name}=Money(of.{name}_minor, {currency})")
        elif differing or one.default is NOTHING:
            raise TypeError(f"{kind.__name__}.{name}: {source.__name__} has no {differing or name}")
    unknown = sorted({*beside, *differs} - {one.name for one in fields(cast(Any, kind))} - {"currency"})
    if unknown:
        raise TypeError(f"{kind.__name__} has no {', '.join(unknown)}")
    head = ", ".join(["of", *(["*", *beside] if beside else [])])
    exec(f"def made({head}): return kind({', '.join(given)})", scope)  # noqa: S102 - names of our own fields
    made: Callable[..., A] = scope["made"]
    return made


def kinds_of(kind: type[Any]) -> Mapping[str, Any]:
    """The types of what a class has, properties too, by name."""
    kinds: dict[str, Any] = {}
    for each in reversed(getattr(kind, "__mro__", ())):
        for name, member in vars(each).items():
            if isinstance(member, property):
                kinds[name] = get_type_hints(member.fget).get("return", Any)
    return kinds | get_type_hints(kind)


def _check(kind: type[Any], name: str, wish: Any, source: type[Any], found: Any) -> None:
    if wish != found:
        raise TypeError(f"{kind.__name__}.{name} is {wish}, and {found} in {source.__name__}")
