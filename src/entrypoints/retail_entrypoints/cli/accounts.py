"""`retail members`, `retail staff`, `retail regions`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import click

from retail_adapters.files.csv_files import CsvFile
from retail_domain.accounts import (
    AddStaff,
    BanMember,
    ChangeRoles,
    GivePassword,
    ImportRegions,
    MemberNotFound,
    Region,
    Role,
    StaffNotFound,
    WelcomeLine,
    read_regions,
)
from retail_domain.accounts.model.custom_roles import spelled_role
from retail_domain.accounts.queries import MemberView, StaffView
from retail_domain.kernel.errors import FieldProblem, InvalidInput
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.rows import PROBLEMS_SHOWN, Row
from retail_domain.membership import ShowCheckIns
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, listing, opened, show_json, show_list, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.members_file import import_members
from retail_entrypoints.cli.naming import MemberName, month_typed
from retail_entrypoints.cli.private_files import write_private
from retail_entrypoints.cli.tables import tabular
from retail_entrypoints.settings import Settings

MEMBERS: Final[Columns] = {
    "member_id": lambda view: view.member_id,
    "phone": lambda view: view.phone.masked if view.phone else None,
    "status": lambda view: view.status,
    "consent": lambda view: view.behaviour_consent,
    "created_at": lambda view: view.created_at,
}
STAFF: Final[Columns] = {
    "staff_id": lambda view: view.staff_id,
    "login": lambda view: view.login,
    "name": lambda view: view.name,
    "roles": lambda view: (*view.roles, *view.custom_roles),
    "created_at": lambda view: view.created_at,
}
CHECK_INS: Final[Columns] = {
    "day": lambda made: made.day.isoformat(),
    "streak": lambda made: made.streak,
    "at": lambda made: made.at,
}
_MEMBER: Final = "0192f3c4-0000-7000-8000-000000000001"
ROLE: Final = click.option(
    "--role", "roles", multiple=True, required=True, help="clerk, finance, admin or one of the shop's own; as often as wanted."
)
_BUILT_IN: Final = {role.value for role in Role}


@click.group()
def members() -> None:
    """The members; names and phone numbers stay masked here."""  # R40


members.add_command(import_members)


@members.command("list", epilog=example("members list --limit 20"))
@listing
@opened
async def list_members(desk: StaffDesk, as_json: bool, limit: int) -> None:
    """All members, the newest first."""

    async def fetch(page: PageRequest) -> Page[MemberView]:
        return await desk.reads.accounts.members(page)

    await show_list(fetch, MEMBERS, as_json=as_json, limit=limit)


@members.command("show", epilog=example("members show 13800138000", "members show li-lei"))
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@tabular
@opened
async def show_member(desk: StaffDesk, member_id: UUID, as_json: bool) -> None:
    """One MEMBER: by phone number, login name or id. The phone stays masked here."""
    view = await desk.reads.accounts.member(MemberId(member_id))
    if view is None:
        raise MemberNotFound()
    if as_json:
        show_json({name: read(view) for name, read in MEMBERS.items()})
    else:
        show_rows([view], MEMBERS, as_json=False)


@members.command("check-ins", epilog=example("members check-ins li-lei --month 2026-11"))
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@click.option("--month", callback=month_typed, help="Such as 2026-11; else this month.")
@tabular
@opened
async def list_check_ins(desk: StaffDesk, member_id: UUID, month: date | None, as_json: bool) -> None:
    """The days of a month on which MEMBER came by, and the streak."""
    wish = ShowCheckIns(member_id=MemberId(member_id), month=month)
    show_rows((await desk.retail.membership.show_check_ins(wish)).days, CHECK_INS, as_json=as_json)


@members.command(
    "ban",
    epilog=example(
        "members ban 13800138000 --as admin",
        "members ban 13800138000 --lift --as admin",
    ),
)
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@click.option("--lift", is_flag=True, help="Let them in again.")
@decides("accounts.ban_member")
async def ban_member(desk: StaffDesk, member_id: UUID, lift: bool) -> None:
    """Block MEMBER (phone number, login name or id) and end their sessions, or let them in again."""
    command = BanMember(member_id=MemberId(member_id), actor=desk.actor, banned=not lift, once=desk.once)
    await desk.retail.accounts.ban_member(command)
    click.echo("let in again" if lift else "blocked")


IN_THE_WAY: Final[Columns] = {
    "kind": lambda way: way.kind,
    "id": lambda way: way.id,
    "settled_by": lambda way: way.settled_by,
    "until": lambda way: way.until,
}


@members.command("export", epilog=example(f"members export {_MEMBER} member.json --as admin"))
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@decides("privacy.export")
async def export_member(desk: StaffDesk, member_id: UUID, file: Path) -> None:
    """Write everything the shop knows of MEMBER (phone number, login name or id) into a new JSON FILE for your eyes.

    It is in clear; that somebody looked is written in the trail.
    """
    from retail_domain.processes.leaving.exporting import ExportMember  # whoever lists staff does without

    told = await desk.retail.privacy.export(ExportMember(member_id=MemberId(member_id)))
    document = {"format": told.format, "member_id": str(told.member_id), "at": told.at.isoformat(), "sections": told.sections}
    write_private(file, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    click.echo(f"written: {file}")


@members.command("closing", epilog=example(f"members closing {_MEMBER}"))
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@tabular
@opened
async def show_in_the_way(desk: StaffDesk, member_id: UUID, as_json: bool) -> None:
    """What stands in the way of closing the account of MEMBER (phone number, login name or id), and what settles it."""
    show_rows(await desk.retail.privacy.in_the_way(MemberId(member_id)), IN_THE_WAY, as_json=as_json)


async def _is_erased(_desk: StaffDesk, typed: Mapping[str, Any]) -> str:
    return f"The account of member {typed['member_id']} is closed, and what is known of them is erased."


@members.command("close", epilog=example(f"members close {_MEMBER} --as admin"))
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@decides("privacy.close_for", warns=_is_erased)
async def close_account_of(desk: StaffDesk, member_id: UUID) -> None:
    """Close the account of MEMBER (phone number, login name or id), who asked for it; a worker erases what is known of them.

    Records of trade stay, masked, for three years.
    """
    from retail_domain.processes.leaving.closing import CloseAccountFor  # whoever lists staff does without

    command = CloseAccountFor(member_id=MemberId(member_id), actor=desk.actor, once=desk.once)
    closed = await desk.retail.privacy.close_for(command)
    click.echo(f"closed at {closed.closed_at.isoformat()}")


def _read_password(_: Settings, given: Mapping[str, Any]) -> Mapping[str, str]:
    if given["password"]:
        return {"password": sys.stdin.readline().rstrip("\r\n")}
    if not sys.stdin.isatty():
        raise click.UsageError("no terminal to ask for the password on; give it with --password-stdin")
    told: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return {"password": told}


@click.group()
def staff() -> None:
    """Who works here, and what they may do; the first admin is made here only."""


@staff.command("list", epilog=example("staff list"))
@listing
@opened
async def list_staff(desk: StaffDesk, as_json: bool, limit: int) -> None:
    """All staff."""

    async def fetch(page: PageRequest) -> Page[StaffView]:
        return await desk.reads.accounts.staff(page)

    await show_list(fetch, STAFF, as_json=as_json, limit=limit)


@staff.command("add", epilog=example("staff add lili --role clerk --name 丽丽 --as admin"))
@click.argument("login")
@ROLE
@click.option("--name", help="How they are called; the login name if not given.")
@click.option("--password-stdin", "password", is_flag=True, help="Read the password from the first line of standard input.")
@decides("accounts.add_staff", _read_password)
async def add_staff(desk: StaffDesk, login: str, roles: tuple[str, ...], name: str | None, password: str) -> None:
    """Take somebody on under a LOGIN name."""
    taken_on = await desk.retail.accounts.add_staff(
        AddStaff(
            login=login, password=password, name=name or login, roles=_roles(roles), custom_roles=_own(roles),
            actor=desk.actor, once=desk.once,
        )
    )  # fmt: skip
    click.echo(f"{login} {' '.join(roles)} {taken_on.staff_id}")


@staff.command(
    "password",
    epilog=example(
        "staff password lili --as admin",
        "staff password lili --password-stdin --as admin < password.txt",
    ),
)
@click.argument("login")
@click.option("--password-stdin", "password", is_flag=True, help="Read the password from the first line of standard input.")
@decides("accounts.give_password", _read_password)
async def give_password(desk: StaffDesk, login: str, password: str) -> None:
    """Give somebody who works here another password; they have to log in again.

    They may change it themselves with PUT /v1/auth/password, and an admin may give one with PUT /v1/staff/staff/{id}/password.
    """
    view = await _staff_named(desk, login)
    command = GivePassword(staff_id=view.staff_id, password=password, actor=desk.actor, once=desk.once)
    await desk.retail.accounts.give_password(command)
    click.echo(f"{login} logs in with the new password from now on")


@staff.command("grant", epilog=example("staff grant lili --role finance --as admin"))
@click.argument("login")
@ROLE
@decides("accounts.change_roles")
async def grant_roles(desk: StaffDesk, login: str, roles: tuple[str, ...]) -> None:
    """Give somebody roles; they have to log in again."""
    view = await _staff_named(desk, login)
    await desk.retail.accounts.change_roles(
        ChangeRoles(staff_id=view.staff_id, actor=desk.actor, grant=_roles(roles), grant_custom=_own(roles), once=desk.once)
    )
    click.echo(f"{login}: {' '.join(roles)} granted")


@staff.command("revoke", epilog=example("staff revoke lili --role finance --as admin"))
@click.argument("login")
@click.option("--role", "roles", multiple=True, help="May be given several times; none means all.")
@decides("accounts.change_roles")
async def revoke_roles(desk: StaffDesk, login: str, roles: tuple[str, ...]) -> None:
    """Take roles from somebody, or all of them: then they are out."""
    view = await _staff_named(desk, login)
    await desk.retail.accounts.change_roles(
        ChangeRoles(
            staff_id=view.staff_id,
            actor=desk.actor,
            revoke=_roles(roles) if roles else None,
            revoke_custom=_own(roles),
            once=desk.once,
        )
    )
    click.echo(f"{login}: {' '.join(roles) or 'every role'} revoked")


@staff.command("welcome", epilog=example("staff welcome lili 203.0.113.9 --as admin"))
@click.argument("login")
@click.argument("address", callback=lambda _context, _parameter, given: _address(given))
@decides("accounts.welcome_line")
async def welcome_staff(desk: StaffDesk, login: str, address: str) -> None:
    """Let somebody try their password from the network ADDRESS where they are.

    For somebody of staff who is kept out because others guess at their password from everywhere: from there wrong passwords of
    others count no more. The password is wanted all the same. Where somebody has logged in before, they need not be welcomed.
    """
    await desk.retail.accounts.welcome_line(WelcomeLine(login=login, client=address, actor=desk.actor, once=desk.once))
    click.echo(f"{login} is welcome from {address}")


def _address(given: str) -> str:
    try:
        return str(ip_address(given.strip()))
    except ValueError:
        raise click.BadParameter("an IPv4 or IPv6 address is expected, such as 203.0.113.9") from None


@click.group()
def regions() -> None:
    """Administrative regions below the provinces (行政区划)."""


def _read_regions(_: Settings, given: Mapping[str, Any]) -> Mapping[str, tuple[Region, ...]]:
    """The rows of the files, numbered as a spreadsheet does. Raises InvalidInput that names what is wrong."""
    paths: tuple[Path, ...] = given["files"]
    names = [""] if len(paths) == 1 else [path.name for path in paths]
    if len(set(names)) < len(names):
        raise InvalidInput.of("files", "twice", "several files are told apart by their names")
    files, flawed = [], list[FieldProblem]()
    for name, path in zip(names, paths, strict=True):
        file = CsvFile(path, is_rowlike=_looks_like_a_region)
        if not {"code", "name"} <= set(file.header()):
            raise InvalidInput.of(name or "file", "columns", "the first line names the columns code, name and parent")
        rows = list(file.rows())
        where = f"{name} rows" if name else "rows"
        flawed += [FieldProblem(field=f"{where}[{row.number}]", rule="columns", message=row.flaw) for row in rows if row.flaw]
        files.append([row.fields for row in rows])
    if flawed:
        raise InvalidInput(problems=tuple(flawed[:PROBLEMS_SHOWN]))
    return {"files": read_regions(*files, names=names)}


def _looks_like_a_region(row: Row) -> bool:
    code = row.fields.get("code", "").strip()
    return len(code) == 6 and code.isdecimal()


async def _are_replaced(desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    return None if typed["dry_run"] else f"The regions that are known are replaced: {await _compared(desk, typed['files'])}."


async def _compared(desk: StaffDesk, wanted: Sequence[Region]) -> str:
    """How these differ from those that are known; provinces are known to every shop."""
    known = {one.code: one for one in await desk.reads.accounts.every_region() if one.parent is not None}
    coming = {one.code: one for one in wanted if one.parent is not None}
    new, gone = coming.keys() - known.keys(), known.keys() - coming.keys()
    changed = sum(known[code] != coming[code] for code in coming.keys() & known.keys())
    return f"{len(wanted)} regions, {len(new)} of them new, {changed} changed; {len(gone)} go"


@regions.command(
    "import", epilog=example("regions import regions.csv --dry-run", "regions import regions.csv --once regions-2026")
)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only tell what would change.")
@decides("accounts.import_regions", _read_regions, warns=_are_replaced)
async def import_regions(desk: StaffDesk, files: tuple[Region, ...], dry_run: bool) -> None:
    """Replace the regions by the rows `code,name,parent` of CSV FILES: all of them, or none.

    Provinces, cities and areas may be a file each, with codes of two, four and six digits. Without a parent a region lies in
    the city, else in the province, whose digits its code begins with. Wrong rows are named by number; the header is row 1.
    """
    if dry_run:
        click.echo(f"nothing was stored; it would be: {await _compared(desk, files)}")
        return
    imported = await desk.retail.accounts.import_regions(ImportRegions(regions=files, actor=desk.actor, once=desk.once))
    click.echo(f"{imported.count} regions")


async def _staff_named(desk: StaffDesk, login: str) -> StaffView:
    view: StaffView | None = await desk.reads.accounts.staff_named(login.strip().casefold())
    if view is None:
        raise StaffNotFound()
    return view


def _roles(names: tuple[str, ...]) -> tuple[Role, ...]:
    return tuple(Role(name) for name in names if name in _BUILT_IN)


def _own(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(spelled_role(name) for name in names if name not in _BUILT_IN)
