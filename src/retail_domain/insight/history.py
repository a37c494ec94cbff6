"""What a member has looked at, for themselves: to find it again, or to have it forgotten (BEH-R3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from attrs import frozen

from retail_domain.insight.model import SeenGoods
from retail_domain.insight.ports import InsightWork
from retail_domain.kernel.checked import checked
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import MemberId, ProductId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import Page, PageRequest

SHOWN_FOR: Final = timedelta(days=90)
"""How long ago somebody may have looked at what is still shown to them."""


@frozen(kw_only=True)
@checked
class ShowSeen:
    """A member wants to find again what they have looked at."""

    member_id: MemberId
    page: PageRequest


@frozen(kw_only=True)
@checked
class ForgetSeen:
    """A member wants it forgotten that they have looked at some goods, or with None at anything."""

    member_id: MemberId
    product_id: ProductId | None = None
    once: Once | None = None


async def show_seen(work: InsightWork, wish: ShowSeen, clock: Clock) -> Page[SeenGoods]:
    """Each once, the latest first; nothing of those who never agreed, since nothing was kept. Raises InvalidInput."""
    return await work.behaviour.seen_by(wish.member_id, clock.now() - SHOWN_FOR, wish.page)


async def forget_seen(work: InsightWork, wish: ForgetSeen, means: Means) -> None:
    """Deleted, not hidden; that there is nothing of it is no mistake."""
    await work.behaviour.forget_of(wish.member_id, wish.product_id)
