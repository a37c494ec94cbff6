"""Laws of orders: legal steps, each once; nothing acknowledged is lost; limits hold (R13 to R18, R25 to R28)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from retail_domain.testing.simulation.auditor import Auditor, EndLaw, RowLaw
from retail_domain.testing.simulation.book import NEXT
from retail_domain.testing.simulation.traffic import RowChange
from retail_domain.testing.simulation.trouble import Rare

_ONCE: Final = frozenset({"order.placed", "order.paid", "order.closed", "order.signed", "order.completed"})


def only_legal_steps(auditor: Auditor, row: RowChange) -> str | None:
    """R13: an order goes from state to state as it may, and never vanishes."""
    if row.after is None:
        return f"order {row.key} is gone"
    start = row.before.status.value if row.before is not None else None
    end = row.after.status.value
    if start is None:
        return None if end == "pending_payment" else f"order {row.key} began as {end}"
    _note_rare(auditor, row, start, end)
    if start != end and end not in NEXT[start]:
        return f"order {row.key} went from {start} to {end}"
    return None


def holds_what_it_waits_for(auditor: Auditor, row: RowChange) -> str | None:
    """R3, R16: order and reservations change in one transaction."""
    order = row.after
    waits = {line.number: line.unshipped for line in order.lines}
    if order.status.value == "closed":
        waits = dict.fromkeys(waits, 0)
    held = {number: sum(places.values()) for number, places in auditor.mirror.promises[order.id].items()}
    return f"order {row.key} waits for {waits}, and holds {held}" if held != waits else None


def within_limits(auditor: Auditor, row: RowChange) -> str | None:
    """R1: nobody has more of limited goods, in all their orders, than the limit."""
    order, limit = row.after, auditor.limit
    if limit is None:
        return None
    for line in order.lines:
        bought = auditor.mirror.bought[order.member_id, line.product_id]
        if bought > limit:
            return f"{order.member_id} has {bought} of goods limited to {limit}"
    return None


def happens_once(auditor: Auditor, row: RowChange) -> str | None:
    """R8: what happens once to an order is told once."""
    for name in _ONCE:
        if auditor.mirror.told[row.key, name] > 1:
            return f"{name} happened {auditor.mirror.told[row.key, name]} times to {row.key}"
    return None


def all_are_there(auditor: Auditor) -> Iterator[str]:
    """R15, R17: in the end there is every acknowledged order, and no other but those that may have been placed."""
    shown, book = auditor.shown.orders, auditor.book
    for order_id, order in book.orders.items():
        if order_id not in shown:
            yield f"order {order.number} was acknowledged, and is gone"
    for order_id, view in shown.items():
        if order_id not in book.orders:
            yield f"order {view.number} was placed, and nobody was ever told so"


def fit_the_book(auditor: Auditor) -> Iterator[str]:
    """R13, R15: in the end every order shows what was promised, and nothing waits for a payment that cannot come."""
    for order_id, view in auditor.shown.orders.items():
        order = auditor.book.orders.get(order_id)
        if order is not None:
            auditor.see_order(order, view, auditor.scheduler.steps, auditor.scheduler.steps)
            auditor.see_history(order, auditor.shown.histories[order_id])
        if view.status.value == "pending_payment":
            yield f"order {view.number} still waits for its payment"


def one_order_a_quote(auditor: Auditor) -> Iterator[str]:
    """R18: one quote, one order; one version of a cart, one order."""
    quotes = Counter(one.quote_id for one in auditor.mirror.tables["orders"].values())
    carts = Counter((one.cart_id, one.cart_version) for one in auditor.mirror.tables["orders"].values() if one.cart_id)
    yield from (f"{count} orders of one quote" for count in quotes.values() if count > 1)
    yield from (f"{count} orders of one version of a cart" for count in carts.values() if count > 1)


def followed_up(auditor: Auditor) -> Iterator[str]:
    """R25, R26, R27: in the end nothing waits in the outbox, and what was sold is counted exactly once."""
    yield from (f"{one.reaction} is parked: {one.error}" for one in auditor.shown.outbox)
    sold = Counter[Any]()
    for view in auditor.shown.orders.values():
        if view.paid_at is not None:
            for line in view.lines:
                sold[line.product_id] += line.quantity - line.refunded
    for product_id, counted in auditor.shown.sold.items():
        if counted != sold[product_id]:
            yield f"{counted} of {product_id} counted as sold, {sold[product_id]} were"


def _note_rare(auditor: Auditor, row: RowChange, start: str, end: str) -> None:
    if start == "pending_payment" and end == "to_ship" and row.before.closing is not None:
        auditor.trouble.happened(Rare.PAID_WHILE_CLOSING)
    if start == "pending_payment" and end == "closed":
        if row.after.close_reason.value == "timeout":
            auditor.trouble.happened(Rare.EXPIRED_UNPAID)
        if any(one.order_id == row.key for one in auditor.mirror.tables["payments"].values()):
            auditor.trouble.happened(Rare.CLOSED_WHILE_PAYING)


ROW_LAWS: Final = (
    RowLaw("R13", "orders", only_legal_steps),
    RowLaw("R16", "orders", holds_what_it_waits_for),
    RowLaw("R1", "orders", within_limits),
    RowLaw("R8", "orders", happens_once),
)
END_LAWS: Final = (
    EndLaw("R15", all_are_there),
    EndLaw("R13", fit_the_book),
    EndLaw("R18", one_order_a_quote),
    EndLaw("R25", followed_up),
)
