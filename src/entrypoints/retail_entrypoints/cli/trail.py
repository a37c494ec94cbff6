"""`retail trail`: who decided what, and when (R35)."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from typing import Final

import click

from retail_domain.accounts.model.words import spelled_login
from retail_domain.accounts.queries import TrailSearch, TrailView
from retail_domain.kernel.paging import Page, PageRequest
from retail_entrypoints.cli.desk import StaffDesk, listed, listing, opened, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.naming import moment_or_day_typed

_EVERYBODY: Final = 1_000_000


@click.command(epilog=example("trail --limit 20", "trail --who lili --since 2026-11-30"))
@click.option("--seal", "only_seal", is_flag=True, help="Show the last seal instead: keep its number and digest elsewhere.")
@click.option("--who", help="Only of this one: a login name, an id, or the name of a program's key.")
@click.option("--action", help="Only of this name, such as ship_order.")
@click.option("--thing", help="Only about this thing, by its id or code.")
@click.option("--since", callback=moment_or_day_typed, help="Not before this moment or day, in UTC if it says no zone.")
@click.option("--until", callback=moment_or_day_typed, help="Before this moment or day.")
@listing
@opened
async def trail(  # noqa: PLR0913 - as many as there are options
    desk: StaffDesk, as_json: bool, limit: int, only_seal: bool, who: str | None, action: str | None, thing: str | None,
    since: datetime | None, until: datetime | None,
) -> None:  # fmt: skip
    """What staff set out to do, the newest first, and who it was.

    A worker seals the trail; `retail audit` names the seal under which anything was changed, put between or taken away.
    """
    if only_seal:
        seal = await desk.reads.accounts.trail_seal()
        show_rows((seal,), {name: attrgetter(name) for name in ("number", "digest", "at", "unsealed")}, as_json=as_json)
        return

    known = await desk.reads.accounts.staff_named(spelled_login(who)) if who else None
    search = TrailSearch(actor_ref=str(known.staff_id) if known else who, action=action, thing=thing, since=since, until=until)

    async def fetch(page: PageRequest) -> Page[TrailView]:
        return await desk.reads.accounts.trail(page, search)

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
