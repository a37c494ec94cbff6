"""`retail members import`: members of another system."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs
import click

from retail_adapters.files.csv_files import CsvFile
from retail_domain.kernel.rows import Row
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, show_json, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.tables import tabular
from retail_entrypoints.settings import Settings

if TYPE_CHECKING:  # a command loads the code of the contexts that it asks, and of no other
    from retail_domain.processes.staff.moving_in import MembersFlawed, MembersMovedIn

PROBLEMS: Final[Columns] = {
    "row": lambda problem: problem.row,
    "field": lambda problem: problem.field,
    "rule": lambda problem: problem.rule,
    "message": lambda problem: problem.message,
}


def _read_file(_: Settings, given: Mapping[str, Any]) -> Mapping[str, tuple[tuple[str, ...], tuple[Row, ...]]]:
    """Raises InvalidInput for what is no CSV."""
    file = CsvFile(given["file"], encoding=given["encoding"])
    return {"file": (tuple(file.header()), tuple(file.rows()))}


async def _come_in(_desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    _, rows = typed["file"]
    return None if typed["dry_run"] else f"The members of {len(rows)} rows come in."


@click.command("import", epilog=example("members import members.csv --dry-run", "members import members.csv --as admin"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Try all of it, and store nothing.")
@click.option("--encoding", default="utf-8", show_default=True, help="Such as gb18030.")
@tabular
@decides("moving.move_in", _read_file, warns=_come_in)
async def import_members(
    desk: StaffDesk, file: tuple[tuple[str, ...], tuple[Row, ...]], dry_run: bool, encoding: str, as_json: bool
) -> None:
    """Move members in from the CSV FILE of another system: phone, name, addresses, orders_count, amount. All of them or none.

    They log in with a code to their phone, and are asked for the present terms then. The same file twice changes nothing.
    """
    from retail_domain.processes.staff.moving_in import MembersFlawed, MoveMembersIn

    header, rows = file
    wish = MoveMembersIn(header=header, rows=rows, dry_run=dry_run, actor=desk.actor, granted=desk.granted, once=desk.once)
    try:
        moved = await desk.retail.moving.move_in(wish)
    except MembersFlawed as flawed:
        _show_flaws(flawed, as_json=as_json)
        raise
    if as_json:
        show_json(attrs.asdict(moved))
        return
    click.echo(_told(moved))


def _told(moved: MembersMovedIn) -> str:
    told = attrs.asdict(moved, filter=lambda about, _: about.name not in ("done", "stored")) | dict(moved.done)
    counted = ", ".join(f"{many} {name.replace('_', ' ')}" for name, many in told.items())
    return counted if moved.stored else f"nothing was stored; it would be: {counted}"


def _show_flaws(flawed: MembersFlawed, *, as_json: bool) -> None:
    if as_json:
        show_json({"bad_rows": flawed.bad_rows, "problem_count": flawed.problem_count, "problems": flawed.problems})
        return
    show_rows(flawed.problems, PROBLEMS, as_json=False)
    if flawed.problem_count > len(flawed.problems):
        rows = ", ".join(map(str, flawed.bad_rows))
        click.echo(f"... and {flawed.problem_count - len(flawed.problems)} more; the wrong rows are {rows}")
