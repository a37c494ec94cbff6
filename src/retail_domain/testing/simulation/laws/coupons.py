"""Laws of coupons: no more than there are, one order each, and back as they were (CPN-I1 to CPN-I3)."""

from __future__ import annotations

from typing import Any, Final

from retail_domain.testing.simulation.auditor import Auditor, RowLaw
from retail_domain.testing.simulation.traffic import RowChange

_NEXT: Final = {
    "unused": {"unused", "locked", "expired", "void"},
    "locked": {"used", "unused", "expired"},
    "used": {"unused", "expired"},
    "expired": set[str](),
    "void": set[str](),
}


def as_many_as_are_counted(auditor: Auditor, row: RowChange) -> str | None:
    """CPN-I1: at every commit, what is out is what is counted, and no more than there are."""
    kind = row.after
    if kind is None:
        return f"the kind of coupon {row.key} is gone"
    out = sum(one.template_id == kind.id for one in auditor.mirror.tables["coupons"].values())
    return None if out == kind.issued <= kind.total else f"{out} of {kind.total} coupons are out, {kind.issued} are counted"


def goes_its_way(auditor: Auditor, row: RowChange) -> str | None:
    """CPN-R3, CPN-I2, CPN-I3: from one order to none, never to another; what was given stays as it was agreed."""
    before, after = row.before, row.after
    if after is None:
        return f"the coupon {row.key} is gone"
    kind = auditor.mirror.tables["coupon_templates"].get(after.template_id)
    if before is None:
        mine = [
            one for one in auditor.mirror.tables["coupons"].values()
            if (one.template_id, one.member_id) == (after.template_id, after.member_id)
        ]  # fmt: skip
        return None if kind is None or len(mine) <= kind.per_member else f"{len(mine)} of {kind.per_member} coupons a member"
    if after.stands.value not in _NEXT[before.stands.value]:
        return f"coupon {row.key} went from {before.stands.value} to {after.stands.value}"
    if before.used_by is not None and after.used_by not in (None, before.used_by):
        return f"coupon {row.key} of one order is now another's"
    return None


def has_the_coupons_that_it_took(auditor: Auditor, row: RowChange) -> str | None:
    """CPN-I2, R16: order and coupons change in one transaction."""
    order = row.after
    mine: list[Any] = [one for one in auditor.mirror.tables["coupons"].values() if one.used_by == order.id]
    stands = {one.stands.value for one in mine}
    if "coupon" not in order.took:
        return f"order {row.key} took no coupon, and has {len(mine)}" if mine else None
    off = -sum(
        share.amount_minor for line in order.lines for share in (*line.shares, *line.freight_shares)
        if share.source_kind == "coupon"
    )  # fmt: skip
    is_back = order.status.value == "closed" and order.paid_at is None
    is_undone = all(line.refunded_unshipped == line.quantity for line in order.lines)
    wanted = set[str]() if is_back or is_undone else {"used"} if order.paid_at is not None else {"locked"}
    if stands != wanted:
        return f"the coupons of order {row.key}, which is {order.status.value}, are {sorted(stands)}"
    applied = sum(one.applied_minor for one in mine)
    return None if not wanted or applied == off else f"coupons took {applied} off order {row.key}, its lines say {off}"


ROW_LAWS: Final = (
    RowLaw("CPN-I1", "coupon_templates", as_many_as_are_counted),
    RowLaw("CPN-I2", "coupons", goes_its_way),
    RowLaw("CPN-I2", "orders", has_the_coupons_that_it_took),
)
