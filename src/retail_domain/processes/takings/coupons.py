"""Coupons as a taking: locked when an order is placed that uses them, used when it is paid, given back when it is not wanted.

Nothing is asked for a quote without a wish for a coupon, nor for an order without one. A coupon is shared between the orders
that its member may place at once, so placing locks it; then it is the order's alone, until it is given back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Final, TypeAlias
from uuid import UUID

from attrs import evolve, frozen

from retail_domain.coupons import Coupon, CouponNotUsable, CouponRules, HeldCoupon, RuledCouponsWork
from retail_domain.kernel.change import Change
from retail_domain.kernel.coupon_terms import COUPON
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import CouponId, MemberId, SkuId
from retail_domain.kernel.ranks import Rank
from retail_domain.kernel.settings import SetAtMoments
from retail_domain.ordering import Order
from retail_domain.pricing import CouponAtHand
from retail_domain.processes.takings.meaning import closed_unpaid
from retail_domain.processes.takings.taking import NOTHING, Asking, Demand, Given, Known, Minted, Paid, Taking, Why

Held: TypeAlias = Mapping[CouponId, Change[Coupon]]
OfOrder: TypeAlias = tuple[Change[Coupon], ...]


@frozen(kw_only=True)
class HeldCoupons:
    """Coupons that are locked, and what is set at any moment where that matters."""

    coupons: Held
    timetable: SetAtMoments | None = None


NONE: Final = HeldCoupons(coupons={})


class Coupons(Taking[RuledCouponsWork, HeldCoupons, OfOrder]):
    """Wished for by id; a quote rests on those that its price uses, and on no others: so none is taken in vain."""

    kind: ClassVar[str] = COUPON
    rank: ClassVar[Rank] = Rank.COUPON
    locks: ClassVar[frozenset[Why]] = frozenset({Why.RELEASING})
    reads: ClassVar[frozenset[Why]] = frozenset({Why.PAYING})

    async def known(self, work: RuledCouponsWork, member_id: MemberId, sku_ids: Iterable[SkuId]) -> Known | None:
        """Never asked: see `told`."""
        raise LookupError(self.kind)

    async def told(self, work: RuledCouponsWork, asking: Asking) -> Known | None:
        """Those wished for that are this member's: others' are as good as none (GEN-R14). The step says which it rests on."""
        wanted = [id for id in (_id_of(wish.id) for wish in asking.wishes if wish.kind == COUPON) if id is not None]
        if not wanted:
            return None
        found = {one.coupon.id: one for one in await work.coupons.held(wanted)}
        mine = [found[id] for id in dict.fromkeys(wanted) if id in found and found[id].coupon.member_id == asking.member_id]
        return Known(tuple(at_hand(one, asking.at) for one in mine), ()) if mine else None

    async def claim(self, work: RuledCouponsWork, demands: Sequence[Demand]) -> HeldCoupons:
        """The coupons that quotes rest on."""
        wanted = {CouponId(UUID(ground.id)) for demand in demands for ground in demand.grounds(COUPON)}
        return HeldCoupons(coupons=_unchanged((await work.coupons.claim(wanted)).values())) if wanted else NONE

    def present(self, shared: HeldCoupons, demand: Demand) -> Iterable[Ground]:
        """Its coupons as they stand; those that were used meanwhile, or are over, are gone, and the price is another (R7)."""
        member, at = demand.quote.member_id, demand.at or demand.quote.created_at
        found = (shared.coupons.get(CouponId(UUID(ground.id))) for ground in demand.grounds(COUPON))
        return [
            Ground(COUPON, str(one.state.id), one.state.edition)
            for one in found if one is not None and one.state.member_id == member and not one.state.obstacle(at)
        ]  # fmt: skip

    def take(
        self, shared: HeldCoupons, demand: Demand, minted: Minted, at: datetime
    ) -> tuple[HeldCoupons, OfOrder, Given] | None:
        """Locked, with what each takes off. Raises CouponNotUsable."""
        grounds = demand.grounds(COUPON)
        if not grounds:
            return None
        off = _taken_off(demand)
        locked: dict[CouponId, Change[Coupon]] = {}
        for ground in grounds:
            id = CouponId(UUID(ground.id))
            if id not in shared.coupons:
                raise CouponNotUsable(coupon_id=id)
            locked[id] = shared.coupons[id].then(lambda one, key=ground.id: one.lock_for(minted.order_id, off[key], at))  # type: ignore[misc]
        return evolve(shared, coupons={**shared.coupons, **locked}), tuple(locked.values()), NOTHING

    async def lock(self, work: RuledCouponsWork, order: Order) -> HeldCoupons:
        """Those of an order."""
        timetable = await work.settings.timetable()
        return HeldCoupons(coupons=_unchanged(await work.coupons.claim_of(order.id)), timetable=timetable)

    async def own(self, work: RuledCouponsWork, order: Order) -> OfOrder:
        """The same, under the order's lock: nobody else decides about them while it has them."""
        return tuple(Change(one, one) for one in await work.coupons.of_order(order.id))

    def paid(self, shared: HeldCoupons, own: OfOrder, order: Order, at: datetime) -> tuple[HeldCoupons, OfOrder, Paid]:
        """Used."""
        return shared, tuple(one.then(lambda coupon: coupon.use()) for one in own), Paid.FIRM

    def follow(self, shared: HeldCoupons, own: OfOrder, change: Change[Order], at: datetime) -> tuple[HeldCoupons, OfOrder]:
        """Given back when nobody has paid, or when everything was paid back and nothing had left the shop (CPN-R5)."""
        if not (closed_unpaid(change) or undone_before_shipping(change)):
            return shared, own
        grace = CouponRules(shared.timetable.at(at)).grace if shared.timetable is not None else timedelta()
        back = {id: one.then(lambda coupon: coupon.give_back(at, grace)) for id, one in shared.coupons.items()}
        return evolve(shared, coupons=back), own

    def save(self, work: RuledCouponsWork, shared: HeldCoupons | None, own: Sequence[OfOrder]) -> None:
        """Every coupon once, in the order of their ids."""
        changed: dict[CouponId, Change[Coupon]] = dict(shared.coupons) if shared is not None else {}
        changed.update({one.state.id: one for coupons in own for one in coupons or ()})
        for id in sorted(changed):
            if changed[id].state is not changed[id].before:
                work.coupons.save(changed[id])


def at_hand(held: HeldCoupon, at: datetime) -> CouponAtHand:
    """A coupon in the words of pricing."""
    coupon = held.coupon
    return CouponAtHand(id=str(coupon.id), edition=coupon.edition, terms=held.says.terms, obstacle=coupon.obstacle(at))


def undone_before_shipping(change: Change[Order]) -> bool:
    """Whether with this decision all of an order is paid back, at once or in the end, and nothing of it ever left."""
    before, after = change.before, change.state
    if before is None or before.lines is after.lines or after.paid_at is None:
        return False
    return all(line.refunded_unshipped == line.quantity for line in after.lines)


def _taken_off(demand: Demand) -> Mapping[str, int]:
    off: dict[str, int] = {}
    for _, line in demand.lines:
        for share in line.shares + line.freight_shares:
            if share.source_kind == COUPON:
                off[share.source_id] = off.get(share.source_id, 0) - share.amount_minor
    return off


def _unchanged(coupons: Iterable[Coupon]) -> Held:
    return {one.id: Change(one, one) for one in coupons}


def _id_of(told: str) -> CouponId | None:
    try:
        return CouponId(UUID(told))
    except ValueError:
        return None
