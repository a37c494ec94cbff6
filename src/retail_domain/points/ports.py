"""What points need from a store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId, OrderId
from retail_domain.kernel.settings import SettingsKnown
from retail_domain.kernel.units import Unit
from retail_domain.points.ledger import PointsAccount, PointsUse
from retail_domain.points.lot import PointsLot


class PointsAccounts(Protocol):
    """What rivals for a member's points meet at."""

    async def claim(self, member_ids: Iterable[MemberId]) -> Mapping[MemberId, PointsAccount]:
        """Lock these until the unit ends, ascending, in one statement; members who never had a decision are absent."""
        ...

    def save(self, change: Change[PointsAccount]) -> None:
        """Stage it; one a member, else `Taken` at commit: a rival came first."""
        ...


class PointsLots(Protocol):
    """What members were given, and what has become of it."""

    async def free_of(self, member_ids: Iterable[MemberId], refs: Iterable[str] = ()) -> Sequence[PointsLot]:
        """All lots of these members that have free points, and those of these refs, whatever is left of them.

        In one statement, which reads no more than that; sees what is staged. To be asked while their accounts are claimed.
        """
        ...

    async def lapsed(self, at: datetime, most: int) -> Sequence[MemberId]:
        """Members some of whose free points have expired by then, the longest ago first; without a lock."""
        ...

    def save(self, change: Change[PointsLot]) -> None:
        """Stage it together with its entries; one a cause, else `Taken` at commit (PTS-R2)."""
        ...


class PointsUses(Protocol):
    """What orders want to spend, and have spent."""

    async def of_order(self, order_id: OrderId) -> Sequence[PointsUse]:
        """Stored and staged ones, by the order in which they were taken."""
        ...

    def save(self, change: Change[PointsUse]) -> None:
        """Stage it; one an order and lot, else `Taken` at commit."""
        ...


class PointsWork(Unit, Protocol):
    """The unit of work of points."""

    @property
    def points_accounts(self) -> PointsAccounts: ...
    @property
    def points_lots(self) -> PointsLots: ...
    @property
    def points_uses(self) -> PointsUses: ...


class RuledPointsWork(PointsWork, Protocol):
    """The unit of work of what settings have a say in."""

    @property
    def settings(self) -> SettingsKnown:
        """What is set."""
        ...
