"""`retail messages`: what members and staff are told, and what is on its way to them."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import click

from retail_domain.kernel.causes import Language
from retail_domain.kernel.ids import MemberId, MessageId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.messages import (
    MessageView,
    ReadMessages,
    Recipient,
    SendingState,
    SendingView,
    ShowInbox,
    StopMarketing,
)
from retail_domain.processes.worker.causes import our_causes
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, listing, opened, show_json, show_list, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.naming import NameUnknown

MESSAGE: Final[Columns] = {
    "message_id": lambda view: view.message_id,
    "at": lambda view: view.at,
    "read_at": lambda view: view.read_at,
    "cause": lambda view: view.cause,
    "title": lambda view: view.title,
    "text": lambda view: view.text,
}
SENDING: Final[Columns] = {
    "message_id": lambda view: view.message_id,
    "channel": lambda view: view.channel,
    "cause": lambda view: view.cause,
    "state": lambda view: view.state,
    "tries": lambda view: view.tries,
    "next_at": lambda view: view.next_at,
    "ended_at": lambda view: view.ended_at,
    "reason": lambda view: view.reason,
}
CAUSE: Final[Columns] = {
    "cause": lambda cause: cause.code,
    "kind": lambda cause: cause.kind,
    "whom": lambda cause: cause.permission or cause.whom,
    "event": lambda cause: cause.event.name if cause.event else None,
    "goes_out": lambda cause: cause.goes_out,
    "wakes": lambda cause: cause.wakes,
    "title": lambda cause: cause.words[Language.EN].title,
    "title_zh": lambda cause: cause.words[Language.ZH_CN].title,
}
_MEMBER: Final = "0192f3c4-0000-7000-8000-000000000001"


async def _recipient(desk: StaffDesk, whose: str) -> Recipient:
    """A member by id, or somebody of staff by login name."""
    try:
        return Recipient.member(UUID(whose))
    except ValueError:
        known = await desk.reads.accounts.staff_named(whose)
    if known is None:
        raise NameUnknown(what="member or staff", named=whose[:100])
    return Recipient.staff(known.staff_id)


@click.group()
def messages() -> None:
    """What members and staff are told, and what is on its way to them."""


@messages.command("causes", epilog=example("messages causes --json"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@opened
async def list_causes(desk: StaffDesk, as_json: bool) -> None:
    """Everything that anybody is told, and why."""
    show_rows(our_causes().all, CAUSE, as_json=as_json)


@messages.command("list", epilog=example(f"messages list {_MEMBER} --unread", "messages list admin"))
@click.argument("whose", metavar="MEMBER|STAFF")
@click.option("--unread", is_flag=True, help="Only what was not read yet.")
@listing
@opened
async def list_inbox(desk: StaffDesk, whose: str, unread: bool, as_json: bool, limit: int) -> None:
    """The inbox of a member, by id, or of somebody of staff, by login name; the newest first."""
    recipient = await _recipient(desk, whose)

    async def fetch(page: PageRequest) -> Page[MessageView]:
        return await desk.retail.messages.inbox(ShowInbox(recipient=recipient, page=page, unread_only=unread))

    await show_list(fetch, MESSAGE, as_json=as_json, limit=limit)


@messages.command(epilog=example("messages unread admin"))
@click.argument("whose", metavar="MEMBER|STAFF")
@opened
async def unread(desk: StaffDesk, whose: str) -> None:
    """How many messages were not read yet; 1000 stands for more."""
    click.echo(await desk.retail.messages.unread(await _recipient(desk, whose)))


@messages.command(epilog=example("messages read admin --as admin"))
@click.argument("whose", metavar="MEMBER|STAFF")
@click.argument("ids", nargs=-1, type=click.UUID, metavar="[MESSAGE]...")
@decides("messages.read_for")
async def read(desk: StaffDesk, whose: str, ids: tuple[UUID, ...]) -> None:
    """Note that somebody has read messages: these, or all that they have, a thousand at a time."""
    wish = ReadMessages(recipient=await _recipient(desk, whose), ids=tuple(map(MessageId, ids)) or None, once=desk.once)
    click.echo(f"{(await desk.retail.messages.read_for(wish)).count} read")


@messages.command(epilog=example("messages sendings --state refused"))
@click.option("--state", type=click.Choice([one.value for one in SendingState]), help="Only those in this state.")
@listing
@opened
async def sendings(desk: StaffDesk, state: str | None, as_json: bool, limit: int) -> None:
    """What is on its way outside, or was, the newest first."""

    async def fetch(page: PageRequest) -> Page[SendingView]:
        return await desk.reads.messages.sendings(page, SendingState(state) if state else None)

    await show_list(fetch, SENDING, as_json=as_json, limit=limit)


@messages.command("settings", epilog=example(f"messages settings {_MEMBER}"))
@click.argument("member_id", type=click.UUID, metavar="MEMBER")
@opened
async def show_settings(desk: StaffDesk, member_id: UUID) -> None:
    """How a member wants to be told, and what they said about advertising last."""
    show_json(await desk.retail.messages.settings(MemberId(member_id)))


@messages.command("stop-marketing", epilog=example(f"messages stop-marketing {_MEMBER} --as admin"))
@click.argument("member_id", type=click.UUID, metavar="MEMBER")
@decides("messages.stop_marketing")
async def stop(desk: StaffDesk, member_id: UUID) -> None:
    """Write down that a member wants no advertising any more."""
    await desk.retail.messages.stop_marketing(StopMarketing(member_id=MemberId(member_id), once=desk.once))
    click.echo(f"{member_id} is not advertised to")
