"""Lists as tables: on a terminal they fit it, `--wide` and a pipe get everything (DOR-R3)."""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from enum import Enum
from typing import Any, Final, ParamSpec, TypeAlias, TypeVar
from uuid import UUID

import click
from attrs import evolve, field, frozen

from retail_entrypoints.settings import Settings

P = ParamSpec("P")
V = TypeVar("V")

Columns: TypeAlias = Mapping[str, Callable[[Any], object]]
"""A list's columns: heading -> how to get it from a view."""

NARROW: Final = 80
"""So wide is every terminal."""
_GAP: Final = "  "
_CUT_TO: Final = 10
_WIDE: Final = "retail.wide"
_NAMES: Final = frozenset({"code", "number", "login", "sku", "name", "order", "phone"})
"""What is typed instead of an id: beside one of them ids need not be shown."""
_PROSE: Final = frozenset({
    "consequence", "description", "detail", "error", "kinds", "message", "name", "options", "permissions",
    "reason", "roles", "says", "text", "title", "told", "url", "value",
})  # fmt: skip
"""Columns that say something even if their end is cut off."""


def _note_wide(context: click.Context, _option: click.Parameter, is_wide: bool) -> None:
    context.meta[_WIDE] = is_wide


def tabular(work: Callable[P, V]) -> Callable[P, V]:
    """Decorator of a command that shows tables: `--json`, and `--wide` for all columns in full."""
    as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
    wide = click.option(
        "--wide", is_flag=True, expose_value=False, callback=_note_wide,
        help="Show all columns in full, however wide the terminal is; a pipe gets them anyway.",
    )  # fmt: skip
    return as_json(wide(work))


def show_table(views: Sequence[Any], columns: Columns) -> None:
    """Print views, a line each; what a terminal has no room for is named on stderr."""
    is_seen = sys.stdout.isatty()
    zone = Settings.from_environ(os.environ).timezone if is_seen else UTC
    table = Table.of([[read(view) for read in columns.values()] for view in views], list(columns), zone)
    context = click.get_current_context(silent=True)
    is_wide = bool(context and context.meta.get(_WIDE))
    told = table.fitted(max(NARROW, shutil.get_terminal_size().columns)) if is_seen and not is_wide else table
    for line in told.lines():
        click.echo(line)
    if told.left_out:
        click.echo(f"({', '.join(told.left_out)}: see --wide)", err=True)


@frozen
class Column:
    """A heading, and below it one value a row, as it is and as it is shown."""

    heading: str
    values: tuple[object, ...]
    cells: tuple[str, ...]

    @property
    def width(self) -> int:
        """Of its widest cell."""
        return max(map(width_of, (self.heading, *self.cells)))

    @property
    def holds_ids(self) -> bool:
        """Whether nobody reads it but machines."""
        return any(isinstance(one, UUID) for one in self.values) and all(
            one is None or isinstance(one, UUID) for one in self.values
        )

    def to_the_minute(self, zone: tzinfo) -> Column:
        """Moments without seconds; other values as they are."""
        cells = (
            value.astimezone(zone).strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else cell
            for value, cell in zip(self.values, self.cells, strict=True)
        )
        return evolve(self, cells=tuple(cells))

    def cut_by(self, much: int) -> Column:
        """Its longest cells without their ends."""
        left = max(_CUT_TO, width_of(self.heading), self.width - much)
        return evolve(self, cells=tuple(_cut(cell, left) for cell in self.cells))


@frozen
class Table:
    """What a list shows."""

    columns: tuple[Column, ...]
    zone: tzinfo = UTC
    left_out: tuple[str, ...] = field(default=())
    """The headings of what is not shown, or not to its end."""

    @classmethod
    def of(cls, rows: Sequence[Sequence[object]], headings: Sequence[str], zone: tzinfo) -> Table:
        """All of it."""
        every = [tuple(row[place] for row in rows) for place in range(len(headings))]
        return cls(
            tuple(
                Column(heading, values, tuple(cell_of(value, zone) for value in values))
                for heading, values in zip(headings, every, strict=True)
            ),
            zone,
        )

    @property
    def width(self) -> int:
        """Of a whole line."""
        return sum(column.width for column in self.columns) + len(_GAP) * (len(self.columns) - 1)

    def lines(self) -> Sequence[str]:
        """Headings, then rows."""
        widths = [column.width for column in self.columns]
        rows = zip(*((column.heading, *column.cells) for column in self.columns), strict=True)
        return [_GAP.join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]

    def fitted(self, room: int) -> Table:
        """So that a line has room: first without ids that have names beside them, then by less and less of the rest."""
        table = self
        if table.width > room:
            table = table._without_ids(room)
        if table.width > room:
            table = evolve(table, columns=tuple(column.to_the_minute(self.zone) for column in table.columns))
        while table.width > room and (longest := table._longest_prose()) is not None:
            table = table._cut(longest, table.width - room)
        while table.width > room and len(table.columns) > 1:
            table = table._without(len(table.columns) - 1)
        return table

    def _without_ids(self, room: int) -> Table:
        table = self
        has_a_name = not _NAMES.isdisjoint(column.heading for column in self.columns)
        for place in reversed(range(0 if has_a_name else 1, len(self.columns))):
            if table.width > room and self.columns[place].holds_ids:
                table = table._without(place)
        return table

    def _longest_prose(self) -> int | None:
        prose = [
            place for place, column in enumerate(self.columns)
            if column.heading in _PROSE and column.width > max(_CUT_TO, width_of(column.heading))
        ]  # fmt: skip
        return max(prose, key=lambda place: self.columns[place].width, default=None)

    def _cut(self, place: int, much: int) -> Table:
        cut = self.columns[place].cut_by(much)
        columns = (*self.columns[:place], cut, *self.columns[place + 1 :])
        return evolve(self, columns=columns, left_out=(*self.left_out, cut.heading))

    def _without(self, place: int) -> Table:
        columns = (*self.columns[:place], *self.columns[place + 1 :])
        return evolve(self, columns=columns, left_out=(*self.left_out, self.columns[place].heading))


def width_of(text: str) -> int:
    """Chinese letters are two columns wide on a terminal."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def cell_of(value: object, zone: tzinfo) -> str:
    """A value on one line."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.astimezone(zone).isoformat(" ", "seconds").replace("+00:00", "Z")
        case Enum():
            return str(value.value)
        case tuple() | list():
            return " ".join(cell_of(item, zone) for item in value)
        case _:
            return "".join(letter if letter.isprintable() else "?" for letter in str(value))


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - width_of(cell))


def _cut(cell: str, room: int) -> str:
    if width_of(cell) <= room:
        return cell
    kept = cell
    while width_of(kept) > room - 1:
        kept = kept[:-1]
    return f"{kept}…"
