"""What staff decide by file: a form, a job that tries it and shows what would change, and a job that does it.

`/desk/goods/import`, `/desk/goods/prices`, `/desk/stock/counts`, `/desk/members/import`: three routes, alike for each sort.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from attrs import evolve, frozen
from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import MultipartBody, URLEncodedBody
from msgspec import Meta

from retail_domain.application import Retail
from retail_domain.jobs import (
    CountStockJob,
    EditPricesJob,
    ImportGoodsJob,
    JobKind,
    JobNotFound,
    JobOutcome,
    MoveMembersJob,
    TrialNotDone,
)
from retail_domain.kernel.errors import DomainError, InvalidInput
from retail_domain.kernel.ids import JobId
from retail_domain.kernel.once import Once
from retail_domain.kernel.places import EVERYWHERE
from retail_entrypoints.http.routing import STAFF, Resource
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.web.asking import UPLOADS
from retail_entrypoints.web.desk.jobs.pages import show_job
from retail_entrypoints.web.desk.showing import show
from retail_entrypoints.web.forms import Form, Typed
from retail_entrypoints.web.view import View

FILE_LETTERS_MAX: Final = 512 * 1024


class FileForm(Form, frozen=True):
    """A table, as a file or as text, and what some sorts of it ask beside."""

    table: Annotated[str, Meta(max_length=FILE_LETTERS_MAX)] = ""
    reason: Typed = ""
    location: Typed = ""
    mapping: Annotated[str, Meta(max_length=10_000)] = ""
    skip_bad: str | None = None


class TrialForm(Form, frozen=True):
    """A trial that is done in earnest."""

    trial: UUID | None = None


@frozen(kw_only=True)
class HandedIn:
    """What a form hands in: a file to be tried, or a trial to be done."""

    told: FileForm
    trial_id: JobId | None
    once: Once | None

    def of(self, view: View) -> dict[str, Any]:
        """What every job is told."""
        file = None if self.trial_id is not None else self.told.table
        is_tried = self.trial_id is None
        return {"file": file, "trial_id": self.trial_id, "dry_run": is_tried, "actor": view.actor, "once": self.once}


HandIn = Callable[[View, HandedIn], Awaitable[JobOutcome]]


@frozen(kw_only=True)
class FileSort:
    """One sort of file: where it lies, what its words and its handlers are called, and what its form asks."""

    kind: JobKind
    path: str
    name: str
    asks: tuple[str, ...] = ()
    back: str


IMPORT: Final = FileSort(
    kind=JobKind.GOODS, path="/desk/goods/import", name="import", asks=("location", "skip_bad", "mapping"), back="/desk/goods"
)
PRICES: Final = FileSort(kind=JobKind.PRICES, path="/desk/goods/prices", name="prices", asks=("reason",), back="/desk/goods")
COUNTS: Final = FileSort(
    kind=JobKind.COUNTS, path="/desk/stock/counts", name="counts", asks=("location", "reason"), back="/desk/stock"
)
MEMBERS: Final = FileSort(kind=JobKind.MEMBERS, path="/desk/members/import", name="members", back="/desk/members")


def files_of_staff(shop: ServedShop[Retail]) -> Sequence[HTTPRouteHandler]:
    """Files have no place here, so whoever is bound to places is not let in."""
    jobs = shop.retail.jobs

    async def goods(view: View, given: HandedIn) -> JobOutcome:
        told = given.told
        wish = ImportGoodsJob(
            **given.of(view), mapping=told.mapping, location=told.location.strip() or None, skip_bad=told.skip_bad is not None,
            granted=view.request.caller.granted(EVERYWHERE),
        )  # fmt: skip
        return await jobs.import_goods(wish)

    async def prices(view: View, given: HandedIn) -> JobOutcome:
        return await jobs.edit_prices(EditPricesJob(**given.of(view), reason=given.told.reason))

    async def counts(view: View, given: HandedIn) -> JobOutcome:
        told = given.told
        wish = CountStockJob(**given.of(view), location=told.location.strip() or None, reason=told.reason)
        return await jobs.count_stock(wish)

    async def members(view: View, given: HandedIn) -> JobOutcome:
        return await jobs.move_members_in(MoveMembersJob(**given.of(view)))

    return [
        *_file_routes(shop, IMPORT, jobs.import_goods, goods),
        *_file_routes(shop, PRICES, jobs.edit_prices, prices),
        *_file_routes(shop, COUNTS, jobs.count_stock, counts),
        *_file_routes(shop, MEMBERS, jobs.move_members_in, members),
    ]


def _file_routes(
    shop: ServedShop[Retail], sort: FileSort, use_case: Callable[..., Any], hand_in: HandIn
) -> Sequence[HTTPRouteHandler]:
    """The three routes; who may call them follows from the use case."""
    retail = shop.retail
    pages = Resource(sort.path, permission=STAFF, tag="desk")  # each says what it does, and needs what that brings about

    async def form(view: View) -> Response[bytes]:
        places = await retail.inventory.show.locations() if "location" in sort.asks else ()
        return show(view, "jobs/form.html", sort=sort, places=places)

    async def show_it(view: NamedDependency[View]) -> Response[bytes]:
        return await form(view)

    async def try_it(
        data: MultipartBody[FileForm], view: NamedDependency[View], once: NamedDependency[Once | None]
    ) -> Response[bytes]:
        chosen = [one.text for one in view.request.files if one.content.strip()]
        table = chosen[0] if chosen else data.table
        told = FileForm(
            table=table, reason=data.reason, location=data.location, mapping=data.mapping, skip_bad=data.skip_bad
        )  # fmt: skip
        try:
            asked = await hand_in(view, HandedIn(told=told, trial_id=None, once=once))
        except InvalidInput as refused:
            view.trouble = view.told(_at_the_table(refused, sort.asks))
            return await form(view)
        except DomainError as refused:
            view.trouble = view.told(refused)
            return await form(view)
        return view.go(f"/desk/jobs/{asked.job_id}")

    async def do_it(
        data: URLEncodedBody[TrialForm], view: NamedDependency[View], once: NamedDependency[Once | None]
    ) -> Response[bytes]:
        if data.trial is None:
            return view.go(sort.path)
        try:
            asked = await hand_in(view, HandedIn(told=FileForm(), trial_id=JobId(data.trial), once=once))
        except TrialNotDone as refused:
            view.trouble = view.told(refused)
            return await show_job(shop, view, data.trial)
        return view.go(f"/desk/jobs/{asked.job_id}")

    pages.get("", does=use_case)(_called(show_it, f"show_{sort.name}_file"))
    upload: dict[str, Any] = {"request_max_body_size": 2 * FILE_LETTERS_MAX, "opt": UPLOADS}
    pages.post("/look", does=use_case, **upload)(_called(try_it, f"try_{sort.name}_file"))
    pages.post("/do", does=use_case, raises=[JobNotFound])(_called(do_it, f"do_{sort.name}_file"))
    return pages.all


def _called(handler: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The staff trail and the links of pages know a handler by its name."""
    handler.__name__ = handler.__qualname__ = name
    return handler


def _at_the_table(refused: InvalidInput, asks: Sequence[str]) -> InvalidInput:
    """What is wrong with the file as a whole is said at the field that it came by."""
    known = {"table", *asks}
    return InvalidInput(problems=tuple(one if one.field in known else evolve(one, field="table") for one in refused.problems))
