"""CSV as programs really write it: read record by record, and whatever is not what it seems is a flaw of its row (CAT-R2).

A quote that is never closed, or closed in the middle of a cell, would swallow the rows after it: such a row is a flaw, and
reading goes on with the line after its first one, so that no row of the file is lost without a word.
"""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Final

from attrs import define, field, frozen

from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.reading import is_storable
from retail_domain.kernel.rows import Row

CELL_MAX: Final = 1_000_000
COLUMNS_MAX: Final = 500
DELIMITERS: Final = ",;\t|"

_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_OTHERS: Final = ((b"PK\x03\x04", "a workbook or archive (.xlsx, .ods, .zip)"), (b"\xd0\xcf\x11\xe0", "a workbook (.xls)"))
_SEPARATED_BY: Final = re.compile(r'"?sep=(.)"?')
_LONE_RETURN: Final = re.compile(r"(?<=\r)(?!\n)")
_CLOSED_EARLY: Final = "a quote ends in the middle of a cell; one that belongs to the text is written twice"
_NEVER_CLOSED: Final = "a quote opens here and is not closed"
_TOO_LARGE: Final = f"a quote opens here and is not closed within {CELL_MAX:,} characters"
_UNSTORABLE: Final = "text may not hold NUL or half of a surrogate pair"
_SWALLOWS: Final = "a quote opens here and holds what looks like rows of their own"

Rowlike = Callable[[Row], bool]


@frozen
class CsvFile:
    """One CSV file; the first record is its header. `delimiter` is empty where the header tells it."""

    path: Path
    encoding: str = "utf-8"
    delimiter: str = ""
    is_rowlike: Rowlike = lambda _: False
    """Whether a line within a cell of several lines looks like a row: then a quote has swallowed rows."""

    def header(self) -> Sequence[str]:
        """The names of the columns, without blanks around them; those without a name are `(column 3)`.

        Raises InvalidInput when the file cannot be read or names a column twice.
        """
        with self._records() as records:
            return self._names(records)

    def rows(self) -> Iterator[Row]:
        """The records after the header, blank ones too. Raises InvalidInput when the file breaks off."""
        with self._records() as records:
            names = self._names(records)
            for number, record in enumerate(records, 2):
                yield self._row(number, names, record, records.delimiter)

    def _names(self, records: _Records) -> Sequence[str]:
        first = next(records, _Record([], [], None))
        names = [name.replace("\ufeff", "").strip() for name in first.cells]
        named = [name for name in names if name]
        twice = next((name for at, name in enumerate(named) if name in named[:at]), None)
        if len(first.lines) > 1 and any(records.delimiter in name for name in names if "\n" in name):
            raise InvalidInput.of(self.path.name, "header", f"the first row names every column once: {_SWALLOWS}")
        if first.flaw or not named or len(names) > COLUMNS_MAX or twice is not None or not all(map(is_storable, names)):
            why = first.flaw or (f"{twice!r} stands there twice" if twice is not None else None)
            told = "the first row names every column once" + (f": {why}" if why else "")
            raise InvalidInput.of(self.path.name, "header", told)
        return [name or f"(column {at})" for at, name in enumerate(names, 1)]

    def _row(self, number: int, names: Sequence[str], record: _Record, delimiter: str) -> Row:
        flaw, cells = record.flaw, record.cells
        if flaw is None and any(cell.strip() for cell in cells):
            while len(cells) > len(names) and not cells[-1].strip():
                cells = cells[:-1]  # spreadsheets write as many as the widest row has
            if len(cells) != len(names) and not _lacks_unnamed(names, cells):
                flaw = f"{len(cells)} columns, but the header has {len(names)}"
            elif len(record.lines) > 1 and self._swallows(record.lines, names, delimiter):
                flaw = _SWALLOWS
        fields = dict(zip(names, cells, strict=False))
        unstorable = [name for name, text in fields.items() if not is_storable(text)]
        if unstorable:
            flaw, fields = flaw or f"{unstorable[0]}: {_UNSTORABLE}", fields | dict.fromkeys(unstorable, "")
        return Row(file=self.path.name, number=number, fields=fields, flaw=flaw)

    def _swallows(self, lines: Sequence[str], names: Sequence[str], delimiter: str) -> bool:
        for line in lines[1:]:
            cells = next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])
            if not is_storable(line):
                continue
            row = Row(file="", number=0, fields=dict(zip(names, cells, strict=False)))
            if len(cells) == len(names) and self.is_rowlike(row):
                return True
        return False

    @contextmanager
    def _records(self) -> Iterator[_Records]:
        csv.field_size_limit(CELL_MAX)
        lines: _Lines | None = None
        try:
            with self._open() as raw:
                lines = _Lines(raw, self.encoding)
                yield _Records.of(lines, self.delimiter)
        except (OSError, EOFError, zlib.error, LookupError) as wrong:
            raise self._unreadable(reason_of(wrong), lines) from None
        except UnicodeError as wrong:
            told = f"{reason_of(wrong)}; if it comes from another program, say its encoding, such as gb18030"
            raise self._unreadable(told, lines) from None
        except _Another as other:
            raise self._unreadable(f"this is {other}: save it as CSV", None) from None

    def _unreadable(self, told: str, lines: _Lines | None) -> InvalidInput:
        where = f" (readable up to line {lines.number})" if lines is not None and lines.number else ""
        return InvalidInput.of(self.path.name, "unreadable", f"{told}{where}")

    def _open(self) -> IO[bytes] | gzip.GzipFile:
        if self.path.suffix == ".gz":
            return gzip.open(self.path, "rb")
        return self.path.open("rb")


