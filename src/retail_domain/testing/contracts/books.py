"""The examination every store of the day book passes: the promises of `Books`, as those who close and read books rely on them.

An adapter's author subclasses it with a fixture `begin` that opens units of work on an empty store, and a fixture `show` with
the read side of the same store, as for `PaymentsContract`. PAY-R19, PAY-R20.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.errors import Retry, Stale, Taken
from retail_domain.kernel.frames import deciding, reading
from retail_domain.kernel.means import Means
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.units import Begin
from retail_domain.payments import (
    BookDay,
    BookDayNotOver,
    BookEntry,
    BooksClosed,
    BooksClosedAlready,
    CloseBooks,
    Entry,
    PaymentQueries,
    Posting,
    ReadBook,
    ReadBookEntries,
)
from retail_domain.processes.money.day_book import close_books, list_closings, read_book, read_book_entries
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.means import means_of
from retail_domain.testing.orders import CLERK, order_id

BooksBegin = Begin[Any]
MAY = date(2026, 5, 1)
TODAY = date(2026, 6, 1)


def at(day: int, hour: int = 12, month: int = 5) -> datetime:
    """A moment of May, in UTC."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


class Bookkeeper:
    """Books money, closes days and reads them, on one store."""

    def __init__(self, begin: BooksBegin, *, calendar: Calendar | None = None) -> None:
        self.begin = begin
        self.clock = SettableClock()
        plain = means_of(self.clock)
        self.means = Means(clock=plain.clock, ids=plain.ids, luck=plain.luck, calendar=calendar or plain.calendar)
        self.booked = 0

    async def book(self, minor: int, when: datetime, account: str = "counter", currency: str = "CNY") -> None:
        """Money comes in, or goes out again."""
        self.booked += 1
        entries = (Entry(account, Money(minor, currency)), Entry("sales", Money(-minor, currency)))
        posting = Posting(reference=f"payment:{self.booked}/1", order_id=order_id(self.booked), entries=entries, at=when)
        async with self.begin() as work:
            work.ledger.post(posting)
            await work.commit()

    async def close(self, through: date) -> BooksClosed:
        """Close, and again when a race was lost, as the shop does."""
        while True:
            try:
                return await deciding(self.begin, close_books, self.means)(CloseBooks(through=through, actor=CLERK))
            except (Retry, Stale, Taken):
                await asyncio.sleep(0.01)

    async def days(self, first: date = MAY, last: date = TODAY) -> tuple[BookDay, ...]:
        """What is read."""
        return await reading(self.begin, read_book, self.means.calendar)(ReadBook(first=first, last=last))

    async def entries(self, day: date, limit: int = 100) -> Sequence[BookEntry]:
        """All entries of a day, page after page."""
        told: list[BookEntry] = []
        cursor: str | None = None
        while True:
            wish = ReadBookEntries(day=day, page=PageRequest(limit, cursor))
            page = await reading(self.begin, read_book_entries, self.means.calendar)(wish)
            told += page.items
            cursor = page.next_cursor
            if cursor is None:
                return told


def told_of(days: Sequence[BookDay], account: str = "counter", currency: str = "CNY") -> list[tuple[date, int, int, int, int]]:
    """Day, opening, debit, credit and closing of one account."""
    return [
        (one.day, one.opening_minor, one.debit_minor, one.credit_minor, one.closing_minor)
        for one in days
        if (one.account, one.currency) == (account, currency)
    ]


async def check_whole(keeper: Bookkeeper, show: PaymentQueries) -> None:
    """Days follow one another to the balances, and the entries of each are what it says it moved."""
    days = await keeper.days(date(2026, 1, 1), date(2026, 12, 31))
    held: dict[tuple[str, str], int] = {}
    for one in days:
        key = (one.account, one.currency)
        assert one.opening_minor == held.get(key, 0)
        held[key] = one.closing_minor
    balances = {(one.account, one.balance.currency): one.balance.minor for one in await show.balances()}
    assert held == balances
    for day in {one.day for one in days}:
        moved: Counter[tuple[str, str]] = Counter()
        for entry in await keeper.entries(day, limit=3):
            moved[entry.account, entry.amount.currency] += entry.amount.minor
        said = {(one.account, one.currency): one.debit_minor - one.credit_minor for one in days if one.day == day}
        assert {key: minor for key, minor in moved.items() if minor} == {key: minor for key, minor in said.items() if minor}


