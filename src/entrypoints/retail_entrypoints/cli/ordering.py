"""`retail orders`: list, export, show, ship, close, reprice and refund orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import click

from retail_domain.accounts.use_cases.staff import NoteStaffAction
from retail_domain.inventory import location_named
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.money import Money, parse_minor
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.ordering import (
    CloseOrder,
    OrderStatus,
    OrderSummary,
    OrderView,
    RedirectOrder,
    RefundOrder,
    RepriceOrder,
    ShipOrder,
    Units,
    WriteMemo,
)
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, listing, opened, show_json, show_list, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.naming import UnitsOf, with_codes
from retail_entrypoints.cli.payments import REFUNDS
from retail_entrypoints.cli.placing_for import place_for, quote_for
from retail_entrypoints.cli.tables import tabular
from retail_entrypoints.exporting import Export, ExportFormat, export_orders
from retail_entrypoints.settings import Settings

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
MEMOS: Final[Columns] = {
    "memo": lambda memo: memo.number,
    "at": lambda memo: memo.at,
    "by": lambda memo: f"{memo.by.kind.value}:{memo.by.ref}",
    "text": lambda memo: memo.text,
}
HISTORY: Final[Columns] = {
    "at": lambda step: step.at,
    "event": lambda step: step.event,
    "to": lambda step: step.to_status,
    "actor": lambda step: f"{step.actor.kind.value}:{step.actor.ref}",
    "reason": lambda step: step.reason,
    "cost": lambda step: step.payable_before,
    "costs": lambda step: step.payable_after,
}


ONE = click.argument("order")
SOME_UNITS = click.option(
    "--units", type=UnitsOf(), multiple=True, help="SKU=QUANTITY or SKU#LINE=QUANTITY; may be given several times."
)
WHY = click.option("--reason", required=True)


@click.group()
def orders() -> None:
    """Orders of all members; ORDER is a number or an id."""


orders.add_command(quote_for)
orders.add_command(place_for)


@orders.command("list", epilog=example("orders list --status to_ship"))
@click.option("--status", type=click.Choice([status.value for status in OrderStatus]))
@listing
@opened
async def list_orders(desk: StaffDesk, status: str | None, as_json: bool, limit: int) -> None:
    """Everybody's orders, newest first."""

    async def fetch(page: PageRequest) -> Page[OrderSummary]:
        return await desk.reads.ordering.all(page, OrderStatus(status) if status else None)

    await show_list(fetch, ORDERS, as_json=as_json, limit=limit)


@orders.command(epilog=example("orders export --format csv --bom", "orders export --format jsonl --status to_ship"))
@click.option("--format", "form", type=click.Choice([one.value for one in ExportFormat]), required=True)
@click.option("--status", type=click.Choice([status.value for status in OrderStatus]), help="Only orders in this state.")
@click.option("--bom", is_flag=True, help="CSV begins with a byte-order mark, for spreadsheets that need one.")
@click.option("--in-full", is_flag=True, help="Names, numbers, addresses and remarks in clear; the trail says so.")
@opened
async def export(desk: StaffDesk, form: str, status: str | None, bom: bool, in_full: bool) -> None:
    """Everybody's orders, newest first: CSV with a row for each line of an order, or JSON with an order a line."""
    wish = Export(format=ExportFormat(form), status=OrderStatus(status) if status else None, in_full=in_full, bom=bom)
    if in_full:
        told = NoteStaffAction(actor=desk.actor, action="export_orders", object=f"in full {form} {status or 'all'}")
        await desk.retail.accounts.note_staff_action(told)
    async for piece in export_orders(desk.reads.ordering, desk.reads.accounts, wish):
        click.echo(piece.encode(), nl=False)


