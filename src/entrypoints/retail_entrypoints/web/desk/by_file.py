"""What staff decide by file: a form, a trial run that shows every row, and the deed; three routes, made alike for each sort."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import attrs
from attrs import evolve, frozen
from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import MultipartBody
from msgspec import Meta

from retail_domain.application import Retail
from retail_domain.kernel.errors import DomainError, InvalidInput
from retail_domain.kernel.once import Once
from retail_domain.kernel.rows import Row, RowProblem
from retail_domain.processes.delivery.edits_by_file import EditsFlawed, EditsReport
from retail_entrypoints.csv_files import CsvText
from retail_entrypoints.http.routing import STAFF, Resource
from retail_entrypoints.web.asking import UPLOADS
from retail_entrypoints.web.desk.showing import show
from retail_entrypoints.web.forms import Form, Typed
from retail_entrypoints.web.view import View

FILE_BYTES_MAX: Final = 512 * 1024
SHOWN: Final = 200
"""So many rows a page shows; all are counted."""


class FileForm(Form, frozen=True):
    """A table, as a file or as text, and what some sorts of it ask beside."""

    table: Annotated[str, Meta(max_length=FILE_BYTES_MAX)] = ""
    reason: Typed = ""
    location: Typed = ""
    mapping: Annotated[str, Meta(max_length=10_000)] = ""
    skip_bad: str | None = None

    def rows(self) -> tuple[Row, ...]:
        """The rows of the table. Raises InvalidInput."""
        return tuple(CsvText(path=Path("table"), content=self.table).rows())


@frozen(kw_only=True)
class FileOutcome:
    """What became of a file, or would: what is wrong with which row, what changes, and how many of each."""

    is_done: bool = False
    can_be_done: bool = True
    problems: tuple[RowProblem, ...] = ()
    problem_count: int = 0
    changes: tuple[tuple[int, str, object, object], ...] = ()
    """Row, code, before and after."""
    counts: Mapping[str, int] = attrs.field(factory=dict)
    unread: tuple[str, ...] = ()
    """Columns that nobody reads."""

    @classmethod
    def flawed(cls, problems: Sequence[Any], count: int) -> FileOutcome:
        """Nothing can be done before these are mended."""
        return cls(can_be_done=False, problems=tuple(problems), problem_count=count)


Ask = Callable[[View, FileForm, bool, Once | None], Awaitable[FileOutcome]]
"""Does it; with True it only tells what would become of it."""


@frozen(kw_only=True)
class FileSort:
    """One sort of file: where it lies, what its words and its handlers are called, and what its form asks."""

    path: str
    name: str
    asks: tuple[str, ...] = ()
    back: str


def file_routes(retail: Retail, sort: FileSort, use_case: Callable[..., Any], ask: Ask) -> Sequence[HTTPRouteHandler]:
    """The three routes; who may call them follows from the use case."""
    pages = Resource(sort.path, permission=STAFF, tag="desk")  # each says what it does, and needs what that brings about

    async def form(view: View) -> Response[bytes]:
        places = await retail.inventory.show.locations() if "location" in sort.asks else ()
        return show(view, "file/form.html", sort=sort, places=places)

    async def answered(view: View, data: FileForm, once: Once | None, *, only_tried: bool) -> Response[bytes]:
        chosen = [one.text for one in view.request.files if one.content.strip()]
        told = FileForm(
            table=chosen[0] if chosen else data.table, reason=data.reason, location=data.location, mapping=data.mapping,
            skip_bad=data.skip_bad,
        )  # fmt: skip
        try:
            outcome = await ask(view, told, only_tried, once)
        except InvalidInput as refused:
            view.trouble = view.told(_at_the_table(refused, sort.asks))
            return await form(view)
        except DomainError as refused:
            view.trouble = view.told(refused)
            return await form(view)
        return show(view, "file/rows.html", sort=sort, m=outcome, data=told, shown=SHOWN)

    async def show_it(view: NamedDependency[View]) -> Response[bytes]:
        return await form(view)

    async def try_it(data: MultipartBody[FileForm], view: NamedDependency[View]) -> Response[bytes]:
        return await answered(view, data, None, only_tried=True)

    async def do_it(
        data: MultipartBody[FileForm], view: NamedDependency[View], once: NamedDependency[Once | None]
    ) -> Response[bytes]:
        return await answered(view, data, once, only_tried=False)

    more: dict[str, Any] = {"does": use_case, "request_max_body_size": 2 * FILE_BYTES_MAX, "opt": UPLOADS}
    pages.get("", does=use_case)(_called(show_it, f"show_{sort.name}_file"))
    pages.post("/look", **more)(_called(try_it, f"try_{sort.name}_file"))
    pages.post("/do", **more)(_called(do_it, f"do_{sort.name}_file"))
    return pages.all


def edits_told(report: EditsReport, shown: Callable[[int], object]) -> FileOutcome:
    """What a file of prices or counts changes."""
    changes = tuple(
        (one.row, one.sku, None if one.before is None else shown(one.before), shown(one.after)) for one in report.changes
    )
    counts = {"rows_read": report.rows_read, "changed": len(changes), "unchanged": report.unchanged}
    return FileOutcome(
        is_done=report.stored, can_be_done=bool(changes), changes=changes, counts=counts, unread=report.unread
    )  # fmt: skip


async def edits_or_flaws(deed: Awaitable[EditsReport], shown: Callable[[int], object]) -> FileOutcome:
    """The same, or what is wrong with which row."""
    try:
        return edits_told(await deed, shown)
    except EditsFlawed as flawed:
        return FileOutcome.flawed(flawed.problems, flawed.problem_count)


def _called(handler: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The staff trail and the links of pages know a handler by its name."""
    handler.__name__ = handler.__qualname__ = name
    return handler


def _at_the_table(refused: InvalidInput, asks: Sequence[str]) -> InvalidInput:
    """What is wrong with the file as a whole is said at the field that it came by."""
    known = {"table", *asks}
    return InvalidInput(problems=tuple(one if one.field in known else evolve(one, field="table") for one in refused.problems))
