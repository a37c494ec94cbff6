"""`retail keys`: programs that come in over HTTP, and what they may (ACC-R10)."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import click

from retail_domain.accounts import KeyView, MakeKey, Permission, RevokeKey
from retail_domain.accounts.model.keys import NOT_FOR_MACHINES
from retail_domain.kernel.ids import KeyId
from retail_domain.kernel.paging import Page, PageRequest
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, listing, opened, show_list
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.naming import moment_or_day_typed
from retail_entrypoints.cli.roles import PLACE, located

KEYS: Final[Columns] = {
    "key_id": lambda view: view.key_id,
    "name": lambda view: view.name,
    "hint": lambda view: view.hint,
    "permissions": lambda view: view.permissions,
    "places": lambda view: view.places or "everywhere",
    "expires_at": lambda view: view.expires_at,
    "revoked_at": lambda view: view.revoked_at,
    "last_used_at": lambda view: view.last_used_at,
}
_MAY: Final = click.Choice([one.value for one in Permission if one not in NOT_FOR_MACHINES])


@click.group()
def keys() -> None:
    """Keys with which programs come in over HTTP."""


@keys.command("list", epilog=example("keys list"))
@listing
@opened
async def list_keys(desk: StaffDesk, as_json: bool, limit: int) -> None:
    """All keys, those taken back included; never the keys themselves. The last use is right to within an hour."""

    async def fetch(page: PageRequest) -> Page[KeyView]:
        return await desk.reads.accounts.keys(page)

    await show_list(fetch, KEYS, as_json=as_json, limit=limit)


@keys.command(
    "create", epilog=example("keys create erp-sync --may catalog.see --may stock.change --expires 2099-12-31 --as admin")
)
@click.argument("name")
@click.option("--may", "permissions", type=_MAY, multiple=True, required=True, help="May be given several times.")
@click.option(
    "--expires", "expires_at", callback=moment_or_day_typed, help="A day or a time, in UTC if it says no zone; else never."
)
@PLACE
@decides("accounts.make_key")
async def create_key(
    desk: StaffDesk, name: str, permissions: tuple[str, ...], expires_at: datetime | None, places: tuple[str, ...]
) -> None:
    """Let a program in under a NAME, which its deeds are recorded under; the key is printed this once.

    With --as it may what whoever makes it still may, and is good for nothing once they are out.
    """
    made = await desk.retail.accounts.make_key(
        MakeKey(
            name=name, permissions=tuple(Permission(one) for one in permissions), expires_at=expires_at,
            places=await located(desk, places), actor=desk.actor, once=desk.once,
        )
    )  # fmt: skip
    click.echo(f"{made.key_id} {made.key}")


@keys.command("revoke", epilog=example("keys revoke 0192f3c4-0000-7000-8000-000000000001 --as admin"))
@click.argument("key_id", type=click.UUID)
@decides("accounts.revoke_key")
async def revoke_key(desk: StaffDesk, key_id: UUID) -> None:
    """Take a key back: the next request with it is refused, by every process."""
    await desk.retail.accounts.revoke_key(RevokeKey(key_id=KeyId(key_id), actor=desk.actor, once=desk.once))
    click.echo("taken back")
