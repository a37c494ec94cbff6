"""`retail db`."""

from __future__ import annotations

import click

from retail_entrypoints.cli.desk import settings_of_environment, show_json
from retail_entrypoints.cli.examples import example
from retail_entrypoints.databases import behind, check_schema, upgrade_schema


@click.group()
def db() -> None:
    """Bring the database to this release's schema."""


@db.command(epilog=example("db upgrade"))
def upgrade() -> None:
    """Apply every migration that is missing; nothing to do is fine."""
    settings = settings_of_environment()
    before, wanted = check_schema(settings)
    upgrade_schema(settings)
    click.echo(f"schema {wanted}: already there" if before == wanted else f"schema {before or 'empty'} -> {wanted}")


@db.command(epilog=example("db check"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(as_json: bool) -> None:
    """Say whether the schema is this release's; exit code 1 when it is not."""
    settings = settings_of_environment()
    found, wanted = check_schema(settings)
    if as_json:
        show_json({"found": found, "wanted": wanted, "current": found == wanted})
    if found != wanted:
        raise behind(settings, found, wanted)
    if not as_json:
        click.echo(f"schema {wanted}: current")
