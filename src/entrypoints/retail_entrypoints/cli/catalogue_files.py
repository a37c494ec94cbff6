"""The files of a catalogue: CSV, plain or gzipped, read row by row; a file of SKUs is sorted by product on disk first."""

from __future__ import annotations

import csv
import gzip
import json
import sqlite3
import tomllib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TextIO

from attrs import define, field, frozen

from retail_domain.catalog import ImportMapping, Row
from retail_domain.kernel.errors import InvalidInput

CELL_MAX: Final = 1_000_000
COLUMNS_MAX: Final = 500


def read_mapping(path: Path) -> ImportMapping:
    """The mapping of a TOML file. Raises InvalidInput when it cannot be read or does not make sense."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise InvalidInput.of(path.name, "unreadable", _reason(wrong)) from None
    return ImportMapping.of(document)


@frozen
class CsvFile:
    """One CSV file; the first record is its header."""

    path: Path
    encoding: str
    delimiter: str

    def header(self) -> Sequence[str]:
        """The names of the columns. Raises InvalidInput when the file cannot be read or names a column twice."""
        with self._records() as records:
            names = next(records, [])
        if not names or len(names) > COLUMNS_MAX or len(set(names)) < len(names):
            raise InvalidInput.of(self.path.name, "header", "the first row names every column once")
        return names

    def rows(self) -> Iterator[Row]:
        """The records after the header; blank lines are none. Raises InvalidInput when the file breaks off."""
        with self._records() as records:
            names = next(records, [])
            for number, cells in enumerate(records, 2):
                if cells:
                    yield self._row(number, names, cells)

    def _row(self, number: int, names: Sequence[str], cells: Sequence[str]) -> Row:
        flaw = None if len(cells) == len(names) else f"{len(cells)} columns, but the header has {len(names)}"
        return Row(file=self.path.name, number=number, fields=dict(zip(names, cells, strict=False)), flaw=flaw)

    @contextmanager
    def _records(self) -> Iterator[Iterator[list[str]]]:
        csv.field_size_limit(CELL_MAX)
        records = None
        try:
            with self._open() as text:
                records = csv.reader(text, delimiter=self.delimiter)
                yield records
        except (OSError, EOFError, zlib.error, UnicodeError, LookupError, csv.Error) as wrong:
            # Text is decoded in pieces, so this is the last line that was whole, not always the one before the trouble.
            where = f" (readable up to line {records.line_num})" if records is not None else ""
            raise InvalidInput.of(self.path.name, "unreadable", f"{_reason(wrong)}{where}") from None

    def _open(self) -> TextIO:
        if self.path.suffix == ".gz":
            return gzip.open(self.path, "rt", encoding=self.encoding, newline="")
        return self.path.open(encoding=self.encoding, newline="")


@define
class SkuShelf:
    """Rows of a SKU file by product, on disk, so that memory does not grow with the file."""

    _database: sqlite3.Connection = field(factory=lambda: sqlite3.connect(""))

    def fill(self, file: CsvFile, mapping: ImportMapping) -> None:
        """Take in the whole file."""
        product = mapping.sku.product
        assert product is not None
        self._database.execute("CREATE TABLE rows (number INTEGER PRIMARY KEY, product TEXT, asked INTEGER, row TEXT)")
        self._database.executemany(
            "INSERT INTO rows VALUES (?, ?, 0, ?)",
            ((row.number, product.read(row), json.dumps([row.fields, row.flaw])) for row in file.rows()),
        )
        self._database.execute("CREATE INDEX by_product ON rows (product)")

    def rows_of(self, file: str, product: str) -> Sequence[Row]:
        """Those of one product; they are asked for from now on."""
        found = self._database.execute("SELECT number, row FROM rows WHERE product = ? ORDER BY number", (product,))
        rows = [_shelved(file, *one) for one in found]
        if rows:
            self._database.execute("UPDATE rows SET asked = 1 WHERE product = ?", (product,))
        return rows

    def lone_rows(self, file: str) -> Iterator[Row]:
        """Those nobody asked for."""
        found = self._database.execute("SELECT number, row FROM rows WHERE asked = 0 ORDER BY number")
        return (_shelved(file, *one) for one in found)

    def close(self) -> None:
        """Give the disk back."""
        self._database.close()


@define
class CatalogueFiles:
    """A `CatalogueSource` over files; the SKU and categories files lie beside the goods file."""

    goods_file: CsvFile
    sku_file: CsvFile | None
    category_file: CsvFile | None
    shelf: SkuShelf
    goods_columns: Sequence[str]
    sku_columns: Sequence[str]
    category_columns: Sequence[str]

    def goods(self) -> Iterator[Row]:
        """The rows of the goods file."""
        return self.goods_file.rows()

    def skus_of(self, key: str) -> Sequence[Row]:
        """The SKU rows of a product."""
        return self.shelf.rows_of(self.sku_file.path.name, key) if self.sku_file else ()

    def lone_skus(self) -> Iterator[Row]:
        """The SKU rows of no product."""
        return self.shelf.lone_rows(self.sku_file.path.name) if self.sku_file else iter(())

    def categories(self) -> Iterator[Row]:
        """The rows of the categories file."""
        return self.category_file.rows() if self.category_file else iter(())


@contextmanager
def open_catalogue(path: Path, mapping: ImportMapping) -> Iterator[CatalogueFiles]:
    """The files of a catalogue. Raises InvalidInput when one of them cannot be read."""

    def beside(name: str) -> CsvFile | None:
        return CsvFile(path.parent / name, mapping.encoding, mapping.delimiter) if name else None

    goods = CsvFile(path, mapping.encoding, mapping.delimiter)
    skus, categories = beside(mapping.sku.file), beside(mapping.categories.file if mapping.categories else "")
    headers = [file.header() if file else () for file in (goods, skus, categories)]
    mapping.require_columns(*headers)
    shelf = SkuShelf()
    try:
        if skus:
            shelf.fill(skus, mapping)
        yield CatalogueFiles(goods, skus, categories, shelf, *headers)
    finally:
        shelf.close()


def _shelved(file: str, number: int, row: str) -> Row:
    fields, flaw = json.loads(row)
    found: Mapping[str, Any] = fields
    return Row(file=file, number=number, fields=found, flaw=flaw)


def _reason(wrong: Exception) -> str:
    return str(getattr(wrong, "strerror", None) or wrong)[:200]
