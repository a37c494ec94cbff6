"""`retail freight`: freight templates from a file (MSC-R5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import click
from attrs import evolve

from retail_domain.kernel.once import Once
from retail_domain.pricing import FreightTemplate
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, opened, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.json_files import blaming
from retail_entrypoints.cli.tables import tabular
from retail_entrypoints.http.bodies import read, read_tree
from retail_entrypoints.http.quotes import FreightTemplateBody
from retail_entrypoints.settings import Settings

COLUMNS: Final[Columns] = {
    "id": lambda template: template.id,
    "name": lambda template: template.name,
    "charge_by": lambda template: template.charge_by,
    "default": lambda template: template.is_default,
    "edition": lambda template: template.edition,
    "zones": lambda template: len(template.zones),
}


@click.group()
def freight() -> None:
    """Freight templates: what delivery costs, by region."""


@freight.command("list", epilog=example("freight list"))
@tabular
@opened
async def list_templates(desk: StaffDesk, as_json: bool) -> None:
    """All freight templates by name."""
    show_rows(await desk.retail.quoting.freight_templates(), COLUMNS, as_json=as_json)


def _read_templates(_: Settings, given: Mapping[str, Any]) -> Mapping[str, list[FreightTemplateBody]]:
    with blaming(given["file"]) as content:
        return {"file": read(read_tree(content), list[FreightTemplateBody])}


async def _are_rewritten(_desk: StaffDesk, typed: Mapping[str, Any]) -> str:
    names = ", ".join(body.name for body in typed["file"])
    return f"These templates are written, over those of the same name: {names}."


def _key_of(desk: StaffDesk, number: int) -> Once | None:
    """Each template is stored by itself, so each has a key of its own: who goes on where it broke off writes the rest."""
    return evolve(desk.once, operation=f"{desk.once.operation} {number}") if desk.once else None


@freight.command("import", epilog=example("freight import freight.json --as admin"))
@click.argument("file", type=click.File("rb"))
@decides("quoting.store_freight_template", _read_templates, warns=_are_rewritten)
async def import_templates(desk: StaffDesk, file: list[FreightTemplateBody]) -> None:
    """Write the templates of a JSON FILE: a list of bodies as POST /v1/staff/freight-templates takes them.

    A template whose name is known is rewritten, so the same file may be imported again.
    """
    known: dict[str, FreightTemplate] = {one.name: one for one in await desk.retail.quoting.freight_templates()}
    for number, body in enumerate(file):
        template_id = known[body.name].id if body.name in known else None
        command = body.to_command(actor=desk.actor, template_id=template_id, once=_key_of(desk, number))
        stored = await desk.retail.quoting.store_freight_template(command)
        known[stored.name] = stored
    click.echo(f"{len(file)} freight templates written, {len(known)} in force")
