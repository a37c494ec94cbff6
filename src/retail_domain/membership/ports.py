"""What membership needs from a store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId, ProductId
from retail_domain.kernel.units import Unit
from retail_domain.membership.model import CheckIn, GoodsMark
from retail_domain.membership.opening import OpeningTotals


class CheckIns(Protocol):
    """Who came by on which day."""

    async def last(self, member_id: MemberId) -> CheckIn | None:
        """The latest day of a member, without a lock: nothing that is stored may follow from it; sees what is staged."""
        ...

    async def claim_last(self, member_id: MemberId) -> CheckIn | None:
        """The latest day of a member, and still so at commit; sees what is staged.

        Who claims it waits until all others who did are done, or is told `Stale` at commit; also where there is no day yet.
        """
        ...

    async def between(self, member_id: MemberId, first: date, end: date) -> Sequence[CheckIn]:
        """The days `[first, end)` on which a member came by, in their order; without a lock."""
        ...

    def save(self, change: Change[CheckIn]) -> None:
        """Stage a check-in; one a member and day, else `Taken` at commit: a rival came first (PTS-R4)."""
        ...


class OpeningEntries(Protocol):
    """What members had bought before; one entry a member at most, and only of whom a file moved in."""

    async def of(self, member_ids: Iterable[MemberId]) -> Mapping[MemberId, OpeningTotals]:
        """Theirs; those who have none are absent. Without a lock; sees what is staged."""
        ...

    def save(self, change: Change[OpeningTotals]) -> None:
        """Stage an entry; a second one of a member raises `Taken` at commit."""
        ...


class Favourites(Protocol):
    """What members have marked."""

    async def of_member(self, member_id: MemberId) -> Sequence[GoodsMark]:
        """All of a member, the latest first; sees what is staged."""
        ...

    async def count_of(self, product_id: ProductId) -> int:
        """How many members have marked some goods, as it is stored."""
        ...

    def save(self, change: Change[GoodsMark]) -> None:
        """Stage a mark; one a member and product, else `Taken` at commit: a rival came first."""
        ...

    def remove(self, mark: GoodsMark) -> None:
        """Stage that it goes; that a rival was faster is no mistake."""
        ...


class MembershipWork(Unit, Protocol):
    """The unit of work of membership."""

    @property
    def favourites(self) -> Favourites:
        """What members have marked."""
        ...

    @property
    def check_ins(self) -> CheckIns:
        """Who came by."""
        ...

    @property
    def opening_totals(self) -> OpeningEntries:
        """What members had bought before."""
        ...
