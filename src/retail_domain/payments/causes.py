"""Why members and staff are told of money."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.causes import Cause, CauseWords, Language, Whom
from retail_domain.payments.events import (
    PaymentSuspected,
    RefundNeedsAttention,
    RefundRequested,
    RefundSucceeded,
)

_ZH, _EN = Language.ZH_CN, Language.EN
_AMOUNT: Final = {"amount": lambda event: str(event.amount)}

CAUSES: Final = (
    Cause(
        code="refund.under_way",
        event=RefundRequested,
        fills=_AMOUNT,
        words={
            _ZH: CauseWords("退款处理中", "订单{order}的退款{amount}正在退回。"),
            _EN: CauseWords("Refund under way", "{amount} of order {order} is going back to where it came from."),
        },
    ),
    Cause(
        code="refund.done",
        event=RefundSucceeded,
        fills=_AMOUNT,
        goes_out=True,
        words={
            _ZH: CauseWords("退款成功", "订单{order}的退款{amount}已原路退回。"),
            _EN: CauseWords("Refund done", "{amount} of order {order} has gone back the way it came."),
        },
    ),
    Cause(
        code="refund.stuck",
        event=RefundNeedsAttention,
        fills=_AMOUNT,
        goes_out=True,
        words={
            _ZH: CauseWords("退款需人工处理", "订单{order}的退款{amount}遇到问题，我们正在人工处理。"),
            _EN: CauseWords("Refund held up", "The refund of {amount} for order {order} is held up; a person looks after it."),
        },
    ),
    Cause(
        code="staff.refund_stuck",
        whom=Whom.STAFF,
        permission="refunds.make",
        event=RefundNeedsAttention,
        fills={**_AMOUNT, "trouble": lambda event: event.trouble},
        words={
            _ZH: CauseWords("退款卡住", "订单{order}的退款{amount}需要处理：{trouble}"),
            _EN: CauseWords("A refund is stuck", "The refund of {amount} for order {order} needs a person: {trouble}"),
        },
    ),
    Cause(
        code="staff.payment_suspect",
        whom=Whom.STAFF,
        permission="payments.decide",
        event=PaymentSuspected,
        fills={"due": lambda event: str(event.due), "reason": lambda event: event.reason},
        words={
            _ZH: CauseWords("可疑付款", "订单{order}应付{due}，收到的款项不符：{reason}"),
            _EN: CauseWords("A suspect payment", "Order {order} was to be paid {due}; what came is something else: {reason}"),
        },
    ),
)
"""All of them."""
