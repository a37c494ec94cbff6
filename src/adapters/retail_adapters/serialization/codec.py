"""How answers, quotes and events become JSON and come back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin
from uuid import UUID

import msgspec
from cattrs import Converter

from retail_adapters.serialization.kinds import prove
from retail_adapters.serialization.upcasting import UPCASTERS, Upcasters
from retail_adapters.system.quick_uuid import QuickUuid
from retail_domain.kernel.events import Event
from retail_domain.kernel.money import Money


def _is_row_of_one_kind(kind: Any) -> bool:
    """Whether it is `tuple[Something, ...]`."""
    return get_origin(kind) is tuple and get_args(kind)[1:] == (Ellipsis,)


def _row_of_one_kind(kind: Any, made: Converter) -> Callable[[Any, Any], Any]:
    """Looks up once how one of them is made, not for each row anew."""
    one = get_args(kind)[0]
    make = made.get_structure_hook(one)
    return lambda values, _: tuple([make(value, one) for value in values])


def _or_nothing(kind: Any) -> Any:
    """What `Something | None` is when there is something; None for any other kind."""
    some = [one for one in get_args(kind) if one is not NoneType]
    return some[0] if get_origin(kind) in (Union, UnionType) and len(some) == 1 < len(get_args(kind)) else None


def _perhaps(kind: Any, made: Converter) -> Callable[[Any, Any], Any]:
    some = _or_nothing(kind)
    make = made.get_structure_hook(some)
    return lambda value, _: None if value is None else make(value, some)


def _is_id(kind: Any) -> bool:
    """Whether it is a name for UUIDs."""
    return getattr(kind, "__supertype__", None) is UUID


def _id(value: Any, _: Any) -> UUID:
    return QuickUuid(value) if type(value) is str else value


def _is_choice(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _member(kind: type[Enum]) -> Callable[[Any, Any], Enum]:
    members = {member.value: member for member in kind}
    return lambda value, _: members[value]


def _make() -> Converter:
    made = Converter(detailed_validation=False, omit_if_default=False, forbid_extra_keys=False)
    made.register_unstructure_hook(UUID, str)
    made.register_structure_hook(UUID, _id)
    made.register_structure_hook_func(_is_id, _id)
    made.register_structure_hook_factory(_is_row_of_one_kind)(_row_of_one_kind)
    made.register_structure_hook_factory(lambda kind: _or_nothing(kind) is not None)(_perhaps)
    made.register_structure_hook_factory(_is_choice)(_member)
    made.register_unstructure_hook(datetime, lambda at: at.astimezone(UTC).isoformat())
    made.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))
    made.register_unstructure_hook(date, date.isoformat)  # a moment has its own, above, although it is a date to Python
    made.register_structure_hook(date, lambda value, _: date.fromisoformat(value))
    made.register_unstructure_hook(Money, lambda money: {"minor": money.minor, "currency": money.currency})
    made.register_structure_hook(Money, lambda value, _: Money(value["minor"], value["currency"]))
    return made


converter: Final = _make()


def kept(kind: Any) -> Callable[[Any], Any]:
    """Reads a document of this kind. Raises Unreadable at once, for a kind that could be written and not read."""
    prove(kind)
    return lambda stored: converter.structure(stored, kind)


class EventCodec:
    """Name and version <-> class; what an earlier release stored is read through the upcasters of its version, one by one.

    Raises ValueError for two events of one name and for a version below its own without an upcaster to the next, and
    Unreadable for a field that could be written and not read.
    """

    def __init__(self, kinds: Iterable[type[Event]], upcasters: Upcasters = UPCASTERS) -> None:
        self._kinds: dict[str, type[Event]] = {}
        self._upcasters = upcasters
        for kind in kinds:
            if kind.name in self._kinds:
                raise ValueError(f"two events are called {kind.name}")
            self._kinds[kind.name] = kind
            prove(kind, kind.name)
            for version in range(1, kind.version):
                if (kind.name, version) not in upcasters:
                    raise ValueError(f"no upcaster from version {version} of {kind.name}")

    def write(self, event: Event) -> Mapping[str, Any]:
        """The body that is stored."""
        if self._kinds.get(event.name) is not type(event):
            raise LookupError(f"{type(event).__name__} is not in its context's EVENTS")
        told: Mapping[str, Any] = msgspec.to_builtins(event)
        return told

    def read(self, name: str, version: int, body: Mapping[str, Any]) -> Event:
        """The event of a stored body. Raises LookupError for what a later release stored."""
        kind = self._kinds[name]
        if not 1 <= version <= kind.version:
            raise LookupError(f"version {version} of {name} is not known here")
        for step in range(version, kind.version):
            body = self._upcasters[name, step](body)
        return converter.structure(body, kind)
