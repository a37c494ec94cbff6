"""`retail books`: the day book, and days that are closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

import click

from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.payments import BookEntry, CloseBooks, ReadBook, ReadBookEntries
from retail_domain.payments.model.day_book import first_day_of, last_day_of
from retail_entrypoints.book_file import book_file
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, listing, opened, show_list, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.tables import tabular

DAYS: Final[Columns] = {
    "day": lambda one: one.day,
    "account": lambda one: one.account,
    "opening": lambda one: one.opening,
    "debit": lambda one: one.debit,
    "credit": lambda one: one.credit,
    "closing": lambda one: one.closing,
    "entries": lambda one: one.entries,
}
ENTRIES: Final[Columns] = {
    "at": lambda one: one.at,
    "account": lambda one: one.account,
    "amount": lambda one: one.amount,
    "late_for": lambda one: one.late_for,
    "reference": lambda one: one.reference,
    "order_id": lambda one: one.order_id,
}
CLOSINGS: Final[Columns] = {
    "number": lambda one: one.number,
    "through": lambda one: one.through,
    "closed_by": lambda one: f"{one.actor.kind.value}:{one.actor.ref}",
    "at": lambda one: one.at,
}


class TypedDay(click.ParamType[date]):
    """`2026-10-31`, or a month, `2026-10`: its first or its last day."""

    name = "day"

    def __init__(self, read: Callable[[str, str], date]) -> None:
        self._read = read

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day that is meant."""
        if isinstance(value, date):
            return value
        try:
            return self._read(str(value), "day")
        except InvalidInput:
            self.fail(f"{value!r} is no day such as 2026-10-31, nor a month such as 2026-10", param, ctx)


FROM: Final = click.option("--from", "first", type=TypedDay(first_day_of), metavar="DAY", help="Else this month's first day.")
UNTIL: Final = click.option("--until", "last", type=TypedDay(last_day_of), metavar="DAY", help="This one included; else today.")


@click.group()
def books() -> None:
    """The day book: what every account did on each day, and days that are closed."""


@books.command("days", epilog=example("books days --from 2026-10 --until 2026-10"))
@FROM
@UNTIL
@tabular
@opened
async def list_days(desk: StaffDesk, first: date | None, last: date | None, as_json: bool) -> None:
    """What every account had, took in, gave out, and had then; days on which it did nothing are left out."""
    show_rows(await desk.retail.books.days(await _wish(desk, first, last)), DAYS, as_json=as_json)


@books.command("export", epilog=example("books export --from 2026-10 --until 2026-10 --bom"))
@FROM
@UNTIL
@click.option("--bom", is_flag=True, help="Begin with a byte-order mark, for spreadsheets that need one.")
@opened
async def export_days(desk: StaffDesk, first: date | None, last: date | None, bom: bool) -> None:
    """The same as CSV, a row for each account and day."""
    for piece in book_file(await desk.retail.books.days(await _wish(desk, first, last)), bom=bom):
        click.echo(piece.encode(), nl=False)


@books.command("entries", epilog=example("books entries 2026-10-31"))
@click.argument("day", type=TypedDay(last_day_of))
@listing
@opened
async def list_entries(desk: StaffDesk, day: date, as_json: bool, limit: int) -> None:
    """What a day holds, entry by entry, with what came too late for a day that was closed."""

    async def fetch(page: PageRequest) -> Page[BookEntry]:
        return await desk.retail.books.entries(ReadBookEntries(day=day, page=page))

    await show_list(fetch, ENTRIES, as_json=as_json, limit=limit)


@books.command("closings", epilog=example("books closings"))
@tabular
@opened
async def list_closings(desk: StaffDesk, as_json: bool) -> None:
    """Through which days the books were closed, by whom and when; the newest first."""
    show_rows(await desk.retail.books.closings(), CLOSINGS, as_json=as_json)


async def _is_closed_for_good(_desk: StaffDesk, typed: Mapping[str, Any]) -> str:
    return f"No day up to {typed['through']} takes an entry any more; what comes later is counted on the day after."


@books.command("close", epilog=example("books close 2026-10 --as admin"))
@click.argument("through", type=TypedDay(last_day_of), metavar="DAY")
@decides("books.close", warns=_is_closed_for_good)
async def close_books(desk: StaffDesk, through: date) -> None:
    """Close the books up to DAY (2026-10-31), or to the last day of a month (2026-10)."""
    closed = await desk.retail.books.close(CloseBooks(through=through, actor=desk.actor, once=desk.once))
    click.echo(f"closed through {closed.through}: {closed.entries} entries on {closed.days} days")


async def _wish(desk: StaffDesk, first: date | None, last: date | None) -> ReadBook:
    today = await desk.retail.books.current_day()
    begin = first or today.replace(day=1)
    return ReadBook(first=begin, last=last or max(begin, today))
