"""`retail points`: what members have of points, and why (PTS)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import click

from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.points import AdjustPoints, PointsBalance, PointsEntry
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, listing, opened, show_list, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.naming import MemberName
from retail_entrypoints.cli.tables import tabular

BALANCE: Final[Columns] = {
    "available": lambda stands: stands.available,
    "frozen": lambda stands: stands.frozen,
    "locked": lambda stands: stands.locked,
    "debt": lambda stands: stands.debt,
    "expires_next": lambda stands: stands.expiring[0].expires_at if stands.expiring else None,
    "expire_then": lambda stands: stands.expiring[0].points if stands.expiring else 0,
}
ENTRIES: Final[Columns] = {
    "at": lambda entry: entry.at,
    "worth": lambda entry: entry.worth,
    "units": lambda entry: entry.units,
    "out_of": lambda entry: entry.out_of,
    "went_to": lambda entry: entry.went_to,
    "source": lambda entry: entry.key.source,
    "because": lambda entry: entry.cause.because,
    "cause": lambda entry: entry.cause.ref,
    "note": lambda entry: entry.note,
}


@click.group()
def points() -> None:
    """Points of members; MEMBER is a phone number, a login name or an id."""


@points.command("show", epilog=example("points show 13800138000", "points show li-lei --json"))
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@tabular
@opened
async def show_points(desk: StaffDesk, member_id: UUID, as_json: bool) -> None:
    """How MEMBER stands: to be spent, frozen, held by open orders, owed; and what expires next."""
    stands: PointsBalance = await desk.retail.points.balance(MemberId(member_id))
    show_rows([stands], BALANCE, as_json=as_json)


@points.command("history", epilog=example("points history 13800138000 --limit 20"))
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@listing
@opened
async def list_points(desk: StaffDesk, member_id: UUID, as_json: bool, limit: int) -> None:
    """What moved the points of MEMBER, the latest first."""

    async def fetch(page: PageRequest) -> Page[PointsEntry]:
        return await desk.retail.points.show.entries(MemberId(member_id), page)

    await show_list(fetch, ENTRIES, as_json=as_json, limit=limit)


async def _adjusted_before(desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    told = await desk.retail.points.show.entries(MemberId(typed["member_id"]), PageRequest(100))
    for entry in told.items:
        if (entry.note, entry.worth) == (typed["reason"].strip(), typed["points"]):
            return f"{entry.worth:+} points for this member at {entry.at.isoformat()}: {entry.note}"
    return None


@points.command(
    "adjust",
    epilog=example(
        'points adjust 13800138000 50 --reason "late parcel" --as lili',
        'points adjust --reason "given twice" --as lili -- 13800138000 -50',
    ),
)
@click.argument("member_id", type=MemberName(), metavar="MEMBER")
@click.argument("points", type=int)
@click.option("--reason", required=True, help="Why; the member reads it.")
@decides("points.adjust", repeats=_adjusted_before)
async def adjust_points(desk: StaffDesk, member_id: UUID, points: int, reason: str) -> None:
    """Add POINTS to those of MEMBER, or take some that can be spent: a number below nothing, after `--`."""
    command = AdjustPoints(member_id=MemberId(member_id), points=points, reason=reason, actor=desk.actor, once=desk.once)
    told = await desk.retail.points.adjust(command)
    click.echo(f"available: {told.available}, owed: {told.debt}")
