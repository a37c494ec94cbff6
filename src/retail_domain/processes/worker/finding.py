"""Where timers find what is due: orders, attempts to be asked about, refunds to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from retail_domain.coupons import CouponsWork
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import CouponId, MemberId, OrderId, PaymentId, RefundId
from retail_domain.ordering import OrderingWork, OrderStatus
from retail_domain.payments import PaymentsWork
from retail_domain.points import PointsWork
from retail_domain.privacy import PrivacyWork
from retail_domain.processes.worker.due import WhatIsDue
from retail_domain.reviews import ReviewRules, RuledReviewsWork, silent_under

LOOKED_BACK: Final = timedelta(days=30)
"""For so long a worker may have been away, and no line is forgotten."""


async def due_orders(work: OrderingWork, wanted: WhatIsDue, status: OrderStatus) -> Sequence[OrderId]:
    """Orders of this status whose time has come."""
    return await work.orders.due(status, wanted.at, wanted.most)


async def due_polls(work: PaymentsWork, wanted: WhatIsDue) -> Sequence[PaymentId]:
    """Attempts whose provider is to be asked."""
    return await work.payments.due_polls(wanted.at, wanted.most)


async def due_refunds(work: PaymentsWork, wanted: WhatIsDue) -> Sequence[RefundId]:
    """Refunds to be sent, or asked about."""
    return await work.refunds.due(wanted.at, wanted.most)


async def due_erasures(work: PrivacyWork, wanted: WhatIsDue) -> Sequence[MemberId]:
    """Members who have left, of whom something is to be erased."""
    return await work.erasures.due(wanted.at, wanted.most)


async def silent_days(work: RuledReviewsWork, usual: ReviewRules, clock: Clock) -> int | None:
    """After how many days a line of which nobody says anything is done with now; None: never (ORD-R8)."""
    return silent_under((await work.settings.timetable()).at(clock.now()), usual)


async def due_points(work: PointsWork, wanted: WhatIsDue) -> Sequence[MemberId]:
    """Members some of whose points have expired."""
    return await work.points_lots.lapsed(wanted.at, wanted.most)


async def due_coupons(work: CouponsWork, wanted: WhatIsDue) -> Sequence[CouponId]:
    """Coupons that end, or whose members are to be told that they will."""
    return await work.coupons.due(wanted.at, wanted.most)


async def due_reviews(work: RuledReviewsWork, wanted: WhatIsDue, usual: ReviewRules) -> Sequence[OrderId]:
    """Orders of whose lines nobody said anything in time (ORD-R8); none where lines stay open for good.

    What arrived much earlier is left as it is: no round reads all that was ever sold, and a shop that begins to have lines
    done with does not begin with all of its past.
    """
    days = silent_under((await work.settings.timetable()).at(wanted.at), usual)
    if days is None:
        return ()
    before = wanted.at - timedelta(days=days)
    return await work.reviews.unreviewed(before - LOOKED_BACK, before, wanted.most)
