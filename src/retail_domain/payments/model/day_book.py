"""The day book (日记账): what every account did on each day, and days that take nothing any more (PAY-R19, PAY-R20).

An entry is never told its day when it is written: it has an instant, and a position among all entries. A closing says up to
which position it was drawn, so an entry behind that position lies in no closed day, whatever its instant says; it is counted
on the first day that was open when it came. So closing books asks nothing of those who write entries, and they cannot fail
by it, nor slip into a closed day by a clock that was put back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from attrs import frozen

from retail_domain.kernel import reading
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.checked import FIRST_DAY
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.money import Money
from retail_domain.kernel.reading import Misread
from retail_domain.payments.model.ledger import Entry

DAY: Final = timedelta(days=1)
LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Before any entry."""
NO_END: Final = 2**62
"""Behind any entry."""
_DAY: Final = re.compile(r"(?P<month>[0-9]{4}-[0-9]{2})(-[0-9]{2})?")


@frozen(kw_only=True)
class BookDay:
    """What an account did on one day: it had `opening`, `debit` came and `credit` went."""

    day: date
    account: str
    currency: str
    opening_minor: int
    debit_minor: int
    credit_minor: int
    entries: int

    @property
    def opening(self) -> Money:
        """What the account held before."""
        return Money(self.opening_minor, self.currency)

    @property
    def debit(self) -> Money:
        """All that came."""
        return Money(self.debit_minor, self.currency)

    @property
    def credit(self) -> Money:
        """All that went."""
        return Money(self.credit_minor, self.currency)

    @property
    def closing_minor(self) -> int:
        """What it held afterwards: the next day's opening."""
        return self.opening_minor + self.debit_minor - self.credit_minor

    @property
    def closing(self) -> Money:
        """The same as money."""
        return Money(self.closing_minor, self.currency)


@frozen(kw_only=True)
class BookClosing:
    """All days up to one are closed: drawn over the entries up to a position, under which none can come any more."""

    number: int
    """From 1, without a gap: of two who close at once, one is first."""
    through: date
    """The last day that is closed."""
    ends_at: datetime
    """The first moment of the day after it."""
    up_to: int
    """The last entry there was. What comes behind it lies in no closed day."""
    open_from: int
    """The first entry that lies in no closed day, by its position."""
    actor: Actor
    at: datetime
    version: int = 0


@frozen(kw_only=True)
class AccountMoved:
    """What an account did between two of several moments; `place` is the number of the earlier one, from 0."""

    place: int
    account: str
    currency: str
    debit_minor: int
    credit_minor: int
    entries: int


@frozen(kw_only=True)
class PlacedEntry:
    """An entry of the ledger with its place among all, and its true instant."""

    position: int
    reference: str
    order_id: OrderId
    entry: Entry
    at: datetime


@frozen(kw_only=True)
class DayPart:
    """Which entries a day takes: those of its own moments, and those that came too late for an earlier day."""

    first: int
    last: int
    """Positions between which they are looked for."""
    start: datetime
    end: datetime
    late_after: int
    late_until: datetime
    """Entries behind that position and before that moment are counted here, too."""


@frozen(kw_only=True)
class OpenBook:
    """The days that are not closed."""

    calendar: Calendar
    closed: BookClosing | None
    """The newest closing before them."""

    @property
    def first_day(self) -> date:
        """The first of them."""
        return FIRST_DAY if self.closed is None else self.closed.through + DAY

    def start_of(self, day: date) -> datetime:
        """The first moment of one of them. A shop that moved to another time zone has no moment in two days all the same."""
        if self.closed is None:
            return self.calendar.start_of(day)
        return self.closed.ends_at if day == self.first_day else max(self.closed.ends_at, self.calendar.start_of(day))

    def day_of(self, at: datetime) -> date:
        """The day on which an entry of this instant is counted."""
        return max(self.first_day, self.calendar.day_of(at))

    def part(self, day: date, until: BookClosing | None) -> DayPart:
        """What one of them takes; `until` is the closing that closed it, if any did."""
        closed = self.closed
        takes_late = closed is not None and day == self.first_day
        return DayPart(
            first=0 if closed is None else closed.open_from,
            last=NO_END if until is None else until.up_to,
            start=self.start_of(day),
            end=until.ends_at if until is not None and day == until.through else self.start_of(day + DAY),
            late_after=NO_END if closed is None else closed.up_to,
            late_until=closed.ends_at if closed is not None and takes_late else LONG_AGO,
        )


def days_of(
    moved: Sequence[AccountMoved], days: Sequence[date], held: Mapping[tuple[str, str], int]
) -> tuple[tuple[BookDay, ...], Mapping[tuple[str, str], int]]:
    """The days of accounts that moved, each after what it held; and what all accounts hold afterwards."""
    now, told = dict(held), []
    for one in sorted(moved, key=lambda one: (one.place, one.account, one.currency)):
        key = (one.account, one.currency)
        day = BookDay(
            day=days[one.place], account=one.account, currency=one.currency, opening_minor=now.get(key, 0),
            debit_minor=one.debit_minor, credit_minor=one.credit_minor, entries=one.entries,
        )  # fmt: skip
        now[key] = day.closing_minor
        told.append(day)
    return tuple(told), now


def with_every_account(days: Sequence[BookDay], last: date, held: Mapping[tuple[str, str], int]) -> tuple[BookDay, ...]:
    """The same, and on the last day every account that holds something: what the next days begin with."""
    there = {(one.account, one.currency) for one in days if one.day == last}
    still = [
        BookDay(
            day=last, account=account, currency=currency, opening_minor=minor, debit_minor=0, credit_minor=0, entries=0
        )
        for (account, currency), minor in held.items()
        if (account, currency) not in there
    ]  # fmt: skip
    return tuple(sorted((*days, *still), key=lambda one: (one.day, one.account, one.currency)))


def first_day_of(told: str, field: str) -> date:
    """The first day of what was typed: a month, `2026-10`, or a day, `2026-10-31`. Raises InvalidInput."""
    day = last_day_of(told, field)
    return day if told.count("-") == 2 else day.replace(day=1)


def last_day_of(told: str, field: str) -> date:
    """The last day of what was typed: a month, `2026-10`, or a day, `2026-10-31`. Raises InvalidInput."""
    found = _DAY.fullmatch(told)
    try:
        if found is None:
            raise Misread("day", "")
        day = reading.typed_day(told if found[2] else f"{told}-01")
    except Misread as no:
        says = "a day such as 2026-10-31, or a month such as 2026-10" if no.rule == "day" else str(no)
        raise InvalidInput.of(field, no.rule, says) from None
    return day if found[2] else (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY
