"""The files of a catalogue, read row by row; rows that belong to one product are sorted on disk first."""

from __future__ import annotations

import json
import sqlite3
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from attrs import define, evolve, field

from retail_adapters.files.csv_files import CsvFile, reason_of
from retail_domain.catalog import CellSource, ImportMapping, Row
from retail_domain.kernel.errors import InvalidInput

_USUAL: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("product", "code"): ("code", "编码", "商品编码", "货号"),
    ("product", "title"): ("title", "名称", "商品名称", "name"),
    ("product", "subtitle"): ("subtitle", "副标题"),
    ("product", "description"): ("description", "描述", "详情"),
    ("product", "category_path"): ("category", "分类"),
    ("product", "brand"): ("brand", "品牌"),
    ("product", "unit"): ("unit", "单位"),
    ("product", "on_sale"): ("on_sale", "上架"),
    ("sku", "code"): ("sku", "规格编码"),
    ("sku", "price"): ("price", "售价", "价格"),
    ("sku", "list_price"): ("list_price", "划线价"),
    ("sku", "options"): ("options", "规格"),
    ("sku", "weight_grams"): ("weight_grams", "重量克"),
    ("sku", "stock"): ("stock", "库存"),
}
"""What is read out of which column where nobody says otherwise, by its names."""


def read_mapping(path: Path) -> ImportMapping:
    """The mapping of a TOML file. Raises InvalidInput when it cannot be read or does not make sense."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise InvalidInput.of(path.name, "unreadable", reason_of(wrong)) from None
    return ImportMapping.of(document)


def typed_mapping(text: str, field: str) -> ImportMapping:
    """The mapping that somebody typed, for one file. Raises InvalidInput."""
    try:
        mapping = ImportMapping.of(tomllib.loads(text))
    except tomllib.TOMLDecodeError as wrong:
        raise InvalidInput.of(field, "unreadable", reason_of(wrong)) from None
    if mapping.sku.file or mapping.categories is not None:
        raise InvalidInput.of(field, "one_file", "here a catalogue is one file: leave out what names others")
    return evolve(mapping, encoding="utf-8")


def usual_mapping(header: Sequence[str], field: str) -> ImportMapping:
    """What columns mean by their usual names. Raises InvalidInput where code, title or price are missing."""
    known = {name.casefold(): name for name in header}
    document: dict[str, dict[str, Any]] = {"product": {}, "sku": {}}
    for (section, entry), names in _USUAL.items():
        column = next((known[name] for name in names if name in known), None)
        if column is not None:
            document[section][entry] = {"column": column, "separator": ">"} if entry == "category_path" else column
    product, sku = document["product"], document["sku"]
    missing = [name for name, section in (("code", product), ("title", product), ("price", sku)) if name not in section]
    if missing:
        raise InvalidInput.of(field, "columns", f"these columns are missing: {', '.join(missing)}")
    if "code" in sku:
        product["group"] = product["code"]
    sku.setdefault("code", product["code"])
    return ImportMapping.of(document)


@define
class SkuShelf:
    """Rows by product, on disk, so that memory does not grow with the file."""

    _database: sqlite3.Connection = field(factory=lambda: sqlite3.connect(""))

    def fill(self, file: CsvFile, product: CellSource) -> None:
        """Take in the whole file; `product` says which product a row belongs to."""
        self._database.execute("CREATE TABLE rows (number INTEGER PRIMARY KEY, product TEXT, asked INTEGER, row TEXT)")
        self._database.executemany(
            "INSERT INTO rows VALUES (?, ?, 0, ?)",
            ((row.number, product.read(row), json.dumps([row.fields, row.flaw])) for row in file.rows()),
        )
        self._database.execute("CREATE INDEX by_product ON rows (product, number)")

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

    def is_first(self, row: Row, product: str) -> bool:
        """Whether no row before this one belongs to its product."""
        found = self._database.execute("SELECT MIN(number) FROM rows WHERE product = ?", (product,)).fetchone()
        return bool(found[0] == row.number)

    def close(self) -> None:
        """Give the disk back."""
        self._database.close()


@define
class CatalogueFiles:
    """A `CatalogueSource` over files; the SKU and categories files lie beside the goods file.

    Where several rows of the goods file are one product, the first of them stands for all in `goods`.
    """

    mapping: ImportMapping
    goods_file: CsvFile
    sku_file: CsvFile | None
    category_file: CsvFile | None
    shelf: SkuShelf
    goods_columns: Sequence[str]
    sku_columns: Sequence[str]
    category_columns: Sequence[str]

    def goods(self) -> Iterator[Row]:
        """The rows of the goods file."""
        if self.mapping.product.group is None:
            return self.goods_file.rows()
        return (row for row in self.goods_file.rows() if self._stands_for_its_product(row))

    def skus_of(self, key: str) -> Sequence[Row]:
        """The rows of a product, of the SKU file or of the goods file."""
        file = self.goods_file if self.mapping.product.group else self.sku_file
        return self.shelf.rows_of(file.path.name, key) if file else ()

    def lone_skus(self) -> Iterator[Row]:
        """The SKU rows of no product."""
        return self.shelf.lone_rows(self.sku_file.path.name) if self.sku_file else iter(())

    def categories(self) -> Iterator[Row]:
        """The rows of the categories file."""
        return self.category_file.rows() if self.category_file else iter(())

    def _stands_for_its_product(self, row: Row) -> bool:
        product = self.mapping.key.read(row)
        return not product or self.shelf.is_first(row, product)


@contextmanager
def open_catalogue(path: Path, mapping: ImportMapping) -> Iterator[CatalogueFiles]:
    """The files of a catalogue. Raises InvalidInput when one of them cannot be read."""

    def beside(name: str) -> CsvFile | None:
        return CsvFile(path.parent / name, mapping.encoding, mapping.delimiter, mapping.looks_like_goods) if name else None

    goods = CsvFile(path, mapping.encoding, mapping.delimiter, mapping.looks_like_goods)
    skus, categories = beside(mapping.sku.file), beside(mapping.categories.file if mapping.categories else "")
    headers = [file.header() if file else () for file in (goods, skus, categories)]
    mapping.require_columns(*headers)
    shelf = SkuShelf()
    try:
        if mapping.product.group is not None:
            shelf.fill(goods, mapping.key)
        elif skus and mapping.sku.product:
            shelf.fill(skus, mapping.sku.product)
        yield CatalogueFiles(mapping, goods, skus, categories, shelf, *headers)
    finally:
        shelf.close()


def _shelved(file: str, number: int, row: str) -> Row:
    fields, flaw = json.loads(row)
    found: Mapping[str, Any] = fields
    return Row(file=file, number=number, fields=found, flaw=flaw)
