"""Shapes derived from views: who adds a field to both adds no third place (see `retail_adapters.sql.rows`).

`of = derived(View)` in the body of a shape makes `Shape.of(view)`. Names must agree, and so must types: enums and their
values, tuples and lists, and values that have a shape of their own are converted. What differs is said: by the path to
it in the view, or by a function of the view. All of it is checked when the shape is imported, which raises TypeError for a
field that comes from nowhere; and `of` is made there once, as plain as if written by hand.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache, reduce
from inspect import get_annotations
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Generic,
    Literal,
    TypeAlias,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)

from attrs import define, field, frozen
from msgspec import Struct

from retail_domain.kernel.by_name import kinds_of

V = TypeVar("V")
W = TypeVar("W")
S = TypeVar("S")

Differs: TypeAlias = "str | Callable[..., Any]"
"""Where a field comes from whose name differs: a path in the view, or a function of what `of` knows."""


@frozen
class Beside:
    """Something that a shape is made of beside its view: an argument of `of`, or with a path a part of the view."""

    name: str
    kind: Any
    path: str | None = None


@frozen
class Derivation:
    """How a shape is made of a view."""

    view: type[Any]
    beside: Beside | None
    within: str | None
    differs: Mapping[str, Differs]


class InPlace(ABC):
    """What stands in a shape's body until the class is there: then what it makes of the class stands there instead."""

    @abstractmethod
    def made(self, shape: type[Shape]) -> Any:
        """What shall stand there."""


@frozen
class Of(InPlace, Generic[V]):
    """What `derived` puts into a shape's body."""

    derivation: Derivation

    def __get__(self, _: None, shape: type[S]) -> Callable[[V], S]:
        """Never asked: the class is made with a function in its place."""
        raise TypeError(f"{shape.__name__} is no Shape")

    def made(self, shape: type[Shape]) -> Any:
        """The function."""
        return _derived_function(shape, self.derivation)


@frozen
class DerivedWith(InPlace, Generic[V, W]):
    """What `derived_with` puts into a shape's body."""

    derivation: Derivation

    def __get__(self, _: None, shape: type[S]) -> Callable[[V, W], S]:
        """Never asked: the class is made with a function in its place."""
        raise TypeError(f"{shape.__name__} is no Shape")

    def made(self, shape: type[Shape]) -> Any:
        """The function."""
        return _derived_function(shape, self.derivation)


def derived(view: type[V], /, *, within: str | None = None, currency: str | None = None, **differs: Differs) -> Of[V]:
    """`Shape.of(view)`; what the view itself has not may lie `within` one of its parts, and its `currency` in one."""
    return Of(Derivation(view, Beside("currency", str, currency) if currency else None, within, differs))


def derived_with(
    view: type[V], name: str, kind: type[W], /, *, within: str | None = None, **differs: Differs
) -> DerivedWith[V, W]:
    """`Shape.of(view, something)`, which goes on to the shapes inside; with a `currency`, `x_minor` makes the money `x`."""
    return DerivedWith(Derivation(view, Beside(name, kind), within, differs))


class Shape(Struct, frozen=True, forbid_unknown_fields=True):
    """What goes in or out as JSON: the listed fields and no others (R34)."""

    def __init_subclass__(cls, **config: Any) -> None:
        super().__init_subclass__(**config)
        for name, promised in list(vars(cls).items()):
            if isinstance(promised, InPlace):
                setattr(cls, name, promised.made(cls))


_kinds_of: Final = cache(kinds_of)
_DERIVED: Final[dict[Callable[..., Any], Derivation]] = {}


def _derived_function(shape: type[Shape], derivation: Derivation) -> Any:
    of = _Maker(shape, derivation).made()
    _DERIVED[of] = derivation
    return staticmethod(of)


