"""`retail orders`: list, show, ship, close and refund orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import click

from retail_domain.inventory import location_named
from retail_domain.kernel.ids import OrderId, SkuId
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.ordering import CloseOrder, OrderStatus, OrderSummary, OrderView, RefundOrder, ShipOrder, Units
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, listing, opened, show_json, show_list, show_rows
from retail_entrypoints.cli.payments import REFUNDS

ORDERS: Final[Columns] = {
    "number": lambda view: view.number,
    "status": lambda view: "closing" if view.is_closing else view.status.value,
    "payable": lambda view: view.payable,
    "refunded": lambda view: view.refunded,
    "refunding": lambda view: view.given_back.under_way,
    "stuck": lambda view: view.given_back.stuck,
    "units": lambda view: view.units,
    "placed_at": lambda view: view.placed_at,
    "order_id": lambda view: view.order_id,
    "member_id": lambda view: view.member_id,
}
LINES: Final[Columns] = {
    "line": lambda line: line.number,
    "sku_id": lambda line: line.sku_id,
    "title": lambda line: line.title,
    "options": lambda line: line.options,
    "quantity": lambda line: line.quantity,
    "payable": lambda line: line.payable,
    "shipped": lambda line: line.shipped,
    "taken_back": lambda line: line.refunded,
}
PARCELS: Final[Columns] = {
    "parcel_id": lambda parcel: parcel.id,
    "carrier": lambda parcel: parcel.carrier,
    "tracking_number": lambda parcel: parcel.tracking_number,
    "sent_at": lambda parcel: parcel.sent_at,
}
PAYMENTS: Final[Columns] = {
    "payment_id": lambda view: view.payment_id,
    "gateway": lambda view: view.gateway,
    "status": lambda view: view.status,
    "money": lambda view: view.money,
    "amount": lambda view: view.amount,
    "refunding": lambda view: view.refunding,
    "refunded": lambda view: view.refunded,
}
HISTORY: Final[Columns] = {
    "at": lambda step: step.at,
    "event": lambda step: step.event,
    "to": lambda step: step.to_status,
    "actor": lambda step: f"{step.actor.kind.value}:{step.actor.ref}",
    "reason": lambda step: step.reason,
}


class UnitsOf(click.ParamType[Units]):
    """`SKU_ID=QUANTITY`, or `SKU_ID#LINE=QUANTITY` where the SKU stands in several lines of the order."""

    name = "sku_id[#line]=quantity"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Units:
        """Units of one line."""
        named, _, quantity = str(value).partition("=")
        sku_id, has_line, line = named.partition("#")
        try:
            units = Units(SkuId(UUID(sku_id)), _whole(quantity), _whole(line))
        except ValueError:
            self.fail(f"{value!r} is not SKU_ID=QUANTITY or SKU_ID#LINE=QUANTITY", param, ctx)
        if units.quantity < 1:
            self.fail(f"{value!r} names no units", param, ctx)
        if has_line and units.line < 1:
            self.fail(f"{value!r} names no line", param, ctx)
        return units


def _whole(number: str) -> int:
    return int(number) if number.isascii() and number.isdigit() else 0


ONE = click.argument("order")
SOME_UNITS = click.option(
    "--units", type=UnitsOf(), multiple=True, help="SKU_ID=QUANTITY or SKU_ID#LINE=QUANTITY; may be given several times."
)
WHY = click.option("--reason", required=True)


@click.group()
def orders() -> None:
    """Orders of all members; ORDER is a number or an id."""


@orders.command("list")
@click.option("--status", type=click.Choice([status.value for status in OrderStatus]))
@listing
@opened
async def list_orders(desk: StaffDesk, status: str | None, as_json: bool, limit: int) -> None:
    """Everybody's orders, newest first."""

    async def fetch(page: PageRequest) -> Page[OrderSummary]:
        return await desk.reads.ordering.all(page, OrderStatus(status) if status else None)

    await show_list(fetch, ORDERS, as_json=as_json, limit=limit)


@orders.command()
@ONE
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@opened
async def show(desk: StaffDesk, order: str, as_json: bool) -> None:
    """One order, its lines, parcels, payments, refunds and history."""
    view = await _find(desk, order)
    history = await desk.reads.ordering.history(view.order_id)
    parcels = await desk.reads.fulfilment.of_order(view.order_id)
    payments = await desk.reads.payments.of_order(view.order_id)
    refunds = await desk.reads.payments.refunds_of_order(view.order_id)
    if as_json:
        show_json({"order": view, "parcels": parcels, "payments": payments, "refunds": refunds, "history": history})
        return
    click.echo(f"{view.number}  {view.status.value}  payment {view.payment.value}  payable {view.payable}")
    if view.given_back.decided.minor:
        back = view.given_back
        click.echo(f"to give back {back.decided}: {back.done} done, {back.under_way} under way, {back.stuck} stuck")
    tables = ((LINES, view.lines), (PARCELS, parcels), (PAYMENTS, payments), (REFUNDS, refunds), (HISTORY, history))
    for columns, rows in tables:
        if rows:
            click.echo()
            show_rows(rows, columns, as_json=False)


