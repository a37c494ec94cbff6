"""Laws of what was paid back: what providers are known to have done, against what the shop's refunds say (R5, R12)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, func, or_, select

from retail_adapters.sql.audit_law import law
from retail_adapters.sql.tables.payments import inbox_notices, refunds
from retail_domain.payments import GATEWAY, NoticeKind, RefundState, RefundStatus

_told_as_paid = (
    select(inbox_notices.c.gateway, inbox_notices.c.ref)
    .where(inbox_notices.c.kind == NoticeKind.REFUND, inbox_notices.c.status == RefundStatus.SUCCEEDED.value)
    .distinct()
    .subquery("told_as_paid")
)
"""Whatever the shop made of it when it heard it; what names another payment says nothing of the refund (`of_another`)."""

_shared_deals = (
    select(refunds.c.gateway, refunds.c.provider_ref)
    .where(refunds.c.tender == GATEWAY, refunds.c.succeeded_at.is_not(None), refunds.c.provider_ref.is_not(None))
    .group_by(refunds.c.gateway, refunds.c.provider_ref)
    .having(func.count() > 1)
    .subquery("shared_deals")
)

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
    law(
        "R12-deals",
        "money that a provider paid back once is counted once: no two refunds went back as the same deal of it",
        select(refunds.c.id, refunds.c.payment_id, refunds.c.amount_minor, refunds.c.gateway, refunds.c.provider_ref)
        .join(
            _shared_deals,
            and_(_shared_deals.c.provider_ref == refunds.c.provider_ref, _shared_deals.c.gateway == refunds.c.gateway),
        )
        .where(refunds.c.tender == GATEWAY, refunds.c.succeeded_at.is_not(None)),
    ),
)
