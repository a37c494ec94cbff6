"""Coupons in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from attrs import frozen

from retail_adapters.memory.store import Memory, MemoryCollection
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.paging import cursor_of, key_after
from retail_adapters.system.units import Manifest, collection
from retail_domain.coupons import (
    Coupon,
    CouponCode,
    CouponEdition,
    CouponHolder,
    CouponIs,
    CouponQueries,
    CouponReport,
    CouponsWork,
    CouponTemplate,
    CouponTemplateNotFound,
    CouponWay,
    HeldCoupon,
)
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import has_passed
from retail_domain.kernel.ids import CouponId, CouponTemplateId, MemberId, OrderId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.ranks import Rank

OFFERS_MAX: Final = 100


class MemoryCouponEditions(MemoryCollection[tuple[CouponTemplateId, int], CouponEdition]):
    """What coupons say."""

    table: ClassVar[str] = "coupon_editions"
    key_columns: ClassVar[str] = "template_id+edition"

    def key(self, state: CouponEdition) -> tuple[CouponTemplateId, int]:
        """Kind and edition."""
        return state.template_id, state.edition


class MemoryCouponTemplates(MemoryCollection[CouponTemplateId, CouponTemplate]):
    """Kinds of coupons; see the port."""

    table: ClassVar[str] = "coupon_templates"

    async def claim(self, id: CouponTemplateId) -> CouponTemplate | None:
        """Rivals make the commit raise `Stale`."""
        self._session.lock(Rank.COUPON_SUPPLY)
        return self.look(id)

    async def open_ones(self, way: CouponWay) -> Sequence[CouponTemplateId]:
        """Staged or stored."""
        return sorted(one.id for one in self.every() if one.is_open and one.way is way)

    def save(self, change: Change[CouponTemplate]) -> None:
        """With a new edition."""
        super().save(change)
        if change.before is None or change.before.edition != change.state.edition:
            self._session.of(MemoryCouponEditions).save(Change(None, change.state.what_it_says))


class MemoryCouponHolders(MemoryCollection[MemberId, CouponHolder]):
    """What rivals meet at; see the port."""

    table: ClassVar[str] = "coupon_holders"
    key_columns: ClassVar[str] = "member_id"

    def key(self, state: CouponHolder) -> MemberId:
        """Its member."""
        return state.member_id

    async def claim(self, member_id: MemberId) -> CouponHolder | None:
        """Rivals make the commit raise `Stale`."""
        self._session.lock(Rank.COUPON_HOLDER)
        return self.look(member_id)


def _slot(coupon: Coupon) -> Hashable:
    return coupon.template_id, coupon.member_id, coupon.n


class MemoryCoupons(MemoryCollection[CouponId, Coupon]):
    """Coupons of members; see the port."""

    table: ClassVar[str] = "coupons"
    unique: ClassVar[Mapping[str, Any]] = {"coupons.template_id+member_id+n": _slot}

    async def claim(self, ids: Iterable[CouponId]) -> Mapping[CouponId, Coupon]:
        """Rivals make the commit raise `Stale`."""
        self._session.lock(Rank.COUPON)
        return {id: one for id in sorted(set(ids)) if (one := self.look(id)) is not None}

    async def of_order(self, order_id: OrderId) -> Sequence[Coupon]:
        """Staged or stored."""
        return sorted((one for one in self.every() if one.used_by == order_id), key=lambda one: one.id)

    async def claim_of(self, order_id: OrderId) -> Sequence[Coupon]:
        """Rivals make the commit raise `Stale`."""
        self._session.lock(Rank.COUPON)
        return tuple(await self.of_order(order_id))

    async def held(self, ids: Iterable[CouponId]) -> Sequence[HeldCoupon]:
        """As they are committed."""
        stored = self._committed()
        return [self._held(stored[id]) for id in sorted(set(ids)) if id in stored]

    async def usable(self, member_id: MemberId, at: datetime) -> Sequence[HeldCoupon]:
        """As they are committed."""
        mine = [one for one in self._committed().values() if one.member_id == member_id and _is_live(one, at)]
        return [self._held(one) for one in sorted(mine, key=lambda one: (one.expires_at, one.id))]

    async def counted(self, member_id: MemberId, template_id: CouponTemplateId, at: datetime) -> tuple[int, int]:
        """Staged or stored."""
        mine = [one for one in self.every() if one.member_id == member_id]
        return sum(one.template_id == template_id for one in mine), sum(_is_live(one, at) for one in mine)

    async def due(self, at: datetime, most: int) -> Sequence[CouponId]:
        """As they are committed."""
        found = [(one.due_at, one.id) for one in self._committed().values() if one.due_at is not None and one.due_at <= at]
        return [id for _, id in sorted(found)[:most]]

    def _held(self, coupon: Coupon) -> HeldCoupon:
        return held_by(self._session.memory, coupon)


class MemoryCouponCodes(MemoryCollection[str, CouponCode]):
    """Codes; see the port."""

    table: ClassVar[str] = "coupon_codes"
    key_columns: ClassVar[str] = "seal"

    def key(self, state: CouponCode) -> str:
        """Its seal."""
        return state.seal

    async def claim(self, seal: str) -> CouponCode | None:
        """Rivals make the commit raise `Stale`."""
        self._session.lock(Rank.COUPON_CODE)
        return self.look(seal)


def _is_live(coupon: Coupon, at: datetime) -> bool:
    return coupon.stands is CouponIs.UNUSED and not has_passed(coupon.expires_at, at)


def held_by(memory: Memory, coupon: Coupon) -> HeldCoupon:
    """With what it says."""
    return HeldCoupon(coupon=coupon, says=memory.table("coupon_editions")[coupon.template_id, coupon.edition])


@frozen
class MemoryCouponQueries:
    """The read side; see the Protocol."""

    memory: Memory

    async def mine(self, member_id: MemberId, page: PageRequest) -> Page[HeldCoupon]:
        """The latest first."""
        before = key_after(page.cursor, (datetime.max.replace(tzinfo=UTC), ""))
        coupons: list[Coupon] = [one for one in self.memory.table("coupons").values() if one.member_id == member_id]
        found = sorted((one for one in coupons if _given(one) < before), key=_given, reverse=True)
        shown = tuple(held_by(self.memory, one) for one in found[: page.limit])
        return Page(shown, cursor_of(*_given(shown[-1].coupon)) if len(found) > page.limit else None)

    async def to_take(self, ways: frozenset[CouponWay], at: datetime) -> tuple[CouponTemplate, ...]:
        """The newest first."""
        found = [
            one for one in self._templates()
            if one.is_open and one.way in ways and one.left and (one.takes_from is None or one.takes_from <= at)
            and not has_passed(one.takes_until, at) and not has_passed(one.validity.ends_at, at)
        ]  # fmt: skip
        return tuple(sorted(found, key=_made, reverse=True)[:OFFERS_MAX])

    async def had_of(self, member_id: MemberId) -> Mapping[CouponTemplateId, int]:
        """By kind."""
        open_ones = {one.id for one in self._templates() if one.is_open}
        coupons: list[Coupon] = list(self.memory.table("coupons").values())
        return Counter(one.template_id for one in coupons if one.member_id == member_id and one.template_id in open_ones)

    async def templates(self, page: PageRequest) -> Page[CouponTemplate]:
        """The newest first."""
        before = key_after(page.cursor, (datetime.max.replace(tzinfo=UTC), ""))
        found = sorted((one for one in self._templates() if _made(one) < before), key=_made, reverse=True)
        shown = tuple(found[: page.limit])
        return Page(shown, cursor_of(*_made(shown[-1])) if len(found) > page.limit else None)

    async def template(self, id: CouponTemplateId) -> CouponTemplate:
        """One."""
        found: CouponTemplate | None = self.memory.table("coupon_templates").get(id)
        if found is None:
            raise CouponTemplateNotFound(template_id=id)
        return found

    async def report(self, id: CouponTemplateId) -> CouponReport:
        """What became of them."""
        template = await self.template(id)
        mine = [one for one in self.memory.table("coupons").values() if one.template_id == id]
        used = sum(one.applied_minor for one in mine if one.stands is CouponIs.USED)
        codes = sum(one.template_id == id for one in self.memory.table("coupon_codes").values())
        counts = Counter(one.stands for one in mine)
        return CouponReport(template=template, counts=counts, applied_minor=used, codes=codes)

    def _templates(self) -> list[CouponTemplate]:
        return list(self.memory.table("coupon_templates").values())


def _given(coupon: Coupon) -> tuple[datetime, str]:
    return coupon.given_at, str(coupon.id)


def _made(template: CouponTemplate) -> tuple[datetime, str]:
    return template.made_at, str(template.id)


class Collections(MemoryUnit):
    """Kinds of coupons, who has which, and codes."""

    coupon_templates = collection(MemoryCouponTemplates)
    coupon_holders = collection(MemoryCouponHolders)
    coupons = collection(MemoryCoupons)
    coupon_codes = collection(MemoryCouponCodes)


MANIFEST: Final = Manifest[CouponsWork, CouponQueries](Collections, MemoryCouponQueries)
