"""`/v1/staff/books`: the day book, and days that are closed."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Annotated

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter
from litestar.response import Stream
from msgspec import Meta

from retail_domain.accounts import Permission
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.payments import (
    BookClosing,
    BookDay,
    BookDayNotOver,
    BookDesk,
    BookEntry,
    BooksClosed,
    BooksClosedAlready,
    CloseBooks,
    ReadBook,
    ReadBookEntries,
)
from retail_domain.payments.model.day_book import first_day_of, last_day_of
from retail_entrypoints.book_file import book_file
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.lists import PageShape, listing, part_of
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shapes import Answer, Body, Count, Instant, MoneyShape, Uuid
from retail_entrypoints.http.shaping import derived

_PERIOD = r"^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?$(?!\n)"
_DAY = r"^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$(?!\n)"
_CSV = "text/csv"
_FILE = (
    "day,account,currency,opening,debit,credit,closing,entries\r\n"
    "2026-01-31,gateway:sandbox,CNY,1200.00,399.00,20.00,1579.00,5\r\n"
)
"""How such a file looks."""

First = Annotated[
    str | None,
    QueryParameter(
        name="first", pattern=_PERIOD, max_length=10,
        description="The first day, such as 2026-01-01, or its month; else this month's first day.",
    ),
]  # fmt: skip
Last = Annotated[
    str | None,
    QueryParameter(
        name="last", pattern=_PERIOD, max_length=10,
        description="The last day, such as 2026-01-31, or its month; else today, or what is left of a year.",
    ),
]  # fmt: skip
Day = Annotated[
    str | None, QueryParameter(name="day", pattern=_DAY, max_length=10, description="A day of the shop; else today.")
]
Bom = Annotated[bool, QueryParameter(description="CSV begins with a byte-order mark, for spreadsheets that need one.")]
Period = Annotated[
    str,
    Meta(
        pattern=_PERIOD, description="Up to this day, or to the last one of this month; both are over.", examples=["2026-01"]
    ),
]  # fmt: skip


def _through(through: str) -> date:
    return last_day_of(through, "through")


class CloseBooksBody(Body, frozen=True):
    """Up to when the books are closed."""

    through: Period

    to_command = becoming(CloseBooks, "actor", "once", through=_through)


class BookDayShape(Answer, frozen=True):
    """What an account did on a day: opening and debit less credit are closing. Positive is ours, negative is owed or earned."""

    day: date
    account: str
    opening: MoneyShape
    debit: MoneyShape
    credit: MoneyShape
    closing: MoneyShape
    entries: Count

    of = derived(BookDay)


class BookEntryShape(Answer, frozen=True):
    """An entry. `reference` names what it is about; `late_for` the closed day that it came too late for, and corrects."""

    day: date
    account: str
    amount: MoneyShape
    reference: Annotated[
        str,
        Meta(
            description="The payment or refund, and which of its decisions.",
            examples=["refund:0198f0a4-7c1e-7d3a-9b52-3f1c2a6e8d40/2"],
        ),
    ]  # fmt: skip
    order_id: Uuid
    at: Instant
    late_for: date | None

    of = derived(BookEntry)


class BookClosingShape(Answer, frozen=True):
    """Through which day the books were closed, by whom and when."""

    number: Count
    through: date
    closed_by: Annotated[str, Meta(description="Who: sort and id.", examples=["staff:0192f3c4-0000-7000-8000-00000000000a"])]
    at: Instant

    of = derived(BookClosing, closed_by=lambda one: f"{one.actor.kind.value}:{one.actor.ref}")


class BooksClosedShape(Answer, frozen=True):
    """The last closed day, and how many entries were closed on how many days."""

    number: Count
    through: date
    days: Count
    entries: Count

    of = derived(BooksClosed)


def book_routes(books: BookDesk) -> Sequence[HTTPRouteHandler]:
    """`/v1/staff/books`."""
    return [*_looking(books), *_closing(books)]


def _looking(books: BookDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/books", permission=Permission.BOOKS_SEE, tag="staff: books")

    @routes.get("/days", summary="The day book: what every account did on each day")
    async def list_book_days(
        short_page: NamedDependency[PageRequest], first: First = None, last: Last = None
    ) -> PageShape[BookDayShape]:
        """By day, account and currency; days on which an account did nothing are left out. At most a year at once."""
        return part_of(await books.days(await _wish(books, first, last)), short_page, BookDayShape.of)

    @routes.get("/export", summary="The day book as a file", opt={"files": {_CSV: _FILE}})
    async def export_book_days(first: First = None, last: Last = None, bom: Bom = False) -> Stream:
        """CSV, a row for each account and day; amounts have as many places as their currency."""
        days = await books.days(await _wish(books, first, last))
        named = {"Content-Disposition": 'attachment; filename="books.csv"', "Cache-Control": "no-store"}
        return Stream(_pieces(days, bom), media_type=_CSV, headers=named)

    @routes.get("/entries", summary="The entries of one day, in the order in which they were written")
    async def list_book_entries(page: NamedDependency[PageRequest], day: Day = None) -> PageShape[BookEntryShape]:
        """Those that came too late for an earlier day, which was closed, among those of the first day after it."""
        wanted = await books.current_day() if day is None else last_day_of(day, "day")
        return listing(await books.entries(ReadBookEntries(day=wanted, page=page)), BookEntryShape.of)

    @routes.get("/closings", summary="Through which days the books were closed, the newest first")
    async def list_book_closings(short_page: NamedDependency[PageRequest]) -> PageShape[BookClosingShape]:
        """By whom and when."""
        return part_of(await books.closings(), short_page, BookClosingShape.of)

    return routes.all


def _closing(books: BookDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/books/closings", permission=Permission.BOOKS_CLOSE, tag="staff: books")

    @routes.post(does=books.close, raises=[BookDayNotOver, BooksClosedAlready], summary="Close the books up to a day")
    async def close_books(
        data: JSONBody[CloseBooksBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> BooksClosedShape:
        """For good: what comes later is counted on the first day after it, with its own moment and what it corrects."""
        return BooksClosedShape.of(await books.close(data.to_command(actor=actor, once=once)))

    return routes.all


async def _wish(books: BookDesk, first: str | None, last: str | None) -> ReadBook:
    today = await books.current_day()
    begin = today.replace(day=1) if first is None else first_day_of(first, "first")
    return ReadBook(first=begin, last=max(begin, today) if last is None else last_day_of(last, "last"))


async def _pieces(days: Sequence[BookDay], bom: bool) -> AsyncIterator[str]:
    for piece in book_file(days, bom=bom):
        yield piece
