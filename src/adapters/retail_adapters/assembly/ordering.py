"""Ordering, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_adapters.assembly.payments import closing_attempts
from retail_adapters.assembly.quoting import quoting_rules
from retail_domain.kernel.effects import Effect
from retail_domain.kernel.frames import bound
from retail_domain.ordering import CloseOrder, Ordering, RefundOrder, RepriceOrder
from retail_domain.ordering.use_cases import confirm_receipt, hide_order, write_memo
from retail_domain.processes.delivery.redirecting import redirect_my_order, redirect_order
from retail_domain.processes.delivery.shipping import ship_order
from retail_domain.processes.money.closing import cancel_order, close_unpaid
from retail_domain.processes.money.going_on import go_on
from retail_domain.processes.money.refunding import close_order, close_paid, look_at_order, refund_order
from retail_domain.processes.money.repricing import reprice_order, reprice_unpaid
from retail_domain.processes.staff.seconding import TakesTwo


def ordering(parts: Parts) -> Ordering:
    """The ordering of a shop made of these parts."""
    second = parts.policies.second_person
    unpaid, paid = parts.deciding(close_unpaid, parts.takings), parts.deciding(close_paid, parts.takings, second)
    price = quoting_rules(parts).price
    return Ordering(
        cancel=bound(cancel_order, unpaid),
        confirm_receipt=parts.deciding(confirm_receipt),
        redirect_mine=parts.deciding(redirect_my_order, price),
        redirect=parts.deciding(redirect_order, price),
        reprice=parts.outside(
            bound(reprice_order, parts.deciding(reprice_unpaid, parts.takings, second), closing_attempts(parts))
        ),
        write_memo=parts.deciding(write_memo),
        go_on=parts.deciding(go_on, parts.takings),
        hide=parts.deciding(hide_order),
        ship=parts.deciding(ship_order, parts.takings),
        close=bound(close_order, parts.reading(look_at_order), unpaid, paid),
        refund=parts.deciding(refund_order, parts.takings, parts.tenders, second),
        show=parts.reads.ordering,
    )


def takes_two(parts: Parts) -> tuple[TakesTwo, ...]:
    """What may take two people."""
    second = parts.policies.second_person
    back = (Effect.MONEY_BACK,)
    return (
        TakesTwo(
            does="ordering.refund", wish=RefundOrder, effects=back,
            decide=lambda work, wish, means: refund_order(work, wish, means, parts.takings, parts.tenders, second),
        ),
        TakesTwo(
            does="ordering.close", wish=CloseOrder, effects=(Effect.ORDER_CALLED_OFF, *back),
            decide=lambda work, wish, means: close_paid(work, wish, means, parts.takings, second),
        ),
        TakesTwo(
            does="ordering.reprice", wish=RepriceOrder, effects=(Effect.SELLING_PRICE,),
            decide=lambda work, wish, means: reprice_unpaid(work, wish, means, parts.takings, second),
        ),
    )  # fmt: skip
