"""Notes (附注): what programs of others keep with goods, orders and members; no rule ever reads it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar, Final
from uuid import UUID

from attrs import evolve, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import FieldProblem, InvalidInput
from retail_domain.kernel.events import Event
from retail_domain.kernel.reading import Misread, storable

BYTES_MAX: Final = 4_096
"""All notes of one thing together, as compact JSON in UTF-8."""
DEPTH_MAX: Final = 8
WHOLE_MAX: Final = 2**53
"""Beyond it, programs that read numbers as most do would read another one."""
_KEY: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}\.[a-z0-9][a-z0-9_.-]{0,63}")


class ThingSort(Enum):
    """What can be noted on."""

    PRODUCT = "product"
    SKU = "sku"
    ORDER = "order"
    MEMBER = "member"


GOODS: Final = frozenset({ThingSort.PRODUCT, ThingSort.SKU})
"""Things that tell of nobody."""


@frozen(kw_only=True)
class NotesChanged(Event):
    """Programs or staff have set or removed notes of one thing.

    `set` are the keys that have another value now. `values` is those values as JSON for goods; for orders and members it is
    empty, since events are kept for good and hold nothing about people (R40).
    """

    name: ClassVar[str] = "notes.changed"
    sort: str
    thing_id: UUID
    set: tuple[str, ...]
    removed: tuple[str, ...]
    values: str
    actor: Actor

    @property
    def aggregate_id(self) -> UUID:
        """Deliveries are kept in order per thing."""
        return self.thing_id


@frozen(kw_only=True)
class Notes:
    """All notes of one thing, as canonical JSON: whoever reads them gets values of their own."""

    sort: ThingSort
    thing_id: UUID
    text: str = "{}"
    version: int = 0

    @property
    def values(self) -> dict[str, Any]:
        """By key, `namespace.key`."""
        values: dict[str, Any] = json.loads(self.text)
        return values

    def changed(self, wanted: Mapping[str, Any], *, actor: Actor, at: datetime) -> Change[Notes]:
        """Set these keys, and remove those that are None; all other keys stay, whoever wrote them (NTE-R2).

        Raises InvalidInput for a key or value that is none, and for more than the thing may carry (NTE-R1).
        """
        check_notes(wanted)
        before = self.values
        after = {key: value for key, value in {**before, **wanted}.items() if value is not None}
        text = _compact(after)
        size = len(text.encode())
        if size > BYTES_MAX:
            raise InvalidInput.of("values", "size", f"all notes of a thing take {BYTES_MAX} bytes at most, not {size}")
        if text == self.text:
            return Change(self if self.version else None, self)
        told = {key: after[key] for key in sorted(wanted) if key in after and _compact(after[key]) != _text_of(before, key)}
        event = NotesChanged(
            at=at, sort=self.sort.value, thing_id=self.thing_id, set=tuple(told), actor=actor,
            removed=tuple(key for key in sorted(wanted) if wanted[key] is None and key in before),
            values=_compact(told) if self.sort in GOODS else "",
        )  # fmt: skip
        return Change(self if self.version else None, evolve(self, text=text), (event,))


def check_notes(wanted: Mapping[str, Any]) -> None:
    """Raises InvalidInput that names every key and value that cannot be kept alike by every store (NTE-R1)."""
    problems = []
    for key, value in wanted.items():
        if not _KEY.fullmatch(key):
            said = "a key is `namespace.key` of a-z, 0-9, _ and -, the namespace of 32 letters at most, the key of 64"
            problems.append(FieldProblem(field=f"values.{key[:100]}", rule="key", message=said))
            continue
        try:
            _check(value, DEPTH_MAX)
        except Misread as no:
            problems.append(FieldProblem(field=f"values.{key}", rule=no.rule, message=str(no)))
    if problems:
        raise InvalidInput(problems=tuple(problems[:20]))


def _check(value: Any, deep: int) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        storable(value, BYTES_MAX)
    elif isinstance(value, int):
        if abs(value) > WHOLE_MAX:
            raise Misread("range", f"a whole number up to {WHOLE_MAX}; larger ones go as text")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise Misread("number", "a number that is finite")
    elif deep == 0:
        raise Misread("depth", f"lists and objects lie {DEPTH_MAX} deep at most")
    elif isinstance(value, list):
        for one in value:
            _check(one, deep - 1)
    elif isinstance(value, dict):
        for name, one in value.items():
            storable(name, BYTES_MAX)
            _check(one, deep - 1)
    else:
        raise Misread("type", "a value of JSON, and none of its numbers larger than any program reads")


def _compact(values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)


def _text_of(values: Mapping[str, Any], key: str) -> str | None:
    return _compact(values[key]) if key in values else None
