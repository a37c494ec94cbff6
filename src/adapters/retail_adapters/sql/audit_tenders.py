"""Laws of how payments are decided, and of what pays an order together (R43)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, or_, select

from retail_adapters.sql.audit_law import before_grace, law, one_of
from retail_adapters.sql.tables.ordering import orders
from retail_adapters.sql.tables.payments import payments, refunds
from retail_domain.payments import OPEN, MoneyState, PaymentState

_UNDECIDED: Final = sorted((*OPEN, PaymentState.HELD), key=lambda one: one.value)

TENDERS: Final = (
    law(
        "R11",
        "an open payment has a time when its provider is asked, and what is held one when it is looked at",
        select(payments.c.id, payments.c.gateway, payments.c.state).where(
            one_of(payments.c.state, *_UNDECIDED), payments.c.next_poll_at.is_(None)
        ),
    ),
    law(
        "R10-held",
        "what is held pays nothing yet, and goes back soon once its order is paid without it or closed (PAY-R10)",
        select(payments.c.id, payments.c.order_id, payments.c.tender, payments.c.amount_minor)
        .join(orders, orders.c.id == payments.c.order_id)
        .where(
            payments.c.state == PaymentState.HELD,
            or_(
                payments.c.money != MoneyState.NONE,
                orders.c.paid_at < before_grace,
                orders.c.closed_at < before_grace,
            ),
        ),
    ),
    law(
        "PAY-R10",
        "a refund goes back by the tender that paid (R5)",
        select(refunds.c.id, refunds.c.payment_id, refunds.c.tender, payments.c.tender.label("paid_by"))
        .join(payments, payments.c.id == refunds.c.payment_id)
        .where(or_(refunds.c.tender != payments.c.tender, refunds.c.gateway != payments.c.gateway)),
    ),
    law(
        "R10-succeeded",
        "a payment that succeeded captured exactly what was asked (PAY-I5)",
        select(payments.c.id, payments.c.amount_minor, payments.c.captured_minor).where(
            or_(
                and_(
                    payments.c.state == PaymentState.SUCCEEDED,
                    or_(
                        payments.c.captured_minor.is_(None),
                        payments.c.captured_minor != payments.c.amount_minor,
                        payments.c.captured_currency != payments.c.currency,
                    ),
                ),
                and_(payments.c.state != PaymentState.SUCCEEDED, payments.c.money == MoneyState.APPLIED),
            )
        ),
    ),
)
