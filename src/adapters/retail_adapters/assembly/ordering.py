"""Ordering, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_adapters.assembly.quoting import quoting_rules
from retail_domain.ordering import Ordering
from retail_domain.ordering.use_cases import confirm_receipt, hide_order
from retail_domain.processes.delivery.redirecting import redirect_my_order, redirect_order
from retail_domain.processes.delivery.shipping import ship_order
from retail_domain.processes.money.closing import CancelOrderHandler, CloseUnpaidHandler
from retail_domain.processes.money.going_on import GoOnHandler
from retail_domain.processes.money.refunding import CloseOrderHandler, ClosePaidHandler, RefundOrderHandler


def ordering(parts: Parts) -> Ordering:
    """The ordering of a shop made of these parts."""
    close_unpaid = parts.unit(CloseUnpaidHandler(begin=parts.begin, clock=parts.clock, takings=parts.takings))
    close_paid = parts.unit(
        ClosePaidHandler(begin=parts.begin, clock=parts.clock, ids=parts.ids, takings=parts.takings)
    )
    price = quoting_rules(parts).price
    return Ordering(
        cancel=CancelOrderHandler(close=close_unpaid),
        confirm_receipt=parts.deciding(confirm_receipt),
        redirect_mine=parts.deciding(redirect_my_order, price),
        redirect=parts.deciding(redirect_order, price),
        go_on=parts.unit(GoOnHandler(begin=parts.begin, clock=parts.clock, takings=parts.takings)),
        hide=parts.deciding(hide_order),
        ship=parts.deciding(ship_order, parts.takings),
        close=CloseOrderHandler(begin=parts.look or parts.begin, close_unpaid=close_unpaid, close_paid=close_paid),
        refund=parts.unit(
            RefundOrderHandler(begin=parts.begin, clock=parts.clock, ids=parts.ids, takings=parts.takings)
        ),
        show=parts.reads.ordering,
    )
