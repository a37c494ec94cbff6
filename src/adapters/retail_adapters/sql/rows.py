"""Rows and states, derived from each other: who adds a field adds a column, and no third place.

A state's fields and a table's columns go by the same names. Where they do not, a `Part` says which columns a field becomes;
what is only kept to be searched for is `derived`; fields kept in other tables are `apart`. Everything else is checked when
the module is imported: a field without a column, or a column without a field, raises TypeError there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast

from attrs import fields, frozen
from sqlalchemy import Table

from retail_adapters.sql.session import Values

A = TypeVar("A")


@frozen
class Part:
    """A field that is not one column of its name: the columns it becomes, the way there and the way back.

    `write` answers a tuple, or for a single column its value; None writes, or reads, a single column as it is.
    """

    columns: tuple[str, ...]
    write: Callable[[Any], Any] | None
    read: Callable[..., Any] | None


def called(column: str) -> Part:
    """A field whose column has another name."""
    return Part((column,), None, None)


def spread(kind: type[Any], *columns: str) -> Part:
    """A value whose own fields are columns, by their names or by these."""
    names = tuple(one.name for one in fields(kind))
    by_name = any(one.kw_only for one in fields(kind))
    made = (lambda *values: kind(**dict(zip(names, values, strict=True)))) if by_name else kind
    return Part(columns or names, attrgetter(*names), made)


def spread_if_any(kind: type[Any], *columns: str) -> Part:
    """Likewise a value that may be missing: then all its columns are empty, and the first of them tells."""
    some = spread(kind, *columns)
    write, made = some.write, some.read
    nothing = None if len(some.columns) == 1 else (None,) * len(some.columns)
    assert write is not None and made is not None
    return Part(
        some.columns,
        lambda value: nothing if value is None else write(value),
        lambda *values: None if values[0] is None else made(*values),
    )


class Rows(Generic[A]):
    """What one kind of state looks like in one table; `row` and `state` are made once, as plain as if written by hand."""

    def __init__(  # noqa: PLR0913 - each names one way in which a field and a column can differ
        self,
        table: Table,
        kind: type[A],
        *,
        parts: Mapping[str, Part] | None = None,
        derived: tuple[str, ...] = (),
        apart: frozenset[str] = frozenset(),
        others: frozenset[str] = frozenset(),
    ) -> None:
        """`derived`: properties that are kept; `apart`: fields that `state` is given; `others`: columns that `row` is given.

        Raises TypeError at import.
        """
        self._parts, self._derived = dict(parts or {}), derived
        names = [one.name for one in fields(cast(Any, kind)) if one.init and one.name not in apart]
        self._plain = [name for name in names if name not in self._parts and name != "version"]
        self._versioned = "version" in names
        made = [*self._plain, *(column for part in self._parts.values() for column in part.columns), *self._derived]
        made += ["version"] if self._versioned else []
        self._check(table, kind, set(made) | others, names)
        self.row: Callable[..., Values] = self._compiled_row(sorted(others))
        self.state: Callable[..., A] = self._compiled_state(kind, sorted(apart))

    def _check(self, table: Table, kind: type[A], made: set[str], names: list[str]) -> None:
        columns = {column.name for column in table.columns if column.identity is None}  # the database counts those
        unknown = sorted(name for name in self._parts if name not in names)
        if made != columns or unknown:
            homeless, empty = sorted(made - columns) + unknown, sorted(columns - made)
            raise TypeError(f"{kind.__name__} and {table.name}: no column for {homeless}, no field for {empty}")

    def _compiled_row(self, others: list[str]) -> Callable[..., Values]:
        """`version` is left to who stores it: a first row has 1, a following one is guarded by the one before."""
        entries = [f"{name!r}: one.{name}" for name in [*self._plain, *self._derived]]
        entries += [f"{name!r}: {name}" for name in others]
        lines: list[str] = []
        scope: dict[str, Any] = {}
        for name, part in self._parts.items():
            targets = [f"{name}_{at}" for at in range(len(part.columns))]
            if part.write is None:
                targets = [f"one.{name}"]
            else:
                scope[f"write_{name}"] = part.write
                lines.append(f"    {', '.join(targets)} = write_{name}(one.{name})")
            entries += [f"{column!r}: {target}" for column, target in zip(part.columns, targets, strict=True)]
        source = "\n".join([f"def row({', '.join(['one', *others])}):", *lines, f"    return {{{', '.join(entries)}}}"])
        made: Callable[..., Values] = self._made("row", source, scope)
        return made

    def _compiled_state(self, kind: type[A], apart: list[str]) -> Callable[..., A]:
        scope: dict[str, Any] = {"kind": kind}
        given = [f"{name}=row[{name!r}]" for name in [*self._plain, *(["version"] if self._versioned else [])]]
        for name, part in self._parts.items():
            values = ", ".join(f"row[{column!r}]" for column in part.columns)
            scope[f"read_{name}"] = part.read
            given.append(f"{name}={values}" if part.read is None else f"{name}=read_{name}({values})")
        given += [f"{name}={name}" for name in apart]
        source = f"def state({', '.join(['row', *apart])}):\n    return kind({', '.join(given)})"
        made: Callable[..., A] = self._made("state", source, scope)
        return made

    @staticmethod
    def _made(name: str, source: str, scope: dict[str, Any]) -> Any:
        exec(compile(source, f"<rows {name}>", "exec"), scope)  # noqa: S102 - names of our own fields and columns
        return scope[name]
