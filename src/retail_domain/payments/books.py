"""What finance may wish of the day book, what they are shown, and what it refuses (PAY-R19, PAY-R20)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Final, Protocol

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import NoneOrMore, checked
from retail_domain.kernel.errors import DomainError, InvalidInput, Kind, refusal
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.payments.model.day_book import (
    AccountMoved,
    BookClosing,
    BookDay,
    DayPart,
    PlacedEntry,
)

BOOK_DAYS_MAX: Final = 366
"""So many days are shown at once."""


@frozen(kw_only=True)
@checked
class CloseBooks:
    """Finance close all days up to this one: none of them takes an entry any more (PAY-R20)."""

    through: date
    actor: Actor
    once: Once | None = None


@frozen(kw_only=True)
class BooksClosed:
    """The closing: its number, the last closed day, and how many entries and days with entries it closed."""

    number: int
    through: date
    days: int
    entries: int


@frozen(kw_only=True)
@checked
class ReadBook:
    """From this day to that one, both of them included."""

    first: date
    last: date

    def __attrs_post_init__(self) -> None:
        if self.first > self.last:
            raise InvalidInput.of("last", "order", "a day not before the first one")
        if (self.last - self.first).days >= BOOK_DAYS_MAX:
            raise InvalidInput.of("last", "too_many", f"at most {BOOK_DAYS_MAX} days at once")


@frozen(kw_only=True)
@checked
class ReadBookEntries:
    """What one day holds, entry by entry."""

    day: date
    page: PageRequest


@frozen(kw_only=True)
class BookEntry:
    """An entry as the day book counts it: on `day`, whatever its instant says.

    `reference` names the payment or refund that it is about, and the version of it; `late_for` the closed day in which its
    instant lies: then it corrects what that day says.
    """

    position: NoneOrMore
    day: date
    account: str
    amount: Money
    reference: str
    order_id: OrderId
    at: datetime
    late_for: date | None


@frozen(kw_only=True)
class BookReach:
    """How far the entries go: the last position, and the first one whose entry lies at a moment or after it."""

    up_to: int
    open_from: int


class Books(Protocol):
    """The days of the ledger that are closed, and what the others hold; all of it of one moment.

    Where `after` is asked for, it is the newest closing: entries that it covers are left out.
    """

    async def standstill(self) -> None:
        """From here to the end of the unit nobody writes entries. First of all, as it waits for those who do (R13)."""
        ...

    async def newest(self) -> BookClosing | None:
        """The newest closing."""
        ...

    async def closings(self) -> Sequence[BookClosing]:
        """Every closing, the first one first."""
        ...

    async def closed_days(self, first: date, last: date) -> Sequence[BookDay]:
        """Closed days as they were drawn, by day, account and currency."""
        ...

    async def next_at(self, after: BookClosing | None, at: datetime) -> datetime | None:
        """The first moment, this one or later, at which an open entry counts."""
        ...

    async def moved(self, after: BookClosing | None, moments: Sequence[datetime]) -> Sequence[AccountMoved]:
        """What the accounts did between each two of at most 33 ascending moments, the later one not included."""
        ...

    async def reach(self, after: BookClosing | None, at: datetime) -> BookReach:
        """How far they go; if no open entry lies at this moment or later, the first of those is the next there will be."""
        ...

    async def entries(self, part: DayPart, page: PageRequest) -> Page[PlacedEntry]:
        """The entries of a day by position."""
        ...

    def close(self, change: Change[BookClosing], days: Sequence[BookDay]) -> None:
        """Stage a closing and its days; a number that a rival took raises `Taken` at commit."""
        ...


class BookReadingWork(Protocol):
    """The unit of work of whoever reads the day book."""

    @property
    def books(self) -> Books: ...


@frozen(kw_only=True)
class BookDesk:
    """The day book (日记账): days, their entries, and closing them."""

    days: Callable[[ReadBook], Awaitable[tuple[BookDay, ...]]]
    entries: Callable[[ReadBookEntries], Awaitable[Page[BookEntry]]]
    closings: Callable[[], Awaitable[tuple[BookClosing, ...]]]
    current_day: Callable[[], Awaitable[date]]
    """What day it is in the shop."""
    close: Callable[[CloseBooks], Awaitable[BooksClosed]]


@refusal
class BookDayNotOver(DomainError):
    """This day is not over yet; the last day that can be closed is yesterday."""

    code = "books.day_not_over"
    kind = Kind.REFUSED
    through: date
    today: date


@refusal
class BooksClosedAlready(DomainError):
    """The books are closed through this day or a later one already."""

    code = "books.closed_already"
    kind = Kind.CONFLICT
    through: date
