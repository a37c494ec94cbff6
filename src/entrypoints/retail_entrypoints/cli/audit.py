"""`retail audit`: every conservation law of the shop, asked of the live database (R43)."""

from __future__ import annotations

import re
from typing import Final

import click

from retail_adapters.sql.audit import Finding
from retail_entrypoints.cli.desk import StaffDesk, opened, show_json
from retail_entrypoints.cli.examples import example

_KEPT: Final = re.compile(r"(?P<number>[1-9][0-9]{0,17}):(?P<digest>[0-9a-f]{1,128})")


def _kept(_context: click.Context, _option: click.Parameter, told: str | None) -> tuple[int, str] | None:
    found = _KEPT.fullmatch(told) if told is not None else None
    if told is not None and found is None:
        raise click.BadParameter("a number and a digest, as `retail trail --seal` shows them: NUMBER:DIGEST")
    return (int(found["number"]), found["digest"]) if found is not None else None


@click.command(epilog=example("audit", "audit --json", "audit --seal 12:0f343b0931126a20f133d67c2b018a3b"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--seal", callback=_kept, metavar="NUMBER:DIGEST", help="A seal of the trail that was kept elsewhere.")
@opened
async def audit(desk: StaffDesk, as_json: bool, seal: tuple[int, str] | None) -> None:
    """Check every law on the live database; exit code 1 when a row breaks one. Nobody is kept waiting.

    A trail whose end was cut off with its seals, or which was sealed anew, is noticed only against a seal that was kept.
    """
    findings = [*await desk.shop.audit()]
    if seal is not None and not await desk.reads.accounts.is_sealed(*seal):
        findings.append(Finding("R42", "the trail has the seal that was kept elsewhere", {"seal": str(seal[0])}))
    if as_json:
        show_json({"clean": not findings, "findings": [{"law": f.law, "says": f.says, "row": dict(f.row)} for f in findings]})
    for finding in () if as_json else findings:
        click.echo(str(finding))
    if findings:
        raise click.ClickException(f"{len(findings)} rows break a law of the shop")
    if not as_json:
        click.echo("every law holds")
