"""Withdrawal (提现): a member wants money of theirs paid out; staff decide, pay it by hand, and say under which reference."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from attrs import evolve, field, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId, WithdrawalId
from retail_domain.kernel.money import Money
from retail_domain.wallet.errors import WithdrawalDecided
from retail_domain.wallet.events import WithdrawalPaid, WithdrawalRejected, WithdrawalRequested
from retail_domain.wallet.states import WalletBecause, WalletCause


class WithdrawalState(Enum):
    """How far it is; the last three are for good."""

    REQUESTED = "requested"
    APPROVED = "approved"
    PAID = "paid"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


WAITING = (WithdrawalState.REQUESTED, WithdrawalState.APPROVED)
"""Those in which money is frozen for it."""


@frozen(kw_only=True)
class Withdrawal:
    """One wish to be paid out: money is frozen for it while it waits, and moves once (MSC-I4)."""

    id: WithdrawalId
    member_id: MemberId
    amount: Money
    pay_to: str = field(repr=False)
    """Where the money is to go, in the member's words."""
    state: WithdrawalState = WithdrawalState.REQUESTED
    reason: str = field(default="", repr=False)
    """Why it was rejected."""
    reference: str = ""
    """Under which number it was paid by hand."""
    requested_at: datetime
    decided_at: datetime | None = None
    decided_by: Actor | None = None
    """Who approved or rejected it."""
    ended_at: datetime | None = None
    version: int = 0

    @property
    def cause(self) -> WalletCause:
        """What its money is frozen for."""
        return WalletCause(WalletBecause.WITHDRAWAL, self.id)

    @property
    def is_waiting(self) -> bool:
        """Whether money is frozen for it."""
        return self.state in WAITING

    @classmethod
    def requested(
        cls, id: WithdrawalId, member_id: MemberId, amount: Money, pay_to: str, *, at: datetime
    ) -> Change[Withdrawal]:
        """A member asks."""
        made = cls(id=id, member_id=member_id, amount=amount, pay_to=pay_to, requested_at=at)
        event = WithdrawalRequested(at=at, withdrawal_id=id, member_id=member_id, amount=amount)
        return Change(None, made, (event,))

    def approve(self, *, by: Actor, at: datetime) -> Change[Withdrawal]:
        """It is to be paid. Raises WithdrawalDecided."""
        self._check(WithdrawalState.REQUESTED)
        return Change(self, evolve(self, state=WithdrawalState.APPROVED, decided_at=at, decided_by=by))

    def pay(self, reference: str, *, at: datetime) -> Change[Withdrawal]:
        """Somebody has paid it by hand, under that reference. Raises WithdrawalDecided."""
        self._check(WithdrawalState.APPROVED)
        paid = evolve(self, state=WithdrawalState.PAID, reference=reference, ended_at=at)
        event = WithdrawalPaid(at=at, withdrawal_id=self.id, member_id=self.member_id, amount=self.amount, reference=reference)
        return Change(self, paid, (event,))

    def reject(self, reason: str, *, by: Actor, at: datetime) -> Change[Withdrawal]:
        """It is not paid. Raises WithdrawalDecided."""
        self._check(*WAITING)
        gone = evolve(self, state=WithdrawalState.REJECTED, reason=reason, decided_at=at, decided_by=by, ended_at=at)
        event = WithdrawalRejected(at=at, withdrawal_id=self.id, member_id=self.member_id, amount=self.amount, reason=reason)
        return Change(self, gone, (event,))

    def called_off(self, *, at: datetime) -> Change[Withdrawal]:
        """The member wants it no more; once it is approved it is too late. Raises WithdrawalDecided."""
        self._check(WithdrawalState.REQUESTED)
        return Change(self, evolve(self, state=WithdrawalState.CANCELLED, ended_at=at))

    def _check(self, *expected: WithdrawalState) -> None:
        if self.state not in expected:
            raise WithdrawalDecided(withdrawal_id=self.id, state=self.state.value)
