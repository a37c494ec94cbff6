"""What is shown of points."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

from attrs import frozen

from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.points.lot import PointsEntry

EXPIRING_MAX: Final = 12
"""So many moments at which points expire are told, the nearest first."""


@frozen(kw_only=True)
class ExpiringPoints:
    """So many points expire at that moment, unless they are spent before."""

    expires_at: datetime
    points: int


@frozen(kw_only=True)
class PointsBalance:
    """How a member stands: what can be spent, what is to come, what open orders want to spend, and what is owed (欠分)."""

    available: int
    frozen: int
    locked: int
    debt: int
    expiring: tuple[ExpiringPoints, ...]


class PointsQueries(Protocol):
    """The read side of points."""

    async def balance(self, member_id: MemberId, at: datetime) -> PointsBalance:
        """How a member stands; reads no lot of which nothing is left."""
        ...

    async def entries(self, member_id: MemberId, page: PageRequest) -> Page[PointsEntry]:
        """What was ever written of a member, the latest first."""
        ...
