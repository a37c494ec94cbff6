"""Laws of what was paid back: what providers are known to have done, against what the shop's refunds say (R5, R12)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, or_, select

from retail_adapters.sql.audit_law import law
from retail_adapters.sql.tables.payments import inbox_notices, refunds
from retail_domain.payments import NoticeKind, RefundState, RefundStatus

_told_as_paid = (
    select(inbox_notices.c.gateway, inbox_notices.c.ref)
    .where(inbox_notices.c.kind == NoticeKind.REFUND, inbox_notices.c.status == RefundStatus.SUCCEEDED.value)
    .distinct()
    .subquery("told_as_paid")
)
"""Whatever the shop made of it when it heard it; what names another payment says nothing of the refund (`of_another`)."""

REFUNDS: Final = (
    law(
        "R12",
        "what a provider is known to have paid back counts as paid back: no refund that is held for failed was paid (R5)",
        select(refunds.c.id, refunds.c.payment_id, refunds.c.amount_minor, refunds.c.state, refunds.c.succeeded_at)
        .outerjoin(
            _told_as_paid, and_(_told_as_paid.c.ref == refunds.c.ref, _told_as_paid.c.gateway == refunds.c.gateway)
        )
        .where(
            or_(
                and_(refunds.c.state == RefundState.SUCCEEDED, refunds.c.succeeded_at.is_(None)),
                and_(refunds.c.state != RefundState.SUCCEEDED, refunds.c.succeeded_at.is_not(None)),
                and_(refunds.c.state == RefundState.CLOSED, _told_as_paid.c.ref.is_not(None)),
            )
        ),
    ),
)
