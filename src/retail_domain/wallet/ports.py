"""What wallets need from a store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId, WithdrawalId
from retail_domain.kernel.settings import SettingsKnown
from retail_domain.kernel.units import Unit
from retail_domain.wallet.ledger import WalletAccount, WalletUse
from retail_domain.wallet.lot import WalletLot
from retail_domain.wallet.states import WalletCause
from retail_domain.wallet.withdrawal import Withdrawal


class WalletAccounts(Protocol):
    """What rivals for a member's wallet meet at."""

    async def claim(self, member_ids: Iterable[MemberId]) -> Mapping[MemberId, WalletAccount]:
        """Lock these until the unit ends, ascending, in one statement; members who never had a decision are absent."""
        ...

    def save(self, change: Change[WalletAccount]) -> None:
        """Stage it; one a member, else `Taken` at commit: a rival came first."""
        ...


class WalletLots(Protocol):
    """What came into wallets, and what has become of it."""

    async def free_of(self, member_id: MemberId, refs: Iterable[str] = ()) -> Sequence[WalletLot]:
        """All lots of this member that something is free of, and those of these refs, whatever is left of them.

        In one statement; sees what is staged. To be asked while the account is claimed.
        """
        ...

    async def left_of(self, member_id: MemberId) -> bool:
        """Whether anything is free or frozen."""
        ...

    def save(self, change: Change[WalletLot]) -> None:
        """Stage it together with its entries; one a cause, else `Taken` at commit."""
        ...


class WalletUses(Protocol):
    """What orders were charged with, and what withdrawals froze."""

    async def of(self, cause: WalletCause) -> Sequence[WalletUse]:
        """Stored and staged ones, by the order in which they were taken."""
        ...

    def save(self, change: Change[WalletUse]) -> None:
        """Stage it; one a cause and turn, else `Taken` at commit."""
        ...


class Withdrawals(Protocol):
    """What members want to be paid out."""

    async def find(self, id: WithdrawalId) -> Withdrawal | None:
        """Unlocked."""
        ...

    async def claim(self, id: WithdrawalId) -> Withdrawal | None:
        """Locked until the unit ends; its member's account was claimed before."""
        ...

    async def waiting_of(self, member_id: MemberId) -> Sequence[WithdrawalId]:
        """Those of a member that money is frozen for."""
        ...

    def save(self, change: Change[Withdrawal]) -> None:
        """Stage it."""
        ...


class WalletWork(Unit, Protocol):
    """The unit of work of wallets."""

    @property
    def wallet_accounts(self) -> WalletAccounts: ...
    @property
    def wallet_lots(self) -> WalletLots: ...
    @property
    def wallet_uses(self) -> WalletUses: ...
    @property
    def withdrawals(self) -> Withdrawals: ...


class RuledWalletWork(WalletWork, Protocol):
    """The unit of work of what settings have a say in."""

    @property
    def settings(self) -> SettingsKnown:
        """What is set."""
        ...
