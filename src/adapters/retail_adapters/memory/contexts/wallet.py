"""Wallets in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_adapters.memory.store import Memory, MemoryCollection
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.paging import cursor_of, key_after
from retail_adapters.system.units import Manifest, collection
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId, WithdrawalId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.ranks import Rank
from retail_domain.wallet import (
    WalletAccount,
    WalletBalance,
    WalletCause,
    WalletEntry,
    WalletLot,
    WalletLotKey,
    WalletQueries,
    WalletUse,
    WalletWork,
    Whence,
    Withdrawal,
    WithdrawalView,
    withdrawal_view,
)

_LAST_ID: Final = UUID(int=2**128 - 1)


class MemoryWalletAccounts(MemoryCollection[MemberId, WalletAccount]):
    """What rivals meet at; see the port."""

    table: ClassVar[str] = "wallet_accounts"
    key_columns: ClassVar[str] = "member_id"

    def key(self, state: WalletAccount) -> MemberId:
        """Its member."""
        return state.member_id

    async def claim(self, member_ids: Iterable[MemberId]) -> Mapping[MemberId, WalletAccount]:
        """Rivals make the commit raise `Stale`."""
        self._session.lock(Rank.TENDER)
        return {id: one for id in sorted(set(member_ids)) if (one := self.look(id)) is not None}


class MemoryWalletEntries(MemoryCollection[tuple[MemberId, WalletLotKey, int], WalletEntry]):
    """What moved money."""

    table: ClassVar[str] = "wallet_entries"
    key_columns: ClassVar[str] = "member_id+ref+whence+number"

    def key(self, state: WalletEntry) -> tuple[MemberId, WalletLotKey, int]:
        """Its place in its lot."""
        return state.member_id, state.key, state.number


class MemoryWalletLots(MemoryCollection[tuple[MemberId, WalletLotKey], WalletLot]):
    """What came into wallets; see the port."""

    table: ClassVar[str] = "wallet_lots"
    key_columns: ClassVar[str] = "member_id+ref+whence"
    transient: ClassVar[Mapping[str, Any]] = {"entries": ()}

    def key(self, state: WalletLot) -> tuple[MemberId, WalletLotKey]:
        """Its member and cause."""
        return state.member_id, state.key

    async def free_of(self, member_id: MemberId, refs: Iterable[str] = ()) -> Sequence[WalletLot]:
        """Staged or stored."""
        named = set(refs)
        return [one for one in self.every() if one.member_id == member_id and (one.free or one.key.ref in named)]

    async def left_of(self, member_id: MemberId) -> bool:
        """Staged or stored."""
        return any(one.member_id == member_id and one.free + one.frozen for one in self.every())

    def save(self, change: Change[WalletLot]) -> None:
        """With its entries."""
        super().save(change)
        entries = self._session.of(MemoryWalletEntries)
        for entry in change.state.entries:
            entries.save(Change(None, entry))


class MemoryWalletUses(MemoryCollection[tuple[WalletCause, int], WalletUse]):
    """What was taken for what; see the port."""

    table: ClassVar[str] = "wallet_uses"
    key_columns: ClassVar[str] = "because+cause_ref+turn"

    def key(self, state: WalletUse) -> tuple[WalletCause, int]:
        """Its cause, and its place in it."""
        return state.cause, state.turn

    async def of(self, cause: WalletCause) -> Sequence[WalletUse]:
        """Stored and staged ones."""
        return sorted((one for one in self.every() if one.cause == cause), key=lambda one: one.turn)


class MemoryWithdrawals(MemoryCollection[WithdrawalId, Withdrawal]):
    """What members want to be paid out; see the port."""

    table: ClassVar[str] = "withdrawals"

    async def find(self, id: WithdrawalId) -> Withdrawal | None:
        """Unlocked."""
        return self.look(id)

    async def claim(self, id: WithdrawalId) -> Withdrawal | None:
        """Rivals make the commit raise `Stale`."""
        return self.look(id)

    async def waiting_of(self, member_id: MemberId) -> Sequence[WithdrawalId]:
        """Staged or stored."""
        return sorted(one.id for one in self.every() if one.member_id == member_id and one.is_waiting)


@frozen
class MemoryWalletQueries:
    """The read side; see the Protocol."""

    memory: Memory

    async def balances(self, member_id: MemberId) -> tuple[WalletBalance, ...]:
        """Sums of what is left."""
        lots: list[WalletLot] = [
            one for one in self.memory.table("wallet_lots").values() if one.member_id == member_id and one.free + one.frozen
        ]

        def free(currency: str, whence: Whence) -> int:
            return sum(one.free for one in lots if one.currency == currency and one.key.whence is whence)

        return tuple(
            WalletBalance(
                currency=currency, given=free(currency, Whence.GIVEN), paid_in=free(currency, Whence.PAID_IN),
                earned=free(currency, Whence.EARNED), frozen=sum(one.frozen for one in lots if one.currency == currency),
            ) for currency in sorted({one.currency for one in lots})
        )  # fmt: skip

    async def entries(self, member_id: MemberId, page: PageRequest) -> Page[WalletEntry]:
        """The latest first."""
        before = key_after(page.cursor, (datetime.max.replace(tzinfo=UTC), "", 0))
        mine: list[WalletEntry] = [
            one for one in self.memory.table("wallet_entries").values() if one.member_id == member_id and _place(one) < before
        ]
        found = sorted(mine, key=_place, reverse=True)
        shown = tuple(found[: page.limit])
        return Page(shown, cursor_of(*_place(shown[-1])) if len(found) > page.limit else None)

    async def withdrawals_of(self, member_id: MemberId, page: PageRequest) -> Page[WithdrawalView]:
        """The latest first."""
        return self._page(page, lambda one: one.member_id == member_id)

    async def withdrawals(self, page: PageRequest, *, only_waiting: bool = False) -> Page[WithdrawalView]:
        """The latest first."""
        return self._page(page, lambda one: one.is_waiting or not only_waiting)

    async def withdrawal(self, id: WithdrawalId) -> WithdrawalView | None:
        """One of them."""
        found = self.memory.table("withdrawals").get(id)
        return withdrawal_view(found) if found is not None else None

    def _page(self, page: PageRequest, wanted: Any) -> Page[WithdrawalView]:
        (before,) = key_after(page.cursor, (_LAST_ID,))
        every: list[Withdrawal] = sorted(self.memory.table("withdrawals").values(), key=lambda one: one.id, reverse=True)
        found = [one for one in every if one.id < before and wanted(one)]
        shown = tuple(map(withdrawal_view, found[: page.limit]))
        return Page(shown, cursor_of(shown[-1].withdrawal_id) if len(found) > page.limit else None)


def _place(entry: WalletEntry) -> tuple[datetime, str, int]:
    return entry.at, entry.key.ref, entry.number


class Collections(MemoryUnit):
    """What members have in their wallets, and what has become of it."""

    wallet_accounts = collection(MemoryWalletAccounts)
    wallet_lots = collection(MemoryWalletLots)
    wallet_uses = collection(MemoryWalletUses)
    withdrawals = collection(MemoryWithdrawals)


MANIFEST: Final = Manifest[WalletWork, WalletQueries](Collections, MemoryWalletQueries)
