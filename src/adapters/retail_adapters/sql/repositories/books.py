"""The day book in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import and_, bindparam, case, cast, func, literal, or_, select

from retail_adapters.paging import cursor_of, key_after
from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Rows, spread
from retail_adapters.sql.session import SqlCollection, SqlSession, inserted
from retail_adapters.sql.statement import NobodyWrites, Row, Statement
from retail_adapters.sql.tables.payments import book_closings, book_days, ledger_entries
from retail_adapters.sql.types import Instant, Whole
from retail_adapters.sql.writes import insert_into
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.payments import AccountMoved, BookClosing, BookDay, BookReach, DayPart, Entry, PlacedEntry
from retail_domain.payments.model.day_book import LONG_AGO

_PARTS: Final = 32
"""Between so many moments and one more."""


def _instant(name: str) -> Any:
    return bindparam(name, type_=Instant())


def _whole(name: str) -> Any:
    return bindparam(name, type_=Whole())


_STANDSTILL: Final = Statement("ledger_entries.standstill_of_books", NobodyWrites(ledger_entries, waits=True))
_CLOSINGS: Final = Statement("book_closings.all", select(book_closings).order_by(book_closings.c.number))
_NEWEST: Final = Statement("book_closings.newest", select(book_closings).order_by(book_closings.c.number.desc()).limit(1))
_DAYS: Final = Statement(
    "book_days.between",
    select(book_days)
    .where(book_days.c.day >= bindparam("first"), book_days.c.day <= bindparam("last"))
    .order_by(book_days.c.day, book_days.c.account, book_days.c.currency),
)
_is_open = and_(
    ledger_entries.c.position >= _whole("open_from"),
    or_(ledger_entries.c.position > _whole("up_to"), ledger_entries.c.at >= _instant("ends_at")),
)
_counts_at = case((ledger_entries.c.at < _instant("ends_at"), _instant("ends_at")), else_=ledger_entries.c.at)
_open = (
    select(
        ledger_entries.c.position, ledger_entries.c.account, ledger_entries.c.currency, ledger_entries.c.amount_minor,
        _counts_at.label("counts_at"),
    )
    .where(_is_open)
    .subquery("opened")
)  # fmt: skip
_NEXT_AT: Final = Statement(
    "ledger_entries.next_at",
    select(func.min(_open.c.counts_at, type_=Instant()).label("at")).where(_open.c.counts_at >= _instant("start")),
)
_REACH: Final = Statement(
    "ledger_entries.reach",
    select(
        func.coalesce(select(func.max(ledger_entries.c.position)).scalar_subquery(), 0).label("up_to"),
        select(func.min(_open.c.position)).where(_open.c.counts_at >= _instant("start")).scalar_subquery().label("open_from"),
    ),
)
_placed = (
    select(
        case(
            *((_open.c.counts_at < _instant(f"moment_{place + 1}"), literal(place, Whole())) for place in range(_PARTS - 1)),
            else_=literal(_PARTS - 1, Whole()),
        ).label("place"),
        _open.c.account, _open.c.currency, _open.c.amount_minor,
    )
    .where(_open.c.counts_at >= _instant("moment_0"), _open.c.counts_at < _instant(f"moment_{_PARTS}"))
    .subquery("placed")
)  # fmt: skip


def _sum(minor: Any) -> Any:
    return cast(func.coalesce(func.sum(minor), 0), Whole())


_MOVED: Final = Statement(
    "ledger_entries.moved",
    select(
        _placed.c.place, _placed.c.account, _placed.c.currency,
        _sum(case((_placed.c.amount_minor > 0, _placed.c.amount_minor), else_=0)).label("debit_minor"),
        _sum(case((_placed.c.amount_minor < 0, -_placed.c.amount_minor), else_=0)).label("credit_minor"),
        func.count().label("entries"),
    ).group_by(_placed.c.place, _placed.c.account, _placed.c.currency),
)  # fmt: skip
_ENTRIES: Final = Statement(
    "ledger_entries.of_day",
    select(ledger_entries)
    .where(
        ledger_entries.c.position > _whole("behind"),
        ledger_entries.c.position >= _whole("first"),
        ledger_entries.c.position <= _whole("last"),
        or_(
            and_(ledger_entries.c.at >= _instant("start"), ledger_entries.c.at < _instant("end")),
            and_(ledger_entries.c.position > _whole("late_after"), ledger_entries.c.at < _instant("late_until")),
        ),
    )
    .order_by(ledger_entries.c.position)
    .limit(bindparam("most")),
)
_CLOSING_ROWS: Final = Rows(book_closings, BookClosing, parts={"actor": spread(Actor, "actor_kind", "actor_ref")})
_DAY_ROWS: Final = Rows(book_days, BookDay, others=frozenset({"number"}))


class SqlBooks(SqlCollection[int, BookClosing]):
    """The days of the ledger; see the port."""

    table = book_closings

    def __init__(self, session: SqlSession) -> None:
        super().__init__(session)
        self._closed: list[Row] = []

    def key(self, state: BookClosing) -> int:
        """Its number."""
        return state.number

    async def standstill(self) -> None:
        """Whoever writes entries is waited for, and waits then: locks of rows are taken before entries are written."""
        await self._session.tx.changed(_STANDSTILL)

    async def newest(self) -> BookClosing | None:
        """The one of the highest number."""
        rows = await self._session.tx.rows(_NEWEST)
        return _CLOSING_ROWS.state(rows[0]) if rows else None

    async def closings(self) -> Sequence[BookClosing]:
        """By number."""
        return [_CLOSING_ROWS.state(row) for row in await self._session.tx.rows(_CLOSINGS)]

    async def closed_days(self, first: date, last: date) -> Sequence[BookDay]:
        """By day, account and currency."""
        return [_DAY_ROWS.state(row) for row in await self._session.tx.rows(_DAYS, first=first, last=last)]

    async def next_at(self, after: BookClosing | None, at: datetime) -> datetime | None:
        """The earliest."""
        (row,) = await self._session.tx.rows(_NEXT_AT, start=at, **_of(after))
        found: datetime | None = row["at"]
        return found

    async def moved(self, after: BookClosing | None, moments: Sequence[datetime]) -> Sequence[AccountMoved]:
        """Added up by the database, in one look at what is open."""
        padded = [*moments, *[moments[-1]] * (_PARTS + 1 - len(moments))]
        values = {f"moment_{place}": at for place, at in enumerate(padded)}
        rows = await self._session.tx.rows(_MOVED, **values, **_of(after))
        return [AccountMoved(**row) for row in rows]

    async def reach(self, after: BookClosing | None, at: datetime) -> BookReach:
        """By positions."""
        (row,) = await self._session.tx.rows(_REACH, start=at, **_of(after))
        first = row["open_from"]
        return BookReach(up_to=row["up_to"], open_from=row["up_to"] + 1 if first is None else first)

    async def entries(self, part: DayPart, page: PageRequest) -> Page[PlacedEntry]:
        """By position."""
        (behind,) = key_after(page.cursor, (0,))
        rows = await self._session.tx.rows(
            _ENTRIES, behind=behind, most=page.limit + 1, first=part.first, last=part.last, start=part.start, end=part.end,
            late_after=part.late_after, late_until=part.late_until,
        )  # fmt: skip
        shown = tuple(map(_placed_entry, rows[: page.limit]))
        return Page(shown, cursor_of(shown[-1].position) if len(rows) > page.limit else None)

    def close(self, change: Change[BookClosing], days: Sequence[BookDay]) -> None:
        """Stage both."""
        self.save(change)
        self._closed += [_DAY_ROWS.row(one, number=change.state.number) for one in days]

    def flushes(self) -> Sequence[Flush]:
        """Closings and days never change."""
        new = [inserted(one, _CLOSING_ROWS.row(one)) for one in self.new()]
        return [Flush(insert_into(book_closings), new), Flush(insert_into(book_days), self._closed)]


def _of(after: BookClosing | None) -> Row:
    if after is None:
        return {"open_from": 0, "up_to": 0, "ends_at": LONG_AGO}
    return {"open_from": after.open_from, "up_to": after.up_to, "ends_at": after.ends_at}


def _placed_entry(row: Row) -> PlacedEntry:
    return PlacedEntry(
        position=row["position"], reference=row["reference"], order_id=row["order_id"], at=row["at"],
        entry=Entry(row["account"], Money(row["amount_minor"], row["currency"])),
    )  # fmt: skip
