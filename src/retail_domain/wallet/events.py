"""What happens to wallets, as others hear of it."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import MemberId, WithdrawalId
from retail_domain.kernel.money import Money


@frozen(kw_only=True)
class WithdrawalEvent(Event):
    """Something happened to a withdrawal."""

    withdrawal_id: WithdrawalId
    member_id: MemberId
    amount: Money

    @property
    def aggregate_id(self) -> UUID:
        """The withdrawal."""
        return self.withdrawal_id


@frozen(kw_only=True)
class WithdrawalRequested(WithdrawalEvent):
    """A member wants money of their wallet paid out."""

    name: ClassVar[str] = "wallet.withdrawal_requested"


@frozen(kw_only=True)
class WithdrawalPaid(WithdrawalEvent):
    """It was paid by hand, under this reference."""

    name: ClassVar[str] = "wallet.withdrawal_paid"

    reference: str


@frozen(kw_only=True)
class WithdrawalRejected(WithdrawalEvent):
    """It is not paid, and why; the money can be used again."""

    name: ClassVar[str] = "wallet.withdrawal_rejected"

    reason: str
