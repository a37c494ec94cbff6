"""`/desk/goods/import`, `/desk/goods/prices`, `/desk/stock/counts`: many goods at once, by a table that is tried first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs
from litestar.handlers import HTTPRouteHandler

from retail_adapters.files.catalogue_files import open_catalogue, typed_mapping, usual_mapping
from retail_adapters.files.csv_files import CsvText
from retail_domain.application import Retail
from retail_domain.catalog import CatalogueFlawed, ImportCatalogue, ImportReport
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.kernel.places import EVERYWHERE
from retail_domain.processes.delivery.edits_by_file import CountStock, EditPrices
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.web.amounts import amount_for_typing
from retail_entrypoints.web.desk.by_file import FileForm, FileOutcome, FileSort, edits_or_flaws, file_routes
from retail_entrypoints.web.view import View

IMPORT = FileSort(path="/desk/goods/import", name="import", asks=("location", "skip_bad", "mapping"), back="/desk/goods")
PRICES = FileSort(path="/desk/goods/prices", name="prices", asks=("reason",), back="/desk/goods")
COUNTS = FileSort(path="/desk/stock/counts", name="counts", asks=("location", "reason"), back="/desk/stock")


def goods_by_file(shop: ServedShop[Retail]) -> Sequence[HTTPRouteHandler]:
    """Goods have no place, so whoever is bound to places is not let in."""
    retail, currency = shop.retail, shop.settings.currency

    async def import_them(view: View, data: FileForm, dry_run: bool, once: Once | None) -> FileOutcome:
        if not data.table.strip():
            raise InvalidInput.of("table", "required", "choose a file or paste a table")
        header = CsvText(path=Path("table"), content=data.table).header()
        mapping = typed_mapping(data.mapping, "mapping") if data.mapping.strip() else usual_mapping(header, "table")
        with TemporaryDirectory() as folder:
            path = Path(folder) / "table.csv"
            path.write_text(data.table, encoding="utf-8")
            with open_catalogue(path, mapping) as source:
                wish = ImportCatalogue(
                    mapping=mapping, source=source, skip_bad=data.skip_bad is not None, location=data.location.strip() or None,
                    dry_run=dry_run, actor=view.actor, granted=view.request.caller.granted(EVERYWHERE), once=once,
                )  # fmt: skip
                try:
                    return _imported(await retail.catalog.import_goods(wish))
                except CatalogueFlawed as flawed:
                    return FileOutcome.flawed(flawed.problems, flawed.problem_count)

    async def price_them(view: View, data: FileForm, dry_run: bool, once: Once | None) -> FileOutcome:
        wish = EditPrices(rows=data.rows(), dry_run=dry_run, reason=data.reason, actor=view.actor, once=once)
        return await edits_or_flaws(retail.edits.prices(wish), lambda minor: amount_for_typing(Money(minor, currency)))

    async def count_them(view: View, data: FileForm, dry_run: bool, once: Once | None) -> FileOutcome:
        wish = CountStock(
            rows=data.rows(), location=data.location, reason=data.reason, dry_run=dry_run, actor=view.actor, once=once
        )  # fmt: skip
        return await edits_or_flaws(retail.edits.counts(wish), lambda units: units)

    return [
        *file_routes(retail, IMPORT, retail.catalog.import_goods, import_them),
        *file_routes(retail, PRICES, retail.edits.prices, price_them),
        *file_routes(retail, COUNTS, retail.edits.counts, count_them),
    ]


def _imported(report: ImportReport) -> FileOutcome:
    counts = attrs.asdict(report, filter=lambda about, _: about.name not in ("problems", "problem_count", "stored"))
    return FileOutcome(
        is_done=report.stored, can_be_done=bool(report.rows_stored), problems=report.problems,
        problem_count=report.problem_count, counts={name: count for name, count in counts.items() if count},
    )  # fmt: skip
