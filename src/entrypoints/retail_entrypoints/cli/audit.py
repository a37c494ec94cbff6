"""`retail audit`: every conservation law of the shop, asked of the live database (R43)."""

from __future__ import annotations

import click

from retail_entrypoints.cli.desk import StaffDesk, opened, show_json
from retail_entrypoints.cli.examples import example


@click.command(epilog=example("audit", "audit --json"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@opened
async def audit(desk: StaffDesk, as_json: bool) -> None:
    """Check every law on the live database; exit code 1 when a row breaks one. Nobody is kept waiting."""
    findings = await desk.shop.audit()
    if as_json:
        show_json({"clean": not findings, "findings": [{"law": f.law, "says": f.says, "row": dict(f.row)} for f in findings]})
    for finding in () if as_json else findings:
        click.echo(str(finding))
    if findings:
        raise click.ClickException(f"{len(findings)} rows break a law of the shop")
    if not as_json:
        click.echo("every law holds")
