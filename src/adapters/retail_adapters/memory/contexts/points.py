"""Points in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from attrs import frozen

from retail_adapters.memory.store import Memory, MemoryCollection
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.paging import cursor_of, key_after
from retail_adapters.system.units import Manifest, collection
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId, OrderId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.ranks import Rank
from retail_domain.points import (
    EXPIRING_MAX,
    ExpiringPoints,
    LotKey,
    PointsAccount,
    PointsBalance,
    PointsEntry,
    PointsLot,
    PointsQueries,
    PointsUse,
    PointsWork,
)


class MemoryPointsAccounts(MemoryCollection[MemberId, PointsAccount]):
    """What rivals meet at; see the port."""

    table: ClassVar[str] = "points_accounts"
    key_columns: ClassVar[str] = "member_id"

    def key(self, state: PointsAccount) -> MemberId:
        """Its member."""
        return state.member_id

    async def claim(self, member_ids: Iterable[MemberId]) -> Mapping[MemberId, PointsAccount]:
        """Rivals make the commit raise `Stale`."""
        self._session.lock(Rank.POINTS)
        return {id: one for id in sorted(set(member_ids)) if (one := self.look(id)) is not None}


class MemoryPointsEntries(MemoryCollection[tuple[MemberId, LotKey, int], PointsEntry]):
    """What moved points."""

    table: ClassVar[str] = "points_entries"
    key_columns: ClassVar[str] = "member_id+ref+source+number"

    def key(self, state: PointsEntry) -> tuple[MemberId, LotKey, int]:
        """Its place in its lot."""
        return state.member_id, state.key, state.number


class MemoryPointsLots(MemoryCollection[tuple[MemberId, LotKey], PointsLot]):
    """What members were given; see the port."""

    table: ClassVar[str] = "points_lots"
    key_columns: ClassVar[str] = "member_id+ref+source"
    transient: ClassVar[Mapping[str, Any]] = {"entries": ()}

    def key(self, state: PointsLot) -> tuple[MemberId, LotKey]:
        """Its member and cause."""
        return state.member_id, state.key

    async def free_of(self, member_ids: Iterable[MemberId], refs: Iterable[str] = ()) -> Sequence[PointsLot]:
        """Staged or stored."""
        whose, named = set(member_ids), set(refs)
        return [one for one in self.every() if one.member_id in whose and (one.free or one.key.ref in named)]

    async def lapsed(self, at: datetime, most: int) -> Sequence[MemberId]:
        """As they are committed."""
        since: dict[MemberId, datetime] = {}
        for one in self._committed().values():
            if one.lapsed(at):
                assert one.expires_at is not None
                since[one.member_id] = min(since.get(one.member_id, one.expires_at), one.expires_at)
        return sorted(since, key=since.__getitem__)[:most]

    def save(self, change: Change[PointsLot]) -> None:
        """With its entries."""
        super().save(change)
        entries = self._session.of(MemoryPointsEntries)
        for entry in change.state.entries:
            entries.save(Change(None, entry))


class MemoryPointsUses(MemoryCollection[tuple[OrderId, int], PointsUse]):
    """What orders spend; see the port."""

    table: ClassVar[str] = "points_uses"
    key_columns: ClassVar[str] = "order_id+turn"

    def key(self, state: PointsUse) -> tuple[OrderId, int]:
        """Its order, and its place in it."""
        return state.order_id, state.turn

    async def of_order(self, order_id: OrderId) -> Sequence[PointsUse]:
        """Stored and staged ones."""
        return sorted((one for one in self.every() if one.order_id == order_id), key=lambda one: one.turn)


@frozen
class MemoryPointsQueries:
    """The read side; see the Protocol."""

    memory: Memory

    async def balance(self, member_id: MemberId, at: datetime) -> PointsBalance:
        """Sums of what is left."""
        lots: list[PointsLot] = [one for one in self.memory.table("points_lots").values() if one.member_id == member_id]
        account = self.memory.table("points_accounts").get(member_id)
        expiring: Counter[datetime] = Counter()
        for one in lots:
            if one.expires_at is not None and one.spendable(at):
                expiring[one.expires_at] += one.free
        return PointsBalance(
            available=sum(one.spendable(at) for one in lots), frozen=sum(one.frozen for one in lots),
            locked=sum(one.locked for one in lots), debt=account.debt if account is not None else 0,
            expiring=tuple(ExpiringPoints(expires_at=when, points=expiring[when]) for when in sorted(expiring)[:EXPIRING_MAX]),
        )  # fmt: skip

    async def entries(self, member_id: MemberId, page: PageRequest) -> Page[PointsEntry]:
        """The latest first."""
        before = key_after(page.cursor, (datetime.max.replace(tzinfo=UTC), "", 0))
        mine: list[PointsEntry] = [
            one for one in self.memory.table("points_entries").values() if one.member_id == member_id and _place(one) < before
        ]
        found = sorted(mine, key=_place, reverse=True)
        shown = tuple(found[: page.limit])
        return Page(shown, cursor_of(*_place(shown[-1])) if len(found) > page.limit else None)


def _place(entry: PointsEntry) -> tuple[datetime, str, int]:
    return entry.at, entry.key.ref, entry.number


class Collections(MemoryUnit):
    """What members were given, and what has become of it."""

    points_accounts = collection(MemoryPointsAccounts)
    points_lots = collection(MemoryPointsLots)
    points_uses = collection(MemoryPointsUses)


MANIFEST: Final = Manifest[PointsWork, PointsQueries](Collections, MemoryPointsQueries)
