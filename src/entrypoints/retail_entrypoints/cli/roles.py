"""`retail roles`: roles of the shop's own (R35, ACC-R12)."""

from __future__ import annotations

from typing import Final

import click

from retail_domain.accounts import MAY, ChangeRole, CustomRole, MakeRole, Permission, RemoveRole, Role
from retail_domain.inventory import location_named
from retail_domain.kernel.ids import LocationId
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import StaffDesk, listing, opened, show_rows
from retail_entrypoints.cli.examples import example

_MAY: Final = click.option(
    "--may", "permissions", type=click.Choice([one.value for one in Permission]), multiple=True, required=True,
    help="A permission; may be given several times.",
)  # fmt: skip
PLACE: Final = click.option(
    "--place", "places", multiple=True, help="Code of a warehouse or store it is bound to; may be given several times."
)


@click.group()
def roles() -> None:
    """Roles that the shop makes itself, bound to places or not; for what staff may do."""


@roles.command("list", epilog=example("roles list"))
@listing
@opened
async def list_roles(desk: StaffDesk, as_json: bool, limit: int) -> None:
    """All roles, those that every shop has first."""
    codes = {one.id: one.code for one in await desk.reads.inventory.locations()}
    every = [role.value for role in Role]
    built_in = [CustomRole(code=name, name=name, permissions=_ordered(MAY[Role(name)])) for name in every]
    columns = {
        "role": lambda role: role.code,
        "name": lambda role: role.name,
        "places": lambda role: tuple(sorted(codes.get(place, str(place)) for place in role.places)) or "everywhere",
        "may": lambda role: role.permissions,
    }
    show_rows([*built_in, *await desk.reads.accounts.custom_roles()][:limit], columns, as_json=as_json)


@roles.command("make", epilog=example("roles make hz-clerk 杭州店员 --may orders.see --may orders.ship --place HZ --as admin"))
@click.argument("code")
@click.argument("name")
@_MAY
@PLACE
@decides("accounts.make_role")
async def make_role(desk: StaffDesk, code: str, name: str, permissions: tuple[str, ...], places: tuple[str, ...]) -> None:
    """Make a role CODE of permissions that you have yourself; without --place it holds everywhere."""
    command = MakeRole(
        code=code, name=name, permissions=_named(permissions), places=await located(desk, places), actor=desk.actor,
        once=desk.once,
    )  # fmt: skip
    click.echo((await desk.retail.accounts.make_role(command)).code)


@roles.command("change", epilog=example("roles change hz-clerk 杭州店员 --may orders.see --place HZ --as admin"))
@click.argument("code")
@click.argument("name")
@_MAY
@PLACE
@decides("accounts.change_role")
async def change_role(desk: StaffDesk, code: str, name: str, permissions: tuple[str, ...], places: tuple[str, ...]) -> None:
    """Say anew what the role CODE may do, and where: it counts at once for everybody who has it."""
    command = ChangeRole(
        code=code, name=name, permissions=_named(permissions), places=await located(desk, places), actor=desk.actor,
        once=desk.once,
    )  # fmt: skip
    click.echo((await desk.retail.accounts.change_role(command)).code)


@roles.command("remove", epilog=example("roles remove hz-clerk --as admin"))
@click.argument("code")
@decides("accounts.remove_role")
async def remove_role(desk: StaffDesk, code: str) -> None:
    """Remove the role CODE, which nobody has any more."""
    await desk.retail.accounts.remove_role(RemoveRole(code=code, actor=desk.actor, once=desk.once))
    click.echo(f"{code} removed")


def _named(permissions: tuple[str, ...]) -> tuple[Permission, ...]:
    return tuple(Permission(name) for name in permissions)


def _ordered(permissions: frozenset[Permission]) -> tuple[Permission, ...]:
    return tuple(one for one in Permission if one in permissions)


async def located(desk: StaffDesk, codes: tuple[str, ...]) -> tuple[LocationId, ...]:
    """The places of these codes. Raises LocationNotFound."""
    return tuple([await location_named(desk.reads.inventory, code) for code in codes])
