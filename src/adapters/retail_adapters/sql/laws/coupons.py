"""Laws of coupons: as many are out as are counted, each backs one order at most, none takes off more than it says."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import and_, exists, func, literal, or_, select
from sqlalchemy.sql.functions import coalesce

from retail_adapters.sql.laws.law import law
from retail_adapters.sql.tables.coupons import coupon_editions, coupon_holders, coupon_templates, coupons
from retail_adapters.sql.tables.ordering import orders
from retail_domain.coupons import CouponIs
from retail_domain.ordering import OrderStatus


def _many(*by: Any) -> Any:
    return select(*by, func.count().label("many"), func.max(coupons.c.n).label("last")).group_by(*by)


_of_kind = _many(coupons.c.template_id).subquery("of_kind")
_of_member = _many(coupons.c.member_id).subquery("of_member")
_slots = _many(coupons.c.template_id, coupons.c.member_id).subquery("slots")
_took_one = (literal(" ") + orders.c.took + literal(" ")).like("% coupon %")
_has_one = exists().where(coupons.c.used_by == orders.c.id)
LAWS: Final = (
    law(
        "CPN-I1",
        "as many coupons of a kind are out as it has counted, and no more than there are",
        select(coupon_templates.c.id, coupon_templates.c.issued, coalesce(_of_kind.c.many, 0).label("coupons"))
        .outerjoin(_of_kind, _of_kind.c.template_id == coupon_templates.c.id)
        .where(coupon_templates.c.issued != coalesce(_of_kind.c.many, 0)),
    ),
    law(
        "CPN-I1-members",
        "a member was given as many coupons as were counted for them",
        select(coupon_holders.c.member_id, coupon_holders.c.received, coalesce(_of_member.c.many, 0).label("coupons"))
        .outerjoin(_of_member, _of_member.c.member_id == coupon_holders.c.member_id)
        .where(coupon_holders.c.received != coalesce(_of_member.c.many, 0)),
    ),
    law(
        "CPN-R2",
        "the coupons of a kind that a member was given are numbered from 1, and none is missing",
        select(_slots.c.template_id, _slots.c.member_id, _slots.c.many, _slots.c.last).where(_slots.c.last != _slots.c.many),
    ),
    law(
        "CPN-I2",
        "a locked coupon has an unpaid order of its member, a used one a paid one",
        select(coupons.c.id, coupons.c.stands, coupons.c.used_by, orders.c.status)
        .outerjoin(orders, orders.c.id == coupons.c.used_by)
        .where(
            coupons.c.used_by.is_not(None),
            or_(
                orders.c.id.is_(None),
                orders.c.member_id != coupons.c.member_id,
                and_(coupons.c.stands == CouponIs.LOCKED, orders.c.status != OrderStatus.PENDING_PAYMENT),
                and_(coupons.c.stands == CouponIs.USED, orders.c.paid_at.is_(None)),
            ),
        ),
    ),
    law(
        "CPN-I3",
        "an order that waits for its money has the coupons that it took",
        select(orders.c.id, orders.c.took).where(orders.c.status == OrderStatus.PENDING_PAYMENT, _took_one, ~_has_one),
    ),
    law(
        "CPN-I4",
        "no coupon has taken off more than the edition says under which it was given",
        select(coupons.c.id, coupons.c.applied_minor, coupon_editions.c.face_minor)
        .outerjoin(
            coupon_editions,
            and_(coupon_editions.c.template_id == coupons.c.template_id, coupon_editions.c.edition == coupons.c.edition),
        )
        .where(or_(coupon_editions.c.face_minor.is_(None), coupons.c.applied_minor > coupon_editions.c.face_minor)),
    ),
)
