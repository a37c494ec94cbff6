"""Shipping by file: what a table of order numbers, carriers and tracking numbers says, row by row, before it is done."""

from __future__ import annotations

import csv
from collections.abc import Awaitable, Callable, Sequence
from io import StringIO
from typing import Final

from attrs import frozen

from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import OrderId
from retail_domain.ordering import OrderNotFound, OrderView
from retail_entrypoints.web.desk.orders.models import SHIPPABLE

ROWS_MAX: Final = 200
_LETTERS_MAX: Final = 200
_COLUMNS: Final = 3
_SEPARATORS: Final = "\t;,，"


@frozen(kw_only=True)
class TypedRow:
    """A row as it stands in the file, with its number there."""

    row: int
    number: str
    carrier: str
    tracking_number: str


@frozen(kw_only=True)
class JudgedRow:
    """A row, and what it comes to: `ready`, or why nothing will be done for it."""

    typed: TypedRow
    verdict: str
    order_id: OrderId | None = None
    units: int = 0
    sentence: str = ""
    """Why the shop refused it, when it did."""

    @property
    def is_ready(self) -> bool:
        """Whether it will be shipped."""
        return self.verdict == "ready"

    @property
    def look(self) -> str:
        """How it is shown."""
        return {"ready": "ok", "done": "ok", "sent": "idle"}.get(self.verdict, "bad")


def rows_of(text: str) -> Sequence[TypedRow]:
    """The rows of a table; a first one without a figure is its heading. Raises InvalidInput."""
    separator = next((one for one in _SEPARATORS if one in text), ",")
    try:
        read = list(csv.reader(StringIO(text), delimiter=separator, strict=True))
    except csv.Error:
        raise InvalidInput.of("table", "format", "this is no table: a quotation mark is never closed") from None
    rows = []
    for place, cells in enumerate(read, 1):
        told = [cell.strip().lstrip("\ufeff").strip("'\"=")[:_LETTERS_MAX] for cell in cells]
        is_heading = place == 1 and not any(letter.isdigit() for cell in told[:1] for letter in cell)
        if any(told) and not is_heading:
            number, carrier, tracking = (*told, "", "", "")[:_COLUMNS]
            rows.append(TypedRow(row=place, number=number, carrier=carrier, tracking_number=tracking))
    if not rows:
        raise InvalidInput.of("table", "required", "there is no row")
    if len(rows) > ROWS_MAX:
        raise InvalidInput.of("table", "length", f"{ROWS_MAX} rows at most")
    return rows


async def judged(
    rows: Sequence[TypedRow],
    find: Callable[[str], Awaitable[OrderView]],
    sent: Callable[[OrderId], Awaitable[Sequence[str]]],
) -> Sequence[JudgedRow]:
    """What each row comes to now. Nothing is changed; who is bound to places finds none of other places."""
    named: set[str] = set()
    found = []
    for one in rows:
        found.append(await _judge(one, find, sent, is_second=one.number in named))
        named.add(one.number)
    return found


async def _judge(
    one: TypedRow,
    find: Callable[[str], Awaitable[OrderView]],
    sent: Callable[[OrderId], Awaitable[Sequence[str]]],
    *,
    is_second: bool,
) -> JudgedRow:
    if not one.number or not one.carrier or not one.tracking_number:
        return JudgedRow(typed=one, verdict="blank")
    if is_second:
        return JudgedRow(typed=one, verdict="twice")
    try:
        order = await find(one.number)
    except OrderNotFound:
        return JudgedRow(typed=one, verdict="unknown")
    if one.tracking_number in await sent(order.order_id):
        return JudgedRow(typed=one, verdict="sent", order_id=order.order_id)
    if order.status not in SHIPPABLE:
        return JudgedRow(typed=one, verdict="state", order_id=order.order_id)
    units = sum(line.unshipped for line in order.lines)
    return JudgedRow(typed=one, verdict="ready", order_id=order.order_id, units=units)