@define
class _Maker:
    """Makes one `of`: an expression for each field, in the order in which they are declared."""

    shape: type[Shape]
    derivation: Derivation
    scope: dict[str, Any] = field(factory=dict)

    def made(self) -> Callable[..., Any]:
        """The function."""
        beside = self.derivation.beside
        expressions = [self._expression(name, kind) for name, kind in fields_of(self.shape).items()]
        unknown = sorted(self.derivation.differs.keys() - fields_of(self.shape).keys())
        if unknown:
            raise TypeError(f"{self.shape.__name__} has no field {', '.join(unknown)}")
        self.scope["shape"] = self.shape
        lines = [f"def of({', '.join(self._arguments())}):"]
        if beside is not None and beside.path is not None:
            lines.append(f"    {beside.name} = view.{beside.path}")
        source = "\n".join([*lines, f"    return shape({', '.join(expressions)})"])
        exec(compile(source, f"<shape {self.shape.__name__}>", "exec"), self.scope)  # noqa: S102 - names of our own fields
        made: Callable[..., Any] = self.scope["of"]
        return made

    def _arguments(self) -> list[str]:
        beside = self.derivation.beside
        return ["view", *([beside.name] if beside is not None and beside.path is None else [])]

    def _expression(self, name: str, wanted: Any) -> str:
        differs, beside = self.derivation.differs.get(name), self.derivation.beside
        if callable(differs):
            self.scope[f"make_{name}"] = differs
            return f"make_{name}(view{f', {beside.name}' if beside else ''})"
        if differs is None and beside is not None and beside.name == name:
            return self._converted(name, name, beside.kind, wanted)
        return self._at(name, differs or self._found(name), wanted)

    def _at(self, name: str, path: str, wanted: Any) -> str:
        """What lies at a path; a part on the way that may be missing makes the whole missing."""
        kind, found, missing = cast(Any, self.derivation.view), "view", []
        for step in path.split("."):
            bare, may_miss = parted(kind)
            missing += [found] if may_miss else []
            kind, found = _kinds_of(bare).get(step), f"{found}.{step}"
            if kind is None:
                raise TypeError(f"{self.shape.__name__}: {self.derivation.view.__name__} has no {path}")
        made = self._converted(name, found, kind, wanted, is_sure=not missing)
        return "".join(f"None if {part} is None else " for part in missing) + made

    def _found(self, name: str) -> str:
        """Where a field of this name lies in the view."""
        view, within = self.derivation.view, self.derivation.within
        inner = within and reduce(lambda kind, step: _kinds_of(parted(kind)[0])[step], within.split("."), cast(Any, view))
        for prefix, kind in (("", view), *(((f"{within}.", inner),) if within else ())):
            for spelled in (name, f"{name}_minor"):
                if spelled in _kinds_of(kind):
                    return f"{prefix}{spelled}"
        raise TypeError(f"{self.shape.__name__}: {view.__name__} has no {name}")

    def _converted(self, name: str, found: str, kind: Any, wanted: Any, *, is_sure: bool = True) -> str:
        """An expression of the wanted type; what may be missing in the view may be missing in the shape."""
        (bare, may_miss), (wish, may_lack) = parted(kind), parted(wanted)
        if (may_miss or not is_sure) and not may_lack:
            raise TypeError(f"{self.shape.__name__}.{name} is needed, and may be missing in {self.derivation.view.__name__}")
        made = self._of_one(name, found, bare, wish)
        if made is None:
            raise TypeError(f"{self.shape.__name__}.{name} is {wish}, and {bare} in {self.derivation.view.__name__}")
        return f"None if {found} is None else {made}" if may_miss and made != found else made

    def _of_one(self, name: str, found: str, kind: Any, wish: Any) -> str | None:
        if kind is Any or wish is Any:
            return found
        if get_origin(wish) is list:
            return self._of_many(name, found, kind, parted(get_args(wish)[0])[0])
        if get_origin(wish) is dict:
            return f"dict({found})" if issubclass(get_origin(kind) or kind, Mapping) else None
        if get_origin(wish) is Literal and issubclass(kind, Enum):
            return f"{found}.value" if {each.value for each in kind} <= set(get_args(wish)) else None
        if not isinstance(wish, type) or not isinstance(get_origin(kind) or kind, type):
            return found if kind == wish else None
        if issubclass(wish, Struct):
            return self._of_shape(name, found, kind, wish)
        if issubclass(wish, Enum) and kind is str:
            self.scope[f"kind_{name}"] = wish
            return f"kind_{name}({found})"
        if issubclass(kind, Enum) and wish is str and not issubclass(kind, str):
            return f"{found}.value"
        return found if issubclass(kind, wish) else None

    def _of_many(self, name: str, found: str, kind: Any, wish: Any) -> str | None:
        if not issubclass(get_origin(kind) or kind, Sequence):
            return None
        made = self._of_one(name, "one", parted(get_args(kind)[0])[0], wish)
        return f"list({found})" if made == "one" else made and f"[{made} for one in {found}]"

    def _of_shape(self, name: str, found: str, kind: type[Any], wish: type[Struct]) -> str | None:
        beside = self.derivation.beside
        if kind is int and beside is not None and found.endswith("_minor"):
            self.scope[f"kind_{name}"] = wish
            return f"kind_{name}({found}, {beside.name})"
        of = getattr(wish, "of", None)
        inner = _DERIVED.get(cast(Any, of))
        if get_origin(kind) is tuple and inner is None:
            return self._of_tuple(name, found, get_args(kind), wish)
        if inner is None or not issubclass(kind, inner.view):
            return None
        self.scope[f"of_{name}"] = of
        takes_more = inner.beside is not None and inner.beside.path is None
        return f"of_{name}({found}{f', {inner.beside.name}' if inner.beside and takes_more else ''})"

    def _of_tuple(self, name: str, found: str, kinds: tuple[Any, ...], wish: type[Struct]) -> str | None:
        """A pair becomes a shape of two fields, in their order."""
        wanted = [parted(kind)[0] for kind in fields_of(wish).values()]
        if [parted(kind)[0] for kind in kinds] != wanted:
            return None
        self.scope[f"kind_{name}"] = wish
        return f"kind_{name}(*{found})"


def fields_of(shape: type[Struct]) -> dict[str, Any]:
    """The types of its fields, with their bounds, by name."""
    return {name: kind for each in reversed(shape.__mro__) for name, kind in get_annotations(each).items()}


def parted(kind: Any) -> tuple[Any, bool]:
    """A type without its bounds and its newer name, and whether there may be None instead."""
    while get_origin(kind) is Annotated or hasattr(kind, "__supertype__"):
        kind = get_args(kind)[0] if get_origin(kind) is Annotated else kind.__supertype__
    if get_origin(kind) not in (Union, UnionType):
        return kind, False
    options = [option for option in get_args(kind) if option is not NoneType]
    return (parted(options[0])[0] if len(options) == 1 else kind), len(options) < len(get_args(kind))
