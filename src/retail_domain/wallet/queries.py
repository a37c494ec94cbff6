"""What is shown of wallets."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from retail_domain.kernel.ids import MemberId, WithdrawalId
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.wallet.lot import WalletEntry
from retail_domain.wallet.withdrawal import Withdrawal, WithdrawalState


@frozen(kw_only=True)
class WalletBalance:
    """How a wallet stands in one currency: what can be used, by whence it came, and what waits to be paid out."""

    currency: str
    given: int
    paid_in: int
    earned: int
    frozen: int

    @property
    def available(self) -> Money:
        """What can be used."""
        return Money(self.given + self.paid_in + self.earned, self.currency)

    @property
    def payable_out(self) -> Money:
        """What of it may be paid out."""
        return Money(self.paid_in + self.earned, self.currency)


@frozen(kw_only=True)
class WithdrawalView:
    """A withdrawal as its member, and staff, see it."""

    withdrawal_id: WithdrawalId
    member_id: MemberId
    amount: Money
    pay_to: str = field(repr=False)
    state: WithdrawalState
    reason: str
    reference: str
    requested_at: datetime
    ended_at: datetime | None


def withdrawal_view(one: Withdrawal) -> WithdrawalView:
    """What is shown of it."""
    return WithdrawalView(
        withdrawal_id=one.id, member_id=one.member_id, amount=one.amount, pay_to=one.pay_to, state=one.state,
        reason=one.reason, reference=one.reference, requested_at=one.requested_at, ended_at=one.ended_at,
    )  # fmt: skip


class WalletQueries(Protocol):
    """The read side of wallets."""

    async def balances(self, member_id: MemberId) -> tuple[WalletBalance, ...]:
        """How a wallet stands, by currency; reads no lot of which nothing is left."""
        ...

    async def entries(self, member_id: MemberId, page: PageRequest) -> Page[WalletEntry]:
        """What was ever written of a wallet, the latest first."""
        ...

    async def withdrawals_of(self, member_id: MemberId, page: PageRequest) -> Page[WithdrawalView]:
        """A member's withdrawals, the latest first."""
        ...

    async def withdrawals(self, page: PageRequest, *, only_waiting: bool = False) -> Page[WithdrawalView]:
        """Everybody's, the latest first."""
        ...

    async def withdrawal(self, id: WithdrawalId) -> WithdrawalView | None:
        """One of them."""
        ...
