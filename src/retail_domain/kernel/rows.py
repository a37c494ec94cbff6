"""Rows of files that shops hand in, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import frozen

from retail_domain.kernel.checked import checked
from retail_domain.kernel.errors import FieldProblem

PROBLEMS_SHOWN: Final = 100
"""How many of the problems of a file are told in full; all are counted."""


@frozen(kw_only=True)
@checked
class Row:
    """One record of a file: `number` is its place as a spreadsheet counts, the header being 1."""

    file: str
    number: int
    fields: Mapping[str, str]
    flaw: str | None = None
    """Why the record could not be split into the columns of the header, if it could not."""

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return self.flaw is None and not any(text.strip() for text in self.fields.values())

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
