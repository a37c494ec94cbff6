"""Opening totals (期初累计): what a member had bought before the shop knew them."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId


@frozen(kw_only=True)
class OpeningTotals:
    """One entry a member, made when a file moves them in; it never changes, and stands beside what they buy here."""

    member_id: MemberId
    orders_count: int
    amount_minor: int
    currency: str
    at: datetime
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.orders_count < 0 or self.amount_minor < 0:
            raise ValueError("nobody bought less than nothing")

    @classmethod
    def opened(
        cls, member_id: MemberId, *, orders_count: int, amount_minor: int, currency: str, at: datetime
    ) -> Change[OpeningTotals]:
        """Write it down."""
        made = cls(member_id=member_id, orders_count=orders_count, amount_minor=amount_minor, currency=currency, at=at)
        return Change(None, made)
