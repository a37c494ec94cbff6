"""The day book, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_domain.payments import BookDesk
from retail_domain.processes.money.day_book import book_today, close_books, list_closings, read_book, read_book_entries


def books(parts: Parts) -> BookDesk:
    """The day book of a shop made of these parts, by its calendar."""
    calendar = parts.policies.calendar
    return BookDesk(
        days=parts.reading(read_book, calendar),
        entries=parts.reading(read_book_entries, calendar),
        closings=parts.looking(list_closings),
        current_day=parts.looking(book_today, calendar, parts.clock),
        close=parts.deciding(close_books),
    )
