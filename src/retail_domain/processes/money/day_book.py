"""The day book is read and closed (PAY-R19, PAY-R20): opening and movements make up the closing of every day and account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, Protocol

from retail_domain.accounts import AuditTrail, StaffAction
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.means import Means
from retail_domain.kernel.paging import Page
from retail_domain.kernel.units import Unit
from retail_domain.payments import (
    BookClosing,
    BookDay,
    BookDayNotOver,
    BookEntry,
    BookReadingWork,
    Books,
    BooksClosed,
    BooksClosedAlready,
    CloseBooks,
    OpenBook,
    PlacedEntry,
    ReadBook,
    ReadBookEntries,
)
from retail_domain.payments.model.day_book import DAY, LONG_AGO, days_of, with_every_account

_STRETCH: Final = 31
"""So many days are added up at once."""
_Held = Mapping[tuple[str, str], int]


class BooksWork(BookReadingWork, Unit, Protocol):
    """The unit of work of closing the books."""

    @property
    def audit_trail(self) -> AuditTrail: ...


@brings(Effect.BOOKS)
async def close_books(work: BooksWork, command: CloseBooks, means: Means) -> BooksClosed:
    """Closes all days up to one: they are written down, and take nothing any more. What comes later counts on the first
    open day; nobody who writes entries is refused, or asks (PAY-R20).

    Raises BookDayNotOver, BooksClosedAlready.
    """
    at = means.clock.now()
    today = means.calendar.day_of(at)
    if command.through >= today:
        raise BookDayNotOver(through=command.through, today=today)
    await work.books.standstill()
    newest = await work.books.newest()
    if newest is not None and command.through <= newest.through:
        raise BooksClosedAlready(through=newest.through)
    book = OpenBook(calendar=means.calendar, closed=newest)
    held = await _held_after(work.books, newest)
    moved, held = await _open_days(work.books, book, held, book.first_day, command.through)
    days = with_every_account(moved, command.through, held)
    ends_at = book.start_of(command.through + DAY)
    reach = await work.books.reach(newest, ends_at)
    closing = BookClosing(
        number=1 if newest is None else newest.number + 1, through=command.through, ends_at=ends_at, up_to=reach.up_to,
        open_from=reach.open_from, actor=command.actor, at=at,
    )  # fmt: skip
    work.books.close(Change(None, closing), days)
    noted = StaffAction(actor=command.actor, action="books.close", object=command.through.isoformat(), at=at)
    work.audit_trail.note(noted)
    return BooksClosed(
        number=closing.number, through=closing.through, days=len({one.day for one in moved}),
        entries=sum(one.entries for one in moved),
    )  # fmt: skip


async def read_book(work: BookReadingWork, wish: ReadBook, calendar: Calendar) -> tuple[BookDay, ...]:
    """Each account on each day on which it moved, and on the last day of a closed period every account that held something."""
    newest = await work.books.newest()
    told = () if newest is None else tuple(await work.books.closed_days(wish.first, min(wish.last, newest.through)))
    book = OpenBook(calendar=calendar, closed=newest)
    if wish.last < book.first_day:
        return told
    moved, _ = await _open_days(work.books, book, await _held_after(work.books, newest), wish.first, wish.last)
    return (*told, *moved)


async def read_book_entries(work: BookReadingWork, wish: ReadBookEntries, calendar: Calendar) -> Page[BookEntry]:
    """The entries that a day counts, in the order in which they were written; those that came too late for theirs, too."""
    before, until = None, None
    for one in await work.books.closings():
        if wish.day <= one.through:
            until = one
            break
        before = one
    book = OpenBook(calendar=calendar, closed=before)
    page = await work.books.entries(book.part(wish.day, until), wish.page)
    return Page(tuple(_told(one, wish.day, book) for one in page.items), page.next_cursor)


async def list_closings(work: BookReadingWork) -> tuple[BookClosing, ...]:
    """Every closing, the newest first: through which day, who and when."""
    return tuple(reversed(await work.books.closings()))


async def book_today(work: BookReadingWork, calendar: Calendar, clock: Clock) -> date:
    """What day it is in the shop."""
    return calendar.day_of(clock.now())


def _told(one: PlacedEntry, day: date, book: OpenBook) -> BookEntry:
    is_late = book.closed is not None and one.position > book.closed.up_to and one.at < book.closed.ends_at
    return BookEntry(
        position=one.position, day=day, account=one.entry.account, amount=one.entry.amount, reference=one.reference,
        order_id=one.order_id, at=one.at, late_for=book.calendar.day_of(one.at) if is_late else None,
    )  # fmt: skip


async def _held_after(books: Books, closing: BookClosing | None) -> _Held:
    if closing is None:
        return {}
    return _held(await books.closed_days(closing.through, closing.through))


def _held(days: Iterable[BookDay]) -> _Held:
    return {(one.account, one.currency): one.closing_minor for one in days}


async def _open_days(books: Books, book: OpenBook, held: _Held, first: date, last: date) -> tuple[tuple[BookDay, ...], _Held]:
    """Open days on which something moved, and what all accounts hold after the last of them."""
    day = max(first, book.first_day)
    before = await books.moved(book.closed, (LONG_AGO, book.start_of(day)))
    _, held = days_of(before, (day,), held)
    told: list[BookDay] = []
    while day <= last:
        at = await books.next_at(book.closed, book.start_of(day))
        if at is None or (day := book.day_of(at)) > last:
            break
        days = [day + number * DAY for number in range(min(_STRETCH, (last - day).days + 1))]
        moments = [book.start_of(one) for one in (*days, days[-1] + DAY)]
        found, held = days_of(await books.moved(book.closed, moments), days, held)
        told += found
        day = days[-1] + DAY
    return tuple(told), held
