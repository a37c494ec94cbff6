"""What a decision about an order means for what it has taken, told from the change alone: pure, so that "exactly once" can be
tested (ORD-I5, GEN-R11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from retail_domain.kernel.change import Change
from retail_domain.ordering import Order, OrderLine, OrderStatus

LineUnits: TypeAlias = Mapping[int, int]
"""How many units of each line, by the number of the line."""


def closed_unpaid(change: Change[Order]) -> bool:
    """Whether the order ended without having been paid."""
    before, after = change.before, change.state
    return before is not None and before.awaits_payment and after.status is OrderStatus.CLOSED


def was_paid(change: Change[Order]) -> bool:
    """Whether the money has arrived with this decision."""
    before, after = change.before, change.state
    return before is not None and before.paid_at is None and after.paid_at is not None


def was_completed(change: Change[Order]) -> bool:
    """Whether the order was completed with this decision."""
    before, after = change.before, change.state
    return before is not None and before.completed_at is None and after.completed_at is not None


def units_freed(change: Change[Order]) -> LineUnits:
    """Units that will not be shipped any more."""
    return _all_of(change.state) if closed_unpaid(change) else _more(change, lambda line: line.refunded_unshipped)


def units_undone(change: Change[Order]) -> LineUnits:
    """Units that count as never bought, shipped or not."""
    return _all_of(change.state) if closed_unpaid(change) else _more(change, lambda line: line.refunded)


def units_shipped(change: Change[Order]) -> LineUnits:
    """Units that leave."""
    return _more(change, lambda line: line.shipped)


def _all_of(order: Order) -> LineUnits:
    return {line.number: line.quantity for line in order.lines}


def _more(change: Change[Order], count: Callable[[OrderLine], int]) -> LineUnits:
    before, after = change.before, change.state
    assert before is not None, "an order that is only now placed has nothing to give back"
    if before.lines is after.lines:
        return {}
    grown = {now.number: count(now) - count(was) for was, now in zip(before.lines, after.lines, strict=True)}
    return {number: units for number, units in grown.items() if units}
