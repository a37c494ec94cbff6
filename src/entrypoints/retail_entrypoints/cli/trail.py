"""`retail trail`: who decided what, and when (R35)."""

from __future__ import annotations

from operator import attrgetter
from typing import Final

import click

from retail_domain.accounts.queries import TrailView
from retail_domain.kernel.paging import Page, PageRequest
from retail_entrypoints.cli.desk import StaffDesk, listed, listing, opened, show_rows
from retail_entrypoints.cli.examples import example

_EVERYBODY: Final = 1_000_000


@click.command(epilog=example("trail --limit 20"))
@click.option("--seal", "only_seal", is_flag=True, help="Show the last seal instead: keep its number and digest elsewhere.")
@listing
@opened
async def trail(desk: StaffDesk, as_json: bool, limit: int, only_seal: bool) -> None:
    """What staff set out to do, the newest first, and who it was.

    A worker seals the trail; `retail audit` names the seal under which anything was changed, put between or taken away.
    """
    if only_seal:
        seal = await desk.reads.accounts.trail_seal()
        show_rows((seal,), {name: attrgetter(name) for name in ("number", "digest", "at", "unsealed")}, as_json=as_json)
        return

    async def fetch(page: PageRequest) -> Page[TrailView]:
        return await desk.reads.accounts.trail(page)

    rows = await listed(fetch, limit)
    logins = {str(one.staff_id): one.login for one in await listed(desk.reads.accounts.staff, _EVERYBODY)} if rows else {}
    columns = {
        "at": lambda row: row.at,
        "who": lambda row: logins.get(row.actor_ref, row.actor_ref),
        "action": lambda row: row.action,
        "object": lambda row: row.object,
        "actor_kind": lambda row: row.actor_kind,
        "actor_ref": lambda row: row.actor_ref,
    }
    show_rows(rows, columns, as_json=as_json)
