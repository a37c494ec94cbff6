"""`retail notes`: what programs of others keep with goods, orders and members (NTE-R1)."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

import click
from attrs import frozen

from retail_domain.notes import NoteDown, ShowNotes, ThingSort
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Named, StaffDesk, opened, show_json
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.naming import NameUnknown, ProductNamed, SkuNamed

_SORT: Final = click.Choice([sort.value for sort in ThingSort])
_ORDER: Final = "0192f3c4-0000-7000-8000-000000000001"


@frozen
class ThingNamed(Named):
    """What notes are kept with: goods and kinds by code or id, orders and members by id."""

    sort: ThingSort
    text: str

    async def found(self, desk: StaffDesk) -> UUID:
        """Its id."""
        if self.sort is ThingSort.SKU:
            return await SkuNamed(self.text).found(desk)
        if self.sort is ThingSort.PRODUCT:
            return await ProductNamed(self.text).found(desk)
        try:
            return UUID(self.text)
        except ValueError:
            raise NameUnknown(what=self.sort.value, named=self.text[:100]) from None


def _thing(context: click.Context, _parameter: click.Parameter, told: str) -> ThingNamed:
    return ThingNamed(ThingSort(context.params["sort"]), told)


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
    except RecursionError:
        raise click.BadParameter("lists and objects lie too deep in each other") from None


@click.group()
def notes() -> None:
    """What programs of others keep with goods, orders and members."""


@notes.command("show", epilog=example("notes show sku TEA-100", f"notes show order {_ORDER}"))
@click.argument("sort", type=_SORT)
@click.argument("thing", callback=_thing)
@opened
async def show_thing_notes(desk: StaffDesk, sort: str, thing: UUID) -> None:
    """Print the notes on one thing as JSON."""
    found = await desk.retail.notes.of(ShowNotes(sort=ThingSort(sort), thing_ids=(thing,)))
    show_json(found[thing].values if thing in found else {})


@notes.command(
    "set",
    epilog=example("notes set sku TEA-100 erp.code=A-100 erp.size=12 --as admin", f"notes set order {_ORDER} erp.code=null"),
)
@click.argument("sort", type=_SORT)
@click.argument("thing", callback=_thing)
@click.argument("values", nargs=-1, required=True, callback=_pairs, metavar="KEY=VALUE...")
@decides("notes.note_down")
async def set_notes(desk: StaffDesk, sort: str, thing: UUID, values: tuple[tuple[str, str], ...]) -> None:
    """Set notes on one thing; a VALUE is JSON, else text, and null removes the note. What is not named stays."""
    wanted = {key: _value(text) for key, text in values}
    await desk.retail.notes.note_down(
        NoteDown(sort=ThingSort(sort), thing_id=thing, values=wanted, actor=desk.actor, once=desk.once)
    )
    click.echo("noted")
