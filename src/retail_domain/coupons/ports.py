"""What coupons need from a store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from retail_domain.coupons.model import Coupon, CouponCode, CouponHolder, CouponTemplate, CouponWay, HeldCoupon
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import CouponId, CouponTemplateId, MemberId, OrderId
from retail_domain.kernel.settings import SettingsKnown
from retail_domain.kernel.units import Unit


class CouponTemplates(Protocol):
    """Kinds of coupons, and every edition of what they say."""

    async def claim(self, id: CouponTemplateId) -> CouponTemplate | None:
        """Lock one until the unit ends: whoever else gives one waits (CPN-R2)."""
        ...

    async def open_ones(self, way: CouponWay) -> Sequence[CouponTemplateId]:
        """Those that are given in that way now, as far as they say, by id; without a lock."""
        ...

    def save(self, change: Change[CouponTemplate]) -> None:
        """Stage it, and what a new edition says."""
        ...


class CouponHolders(Protocol):
    """What rivals who give one member coupons meet at."""

    async def claim(self, member_id: MemberId) -> CouponHolder | None:
        """Lock it until the unit ends; None for who never had one."""
        ...

    def save(self, change: Change[CouponHolder]) -> None:
        """Stage it; one a member, else `Taken` at commit."""
        ...


class IssuedCoupons(Protocol):
    """Coupons of members."""

    async def claim(self, ids: Iterable[CouponId]) -> Mapping[CouponId, Coupon]:
        """Lock these until the unit ends, ascending, in one statement; unknown ones are absent."""
        ...

    async def of_order(self, order_id: OrderId) -> Sequence[Coupon]:
        """Those that an order has locked or used, by id; without a lock of their own: the order's covers them."""
        ...

    async def claim_of(self, order_id: OrderId) -> Sequence[Coupon]:
        """The same, locked, to be given back before their order is locked."""
        ...

    async def held(self, ids: Iterable[CouponId]) -> Sequence[HeldCoupon]:
        """These, with what they say, in one statement; without a lock. Sees what is stored."""
        ...

    async def usable(self, member_id: MemberId, at: datetime) -> Sequence[HeldCoupon]:
        """What a member can use now or later, the first to end first; without a lock, in one statement."""
        ...

    async def counted(self, member_id: MemberId, template_id: CouponTemplateId, at: datetime) -> tuple[int, int]:
        """How many of that kind a member was ever given, and how many of any kind could still be used; sees what is staged.

        In one statement, to be asked while their holder is claimed.
        """
        ...

    async def due(self, at: datetime, most: int) -> Sequence[CouponId]:
        """Those of which something is due by then, the longest overdue first; without a lock."""
        ...

    def save(self, change: Change[Coupon]) -> None:
        """Stage it; one a member, kind and number, else `Taken` at commit (CPN-R2)."""
        ...


class CouponCodes(Protocol):
    """Codes by which coupons are taken."""

    async def claim(self, seal: str) -> CouponCode | None:
        """Lock one until the unit ends."""
        ...

    def save(self, change: Change[CouponCode]) -> None:
        """Stage it; no two alike, else `Taken` at commit."""
        ...


class CouponsWork(Unit, Protocol):
    """The unit of work of coupons."""

    @property
    def coupon_templates(self) -> CouponTemplates: ...
    @property
    def coupon_holders(self) -> CouponHolders: ...
    @property
    def coupons(self) -> IssuedCoupons: ...
    @property
    def coupon_codes(self) -> CouponCodes: ...


class RuledCouponsWork(CouponsWork, Protocol):
    """The unit of work of what settings have a say in."""

    @property
    def settings(self) -> SettingsKnown:
        """What is set."""
        ...
