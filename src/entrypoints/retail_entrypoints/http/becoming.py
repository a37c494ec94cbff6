"""Bodies become commands by name: who adds a field to both adds no third place (`shaping.derived` is the way back).

`to_command = becoming(PlaceOrder, "member_id", "once")` in a body makes `body.to_command(member_id=..., once=...)`.
Fields of the body go by their names, and what only the door knows is named; ids, enums, lists, instants, phone numbers and
values with a shape of their own are converted. What differs is said: by the path to it in the body, or by a function whose
arguments are named like fields of the body or like what the door knows.

All of it is checked at import, which raises TypeError for a field of the command that comes from nowhere, and for one of the
body that goes nowhere; the method is made there once, as plain as if written by hand.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from inspect import signature
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast, get_args, get_origin, get_type_hints

from attrs import define, field, fields, frozen
from msgspec import Struct

from retail_domain.accounts import phone_number
from retail_domain.kernel import reading
from retail_domain.kernel.contact import Phone
from retail_entrypoints.http.shaping import InPlace, Shape, fields_of, parted

C = TypeVar("C")


def in_utc(field: str, instant: datetime) -> datetime:
    """An instant that was sent, in UTC and within the years a shop knows. Raises InvalidInput."""
    try:
        return reading.instant(instant)
    except reading.Misread as no:
        raise no.of(field) from None


Stems: TypeAlias = "str | Callable[..., Any]"
"""Where a field comes from whose name differs: a path in the body, or a function of fields of it."""


@frozen
class Becoming(InPlace, Generic[C]):
    """What `becoming` puts into a body."""

    command: type[C]
    door: tuple[str, ...]
    left: tuple[str, ...]
    beside: tuple[str, ...]
    stems: Mapping[str, Stems]

    def __get__(self, body: Shape | None, kind: type[Shape]) -> Callable[..., C]:
        """Never asked: the class is made with a method in its place."""
        raise TypeError(f"{kind.__name__} is no Shape")

    def made(self, shape: type[Shape]) -> Callable[..., C]:
        """The method."""
        method = _Maker(shape, self.command, self.door, self.left, self.beside, self.stems).made()
        _MADE[shape, self.command] = (method, self.door)
        return method


def becoming(
    command: type[C], /, *door: str, left: tuple[str, ...] = (), beside: tuple[str, ...] = (), **stems: Stems
) -> Becoming[C]:
    """`body.to_command(**door)`.

    `left`: fields of the command that keep their default; `beside`: fields of the body that the door reads by itself.
    """
    return Becoming(command, door, left, beside, stems)


_MADE: Final[dict[tuple[type[Any], type[Any]], tuple[Callable[..., Any], tuple[str, ...]]]] = {}


@define
class _Maker:
    """Makes one method: an expression for each field of the command."""

    shape: type[Shape]
    command: type[Any]
    door: tuple[str, ...]
    left: tuple[str, ...]
    beside: tuple[str, ...]
    stems: Mapping[str, Stems]
    scope: dict[str, Any] = field(factory=dict)
    used: set[str] = field(factory=set)

    def made(self) -> Callable[..., Any]:
        """The method."""
        command, door = self.command, self.door
        hints = get_type_hints(command)
        names = [one.name for one in fields(cast(Any, command)) if one.init]
        unknown = sorted({*self.stems, *self.left} - set(names))
        if unknown:
            raise TypeError(f"{command.__name__} has no {', '.join(unknown)}")
        twice = sorted(fields_of(self.shape).keys() & set(door))
        if twice:
            raise TypeError(f"{self.shape.__name__}: it and its door both have {', '.join(twice)}")
        given = [f"{name}={self._found(name, hints[name])}" for name in names if name not in self.left]
        idle = sorted(fields_of(self.shape).keys() - self.used - {*self.beside}) + sorted(set(door) - self.used)
        if idle:
            raise TypeError(f"{self.shape.__name__}: {command.__name__} has no use for {', '.join(idle)}")
        self.scope["command"] = command
        head = ", ".join(["body", *door])
        exec(f"def made({head}): return command({', '.join(given)})", self.scope)  # noqa: S102 - names of our own fields
        method: Callable[..., Any] = self.scope["made"]
        method.__qualname__ = f"{self.shape.__name__} as {command.__name__}"
        return method

    def _found(self, name: str, wish: Any) -> str:
        stem = self.stems.get(name)
        if callable(stem):
            self.scope[f"make_{name}"] = stem
            return f"make_{name}({', '.join(self._argument(one) for one in signature(stem).parameters)})"
        if stem is None and name in self.door:
            return self._argument(name)
        return self._at(name, stem or name, wish)

    def _argument(self, name: str) -> str:
        """What a field, or what the door knows, is called in the method."""
        if name not in self.door and name not in fields_of(self.shape):
            raise TypeError(f"{self.shape.__name__}: neither it nor its door has {name}")
        self.used.add(name)
        return name if name in self.door else f"body.{name}"

    def _at(self, name: str, path: str, wish: Any) -> str:
        first, *rest = path.split(".")
        kind = fields_of(self.shape).get(first)
        for step in rest:
            kind = fields_of(cast(Any, kind)).get(step)
        if kind is None:
            raise TypeError(f"{self.command.__name__}.{name} comes from nowhere: {self.shape.__name__} has no {path}")
        self.used.add(first)
        (bare, may_miss), (wanted, may_lack) = parted(kind), parted(wish)
        found = f"body.{path}"
        made = self._converted(name, found, bare, wanted) if may_lack or not may_miss else None
        if made is None:
            raise TypeError(f"{self.shape.__name__}.{path} is {kind}, and {self.command.__name__}.{name} is {wish}")
        return f"None if {found} is None else {made}" if may_miss and made != found else made

    def _converted(self, name: str, found: str, kind: Any, wish: Any) -> str | None:
        if get_origin(wish) is tuple:
            return self._many(name, found, kind, wish)
        if not isinstance(kind, type) or not isinstance(wish, type):
            return found if kind == wish else None
        if issubclass(kind, Struct):
            return self._of_shape(name, found, kind, wish)
        if issubclass(kind, datetime):
            self.scope["in_utc"] = in_utc
            return f"in_utc({name!r}, {found})" if wish is datetime else None
        if wish is Phone and kind is str:
            self.scope["phone_number"] = phone_number
            return f"phone_number({found}, {name!r})"
        if kind is bool or issubclass(kind, Enum):
            return found if kind is wish else None
        return found if issubclass(kind, wish) else None

    def _many(self, name: str, found: str, kind: Any, wish: Any) -> str | None:
        inner, (wanted, *more) = get_args(kind), get_args(wish)
        if get_origin(kind) not in (list, tuple) or more != [...]:
            return None
        made = self._converted(name, "one", parted(inner[0])[0], parted(wanted)[0])
        if made == "one":
            return found if get_origin(kind) is tuple else f"tuple({found})"
        return made and f"tuple([{made} for one in {found}])"

    def _of_shape(self, name: str, found: str, kind: type[Struct], wish: type[Any]) -> str | None:
        method, door = _MADE.get((kind, wish), (None, ()))
        if method is None:
            return None
        self.scope[f"of_{name}"] = method
        return f"of_{name}({', '.join([found, *(f'{one}={self._argument(one)}' for one in door)])})"