@pytest.mark.asyncio
class BooksContract:
    """What every store of the day book promises."""

    async def test_each_day_begins_with_what_the_day_before_left(self, begin: BooksBegin, show: PaymentQueries) -> None:
        """PAY-R19: by account and currency; a day on which nothing moved is left out."""
        keeper = Bookkeeper(begin)
        for minor, when in ((500, at(3)), (-200, at(3, 13)), (70, at(5)), (1, at(5, 23))):
            await keeper.book(minor, when)
        await keeper.book(9, at(5), currency="USD")

        days = await keeper.days()

        assert told_of(days) == [(date(2026, 5, 3), 0, 500, 200, 300), (date(2026, 5, 5), 300, 71, 0, 371)]
        assert told_of(days, "sales") == [(date(2026, 5, 3), 0, 200, 500, -300), (date(2026, 5, 5), -300, 0, 71, -371)]
        assert told_of(days, currency="USD") == [(date(2026, 5, 5), 0, 9, 0, 9)]
        assert told_of(await keeper.days(date(2026, 5, 4))) == [(date(2026, 5, 5), 300, 71, 0, 371)]
        assert await keeper.days(date(2026, 5, 6)) == ()
        await check_whole(keeper, show)

    async def test_the_days_are_those_of_the_shop(self, begin: BooksBegin) -> None:
        """PAY-R19, GEN-R6: and the two ends of a day belong to one day each; more days than are added up at once."""
        keeper = Bookkeeper(begin, calendar=Calendar(ZoneInfo("Asia/Shanghai")))
        await keeper.book(1, at(3, 15))
        await keeper.book(2, at(3, 16))
        await keeper.book(4, at(1, month=1))

        days = told_of(await keeper.days(date(2026, 1, 1)))

        assert [(day, debit) for day, _, debit, _, _ in days] == [
            (date(2026, 1, 1), 4), (date(2026, 5, 3), 1), (date(2026, 5, 4), 2),
        ]  # fmt: skip

    async def test_a_closed_day_takes_nothing_whatever_the_clock_says(self, begin: BooksBegin, show: PaymentQueries) -> None:
        """PAY-R20, R29: what comes too late counts on the first open day, is told with its own instant, and says for what."""
        keeper = Bookkeeper(begin)
        await keeper.book(500, at(30))
        await keeper.book(3, at(1, 9, month=6))
        closed = await keeper.close(date(2026, 5, 31))
        assert (closed.number, closed.days, closed.entries) == (1, 1, 2)
        before = await keeper.days(MAY, date(2026, 5, 31))

        await keeper.book(-40, at(30))  # the clock was put back, or it was written before the closing and committed after it
        await keeper.book(7, at(1, 10, month=6))

        assert await keeper.days(MAY, date(2026, 5, 31)) == before
        assert told_of(before) == [(date(2026, 5, 30), 0, 500, 0, 500), (date(2026, 5, 31), 500, 0, 0, 500)]
        assert told_of(await keeper.days(TODAY)) == [(TODAY, 500, 10, 40, 470)]
        assert [(one.amount.minor, one.late_for, one.at, one.reference) for one in await keeper.entries(TODAY)][::2] == [
            (3, None, at(1, 9, month=6), "payment:2/1"),
            (-40, date(2026, 5, 30), at(30), "payment:3/1"),
            (7, None, at(1, 10, month=6), "payment:4/1"),
        ]
        assert [one.amount.minor for one in await keeper.entries(date(2026, 5, 30))] == [500, -500]
        await check_whole(keeper, show)

    async def test_a_second_closing_goes_on_where_the_first_one_ended(self, begin: BooksBegin, show: PaymentQueries) -> None:
        """PAY-R20: late entries are closed with the day on which they count."""
        keeper = Bookkeeper(begin)
        await keeper.book(500, at(10))
        await keeper.close(date(2026, 5, 15))
        await keeper.book(60, at(12))
        await keeper.book(1, at(20))
        second = await keeper.close(date(2026, 5, 31))
        await keeper.book(8, at(2))

        assert (second.number, second.days, second.entries) == (2, 2, 4)
        assert told_of(await keeper.days()) == [
            (date(2026, 5, 10), 0, 500, 0, 500), (date(2026, 5, 15), 500, 0, 0, 500), (date(2026, 5, 16), 500, 60, 0, 560),
            (date(2026, 5, 20), 560, 1, 0, 561), (date(2026, 5, 31), 561, 0, 0, 561), (TODAY, 561, 8, 0, 569),
        ]  # fmt: skip
        late = await keeper.entries(date(2026, 5, 16))
        assert {(one.at, one.late_for) for one in late} == {(at(12), date(2026, 5, 12))}
        assert [one.through for one in await reading(begin, _closings)(None)] == [date(2026, 5, 31), date(2026, 5, 15)]
        await check_whole(keeper, show)

    async def test_only_days_that_are_over_are_closed_and_each_once(self, begin: BooksBegin) -> None:
        """PAY-R20: nothing is changed by what is refused; an empty book is closed, too."""
        keeper = Bookkeeper(begin)
        for day in (TODAY, TODAY + timedelta(days=40)):
            with pytest.raises(BookDayNotOver):
                await keeper.close(day)
        assert (await keeper.close(date(2026, 5, 31))).entries == 0
        for day in (date(2026, 5, 31), MAY):
            with pytest.raises(BooksClosedAlready):
                await keeper.close(day)
        assert len(await reading(begin, _closings)(None)) == 1 and await keeper.days() == ()

    async def test_a_shop_that_moves_to_another_zone_has_no_moment_in_two_days(
        self, begin: BooksBegin, show: PaymentQueries
    ) -> None:
        """PAY-R20: what was closed by the days of the zone before stays closed, and takes nothing by those of the next."""
        keeper = Bookkeeper(begin, calendar=Calendar(ZoneInfo("Asia/Shanghai")))
        await keeper.book(500, at(31, 10))
        await keeper.book(60, at(31, 20))  # the first of June in Shanghai, and not in London
        await keeper.close(date(2026, 5, 31))
        moved = Bookkeeper(begin, calendar=Calendar(ZoneInfo("Europe/London")))
        moved.booked = keeper.booked
        await moved.book(7, at(31, 21))

        days = told_of(await moved.days(MAY, date(2026, 6, 2)))

        assert days == [(date(2026, 5, 31), 0, 500, 0, 500), (TODAY, 500, 67, 0, 567)]
        await check_whole(moved, show)

    async def test_those_who_close_at_once_close_days_of_their_own(self, begin: BooksBegin, show: PaymentQueries) -> None:
        """PAY-R20, R13: one is first; the others go on where it ended, or are told that it is done."""
        keeper = Bookkeeper(begin)
        for day in range(1, 29):
            await keeper.book(day, at(day))
        wishes = [date(2026, 5, day) for day in (10, 20, 31, 10, 20, 31)]

        told = await asyncio.gather(*map(keeper.close, wishes), return_exceptions=True)

        done = [one for one in told if isinstance(one, BooksClosed)]
        assert all(isinstance(one, (BooksClosed, BooksClosedAlready)) for one in told)
        assert [one.number for one in sorted(done, key=lambda one: one.through)] == list(range(1, len(done) + 1))
        assert done and max(one.through for one in done) == date(2026, 5, 31)
        assert sum(one.entries for one in done) == 56
        await check_whole(keeper, show)

    async def test_money_is_booked_while_books_are_closed_and_lies_in_one_day(
        self, begin: BooksBegin, show: PaymentQueries
    ) -> None:
        """PAY-R20: nobody who books is refused or passed over, and what was closed stays as it was."""
        keeper = Bookkeeper(begin)
        await asyncio.gather(*(keeper.book(day, at(day)) for day in range(1, 11)))
        told = await asyncio.gather(
            keeper.close(date(2026, 5, 20)),
            *(keeper.book(day, at(day)) for day in range(1, 21)),
            keeper.close(date(2026, 5, 31)),
            *(keeper.book(day, at(day)) for day in range(1, 29)),
            return_exceptions=True,
        )
        assert all(one is None or isinstance(one, (BooksClosed, BooksClosedAlready)) for one in told)
        closed = await keeper.days(MAY, date(2026, 5, 31))
        await asyncio.gather(*(keeper.book(day, at(day)) for day in range(1, 29)))

        assert await keeper.days(MAY, date(2026, 5, 31)) == closed
        assert sum(one.entries for one in await keeper.days()) == 2 * (10 + 20 + 28 + 28)
        await check_whole(keeper, show)


async def _closings(work: Any, _wish: None) -> Any:
    return await list_closings(work)
