"""The day book as a file: CSV that a spreadsheet opens without harm, a row for each account and day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from retail_domain.payments import BookDay
from retail_entrypoints.exporting import BOM, csv_row, safe_cell

BOOK_COLUMNS: Final = ("day", "account", "currency", "opening", "debit", "credit", "closing", "entries")


def book_file(days: Sequence[BookDay], *, bom: bool) -> Iterator[str]:
    """Row by row. Amounts have as many places as their currency."""
    yield (BOM if bom else "") + csv_row(BOOK_COLUMNS)
    for one in days:
        told = _told(one)
        yield csv_row([safe_cell(told[name]) for name in BOOK_COLUMNS])


def _told(one: BookDay) -> Mapping[str, Any]:
    return {
        "day": one.day, "account": one.account, "currency": one.currency, "opening": one.opening, "debit": one.debit,
        "credit": one.credit, "closing": one.closing, "entries": one.entries,
    }  # fmt: skip