async def _sent_before(desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    """A parcel has its number for itself."""
    parcels = await desk.reads.fulfilment.of_order((await _find(desk, typed["order"])).order_id)
    same = any((one.carrier, one.tracking_number) == (typed["carrier"], typed["tracking"]) for one in parcels)
    return f"a parcel {typed['carrier']} {typed['tracking']} of this order was sent before" if same else None


async def _is_sent(desk: StaffDesk, typed: Mapping[str, Any]) -> str:
    view = await _find(desk, typed["order"])
    what = _told_units(view, typed["units"]) or "everything that is left"
    return f"Order {view.number}: {what} leaves with {typed['carrier']} {typed['tracking']}, and its buyer is told."


async def _is_closed(desk: StaffDesk, typed: Mapping[str, Any]) -> str:
    view = await _find(desk, typed["order"])
    left = Money(view.paid.minor - view.refunded.minor, view.paid.currency)
    back = f", and {left} goes back to its buyer" if left.minor else ""
    return f"Order {view.number} ({view.status.value}) is called off{back}."


async def _paid_back_before(desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    """Units of the same line, or freight alone: nobody can see whether the second time is meant."""
    view = await _find(desk, typed["order"])
    for units in typed["units"]:
        for line in view.lines:
            if line.sku_id == units.sku_id and units.line in (0, line.number) and line.refunded:
                return f"{line.refunded} of {line.quantity} units of line {line.number} were paid back before"
    if not typed["units"] and await desk.reads.payments.refunds_of_order(view.order_id):
        return f"{view.refunded} of this order was paid back before"
    return None


async def _is_paid_back(desk: StaffDesk, typed: Mapping[str, Any]) -> str:
    view = await _find(desk, typed["order"])
    freight = Money(typed["freight_minor"], view.paid.currency)
    what = [_told_units(view, typed["units"])] if typed["units"] else []
    what += [f"{freight} of freight"] if freight.minor else []
    so_far = f"{view.paid} was paid and {view.refunded} went back so far"
    return f"Order {view.number}: {' and '.join(what) or 'nothing'} is paid back; {so_far}."


def _told_units(view: OrderView, wanted: tuple[Units, ...]) -> str:
    titles = {line.sku_id: line.title for line in view.lines}
    return ", ".join(f"{one.quantity} x {titles.get(one.sku_id, one.sku_id)}" for one in wanted)


@orders.command()
@ONE
@click.option("--carrier", required=True)
@click.option("--tracking", required=True, help="The carrier's number.")
@SOME_UNITS
@click.option("--from", "location", help="Code of the warehouse or store it leaves, where the units lie in several.")
@decides("ordering.ship", repeats=_sent_before, warns=_is_sent)
async def ship(  # noqa: PLR0913 - as many as there are options
    desk: StaffDesk, order: str, carrier: str, tracking: str, units: tuple[Units, ...], location: str | None
) -> None:
    """Hand units to a carrier; without --units, everything that is left, or that is left in that place."""
    view = await _find(desk, order)
    place = await location_named(desk.reads.inventory, location) if location is not None else None
    command = ShipOrder(
        order_id=view.order_id, carrier=carrier, tracking_number=tracking, actor=desk.actor, units=units, location_id=place,
        once=desk.once,
    )  # fmt: skip
    sent = await desk.retail.ordering.ship(command)
    click.echo(f"{view.number} {sent.status}, parcel {sent.parcel_id}")


@orders.command()
@ONE
@WHY
@decides("ordering.close", warns=_is_closed)
async def close(desk: StaffDesk, order: str, reason: str) -> None:
    """Call an order off; what was paid goes back, if whoever acts may pay money back."""
    view = await _find(desk, order)
    command = CloseOrder(order_id=view.order_id, reason=reason, actor=desk.actor, granted=desk.granted, once=desk.once)
    outcome = await desk.retail.ordering.close(command)
    click.echo(f"{view.number} {'closing' if outcome.is_closing else outcome.status}")


@orders.command()
@ONE
@WHY
@SOME_UNITS
@click.option("--freight-minor", type=click.IntRange(0, 10**12), default=0, help="So much of the freight, in minor units.")
@decides("ordering.refund", repeats=_paid_back_before, warns=_is_paid_back)
async def refund(desk: StaffDesk, order: str, reason: str, units: tuple[Units, ...], freight_minor: int) -> None:
    """Pay units, freight or both back."""
    view = await _find(desk, order)
    command = RefundOrder(
        order_id=view.order_id, reason=reason, actor=desk.actor, units=units, freight_minor=freight_minor,
        once=desk.once,
    )  # fmt: skip
    started = await desk.retail.ordering.refund(command)
    click.echo(f"{view.number} {started.status}, {started.amount} on its way back")


async def _find(desk: StaffDesk, order: str) -> OrderView:
    try:
        return await desk.reads.ordering.show(OrderId(UUID(order)))
    except ValueError:
        return await desk.reads.ordering.by_number(order)
