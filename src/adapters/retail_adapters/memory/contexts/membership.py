"""Membership in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import ClassVar, Final

from retail_adapters.memory.store import MemoryCollection, MemorySession
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.kernel.errors import Stale
from retail_domain.kernel.ids import MemberId, ProductId
from retail_domain.kernel.ranks import Rank
from retail_domain.membership import CheckIn, GoodsMark, MembershipWork, OpeningTotals


class MemoryCheckIns(MemoryCollection[tuple[MemberId, date], CheckIn]):
    """Who came by on which day; see the port."""

    table: ClassVar[str] = "check_ins"
    key_columns: ClassVar[str] = "member_id+day"

    def __init__(self, session: MemorySession) -> None:
        super().__init__(session)
        self._claimed: dict[MemberId, CheckIn | None] = {}

    def key(self, state: CheckIn) -> tuple[MemberId, date]:
        """The member and the day."""
        return state.member_id, state.day

    async def last(self, member_id: MemberId) -> CheckIn | None:
        """Staged or stored."""
        return self._latest(self.every(), member_id)

    async def claim_last(self, member_id: MemberId) -> CheckIn | None:
        """Looked at again at commit."""
        self._session.lock(Rank.VISIT)
        last = await self.last(member_id)
        self._claimed.setdefault(member_id, self._latest(self._committed().values(), member_id))
        return last

    def check(self) -> None:
        """Raise what a database would: here, that a rival of whoever claimed has checked in meanwhile."""
        super().check()
        for member_id, last in self._claimed.items():
            if self._latest(self._committed().values(), member_id) != last:
                raise Stale(what=self.table, ids=(str(member_id),))

    async def between(self, member_id: MemberId, first: date, end: date) -> Sequence[CheckIn]:
        """Staged or stored."""
        found = (one for one in self.every() if one.member_id == member_id and first <= one.day < end)
        return sorted(found, key=lambda one: one.day)

    @staticmethod
    def _latest(among: Iterable[CheckIn], member_id: MemberId) -> CheckIn | None:
        return max((one for one in among if one.member_id == member_id), key=lambda one: one.day, default=None)


class MemoryOpeningTotals(MemoryCollection[MemberId, OpeningTotals]):
    """What members had bought before; see the port."""

    table: ClassVar[str] = "opening_totals"
    key_columns: ClassVar[str] = "member_id"

    def key(self, state: OpeningTotals) -> MemberId:
        """The member."""
        return state.member_id

    async def of(self, member_ids: Iterable[MemberId]) -> Mapping[MemberId, OpeningTotals]:
        """Staged or stored."""
        return {id: found for id in member_ids if (found := self.look(id)) is not None}


class MemoryFavourites(MemoryCollection[tuple[MemberId, ProductId], GoodsMark]):
    """What members have marked; see the port."""

    table: ClassVar[str] = "favourites"
    key_columns: ClassVar[str] = "member_id+product_id"

    def key(self, state: GoodsMark) -> tuple[MemberId, ProductId]:
        """The member and the goods."""
        return state.member_id, state.product_id

    async def of_member(self, member_id: MemberId) -> Sequence[GoodsMark]:
        """Staged or stored."""
        found = (one for one in self.every() if one.member_id == member_id)
        return sorted(found, key=lambda one: (one.at, one.product_id), reverse=True)

    async def count_of(self, product_id: ProductId) -> int:
        """Stored ones."""
        return sum(one.product_id == product_id for one in self._committed().values())

    def remove(self, mark: GoodsMark) -> None:
        """Stage that it goes."""
        self.drop(self.key(mark))


class Collections(MemoryUnit):
    """Who came by, what they marked, and what they had bought before."""

    favourites = collection(MemoryFavourites)
    check_ins = collection(MemoryCheckIns)
    opening_totals = collection(MemoryOpeningTotals)


MANIFEST: Final = Manifest[MembershipWork, None](Collections)
