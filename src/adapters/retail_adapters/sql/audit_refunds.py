"""Laws of what was paid back: what providers are known to have done, against what the shop's refunds say (R5, R12)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, exists, or_, select, text

from retail_adapters.sql.audit_law import law
from retail_adapters.sql.tables.payments import inbox_notices, refunds
from retail_domain.payments import NoticeKind, RefundState, RefundStatus

_told_as_paid = exists().where(
    inbox_notices.c.kind == NoticeKind.REFUND,
    inbox_notices.c.ref == refunds.c.ref,
    inbox_notices.c.gateway == refunds.c.gateway,
    inbox_notices.c.status == RefundStatus.SUCCEEDED.value,
    text("verdict IN ('contradicted', 'unknown_ref')"),  # the index of what staff are shown leads there
)
_is_closed = refunds.c.state == RefundState.CLOSED
_has_succeeded = refunds.c.state == RefundState.SUCCEEDED

REFUNDS: Final = (
    law(
        "R12",
        "what a provider is known to have paid back counts as paid back: no refund that is held for failed was paid (R5)",
        select(refunds.c.id, refunds.c.payment_id, refunds.c.amount_minor, refunds.c.state, refunds.c.succeeded_at).where(
            or_(
                and_(_has_succeeded, refunds.c.succeeded_at.is_(None)),
                and_(refunds.c.state != RefundState.SUCCEEDED, refunds.c.succeeded_at.is_not(None)),
                and_(_is_closed, _told_as_paid),
            )
        ),
    ),
)
