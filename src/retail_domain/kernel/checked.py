"""What somebody hands to the library is checked when it is made, by what its annotations say (GEN-R22).

Wishes and values come from callers whom no type checker may have looked at. `@checked`, below `@frozen`, reads the annotations
once, when the class is made, and refuses with `InvalidInput`, which names field and rule, what does not fit them: another type,
`True` for a number, a number that no column holds, text that cannot be stored, a moment without its time zone. What an
annotation cannot say stands in the class, and is asked afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import UTC, date, datetime
from enum import Enum
from itertools import repeat
from types import UnionType
from typing import Annotated, Any, ClassVar, Final, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

from attrs import frozen

from retail_domain.kernel.errors import FieldProblem, InvalidInput

C = TypeVar("C")

WHOLE_MAX: Final = 2**63 - 1
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""Moments lie between these: what is beyond, no zone and no sum of days may be made of (GEN-R22)."""
FIRST_DAY: Final = date(1970, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
"""So do days."""
_KNOWN_MAX: Final = 1_000
_ASKS: Final = "{fit}.fits({x})"
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


@frozen
class Between:
    """How small and how large a number may be: `Annotated[int, Between(1, 100)]`."""

    least: int
    most: int = WHOLE_MAX


@frozen
class AsTyped:
    """Text that its owner reads by rules of its own, which tell everything that is wrong with it at once."""


Typed = Annotated[str, AsTyped()]
"""Any text."""


@frozen
class Spelled:
    """Text of one spelling, from a few: what was once found right is known."""

    says: str
    is_right: Callable[[str], bool]


NoneOrMore = Annotated[int, Between(0)]
"""A number that is never negative."""
OneOrMore = Annotated[int, Between(1)]
"""A number of something that is there."""


class _Itself:
    """In an annotation of a class that speaks of itself: the class that attrs makes in its place is not there yet."""

    stands_for: ClassVar[tuple[str, str]]


class Fit(Protocol):
    """What fits one annotation."""

    asks: str
    """The question in Python, quick for what is usual: `{x}` is the value, `{fit}` the fit itself."""

    def fits(self, value: Any) -> bool:
        """Whether it fits."""
        ...

    def misfits(self, value: Any, at: str) -> Iterator[FieldProblem]:
        """What is wrong with a value that does not fit; `at` is where it stands."""
        ...


def checked(cls: type[C]) -> type[C]:
    """Class decorator, below `@frozen`: whoever makes one hears at once what does not fit its annotations.

    Raises InvalidInput when one is made.
    """
    itself = type(cls.__name__, (_Itself,), {"stands_for": (cls.__module__, cls.__qualname__)})
    hints = get_type_hints(cls, localns={cls.__name__: itself}, include_extras=True)
    plan = {name: fit_of(hint) for name, hint in hints.items() if _is_given(cls, name, hint)}
    further = getattr(cls, "__attrs_post_init__", None)
    own = getattr(further, "further", further)
    look = _look_for(cls.__name__, plan, own)
    look.further = own
    cls.__attrs_post_init__ = look  # type: ignore[attr-defined]
    cls.__checked__ = tuple(plan)  # type: ignore[attr-defined]
    return cls


def _is_given(cls: type, name: str, hint: Any) -> bool:
    return get_origin(hint) is not ClassVar and getattr(getattr(cls, name, None), "init", True)


def _look_for(cls: str, plan: Mapping[str, Fit], own: Callable[[Any], None] | None) -> Any:
    """One function for the fields of a class, as attrs writes `__init__`: a loop over them costs several times as much."""
    told = {f"fit{place}": fit for place, fit in enumerate(plan.values())}
    asked = [fit.asks.format(x=f"x{place}", fit=f"fit{place}") for place, fit in enumerate(plan.values())]
    lines = ["def look(self):", *(f"    x{place} = self.{name}" for place, name in enumerate(plan))]
    if asked:
        lines += [f"    if not ({' and '.join(f'({one})' for one in asked)}):"]
        lines += [f"        refuse(plan, ({''.join(f'x{place}, ' for place in range(len(asked)))}))"]
    lines += ["    further(self)" if own else "    return None"]
    names: dict[str, Any] = {**told, "refuse": _refuse, "plan": plan, "further": own}
    exec(compile("\n".join(lines), f"<checks of {cls}>", "exec"), names)  # noqa: S102 - made of annotations alone
    return names["look"]


def _refuse(plan: Mapping[str, Fit], values: Sequence[Any]) -> None:
    wrong = ((name, fit, value) for value, (name, fit) in zip(values, plan.items(), strict=True) if not fit.fits(value))
    raise InvalidInput(problems=tuple(problem for name, fit, value in wrong for problem in fit.misfits(value, name)))


def fit_of(hint: Any) -> Fit:
    """What fits an annotation. Raises TypeError for one that nobody can check: say it in other words."""
    hint = getattr(hint, "__supertype__", hint)  # an id is a UUID
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _bounded(args)
    if origin in (Union, UnionType):
        return _AnyOf([fit_of(one) for one in args])
    if origin is tuple:
        return _Row([fit_of(args[0])], True) if args[-1] is Ellipsis else _Row([fit_of(one) for one in args], False)
    if origin is frozenset:
        return _Several(frozenset, "a frozen set", fit_of(args[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _Named(fit_of(args[0]), fit_of(args[1]))
    if origin is not None and issubclass(origin, Callable):  # type: ignore[arg-type]
        return _Told(callable, "something to call is expected")
    if hint is None or hint is type(None):
        return _Exact(type(None), "nothing")
    return _plain(hint)


def _bounded(args: tuple[Any, ...]) -> Fit:
    bounds = next((one for one in args[1:] if isinstance(one, Between)), None)
    if args[0] is int and bounds is not None:
        return _Whole(bounds.least, bounds.most)
    if args[0] is str and AsTyped() in args[1:]:
        return _Exact(str, "text")
    spelled = next((one for one in args[1:] if isinstance(one, Spelled)), None)
    if args[0] is str and spelled is not None:
        return _Spelling(spelled)
    return fit_of(args[0])


def _plain(hint: Any) -> Fit:
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, _Itself):
        name = hint.stands_for
        return _Told(lambda value: (type(value).__module__, type(value).__qualname__) == name, f"a {hint.__name__} is expected")
    if isinstance(hint, type) and getattr(hint, "_is_protocol", False):
        return _Told(_having(hint), f"a {hint.__name__} is expected")
    if isinstance(hint, type):
        return _Exact(hint, f"a {hint.__name__}")
    raise TypeError(f"nobody can check a field of type {hint}")


def _having(protocol: type) -> Callable[[Any], bool]:
    names = {name for one in protocol.__mro__ for name in (*vars(one), *getattr(one, "__annotations__", {}))}
    wanted = [name for name in names if not name.startswith("_")]
    return lambda value: all(hasattr(value, name) for name in wanted)


def _problem(at: str, rule: str, message: str) -> Iterator[FieldProblem]:
    yield FieldProblem(field=at, rule=rule, message=message)


class _Exact:
    """One of a class; nothing within it is asked: it was asked when it was made."""

    asks = "{x}.__class__ is {fit}.kind or isinstance({x}, {fit}.kind)"

    def __init__(self, kind: type, called: str) -> None:
        self.kind, self.called = kind, called

    def fits(self, value: Any) -> bool:
        return isinstance(value, self.kind)

    def misfits(self, value: Any, at: str) -> Iterator[FieldProblem]:
        words = " or ".join(str(member.value) for member in self.kind) if issubclass(self.kind, Enum) else self.called
        return _problem(at, "type", f"{words} is expected")


class _Whole:
    """A whole number that a column holds."""

    def __init__(self, least: int = -WHOLE_MAX - 1, most: int = WHOLE_MAX) -> None:
        self.least, self.most = least, most
        self.asks = f"{{x}}.__class__ is int and {least} <= {{x}} <= {most}"

    def fits(self, value: Any) -> bool:
        return type(value) is int and self.least <= value <= self.most

    def misfits(self, value: Any, at: str) -> Iterator[FieldProblem]:
        if type(value) is not int:
            return _problem(at, "type", "a whole number is expected")
        is_small = value < self.least
        return _problem(at, "range", f"{self.least} or more" if is_small else f"{self.most} or less")


class _Text:
    """Text that can be stored."""

    asks = "{x}.__class__ is str and {x}.isprintable() or {fit}.fits({x})"

    def fits(self, value: Any) -> bool:
        return isinstance(value, str) and (value.isprintable() or not _UNSTORABLE.search(value))

    def misfits(self, value: Any, at: str) -> Iterator[FieldProblem]:
        if not isinstance(value, str):
            return _problem(at, "type", "text is expected")
        return _problem(at, "text", "text may not hold NUL or half of a surrogate pair")


class _Spelling:
    """Text of one spelling; so many are kept as known, that whoever makes up others cannot fill the memory."""

    asks = "{x}.__class__ is str and {x} in {fit}.known or {fit}.fits({x})"

    def __init__(self, spelled: Spelled) -> None:
        self.spelled = spelled
        self.known: set[str] = set()

    def fits(self, value: Any) -> bool:
        if not isinstance(value, str) or not self.spelled.is_right(value):
            return False
        if len(self.known) < _KNOWN_MAX:
            self.known.add(value)
        return True

    def misfits(self, value: Any, at: str) -> Iterator[FieldProblem]:
        is_text = isinstance(value, str)
        return _problem(at, *(("format", self.spelled.says) if is_text else ("type", "text is expected")))


class _Moment:
    """A moment with its time zone, in the years that the shop knows."""

    asks = _ASKS

    def fits(self, value: Any) -> bool:
        return isinstance(value, datetime) and value.utcoffset() is not None and EARLIEST <= value < LATEST

    def misfits(self, value: Any, at: str) -> Iterator[FieldProblem]:
        if not isinstance(value, datetime):
            return _problem(at, "type", "a moment is expected")
        if value.utcoffset() is None:
            return _problem(at, "aware", "a time needs its time zone")
        return _problem(at, "range", "an instant between the years 2000 and 2200")


class _Day:
    """A day, in the years that the shop knows."""

    asks = _ASKS

    def fits(self, value: Any) -> bool:
        return isinstance(value, date) and not isinstance(value, datetime) and FIRST_DAY <= value <= LAST_DAY

    def misfits(self, value: Any, at: str) -> Iterator[FieldProblem]:
        is_day = isinstance(value, date) and not isinstance(value, datetime)
        return _problem(at, *(("range", "a day between 1970 and 2199") if is_day else ("type", "a day is expected")))


class _Told:
    """Something of which only this can be asked."""

    asks = _ASKS

    def __init__(self, fits: Callable[[Any], bool], message: str) -> None:
        self.fits, self.message = fits, message

    def misfits(self, _value: Any, at: str) -> Iterator[FieldProblem]:
        return _problem(at, "type", self.message)


class _AnyOf:
    """One thing or another, or nothing."""

    def __init__(self, options: Sequence[Fit]) -> None:
        self.options = options
        told = [one for one in options if not one.fits(None)]
        self.asks = "{x} is None or {fit}.fits({x})" if len(told) < len(options) else _ASKS
        if len(told) == 1:
            self.only = told[0]
            self.asks = "{x} is None or (" + self.only.asks.replace("{fit}", "{fit}.only") + ")"

    def fits(self, value: Any) -> bool:
        return any(one.fits(value) for one in self.options)

    def misfits(self, value: Any, at: str) -> Iterator[FieldProblem]:
        return self.options[0].misfits(value, at)


class _Row:
    """A tuple: any number of one kind, or so many, each of its own."""

    asks = _ASKS

    def __init__(self, parts: Sequence[Fit], repeated: bool) -> None:
        self.parts, self.repeated = parts, repeated

    def fits(self, value: Any) -> bool:
        return isinstance(value, tuple) and self._is_long_enough(value) and all(
            part.fits(one) for one, part in self._pairs(value)
        )  # fmt: skip

    def misfits(self, value: Any, at: str) -> Iterator[FieldProblem]:
        if not isinstance(value, tuple):
            yield from _problem(at, "type", "a tuple is expected")
        elif not self._is_long_enough(value):
            yield from _problem(at, "length", f"a tuple of {len(self.parts)} is expected")
        else:
            for place, (one, part) in enumerate(self._pairs(value)):
                yield from () if part.fits(one) else part.misfits(one, f"{at}[{place}]")

    def _is_long_enough(self, value: tuple[Any, ...]) -> bool:
        return self.repeated or len(value) == len(self.parts)

    def _pairs(self, value: tuple[Any, ...]) -> Iterator[tuple[Any, Fit]]:
        return zip(value, repeat(self.parts[0], len(value)) if self.repeated else self.parts, strict=True)


class _Several:
    """A set of one kind."""

    asks = _ASKS

    def __init__(self, kind: type[Set[Any]], called: str, part: Fit) -> None:
        self.kind, self.called, self.part = kind, called, part

    def fits(self, value: Any) -> bool:
        return isinstance(value, self.kind) and all(self.part.fits(one) for one in value)

    def misfits(self, value: Any, at: str) -> Iterator[FieldProblem]:
        if not isinstance(value, self.kind):
            return _problem(at, "type", f"{self.called} is expected")
        return self.part.misfits(next(one for one in value if not self.part.fits(one)), at)


class _Named:
    """Values by name."""

    asks = _ASKS

    def __init__(self, names: Fit, values: Fit) -> None:
        self.names, self.values = names, values

    def fits(self, value: Any) -> bool:
        return isinstance(value, Mapping) and all(
            self.names.fits(name) and self.values.fits(one) for name, one in value.items()
        )  # fmt: skip

    def misfits(self, value: Any, at: str) -> Iterator[FieldProblem]:
        if not isinstance(value, Mapping):
            yield from _problem(at, "type", "values by name are expected")
            return
        for name, one in value.items():
            yield from self.names.misfits(name, at) if not self.names.fits(name) else ()
            yield from self.values.misfits(one, f"{at}.{str(name)[:64]}") if not self.values.fits(one) else ()


_PLAIN: Final[Mapping[Any, Fit]] = {
    int: _Whole(),
    str: _Text(),
    datetime: _Moment(),
    date: _Day(),
    object: _Told(lambda _value: True, ""),
    Any: _Told(lambda _value: True, ""),
}
