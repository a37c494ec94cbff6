"""Orders as a file: CSV that a spreadsheet opens without harm, or one JSON object a line; written page by page."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

from attrs import frozen

from retail_domain.accounts import AccountsQueries, Contact
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import OrderLineView, OrderQueries, OrderStatus, OrderView

PAGE: Final = 100
"""So many orders are in memory at once."""

BOM: Final = "\ufeff"
"""Without it some spreadsheets take UTF-8 for something else."""

_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")
"""A cell that begins so is computed by spreadsheets: such a text is told to be one, by an apostrophe."""

COLUMNS: Final = (
    "number", "line", "order_id", "member_id", "status", "payment", "placed_at", "pay_by", "paid_at", "closed_at", "currency",
    "order_payable", "freight", "paid", "given_back", "recipient", "phone", "region_code", "region", "detail", "remark",
    "sku_id", "title", "options", "quantity", "unit_price", "payable", "shipped", "taken_back",
)  # fmt: skip
"""A row is a line of an order. What is the order's own stands in the row of its first, so that columns add up."""


class ExportFormat(Enum):
    """How orders are written."""

    CSV = "csv"
    JSONL = "jsonl"


@frozen(kw_only=True)
class Export:
    """Which orders, and how; `in_full` tells whom they go to and what their buyers wrote in clear, else it is masked."""

    format: ExportFormat
    status: OrderStatus | None = None
    in_full: bool = False
    bom: bool = False


@brings(at_times=(Effect.PERSONAL_DATA,))
async def export_orders(orders: OrderQueries, accounts: AccountsQueries, wish: Export) -> AsyncIterator[str]:
    """Piece by piece, newest orders first. Orders that are placed meanwhile are not in it (R40)."""
    if wish.format is ExportFormat.CSV:
        yield (BOM if wish.bom else "") + csv_row(COLUMNS)
    cursor: str | None = None
    while True:
        page = await orders.whole(PageRequest(PAGE, cursor), wish.status)
        contacts = await accounts.order_contacts([view.order_id for view in page.items]) if page.items else {}
        for view in page.items:
            yield _told(view, _shown(contacts.get(view.order_id), wish.in_full), wish)
        cursor = page.next_cursor
        if cursor is None:
            return


def _told(view: OrderView, contact: Mapping[str, str], wish: Export) -> str:
    remark = view.remark if wish.in_full else _masked(view.remark)
    if wish.format is ExportFormat.JSONL:
        return json.dumps(_document(view, contact, remark), ensure_ascii=False, default=_plain) + "\n"
    return "".join(_rows(view, {**contact, "remark": remark}))


def _shown(contact: Contact | None, in_full: bool) -> Mapping[str, str]:
    if contact is None:
        return {}
    told = {"region_code": contact.region_code, "region": contact.region}
    if in_full:
        return {"recipient": contact.recipient, "phone": contact.phone.e164, **told, "detail": contact.detail}
    masked = {"recipient": contact.recipient[:1] + "**", "phone": contact.phone.masked}
    return {**masked, **told, "detail": _masked(contact.detail)}


def _masked(text: str) -> str:
    return "***" if text else ""


def _rows(view: OrderView, personal: Mapping[str, str]) -> Iterator[str]:
    own = {
        "order_id": view.order_id, "member_id": view.member_id, "status": view.status, "payment": view.payment,
        "placed_at": view.placed_at, "pay_by": view.pay_by, "paid_at": view.paid_at, "closed_at": view.closed_at,
        "order_payable": view.payable, "freight": view.freight, "paid": view.paid, "given_back": view.refunded, **personal,
    }  # fmt: skip
    for line in view.lines:
        cells = {"number": view.number, "currency": view.payable.currency, **_line(line), **(own if line.number == 1 else {})}
        yield csv_row([safe_cell(cells.get(name)) for name in COLUMNS])


def _line(line: OrderLineView) -> Mapping[str, Any]:
    return {
        "line": line.number, "sku_id": line.sku_id, "title": line.title, "options": line.options, "quantity": line.quantity,
        "unit_price": line.unit_price, "payable": line.payable, "shipped": line.shipped, "taken_back": line.refunded,
    }  # fmt: skip


def _document(view: OrderView, contact: Mapping[str, str], remark: str) -> Mapping[str, Any]:
    return {
        "number": view.number, "order_id": view.order_id, "member_id": view.member_id, "status": view.status,
        "payment": view.payment, "placed_at": view.placed_at, "pay_by": view.pay_by, "paid_at": view.paid_at,
        "closed_at": view.closed_at, "payable": view.payable, "freight": view.freight, "paid": view.paid,
        "given_back": view.refunded, "contact": dict(contact) or None, "remark": remark,
        "lines": [_line(line) for line in view.lines],
    }  # fmt: skip


def csv_row(cells: Sequence[str]) -> str:
    """A row as spreadsheets read it."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()


def safe_cell(value: object) -> str:
    """Amounts with their two places, or as many as the currency has; moments in UTC; texts so that nothing computes them."""
    if isinstance(value, Money):
        return value.text()
    told = "" if value is None else _plain(value) if not isinstance(value, str) else value
    return f"'{told}" if str(told).lstrip(" ").startswith(_FORMULA) else str(told)


def _plain(value: object) -> Any:
    if isinstance(value, Money):
        return {"minor": value.minor, "currency": value.currency}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.value if isinstance(value, Enum) else str(value)