@orders.command(epilog=example("orders show 20261130-000001"))
@ONE
@tabular
@opened
async def show(desk: StaffDesk, order: str, as_json: bool) -> None:
    """One order, its lines, parcels, payments, refunds and history, what its buyer told the shop, and staff one another."""
    view = await _find(desk, order)
    history = await desk.reads.ordering.history(view.order_id)
    parcels = await desk.reads.fulfilment.of_order(view.order_id)
    payments = await desk.reads.payments.of_order(view.order_id)
    refunds = await desk.reads.payments.refunds_of_order(view.order_id)
    memos = await desk.reads.ordering.memos(view.order_id)
    if as_json:
        told = {"order": view, "parcels": parcels, "payments": payments, "refunds": refunds, "memos": memos, "history": history}
        show_json(told)
        return
    click.echo(f"{view.number}  {view.status.value}  payment {view.payment.value}  payable {view.payable}")
    if view.remark:
        click.echo(f"its buyer says: {view.remark}")
    if view.given_back.decided.minor:
        back = view.given_back
        click.echo(f"to give back {back.decided}: {back.done} done, {back.under_way} under way, {back.stuck} stuck")
    tables = (
        (await with_codes(desk, view.lines, LINES), view.lines),
        (PARCELS, parcels),
        (PAYMENTS, payments),
        (REFUNDS, refunds),
        (MEMOS, memos),
        (HISTORY, history),
    )
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


@orders.command(
    epilog=example(
        "orders ship 20261130-000001 --carrier SF --tracking SF1001 --as admin",
        "orders ship 20261130-000001 --carrier SF --tracking SF1002 --units TEA-100=1 --from HZ --as admin",
    ),
)
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
    place = await location_named(desk.reads.inventory, location, desk.within) if location is not None else None
    command = ShipOrder(
        order_id=view.order_id, carrier=carrier, tracking_number=tracking, actor=desk.actor, units=units, location_id=place,
        within=desk.within, once=desk.once,
    )  # fmt: skip
    sent = await desk.retail.ordering.ship(command)
    click.echo(f"{view.number} {sent.status}, parcel {sent.parcel_id}")


@orders.command(epilog=example('orders close 20261130-000001 --reason "the buyer asked" --as admin'))
@ONE
@WHY
@decides("ordering.close", warns=_is_closed)
async def close(desk: StaffDesk, order: str, reason: str) -> None:
    """Call an order off; what was paid goes back, if whoever acts may pay money back."""
    view = await _find(desk, order)
    command = CloseOrder(
        order_id=view.order_id, reason=reason, actor=desk.actor, granted=desk.granted, within=desk.within, once=desk.once
    )
    outcome = await desk.retail.ordering.close(command)
    click.echo(f"{view.number} {'closing' if outcome.is_closing else outcome.status}")


