"""Rows of a catalogue file, what is wrong with them, and what an import did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol

from attrs import define, field, frozen

from retail_domain.kernel.errors import FieldProblem

PROBLEMS_SHOWN: Final = 100


@frozen(kw_only=True)
class Row:
    """One record of a file: `number` is its place as a spreadsheet counts, the header being 1."""

    file: str
    number: int
    fields: Mapping[str, str]
    flaw: str | None = None
    """Why the record could not be split into the columns of the header, if it could not."""

    def problem(self, column: str, rule: str, message: str) -> RowProblem:
        """One thing wrong with this row."""
        return RowProblem(file=self.file, row=self.number, field=column, rule=rule, message=message)

    def problems(self, found: Iterable[FieldProblem]) -> Iterator[RowProblem]:
        """Things wrong with what this row says."""
        return (self.problem(one.field, one.rule, one.message) for one in found)


@frozen(kw_only=True)
class RowProblem:
    """What is wrong with which row, in which field, and why."""

    file: str
    row: int
    field: str
    rule: str
    message: str


@define
class Problems:
    """What was found wrong: the first of them in full, all of them counted."""

    shown: list[RowProblem] = field(factory=list)
    count: int = 0
    bad_rows: int = 0

    def note_row(self, found: Sequence[RowProblem]) -> None:
        """One row is bad, for these reasons."""
        self.bad_rows += 1
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
        """The rows of the goods file, in order."""
        ...

    def skus_of(self, key: str) -> Sequence[Row]:
        """The rows of the SKU file that name this product, in order."""
        ...

    def lone_skus(self) -> Iterator[Row]:
        """The rows of the SKU file that nobody asked for so far."""
        ...

    def categories(self) -> Iterator[Row]:
        """The rows of the categories file, in order."""
        ...
