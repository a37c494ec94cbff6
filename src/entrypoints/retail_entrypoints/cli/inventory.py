"""`retail stock`: receive, correct, watch and look at stock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import click

from retail_domain.inventory import (
    AdjustStock,
    LocationKind,
    MoveKind,
    OpenLocation,
    ReceiveStock,
    StockCounted,
    WatchStock,
    location_named,
)
from retail_domain.kernel.ids import SkuId
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, listed, listing, opened, show_list, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.file_edits import count_file
from retail_entrypoints.cli.naming import SkuName, with_codes

STOCK: Final[Columns] = {
    "sku_id": lambda view: view.sku_id,
    "location": lambda view: view.location_code,
    "on_hand": lambda view: view.on_hand,
    "reserved": lambda view: view.reserved,
    "shortfall": lambda view: view.shortfall,
    "sellable": lambda view: view.sellable,
    "alert_below": lambda view: view.alert_threshold,
}
ALERTS: Final[Columns] = {
    "sku_id": lambda view: view.sku_id,
    "location": lambda view: view.location_code,
    "available": lambda view: view.available,
    "threshold": lambda view: view.threshold,
    "since": lambda view: view.opened_at,
}
MOVES: Final[Columns] = {
    "at": lambda view: view.at,
    "kind": lambda view: view.kind,
    "units": lambda view: view.units,
    "reference": lambda view: view.reference,
    "location_id": lambda view: view.location_id,
}
LOCATIONS: Final[Columns] = {
    "code": lambda view: view.code,
    "name": lambda view: view.name,
    "kind": lambda view: view.kind,
    "sells_online": lambda view: view.sells_online,
    "priority": lambda view: view.priority,
    "location_id": lambda view: view.id,
}

_SAME_DAY: Final = timedelta(days=1)


@click.group()
def stock() -> None:
    """Stock at warehouses and stores."""


async def _received_before(desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    """A delivery note comes once, however long ago."""
    await location_named(desk.reads.inventory, typed["location"], desk.within)
    moves = await desk.reads.inventory.moves_named(SkuId(typed["sku_id"]), typed["location"], typed["reference"])
    received = [move for move in moves if move.kind is MoveKind.RECEIVE]
    return f"{received[0].units} units came in under {typed['reference']!r} before" if received else None


async def _adjusted_before(desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    """The same correction for the same reason may be needed again, but hardly on the same day."""
    await location_named(desk.reads.inventory, typed["location"], desk.within)
    moves = await desk.reads.inventory.moves_named(SkuId(typed["sku_id"]), typed["location"], typed["reason"])
    since = desk.shop.clock.now() - _SAME_DAY
    same = [one for one in moves if one.kind is MoveKind.ADJUST and one.units == typed["units"] and one.at > since]
    return f"the count was corrected by {typed['units']:+} for the same reason within a day" if same else None


@stock.command(epilog=example("stock open-location HZ 杭州仓 --priority 50 --as admin"))
@click.argument("code")
@click.argument("name")
@click.option("--kind", type=click.Choice([kind.value for kind in LocationKind]), default="warehouse", show_default=True)
@click.option("--offline", is_flag=True, help="Does not sell online.")
@click.option("--priority", type=click.IntRange(0, 10_000), default=100, show_default=True, help="Smaller ships first.")
@decides("inventory.open_location")
async def open_location(desk: StaffDesk, code: str, name: str, kind: str, offline: bool, priority: int) -> None:  # noqa: PLR0913
    """Open a warehouse or store."""
    command = OpenLocation(
        code=code, name=name, kind=LocationKind(kind), sells_online=not offline, priority=priority, actor=desk.actor,
        within=desk.within, once=desk.once,
    )  # fmt: skip
    click.echo(f"{code} {(await desk.retail.inventory.open_location(command)).location_id}")


@stock.command(epilog=example("stock locations"))
@listing
@opened
async def locations(desk: StaffDesk, as_json: bool, limit: int) -> None:
    """Warehouses and stores, those that ship first at the top."""
    show_rows((await desk.reads.inventory.locations())[:limit], LOCATIONS, as_json=as_json)


@stock.command(epilog=example("stock receive TEA-100 24 --location HZ --reference DN-118 --as admin"))
@click.argument("sku_id", type=SkuName(), metavar="SKU")
@click.argument("quantity", type=click.IntRange(1, 1_000_000))
@click.option("--location", required=True, help="Code of the warehouse or store.")
@click.option("--reference", required=True, help="The delivery note.")
@decides("inventory.receive", repeats=_received_before)
async def receive(desk: StaffDesk, sku_id: UUID, quantity: int, location: str, reference: str) -> None:
    """Take QUANTITY units of SKU in."""
    command = ReceiveStock(
        sku_id=SkuId(sku_id),
        location=location,
        quantity=quantity,
        reference=reference,
        actor=desk.actor,
        within=desk.within,
        once=desk.once,
    )
    _say(await desk.retail.inventory.receive(command))


@stock.command(
    context_settings={"ignore_unknown_options": True},
    epilog=example(
        'stock adjust TEA-100 --location HZ --reason "two broken" --as admin -- -2',
    ),
)
@click.argument("sku_id", type=SkuName(), metavar="SKU")
@click.argument("units", type=click.IntRange(-1_000_000, 1_000_000))
@click.option("--location", required=True, help="Code of the warehouse or store.")
@click.option("--reason", required=True)
@click.option("--shortfall", is_flag=True, help="Also below what is promised to orders: the rest is noted as missing.")
@decides("inventory.adjust", repeats=_adjusted_before)
async def adjust(  # noqa: PLR0913 - as many as there are options
    desk: StaffDesk, sku_id: UUID, units: int, location: str, reason: str, shortfall: bool
) -> None:
    """Correct a count by UNITS, up or down (-3)."""
    command = AdjustStock(
        sku_id=SkuId(sku_id), location=location, change=units, reason=reason, actor=desk.actor, shortfall=shortfall,
        within=desk.within, once=desk.once,
    )  # fmt: skip
    _say(await desk.retail.inventory.adjust(command))


@stock.command(epilog=example("stock watch TEA-100 --location HZ --below 30 --safety 2 --as admin"))
@click.argument("sku_id", type=SkuName(), metavar="SKU")
@click.option("--location", required=True, help="Code of the warehouse or store.")
@click.option("--below", type=click.IntRange(0, 1_000_000), help="Alert at or below so many.")
@click.option("--safety", type=click.IntRange(0, 1_000_000), help="Units kept out of sale.")
@decides("inventory.watch")
async def watch(desk: StaffDesk, sku_id: UUID, location: str, below: int | None, safety: int | None) -> None:
    """Say when stock of SKU is low."""
    command = WatchStock(
        sku_id=SkuId(sku_id),
        location=location,
        alert_threshold=below,
        safety=safety,
        actor=desk.actor,
        within=desk.within,
        once=desk.once,
    )
    _say(await desk.retail.inventory.watch(command))


@stock.command(epilog=example("stock show", "stock show TEA-100"))
@click.argument("sku_id", type=SkuName(), metavar="[SKU]", required=False)
@listing
@opened
async def show(desk: StaffDesk, sku_id: UUID | None, as_json: bool, limit: int) -> None:
    """All shelves, or those of SKU."""
    queries = desk.reads.inventory
    if sku_id is None:
        shelves = await listed(queries.stock, limit)
    else:
        shelves = (await queries.stock_of([SkuId(sku_id)]))[:limit]
    show_rows(shelves, await with_codes(desk, shelves, STOCK), as_json=as_json)


@stock.command(epilog=example("stock alerts"))
@listing
@opened
async def alerts(desk: StaffDesk, as_json: bool, limit: int) -> None:
    """Open low-stock alerts."""
    found = await listed(desk.reads.inventory.alerts, limit)
    show_rows(found, await with_codes(desk, found, ALERTS), as_json=as_json)


@stock.command(epilog=example("stock moves TEA-100"))
@click.argument("sku_id", type=SkuName(), metavar="SKU")
@listing
@opened
async def moves(desk: StaffDesk, sku_id: UUID, as_json: bool, limit: int) -> None:
    """The movements of SKU, newest first."""
    queries = desk.reads.inventory
    await show_list(lambda page: queries.moves(SkuId(sku_id), page), MOVES, as_json=as_json, limit=limit)


def _say(counted: StockCounted) -> None:
    click.echo(f"on hand {counted.on_hand}, sellable {counted.sellable}")


stock.add_command(count_file)
