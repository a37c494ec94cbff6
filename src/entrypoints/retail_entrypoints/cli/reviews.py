"""`retail reviews`: look at what waits, decide, reply, and take reviews over from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import click
from attrs import evolve, frozen

from retail_adapters.files.csv_files import CsvFile
from retail_domain.kernel.errors import FieldProblem, InvalidInput
from retail_domain.kernel.ids import OrderId, ReviewId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.rows import Row
from retail_domain.reviews import (
    IMPORTED_AT_ONCE_MAX,
    DecideReviews,
    ImportReviews,
    ReplyToReview,
    ReviewAction,
    ReviewCase,
    ReviewCases,
    ReviewReason,
    ReviewRow,
    ReviewSeen,
    ReviewStatus,
    read_text,
)
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, listing, opened, show_list
from retail_entrypoints.cli.examples import example
from retail_entrypoints.settings import Settings

CASES: Final[Columns] = {
    "review_id": lambda case: case.review_id,
    "version": lambda case: case.version,
    "status": lambda case: case.status,
    "text": lambda case: case.text,
    "follow_up": lambda case: case.follow_up.text if case.follow_up else "",
    "reason": lambda case: case.reason,
    "at": lambda case: case.at,
}
PROBLEMS_SHOWN: Final = 20
_COLUMNS: Final = ("order", "line", "stars", "text")


@click.group()
def reviews() -> None:
    """What buyers say of goods: look at it, decide, reply."""


@reviews.command("list", epilog=example("reviews list --status published"))
@click.option("--status", type=click.Choice([one.value for one in ReviewStatus]), help="Those in this state; else what waits.")
@click.option("--query", "words", default="", help="Those that say all of this, in any state unless one is named.")
@listing
@opened
async def list_reviews(desk: StaffDesk, status: str | None, words: str, as_json: bool, limit: int) -> None:
    """What waits, the oldest first; or reviews in another state or with some words, the newest first."""
    wanted = ReviewCases.asked(ReviewStatus(status) if status else None, words)

    async def fetch(page: PageRequest) -> Page[ReviewCase]:
        found: Page[ReviewCase] = await desk.reads.reviews.cases(page, wanted)
        return found

    await show_list(fetch, CASES, as_json=as_json, limit=limit)


def _read_seen(_: Settings, given: Mapping[str, Any]) -> Mapping[str, tuple[ReviewSeen, ...]]:
    return {"seen": tuple(map(_seen, given["seen"]))}


def _seen(told: str) -> ReviewSeen:
    """`ID@VERSION`. Raises InvalidInput."""
    id, _, version = told.rpartition("@")
    try:
        return ReviewSeen(review_id=ReviewId(UUID(id)), version=int(version))
    except ValueError:
        raise InvalidInput.of("seen", "format", f"{told!r} is not REVIEW@VERSION, as the list shows them") from None


@reviews.command(epilog=example("reviews decide 01890000-0000-7000-8000-000000000001@1 --action publish --as admin"))
@click.argument("seen", nargs=-1, required=True, metavar="REVIEW@VERSION...")
@click.option("--action", type=click.Choice([one.value for one in ReviewAction]), required=True)
@click.option("--reason", type=click.Choice([one.value for one in ReviewReason]), help="Why words are kept from readers.")
@decides("reviews.decide", _read_seen)
async def decide(desk: StaffDesk, seen: tuple[ReviewSeen, ...], action: str, reason: str | None) -> None:
    """Decide about reviews in the version that was looked at: all of them, or none."""
    wish = DecideReviews(
        reviews=seen, action=ReviewAction(action), reason=ReviewReason(reason) if reason else None, actor=desk.actor,
        once=desk.once,
    )  # fmt: skip
    for told in (await desk.retail.reviews.decide(wish)).reviews:
        click.echo(f"{told.review_id}@{told.version} {told.status}")


@reviews.command(epilog=example('reviews reply 01890000-0000-7000-8000-000000000001 "谢谢" --as admin'))
@click.argument("review_id", type=click.UUID)
@click.argument("text")
@decides("reviews.reply")
async def reply(desk: StaffDesk, review_id: UUID, text: str) -> None:
    """Reply to a review, for everybody to read; a second reply takes the place of the first."""
    wish = ReplyToReview(review_id=ReviewId(review_id), text=text, actor=desk.actor, once=desk.once)
    told = await desk.retail.reviews.reply(wish)
    click.echo(f"{told.review_id}@{told.version} replied")


@frozen
class TypedReview:
    """A row of a file: the order by number or id, and what is said of its line."""

    row: int
    order: str
    line: int
    stars: int
    text: str


def read_reviews(file: CsvFile) -> tuple[TypedReview, ...]:
    """The rows of a file, all of them. Raises InvalidInput that names the first wrong ones by row and field."""
    if not set(_COLUMNS) <= set(file.header()):
        raise InvalidInput.of("file", "columns", f"the first line names the columns {', '.join(_COLUMNS)}")
    found: list[TypedReview] = []
    problems: list[FieldProblem] = []
    first_at: dict[tuple[str, int], int] = {}
    for row in file.rows():
        wrong = list(_flaws(row))
        if not wrong:
            one = _typed(row)
            before = first_at.setdefault((one.order, one.line), row.number)
            if before != row.number:
                wrong = [_problem(row, "line", "each_once", f"row {before} is about the same line")]
            found.append(one)
        problems += wrong
    if problems:
        raise InvalidInput(problems=tuple(problems[:PROBLEMS_SHOWN]))
    return tuple(found)


def _typed(row: Row) -> TypedReview:
    cells = row.fields
    return TypedReview(row.number, cells["order"].strip(), int(cells["line"]), int(cells["stars"]), read_text(cells["text"]))


def _flaws(row: Row) -> Iterator[FieldProblem]:
    if row.flaw:
        yield _problem(row, "row", "columns", row.flaw)
        return
    cells = {name: row.fields.get(name, "").strip() for name in _COLUMNS}
    if not cells["order"]:
        yield _problem(row, "order", "required", "the number or id of an order")
    for name, most in (("line", 9_999), ("stars", 5)):
        told = cells[name]
        if not (told.isascii() and told.isdecimal() and len(told) < 5 and 1 <= int(told) <= most):
            yield _problem(row, name, "range", f"a whole number from 1 to {most}")
    try:
        read_text(cells["text"])
    except InvalidInput as no:
        yield from (_problem(row, "text", one.rule, one.message) for one in no.problems)


def _problem(row: Row, field: str, rule: str, message: str) -> FieldProblem:
    return FieldProblem(field=f"rows[{row.number}].{field}", rule=rule, message=message)


def _read_file(_: Settings, given: Mapping[str, Any]) -> Mapping[str, tuple[TypedReview, ...]]:
    return {"file": read_reviews(CsvFile(given["file"]))}


@reviews.command("import", epilog=example("reviews import reviews.csv --as admin"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@decides("reviews.import_rows", _read_file)
async def import_reviews(desk: StaffDesk, file: tuple[TypedReview, ...]) -> None:
    """Take over reviews: rows `order,line,stars,text` of a CSV FILE, about lines that have arrived. None of them names anybody.

    Wrong rows are named by their number before anything is stored. Rows are stored some hundred at a time; typed again,
    it goes on after those that are there.
    """
    rows = await _found(desk, file)
    told = {"published": 0, "pending": 0, "rejected": 0, "known": 0}
    for at in range(0, len(rows), IMPORTED_AT_ONCE_MAX):
        wish = ImportReviews(rows=rows[at : at + IMPORTED_AT_ONCE_MAX], actor=desk.actor, once=_part(desk.once, at))
        imported = await desk.retail.reviews.import_rows(wish)
        told = {name: many + getattr(imported, name) for name, many in told.items()}
    click.echo(", ".join(f"{many} {name}" for name, many in told.items()))


def _part(once: Once | None, at: int) -> Once | None:
    """Each portion has a key of its own."""
    return None if once is None else evolve(once, key=f"{once.key}/{at}")


async def _found(desk: StaffDesk, typed: Sequence[TypedReview]) -> tuple[ReviewRow, ...]:
    """With the ids of their orders. Raises OrderNotFound."""
    ids: dict[str, OrderId] = {}
    for one in typed:
        if one.order not in ids:
            ids[one.order] = await _order(desk, one.order)
    return tuple(ReviewRow(order_id=ids[one.order], line=one.line, stars=one.stars, text=one.text) for one in typed)


async def _order(desk: StaffDesk, told: str) -> OrderId:
    try:
        id = OrderId(UUID(told))
    except ValueError:
        return OrderId((await desk.reads.ordering.by_number(told)).order_id)
    return OrderId((await desk.reads.ordering.show(id)).order_id)
