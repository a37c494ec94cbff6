"""Catalogues in memory: what an import reads, without files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field

from retail_domain.catalog import ImportMapping, Row

Lines = Sequence[Mapping[str, str]]


@define
class Pages:
    """A `CatalogueSource` of rows held in memory."""

    rows: Lines
    mapping: ImportMapping
    sku_rows: Lines = ()
    category_rows: Lines = ()
    asked: set[str] = field(factory=set)

    @property
    def goods_columns(self) -> Sequence[str]:
        return tuple(self.rows[0]) if self.rows else ()

    @property
    def sku_columns(self) -> Sequence[str]:
        return tuple(self.sku_rows[0]) if self.sku_rows else ()

    @property
    def category_columns(self) -> Sequence[str]:
        return tuple(self.category_rows[0]) if self.category_rows else ()

    def goods(self) -> Iterator[Row]:
        return _numbered("goods.csv", self.rows)

    def skus_of(self, key: str) -> Sequence[Row]:
        self.asked.add(key)
        return [row for row in _numbered("skus.csv", self.sku_rows) if self._product(row) == key]

    def lone_skus(self) -> Iterator[Row]:
        return (row for row in _numbered("skus.csv", self.sku_rows) if self._product(row) not in self.asked)

    def categories(self) -> Iterator[Row]:
        return _numbered("categories.csv", self.category_rows)

    def _product(self, row: Row) -> str:
        assert self.mapping.sku.product is not None
        return self.mapping.sku.product.read(row)


def _numbered(file: str, lines: Lines) -> Iterator[Row]:
    return (Row(file=file, number=number, fields=line) for number, line in enumerate(lines, 2))


def a_mapping(**more: Any) -> ImportMapping:
    """One row is one product of one kind; sections may be replaced or added."""
    plain: dict[str, Any] = {
        "product": {"code": "code", "title": "title"},
        "sku": {"code": "code", "price": "price"},
    }
    return ImportMapping.of(plain | more)


def lines(*rows: tuple[str, ...], columns: tuple[str, ...] = ("code", "title", "price")) -> Lines:
    """Rows under these columns."""
    return [dict(zip(columns, row, strict=True)) for row in rows]