@frozen(kw_only=True)
class CsvText(CsvFile):
    """The same of what was sent as text; the path is only what it is called."""

    content: str = field(repr=False)

    def _open(self) -> IO[bytes]:
        return BytesIO(self.content.encode())


class _Another(Exception):
    """The file is of another kind."""


@define
class _Lines:
    """The lines of a file as text, their ends kept; a byte-order mark tells the encoding, whatever was said."""

    raw: IO[bytes] | gzip.GzipFile
    encoding: str
    number: int = 0
    _first: bytes = b""

    def __attrs_post_init__(self) -> None:
        self._first = self.raw.read(4)
        for mark, kind in _OTHERS:
            if self._first.startswith(mark):
                raise _Another(kind)
        marked = next((encoding for mark, encoding in _BOMS if self._first.startswith(mark)), self.encoding)
        "".encode(marked)  # LookupError for an encoding nobody knows
        self.encoding = "utf-8-sig" if marked.lower().replace("_", "-") in ("utf-8", "utf8") else marked

    def __iter__(self) -> Iterator[str]:
        for line in self._decoded():
            self.number += 1
            yield from _LONE_RETURN.split(line) if "\r" in line.rstrip("\r\n") else (line,)

    def _decoded(self) -> Iterator[str]:
        if self.encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32")):
            text = (self._first + self.raw.read()).decode(self.encoding)
            yield from re.findall(r"[^\n]*\n|[^\n]+", text)
            return
        first = True
        for line in self._of_bytes():
            text = line.decode(self.encoding if first or self.encoding != "utf-8-sig" else "utf-8")
            yield text.removeprefix("\ufeff") if first else text
            first = False

    def _of_bytes(self) -> Iterator[bytes]:
        # In every encoding of CSV but UTF-16 and UTF-32 a line ends where its byte is.
        *whole, rest = self._first.split(b"\n")
        yield from (line + b"\n" for line in whole)
        rest += self.raw.readline()
        if rest:
            yield rest
        yield from self.raw


@frozen
class _Record:
    """One record: its cells, the lines it stands on, and what is wrong with its quotes."""

    cells: list[str]
    lines: list[str]
    flaw: str | None


@define
class _Records:
    """Records one by one; after a flaw the reading goes on with the next line."""

    lines: Iterator[str]
    delimiter: str
    _ahead: deque[str] = field(factory=deque)
    _taken: list[str] = field(factory=list)

    @classmethod
    def of(cls, lines: _Lines, delimiter: str) -> _Records:
        """Records of lines; the first line may name the delimiter, as spreadsheets have it."""
        source = iter(lines)
        first = next(source, "")
        named = _SEPARATED_BY.fullmatch(first.strip("\r\n"))
        records = cls(source, named[1] if named else delimiter or _delimiter_of(first))
        if first and not named:
            records._ahead.append(first)
        return records

    def __iter__(self) -> _Records:
        return self

    def __next__(self) -> _Record:
        self._taken = []
        try:
            cells = next(csv.reader(self._next_lines(), delimiter=self.delimiter, strict=True))
        except csv.Error as wrong:
            self._ahead.extendleft(reversed(self._taken[1:]))
            return _Record([], self._taken[:1], _told(str(wrong)))
        return _Record(cells, self._taken, None)

    def _next_lines(self) -> Iterator[str]:
        while True:
            line = self._ahead.popleft() if self._ahead else next(self.lines, None)
            if line is None:
                return
            self._taken.append(line)
            yield line


def reason_of(wrong: Exception) -> str:
    """Why a file cannot be read, in a few words."""
    return str(getattr(wrong, "strerror", None) or wrong)[:200]


def _told(wrong: str) -> str:
    if "unexpected end" in wrong:
        return _NEVER_CLOSED
    return _TOO_LARGE if "field larger" in wrong else _CLOSED_EARLY


def _delimiter_of(first: str) -> str:
    """The one that splits the header into most columns; a comma where none does."""
    return max(DELIMITERS, key=lambda one: (first.count(one), -DELIMITERS.index(one)))


def _lacks_unnamed(names: Sequence[str], cells: Sequence[str]) -> bool:
    return len(cells) < len(names) and all(name.startswith("(column ") for name in names[len(cells) :])
