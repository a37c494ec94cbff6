"""Laws of stock: never oversold, never stuck, counted right (R1, R2, R3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from retail_domain.testing.simulation.auditor import Auditor, EndLaw, RowLaw
from retail_domain.testing.simulation.traffic import RowChange
from retail_domain.testing.simulation.trouble import Rare


def never_oversold(auditor: Auditor, row: RowChange) -> str | None:
    """R1: what is promised lies on the shelf."""
    shelf = row.after
    if shelf is not None and not 0 <= shelf.reserved <= shelf.on_hand:
        return f"{shelf.reserved} of {shelf.on_hand} units promised of {row.key}"
    return None


def every_promise_counts(auditor: Auditor, row: RowChange) -> str | None:
    """R3: what a shelf has promised is the sum of its reservations, at every commit."""
    promised = auditor.mirror.promised[row.key]
    if row.after is not None and row.after.reserved != promised:
        return f"{row.key} has promised {row.after.reserved}, its reservations say {promised}"
    return None


def a_reservation_ends_once(auditor: Auditor, row: RowChange) -> str | None:
    """R3: units of a reservation are released or consumed, and never come back."""
    before, after = row.before, row.after
    if after is None:
        return f"the reservation {row.key} is gone"
    if before is None and len(auditor.mirror.promises[after.owner.id][after.line]) > 1:
        auditor.trouble.happened(Rare.SPLIT)
    if before is not None and (after.released < before.released or after.consumed < before.consumed):
        return f"units of {row.key} came back"
    if after.quantity != after.open + after.released + after.consumed:
        return f"units of {row.key} got lost"
    return None


def all_accounted_for(auditor: Auditor) -> Iterator[str]:
    """R3: in the end every unit that came in lies on the shelf or has left in a parcel, by the book."""
    now = auditor.scheduler.steps
    for sku_id, views in auditor.shown.stock.items():
        on_hand = sum(view.on_hand for view in views)
        least, most = auditor.book.on_hand_least(sku_id, now, now), auditor.book.on_hand_most(sku_id, now, now)
        if not least <= on_hand <= most:
            yield f"{on_hand} of {sku_id} on hand, by the book {least} to {most}"


def nothing_is_promised_for_nothing(auditor: Auditor) -> Iterator[str]:
    """R3: in the end exactly what paid orders still wait for is reserved."""
    waiting: dict[object, int] = {}
    for view in auditor.shown.orders.values():
        if view.status.value in ("to_ship", "partly_shipped"):
            for line in view.lines:
                waiting[line.sku_id] = waiting.get(line.sku_id, 0) + line.unshipped
    for sku_id, views in auditor.shown.stock.items():
        reserved = sum(view.reserved for view in views)
        if reserved != waiting.get(sku_id, 0):
            yield f"{reserved} of {sku_id} reserved, {waiting.get(sku_id, 0)} wait to be shipped"


ROW_LAWS: Final = (
    RowLaw("R1", "stock_items", never_oversold),
    RowLaw("R3", "stock_items", every_promise_counts),
    RowLaw("R3", "reservations", a_reservation_ends_once),
)
END_LAWS: Final = (EndLaw("R3", all_accounted_for), EndLaw("R3", nothing_is_promised_for_nothing))
