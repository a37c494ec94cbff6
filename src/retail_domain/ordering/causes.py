"""Why members are told of their orders."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.actor import ActorKind
from retail_domain.kernel.causes import Cause, CauseKind, CauseWords, Language
from retail_domain.ordering.events import (
    OrderClosed,
    OrderCompleted,
    OrderPaid,
    OrderRefunded,
    OrderShipped,
    OrderSigned,
)

_ZH, _EN = Language.ZH_CN, Language.EN
PAY_SOON: Final = Cause(
    code="order.pay_soon",
    also=frozenset({"time"}),
    goes_out=True,
    wakes=True,
    words={
        _ZH: CauseWords("订单待付款", "订单{order}将于{time}关闭，请尽快付款。"),
        _EN: CauseWords("Your order waits for payment", "Order {order} will be closed at {time}. Please pay soon."),
    },
)
"""A deadline: no event raises it."""


def _closed_by_the_shop(event: OrderClosed) -> bool:
    """Who closes an order knows it."""
    return event.actor.kind is not ActorKind.MEMBER


CAUSES: Final = (
    PAY_SOON,
    Cause(
        code="order.paid",
        event=OrderPaid,
        fills={"amount": lambda event: str(event.paid)},
        goes_out=True,
        words={
            _ZH: CauseWords("付款成功", "订单{order}已付款{amount}，我们会尽快发货。"),
            _EN: CauseWords("Paid", "We have received {amount} for order {order}, and send it soon."),
        },
    ),
    Cause(
        code="order.shipped",
        event=OrderShipped,
        goes_out=True,
        bundle_seconds=600,
        words={
            _ZH: CauseWords("商品已发货", "订单{order}的包裹已发出。", "您有{count}个包裹已发出（订单{order}等）。"),
            _EN: CauseWords(
                "On its way",
                "A parcel of order {order} is on its way.",
                "{count} parcels are on their way: order {order}, and others.",
            ),
        },
    ),
    Cause(
        code="order.signed",
        event=OrderSigned,
        words={
            _ZH: CauseWords("订单已签收", "订单{order}已签收，感谢您的购买。"),
            _EN: CauseWords("Arrived", "Order {order} has arrived. Thank you for buying with us."),
        },
    ),
    Cause(
        code="order.closed",
        event=OrderClosed,
        when=_closed_by_the_shop,
        goes_out=True,
        words={
            _ZH: CauseWords("订单已关闭", "订单{order}已关闭；如已付款，款项将原路退回。"),
            _EN: CauseWords("Order closed", "Order {order} was closed. What was paid goes back the way it came."),
        },
    ),
    Cause(
        code="order.refund_decided",
        event=OrderRefunded,
        fills={"amount": lambda event: str(event.amount)},
        goes_out=True,
        words={
            _ZH: CauseWords("退款已受理", "订单{order}将退款{amount}，正在处理。"),
            _EN: CauseWords("Refund decided", "{amount} of order {order} will be paid back. We are on it."),
        },
    ),
    Cause(
        code="order.tell_others",
        kind=CauseKind.MARKETING,
        event=OrderCompleted,
        goes_out=True,
        words={
            _ZH: CauseWords("说说您的体验", "订单{order}用得如何？欢迎写下评价。"),
            _EN: CauseWords("How was it?", "How do you like what came with order {order}? Tell others what you think."),
        },
    ),
)
"""All of them."""
