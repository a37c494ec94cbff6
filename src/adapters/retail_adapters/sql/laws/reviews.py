"""Laws of reviews: what is summed is what is up, and nobody wrote what is automatic."""

from __future__ import annotations

from typing import Final

from sqlalchemy import case, func, or_, select
from sqlalchemy.sql.functions import coalesce

from retail_adapters.sql.laws.law import law, one_of
from retail_adapters.sql.tables.ordering import order_lines, orders
from retail_adapters.sql.tables.reviews import review_summaries, reviews
from retail_domain.reviews import BY_STARS, ReviewStatus

_counted = (
    select(
        reviews.c.product_id,
        *(func.sum(case((reviews.c.stars == stars, 1), else_=0)).label(name) for stars, name in enumerate(BY_STARS, 1)),
        func.sum(case((reviews.c.has_pictures, 1), else_=0)).label("with_pictures"),
        func.sum(case((reviews.c.has_follow_up, 1), else_=0)).label("with_follow_up"),
    )
    .where(reviews.c.is_up)
    .group_by(reviews.c.product_id)
    .subquery("counted")
)
_COUNTS: Final = (*BY_STARS, "with_pictures", "with_follow_up")

LAWS: Final = (
    law(
        "REV-I1",
        "a summary says how many reviews are up, star by star",
        select(review_summaries.c.product_id, *(review_summaries.c[name] for name in _COUNTS))
        .outerjoin(_counted, _counted.c.product_id == review_summaries.c.product_id)
        .where(or_(*(review_summaries.c[name] != coalesce(_counted.c[name], 0) for name in _COUNTS))),
    ),
    law(
        "REV-I1-unsummed",
        "no review is up that no summary counts",
        select(_counted.c.product_id)
        .outerjoin(review_summaries, review_summaries.c.product_id == _counted.c.product_id)
        .where(review_summaries.c.product_id.is_(None)),
    ),
    law(
        "REV-I2",
        "a review is of its buyer's own line, which has arrived",
        select(reviews.c.id, reviews.c.order_id, reviews.c.line)
        .outerjoin(orders, orders.c.id == reviews.c.order_id)
        .outerjoin(
            order_lines, (order_lines.c.order_id == reviews.c.order_id) & (order_lines.c.position + 1 == reviews.c.line)
        )
        .where(
            or_(
                orders.c.signed_at.is_(None), order_lines.c.product_id.is_(None),
                orders.c.member_id != reviews.c.member_id, order_lines.c.product_id != reviews.c.product_id,
                order_lines.c.sku_id != reviews.c.sku_id, order_lines.c.shipped == 0,
            )
        ),
    ),
    law(
        "REV-I3",
        "what is up has stars and was published, and what is automatic has neither",
        select(reviews.c.id, reviews.c.status, reviews.c.is_up).where(
            or_(
                reviews.c.is_up & (reviews.c.stars.is_(None) | reviews.c.published_at.is_(None)),
                reviews.c.is_up & ~one_of(reviews.c.status, ReviewStatus.PENDING, ReviewStatus.PUBLISHED),
                (reviews.c.status == ReviewStatus.PUBLISHED) & ~reviews.c.is_up,
                (reviews.c.status == ReviewStatus.AUTOMATIC)
                & (reviews.c.stars.isnot(None) | reviews.c.waiting.isnot(None) | reviews.c.published_at.isnot(None)),
            )
        ),
    ),
)  # fmt: skip
