"""`retail webhooks`: addresses outside the shop that are told what happens in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import click

from retail_domain.kernel.ids import WebhookId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.webhooks import (
    ChangeWebhook,
    CreateWebhook,
    ReleaseTellings,
    ReplayTellings,
    TellingState,
    TellingView,
    WebhookSecret,
)
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, listing, opened, show_json, show_list, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.tables import tabular
from retail_entrypoints.settings import Settings

WEBHOOK: Final[Columns] = {
    "webhook_id": lambda view: view.webhook_id,
    "state": lambda view: view.state,
    "url": lambda view: view.url,
    "kinds": lambda view: view.kinds,
    "behind": lambda view: view.behind,
    "waiting": lambda view: view.waiting,
    "under_way": lambda view: view.under_way,
    "parked": lambda view: view.parked,
    "failing_since": lambda view: view.failing_since,
    "description": lambda view: view.description,
}
TELLING: Final[Columns] = {
    "number": lambda view: view.number,
    "event": lambda view: view.event_name,
    "aggregate_id": lambda view: view.aggregate_id,
    "state": lambda view: view.state,
    "tries": lambda view: view.tries,
    "next_at": lambda view: view.next_at,
    "ended_at": lambda view: view.ended_at,
    "status": lambda view: view.status,
    "untold": lambda view: view.untold,
    "event_id": lambda view: view.event_id,
}
_ONE: Final = "webhooks {} 0192f3c4-0000-7000-8000-000000000001"


async def _is_made(desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    for one in await desk.retail.webhooks.every():
        if (one.url, {*one.kinds}) == (typed["url"], {*typed["kinds"]}):
            return f"{one.webhook_id} tells {one.url} the same"
    return None


async def _is_rotated(desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    """Another one at once would end the secret that its receiver may still be using."""
    until = (await desk.retail.webhooks.one(WebhookId(typed["webhook_id"]))).old_secret_until
    is_in_use = until is not None and until > desk.shop.clock.now()
    return f"it got another secret, and the one before that signs until {until:%Y-%m-%d %H:%M} UTC" if is_in_use else None


async def _goes(desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    one = await desk.retail.webhooks.one(WebhookId(typed["webhook_id"]))
    open_ones = one.waiting + one.under_way + one.parked
    return f"{one.url} is told nothing more; {open_ones} events that it was to be told are forgotten."


async def _is_never_sent(_desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    return f"What is parked under {' '.join(map(str, typed['numbers']))} is never sent."


@click.group()
def webhooks() -> None:
    """Addresses outside the shop that are told what happens in it."""


@webhooks.command("list", epilog=example("webhooks list"))
@tabular
@opened
async def list_webhooks(desk: StaffDesk, as_json: bool) -> None:
    """All webhooks, the oldest first, and how far each is."""
    show_rows(await desk.retail.webhooks.every(), WEBHOOK, as_json=as_json)


@webhooks.command(epilog=example(_ONE.format("show")))
@click.argument("webhook_id", type=click.UUID, metavar="WEBHOOK")
@tabular
@opened
async def show(desk: StaffDesk, webhook_id: UUID, as_json: bool) -> None:
    """One webhook, and how far it is."""
    view = await desk.retail.webhooks.one(WebhookId(webhook_id))
    if as_json:
        show_json(view)
    else:
        show_rows([view], WEBHOOK, as_json=False)


@webhooks.command(epilog=example(f"{_ONE.format('deliveries')} --state parked"))
@click.argument("webhook_id", type=click.UUID, metavar="WEBHOOK")
@click.option("--state", type=click.Choice([state.value for state in TellingState]), help="Only those in this state.")
@listing
@opened
async def deliveries(desk: StaffDesk, webhook_id: UUID, state: str | None, as_json: bool, limit: int) -> None:
    """What a webhook is told, the newest first."""
    desk_of = desk.retail.webhooks
    webhook = await desk_of.one(WebhookId(webhook_id))

    async def fetch(page: PageRequest) -> Page[TellingView]:
        return await desk_of.show.tellings(webhook.webhook_id, page, TellingState(state) if state else None)

    await show_list(fetch, TELLING, as_json=as_json, limit=limit)


@webhooks.command(
    epilog=example(
        "webhooks create https://example.com/hooks/shop --kind order.paid --kind order.shipped --as admin",
        "webhooks create https://example.com/hooks/all --after 0 --as admin",
    )
)
@click.argument("url")
@click.option("--kind", "kinds", multiple=True, help="Name of an event; several times for several. Left out: all events.")
@click.option("--description", default="", help="What it is for.")
@click.option("--after", type=click.IntRange(0), help="Begin after the event of this number; left out: with what happens now.")
@decides("webhooks.create", repeats=_is_made)
async def create(desk: StaffDesk, url: str, kinds: tuple[str, ...], description: str, after: int | None) -> None:
    """Tell URL what happens. Prints the id, and the secret, which is not shown again."""
    wish = CreateWebhook(url=url, kinds=kinds, description=description, after=after, once=desk.once)
    _tell_made(await desk.retail.webhooks.create(wish))


@webhooks.command(epilog=example(f"{_ONE.format('pause')} --as admin"))
@click.argument("webhook_id", type=click.UUID, metavar="WEBHOOK")
@decides("webhooks.pause")
async def pause(desk: StaffDesk, webhook_id: UUID) -> None:
    """Send nothing for now; what happens meanwhile is sent when it is resumed."""
    await desk.retail.webhooks.pause(_this(desk, webhook_id))
    click.echo(f"{webhook_id} is paused")


@webhooks.command(epilog=example(f"{_ONE.format('resume')} --as admin"))
@click.argument("webhook_id", type=click.UUID, metavar="WEBHOOK")
@decides("webhooks.resume")
async def resume(desk: StaffDesk, webhook_id: UUID) -> None:
    """Go on sending from where it stopped."""
    await desk.retail.webhooks.resume(_this(desk, webhook_id))
    click.echo(f"{webhook_id} goes on")


@webhooks.command(epilog=example(f"{_ONE.format('remove')} --as admin"))
@click.argument("webhook_id", type=click.UUID, metavar="WEBHOOK")
@decides("webhooks.remove", warns=_goes)
async def remove(desk: StaffDesk, webhook_id: UUID) -> None:
    """Send nothing more, and forget what was to be sent."""
    await desk.retail.webhooks.remove(_this(desk, webhook_id))
    click.echo(f"{webhook_id} is removed")


@webhooks.command(epilog=example(f"{_ONE.format('rotate')} --as admin"))
@click.argument("webhook_id", type=click.UUID, metavar="WEBHOOK")
@decides("webhooks.rotate", repeats=_is_rotated)
async def rotate(desk: StaffDesk, webhook_id: UUID) -> None:
    """Give it another secret, which is not shown again; the one before signs as well for a day."""
    _tell_made(await desk.retail.webhooks.rotate(_this(desk, webhook_id)))


def _read_numbers(_: Settings, given: Mapping[str, Any]) -> Mapping[str, tuple[int, ...] | None]:
    if given["every"] == bool(given["numbers"]):
        raise click.UsageError("name numbers, or --all")
    return {"numbers": given["numbers"] or None}


@webhooks.command(epilog=example(f"{_ONE.format('replay')} 17 18 --as admin", f"{_ONE.format('replay')} --all --as admin"))
@click.argument("webhook_id", type=click.UUID, metavar="WEBHOOK")
@click.argument("numbers", type=click.IntRange(1), nargs=-1)
@click.option("--all", "every", is_flag=True, help="Everything that is parked, a thousand at a time.")
@decides("webhooks.replay", _read_numbers)
async def replay(desk: StaffDesk, webhook_id: UUID, numbers: tuple[int, ...] | None, every: bool) -> None:
    """Try what is parked again: these NUMBERS, or all. What was delivered is never sent again."""
    wish = ReplayTellings(webhook_id=WebhookId(webhook_id), numbers=numbers, once=desk.once)
    click.echo(f"{await desk.retail.webhooks.replay(wish)} taken up again")


@webhooks.command(epilog=example(f"{_ONE.format('release')} 17 --as admin"))
@click.argument("webhook_id", type=click.UUID, metavar="WEBHOOK")
@click.argument("numbers", type=click.IntRange(1), nargs=-1, required=True)
@decides("webhooks.release", warns=_is_never_sent)
async def release(desk: StaffDesk, webhook_id: UUID, numbers: tuple[int, ...]) -> None:
    """Never send what is parked under these NUMBERS; what waits behind it goes on."""
    wish = ReleaseTellings(webhook_id=WebhookId(webhook_id), numbers=numbers, once=desk.once)
    click.echo(f"{await desk.retail.webhooks.release(wish)} released")


def _this(desk: StaffDesk, webhook_id: UUID) -> ChangeWebhook:
    return ChangeWebhook(webhook_id=WebhookId(webhook_id), once=desk.once)


def _tell_made(made: WebhookSecret) -> None:
    click.echo(f"{made.webhook_id}\n{made.secret}")
