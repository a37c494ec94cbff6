"""`/v1/staff/files`: prices and counts of many kinds of goods at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from retail_adapters.files.csv_files import CsvText
from retail_domain.accounts import Permission
from retail_domain.inventory import LocationNotFound
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.once import Once
from retail_domain.kernel.places import Places
from retail_domain.kernel.rows import Row
from retail_domain.processes.delivery.edits_by_file import (
    CountStock,
    EditedRow,
    EditPrices,
    EditsFlawed,
    EditsReport,
    FileEdits,
)
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.goods import Letters
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shapes import Answer, Body, Code, Count, Reason, Uuid
from retail_entrypoints.http.shaping import derived

CsvLetters = Annotated[
    str,
    Meta(
        min_length=1, max_length=200_000, examples=["sku,price\nTEA-100,19.99\n6901234567892,25.00\n"],
        description="CSV as spreadsheets write it; the first row names the columns.",
    ),
]  # fmt: skip


def _rows(file: str) -> tuple[Row, ...]:
    return tuple(CsvText(path=Path("file"), content=file).rows())


class PricesFileBody(Body, frozen=True):
    """Columns `sku` (a code or a barcode) and `price`; `dry_run` only tells what would change."""

    file: CsvLetters
    dry_run: bool = False
    reason: Annotated[str, Meta(max_length=200, description="Why, in a sentence.", examples=["season ends"])] = ""

    to_command = becoming(EditPrices, "actor", "once", rows=_rows)


CountedLetters = Annotated[
    str,
    Meta(
        min_length=1, max_length=200_000, examples=["sku,stock\nTEA-100,24\n6901234567892,7\n"],
        description="CSV as spreadsheets write it; the first row names the columns.",
    ),
]  # fmt: skip


class CountsFileBody(Body, frozen=True):
    """Columns `sku` (a code or a barcode) and `stock`, counted at one place; `dry_run` only tells what would change."""

    file: CountedLetters
    location: Code
    reason: Reason
    dry_run: bool = False

    to_command = becoming(CountStock, "actor", "within", "once", left=("seconded_by",), rows=_rows)


class EditedRowShape(Answer, frozen=True):
    """What a row changes: minor units of the shop's currency, or units of goods; `before` is null where there was nothing."""

    row: Count
    sku_id: Uuid
    sku: Letters
    before: Count | None
    after: Count

    of = derived(EditedRow)


class EditsReportShape(Answer, frozen=True):
    """What a file changed, or would change; `unread` names the columns that nobody reads."""

    stored: bool
    rows_read: Count
    unchanged: Count
    changes: list[EditedRowShape]
    unread: Annotated[list[Letters], Meta(examples=[["名称"]])]

    of = derived(EditsReport)


def staff_files_routes(edits: FileEdits) -> Sequence[HTTPRouteHandler]:
    """Prices and counts by file."""
    prices = Resource("/staff/files", permission=Permission.PRICES_CHANGE, tag="staff: catalog")

    @prices.post("/prices", does=edits.prices, raises=[EditsFlawed], status=200, summary="Ask other prices")
    async def edit_prices(
        data: JSONBody[PricesFileBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> EditsReportShape:
        """All rows or none. The same file once more changes nothing."""
        return EditsReportShape.of(await edits.prices(data.to_command(actor=actor, once=once)))

    counts = Resource("/staff/files", permission=Permission.STOCK_CHANGE, tag="staff: stock")

    @counts.post(
        "/counts",
        does=edits.counts,
        raises=[EditsFlawed, LocationNotFound],
        status=200,
        summary="Say what was counted",
    )
    async def count_stock(
        data: JSONBody[CountsFileBody],
        actor: NamedDependency[Actor],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> EditsReportShape:
        """All rows or none. What takes two people is decided by hand."""
        return EditsReportShape.of(await edits.counts(data.to_command(actor=actor, within=within, once=once)))

    return [*prices.all, *counts.all]
