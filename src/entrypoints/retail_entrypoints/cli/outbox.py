"""`retail outbox`: what must still follow from what happened (R25, R27)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import click

from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.processes.worker.relay import DeliveryView, ReplayParked
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, listing, opened, show_list
from retail_entrypoints.cli.examples import example
from retail_entrypoints.settings import Settings

COLUMNS: Final[Columns] = {
    "position": lambda view: view.position,
    "event": lambda view: view.event_name,
    "reaction": lambda view: view.reaction,
    "aggregate_id": lambda view: view.aggregate_id,
    "attempts": lambda view: view.attempts,
    "next_at": lambda view: view.next_at,
    "parked_at": lambda view: view.parked_at,
    "error": lambda view: view.error,
}


@click.group()
def outbox() -> None:
    """Deliveries that are not made yet."""


@outbox.command("list", epilog=example("outbox list --parked"))
@click.option("--parked", is_flag=True, help="Only those that failed too often and wait for somebody.")
@listing
@opened
async def list_deliveries(desk: StaffDesk, parked: bool, as_json: bool, limit: int) -> None:
    """Open deliveries, oldest first."""

    async def fetch(page: PageRequest) -> Page[DeliveryView]:
        return await desk.reads.outbox.open(page, parked_only=parked)

    await show_list(fetch, COLUMNS, as_json=as_json, limit=limit)


def _read_positions(_: Settings, given: Mapping[str, Any]) -> Mapping[str, tuple[int, ...] | None]:
    if given["every"] == bool(given["positions"]):
        raise click.UsageError("name positions, or --all")
    return {"positions": given["positions"] or None}


@outbox.command(epilog=example("outbox replay 17 18 --as admin", "outbox replay --all --as admin"))
@click.argument("positions", type=click.IntRange(1), nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every parked delivery.")
@decides("background.replay_parked", _read_positions)
async def replay(desk: StaffDesk, positions: tuple[int, ...] | None, every: bool) -> None:
    """Try parked deliveries again: those at POSITIONS, or all of them."""
    count = await desk.retail.background.replay_parked(ReplayParked(positions=positions, once=desk.once))
    click.echo(f"{count} taken up again")