async def _noted_before(desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    memos = await desk.reads.ordering.memos((await _find(desk, typed["order"])).order_id)
    return "this was noted before" if any(memo.text == typed["text"].strip() for memo in memos) else None


@orders.command(epilog=example('orders memo 20261130-000001 "the buyer called" --as admin'))
@ONE
@click.argument("text")
@decides("ordering.write_memo", repeats=_noted_before)
async def memo(desk: StaffDesk, order: str, text: str) -> None:
    """Note TEXT about an order, for staff only; it stays as it is."""
    view = await _find(desk, order)
    command = WriteMemo(order_id=view.order_id, text=text, actor=desk.actor, within=desk.within, once=desk.once)
    written = await desk.retail.ordering.write_memo(command)
    click.echo(f"{view.number} memo {written.number}")


def _read_price(settings: Settings, given: Mapping[str, Any]) -> Mapping[str, int | None]:
    return {name: _minor(given[name], name, settings.currency) for name in ("price", "was")}


def _minor(text: str | None, field: str, currency: str) -> int | None:
    try:
        return None if text is None else parse_minor(text, currency)
    except ValueError as wrong:
        raise InvalidInput.of(field, "amount", str(wrong)) from None


@orders.command(epilog=example('orders reprice 20261130-000001 25.00 --was 28.00 --reason "an old customer" --as admin'))
@ONE
@click.argument("price")
@WHY
@click.option("--was", help="What it was seen to cost: if it costs something else by now, nothing is changed.")
@decides("ordering.reprice", _read_price)
async def reprice(desk: StaffDesk, order: str, price: int, reason: str, was: int | None) -> None:
    """Agree that an unpaid order costs PRICE (25.00) in all, freight included; what was begun to be paid is closed first."""
    view = await _find(desk, order)
    command = RepriceOrder(
        order_id=view.order_id, payable_minor=price, was_minor=was, reason=reason, actor=desk.actor, once=desk.once
    )
    costs = await desk.retail.ordering.reprice(command)
    click.echo(f"{view.number} {costs.status}, {costs.before} -> {costs.payable}")


async def _redirected_before(desk: StaffDesk, typed: Mapping[str, Any]) -> str | None:
    view = await _find(desk, typed["order"])
    there = await desk.reads.accounts.order_contact(view.order_id)
    goes = (there.recipient, there.phone, there.region_code, there.detail) if there else None
    wanted = tuple(typed[name] for name in ("recipient", "phone", "region_code", "detail"))
    return "this order goes there already" if goes == wanted else None


def _read_phone(_: Settings, given: Mapping[str, Any]) -> Mapping[str, Phone]:
    return {"phone": Phone.parse(given["phone"])}


@orders.command(
    epilog=example(
        "orders redirect 20261130-000001 --recipient 梅 --phone 13800138001 --region-code 440000 --detail 路1号 --reason moved",
    ),
)
@ONE
@WHY
@click.option("--recipient", required=True, help="Who receives it there.")
@click.option("--phone", required=True, help="How to reach them.")
@click.option("--region-code", required=True, help="The region's six digits (行政区划代码).")
@click.option("--detail", required=True, help="Street and house.")
@click.option("--region", default="", help="The region in words; else as it was imported, or the province.")
@click.option("--waive-freight", is_flag=True, help="The shop bears freight that costs more there.")
@decides("ordering.redirect", _read_phone, repeats=_redirected_before)
async def redirect(  # noqa: PLR0913 - as many as there are options
    desk: StaffDesk, order: str, reason: str, recipient: str, phone: Phone, region_code: str, detail: str, region: str,
    waive_freight: bool,
) -> None:  # fmt: skip
    """Send an order elsewhere, before its first parcel."""
    view = await _find(desk, order)
    command = RedirectOrder(
        order_id=view.order_id, recipient=recipient, phone=phone, region_code=region_code, detail=detail, region=region,
        reason=reason, waive_freight=waive_freight, actor=desk.actor, within=desk.within, once=desk.once,
    )  # fmt: skip
    outcome = await desk.retail.ordering.redirect(command)
    click.echo(f"{view.number} {outcome.status}, goes to {region_code}")


@orders.command(epilog=example("orders refund 20261130-000001 --units TEA-100=1 --reason broken --as admin"))
@ONE
@WHY
@SOME_UNITS
@click.option("--freight-minor", type=click.IntRange(0, 10**12), default=0, help="So much of the freight, in minor units.")
@click.option("--into", metavar="ACCOUNT", help="`wallet`, if the member wants it there; else it goes the way it came.")
@decides("ordering.refund", repeats=_paid_back_before, warns=_is_paid_back)
async def refund(  # noqa: PLR0913 - as many as there are options
    desk: StaffDesk, order: str, reason: str, units: tuple[Units, ...], freight_minor: int, into: str | None
) -> None:
    """Pay units, freight or both back."""
    view = await _find(desk, order)
    command = RefundOrder(
        order_id=view.order_id, reason=reason, actor=desk.actor, units=units, freight_minor=freight_minor,
        into=into, within=desk.within, once=desk.once,
    )  # fmt: skip
    started = await desk.retail.ordering.refund(command)
    click.echo(f"{view.number} {started.status}, {started.amount} on its way back")


async def _find(desk: StaffDesk, order: str) -> OrderView:
    try:
        return await desk.reads.ordering.show(OrderId(UUID(order)), desk.within)
    except ValueError:
        return await desk.reads.ordering.by_number(order, desk.within)
