"""What one payment is to be made of."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from retail_domain.kernel.ids import MemberId, OrderId, PaymentId
from retail_domain.kernel.money import Money
from retail_domain.payments.gateway import Flow
from retail_domain.payments.states import GATEWAY


@frozen(kw_only=True)
class Attempt:
    """What is to be paid, and how: everything comes from the order, nothing from the client (R7)."""

    id: PaymentId
    order_id: OrderId
    member_id: MemberId
    gateway: str
    flow: Flow
    amount: Money
    freight_minor: int
    pay_by: datetime
    tender: str = GATEWAY
