"""`retail catalog reprice-file` and `retail stock count-file`: prices and counts of many kinds of goods at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import attrs
import click

from retail_adapters.files.csv_files import CsvFile
from retail_domain.kernel.money import Money
from retail_domain.processes.delivery.edits_by_file import CountStock, EditPrices, EditsFlawed, EditsReport
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, show_json, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.tables import tabular

_FILE: Final = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_DRY: Final = click.option("--dry-run", is_flag=True, help="Only tell what would change.")
_ENCODING: Final = click.option("--encoding", default="utf-8", show_default=True, help="Such as gb18030.")
_PROBLEMS: Final[Columns] = {
    "row": lambda problem: problem.row,
    "field": lambda problem: problem.field,
    "rule": lambda problem: problem.rule,
    "message": lambda problem: problem.message,
}


@click.command("reprice-file", epilog=example("catalog reprice-file prices.csv --dry-run --as admin"))
@_FILE
@_ENCODING
@click.option("--reason", default="", help="Why, for the history of the prices.")
@_DRY
@tabular
@decides("edits.prices")
async def reprice_file(  # noqa: PLR0913 - one argument for each option
    desk: StaffDesk, file: Path, encoding: str, reason: str, dry_run: bool, as_json: bool
) -> None:
    """Ask the prices of a CSV FILE from now on: all of its rows, or none.

    Its columns are `sku` (a code or a barcode; with a column `barcode` beside it both name the same goods) and `price`.
    """
    rows = tuple(CsvFile(file, encoding).rows())
    command = EditPrices(rows=rows, dry_run=dry_run, reason=reason, actor=desk.actor, once=desk.once)
    currency = desk.settings.currency
    await _told(lambda: desk.retail.edits.prices(command), lambda minor: Money(minor, currency), as_json=as_json)


@click.command("count-file", epilog=example("stock count-file counted.csv --location SH --reason stocktaking --as admin"))
@_FILE
@_ENCODING
@click.option("--location", required=True, help="Code of the warehouse or store where it was counted.")
@click.option("--reason", required=True, help="Why, in a sentence.")
@_DRY
@tabular
@decides("edits.counts")
async def count_file(  # noqa: PLR0913 - one argument for each option
    desk: StaffDesk, file: Path, encoding: str, location: str, reason: str, dry_run: bool, as_json: bool
) -> None:
    """Say how many units were counted, by a CSV FILE: all of its rows, or none.

    Its columns are `sku` (a code or a barcode; with a column `barcode` beside it both name the same goods) and `stock`.
    """
    rows = tuple(CsvFile(file, encoding).rows())
    command = CountStock(
        rows=rows, location=location, reason=reason, dry_run=dry_run, actor=desk.actor, within=desk.within, once=desk.once
    )
    await _told(lambda: desk.retail.edits.counts(command), lambda units: units, as_json=as_json)


async def _told(act: Callable[[], Any], shown: Callable[[int], object], *, as_json: bool) -> None:
    try:
        report: EditsReport = await act()
    except EditsFlawed as flawed:
        if as_json:
            show_json({"stored": False, **flawed.facts()})
        else:
            show_rows(flawed.problems, _PROBLEMS, as_json=False)
        raise
    if as_json:
        show_json(attrs.asdict(report))
        return
    columns: Columns = {
        "row": lambda one: one.row,
        "sku": lambda one: one.sku,
        "before": lambda one: None if one.before is None else shown(one.before),
        "after": lambda one: shown(one.after),
    }
    if report.changes:
        show_rows(report.changes, columns, as_json=False)
    done = "changed" if report.stored else "would change"
    click.echo(f"{len(report.changes)} of {report.rows_read} rows {done} something")
    if report.unread:
        click.echo(f"columns nobody reads: {', '.join(report.unread)}")
