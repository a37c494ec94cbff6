"""Rows of a catalogue file, what is wrong with them, and what an import did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from attrs import define, field, frozen

from retail_domain.kernel.rows import PROBLEMS_SHOWN, Row as Row, RowProblem as RowProblem


@define
class Problems:
    """What was found wrong: the first of them in full, all of them counted."""

    shown: list[RowProblem] = field(factory=list)
    count: int = 0
    bad_rows: int = 0

    def note_row(self, found: Sequence[RowProblem], rows: int = 1) -> None:
        """A row is bad, for these reasons; with it so many rows in all are left out."""
        self.bad_rows += rows
        self.note_all(found)

    def note_all(self, found: Iterable[RowProblem]) -> None:
        """Things that are wrong."""
        for one in found:
            self.count += 1
            if len(self.shown) < PROBLEMS_SHOWN:
                self.shown.append(one)


@frozen(kw_only=True)
class ImportReport:
    """What an import did, or would have done had nothing been wrong."""

    stored: bool
    rows_read: int
    """Rows in which something stands, of all files: every one of them was stored or is bad."""
    rows_stored: int = 0
    """Rows that the shop is now as they say."""
    blank_rows: int = 0
    products_created: int = 0
    products_updated: int = 0
    products_unchanged: int = 0
    skus_created: int = 0
    skus_unpriced: int = 0
    skus_repriced: int = 0
    categories_created: int = 0
    brands_created: int = 0
    units_received: int = 0
    bad_rows: int = 0
    problem_count: int = 0
    problems: tuple[RowProblem, ...] = ()


class CatalogueSource(Protocol):
    """The files of a catalogue, read row by row: never all in memory at once, and as often as asked."""

    @property
    def goods_columns(self) -> Sequence[str]:
        """The header of the goods file."""
        ...

    @property
    def sku_columns(self) -> Sequence[str]:
        """The header of the SKU file; empty when there is none."""
        ...

    @property
    def category_columns(self) -> Sequence[str]:
        """The header of the categories file; empty when there is none."""
        ...

    def goods(self) -> Iterator[Row]:
        """The rows of the goods file, in order; of several rows that are one product the first."""
        ...

    def skus_of(self, key: str) -> Sequence[Row]:
        """The rows of the SKU file that name this product, in order; of the goods file where several are one product."""
        ...

    def lone_skus(self) -> Iterator[Row]:
        """The rows of the SKU file that nobody asked for so far."""
        ...

    def categories(self) -> Iterator[Row]:
        """The rows of the categories file, in order."""
        ...
