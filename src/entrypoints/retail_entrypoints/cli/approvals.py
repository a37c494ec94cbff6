"""`retail approvals`: what waits for a second person (ACC-R14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import click

from retail_domain.approvals import Approval, ApprovalState, Approve, RefuseApproval
from retail_domain.kernel.ids import ApprovalId
from retail_domain.kernel.paging import Page, PageRequest
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, listing, opened, show_list
from retail_entrypoints.cli.examples import example


def _columns(desk: StaffDesk) -> Columns:
    now = desk.shop.clock.now()
    return {
        "approval_id": lambda one: one.id,
        "state": lambda one: one.shown_at(now),
        "does": lambda one: one.does,
        "matter": lambda one: one.matter,
        "size": lambda one: one.size,
        "limit": lambda one: one.above,
        "asked_by": lambda one: f"{one.asked_by.kind.value}:{one.asked_by.ref}",
        "expires_at": lambda one: one.expires_at,
        "decided_by": lambda one: f"{one.decided_by.kind.value}:{one.decided_by.ref}" if one.decided_by else None,
        "about": lambda one: one.about,
    }


@click.group()
def approvals() -> None:
    """What is too large for one person, and waits for another."""


@approvals.command("list", epilog=example("approvals list --waiting"))
@click.option("--waiting", is_flag=True, help="Only what nobody has decided about yet.")
@listing
@opened
async def list_approvals(desk: StaffDesk, waiting: bool, as_json: bool, limit: int) -> None:
    """All of them, the newest first."""

    async def fetch(page: PageRequest) -> Page[Approval]:
        return await desk.reads.approvals.all(page, only_waiting=waiting)

    await show_list(fetch, _columns(desk), as_json=as_json, limit=limit)


async def _is_carried_out(desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    found = await desk.reads.approvals.show(ApprovalId(typed["approval_id"]))
    return f"{found.does} of {found.matter} {found.size} is carried out now." if found else None


@approvals.command("approve", epilog=example("approvals approve 0192f3c4-0000-7000-8000-000000000001 --as lili"))
@click.argument("approval_id", type=click.UUID)
@decides("approvals.approve", warns=_is_carried_out)
async def approve(desk: StaffDesk, approval_id: UUID) -> None:
    """Approve it, as somebody else than who asked: it is carried out now."""
    command = Approve(approval_id=ApprovalId(approval_id), actor=desk.actor, within=desk.within, once=desk.once)
    _say((await desk.retail.approvals.approve(command)).state)


@approvals.command(
    "refuse", epilog=example('approvals refuse 0192f3c4-0000-7000-8000-000000000001 --reason "not ours" --as lili')
)
@click.argument("approval_id", type=click.UUID)
@click.option("--reason", required=True)
@decides("approvals.refuse")
async def refuse_approval(desk: StaffDesk, approval_id: UUID, reason: str) -> None:
    """Refuse it: nothing is done."""
    command = RefuseApproval(
        approval_id=ApprovalId(approval_id), reason=reason, actor=desk.actor, within=desk.within, once=desk.once
    )
    _say((await desk.retail.approvals.refuse(command)).state)


def _say(state: ApprovalState) -> None:
    click.echo(state.value)
