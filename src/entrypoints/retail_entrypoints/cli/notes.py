"""`retail notes`: what programs of others keep with goods, orders and members (NTE-R1)."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

import click

from retail_domain.notes import NoteDown, ShowNotes, ThingSort
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import StaffDesk, opened, show_json
from retail_entrypoints.cli.examples import example

_SORT: Final = click.Choice([sort.value for sort in ThingSort])
_THING: Final = "0192f3c4-0000-7000-8000-000000000001"


def _pairs(_context: click.Context, _parameter: click.Parameter, told: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    pairs = tuple(tuple(one.split("=", 1)) for one in told)
    if any(len(pair) != 2 for pair in pairs):
        raise click.BadParameter("KEY=VALUE is expected, such as erp.code=A-100")
    if len({pair[0] for pair in pairs}) < len(pairs):
        raise click.BadParameter("a key is given once")
    return pairs  # type: ignore[return-value]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


@click.group()
def notes() -> None:
    """What programs of others keep with goods, orders and members."""


@notes.command("show", epilog=example(f"notes show sku {_THING}"))
@click.argument("sort", type=_SORT)
@click.argument("thing_id", type=click.UUID)
@opened
async def show_thing_notes(desk: StaffDesk, sort: str, thing_id: UUID) -> None:
    """Print the notes on one thing as JSON."""
    found = await desk.retail.notes.of(ShowNotes(sort=ThingSort(sort), thing_ids=(thing_id,)))
    show_json(found[thing_id].values if thing_id in found else {})


@notes.command(
    "set",
    epilog=example(f"notes set sku {_THING} erp.code=A-100 erp.size=12 --as admin", f"notes set sku {_THING} erp.code=null"),
)
@click.argument("sort", type=_SORT)
@click.argument("thing_id", type=click.UUID)
@click.argument("values", nargs=-1, required=True, callback=_pairs, metavar="KEY=VALUE...")
@decides("notes.note_down")
async def set_notes(desk: StaffDesk, sort: str, thing_id: UUID, values: tuple[tuple[str, str], ...]) -> None:
    """Set notes on one thing; a VALUE is JSON, else text, and null removes the note. What is not named stays."""
    wanted = {key: _value(text) for key, text in values}
    await desk.retail.notes.note_down(
        NoteDown(sort=ThingSort(sort), thing_id=thing_id, values=wanted, actor=desk.actor, once=desk.once)
    )
    click.echo("noted")
