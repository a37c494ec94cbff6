"""What the page of a wallet shows: what can be used, whence it came, what moved it, in words, and withdrawals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import Page
from retail_domain.wallet import (
    WalletBalance,
    WalletBecause,
    WalletEntry,
    WalletMoney,
    WithdrawalState,
    WithdrawalView,
)

_WAYS: Final[Mapping[tuple[WalletMoney, WalletMoney], str]] = {
    (WalletMoney.FREE, WalletMoney.USED): "used",
    (WalletMoney.USED, WalletMoney.FREE): "back",
    (WalletMoney.FREE, WalletMoney.FROZEN): "asked",
    (WalletMoney.FROZEN, WalletMoney.FREE): "not_paid_out",
    (WalletMoney.FROZEN, WalletMoney.PAID_OUT): "paid_out",
    (WalletMoney.FREE, WalletMoney.TAKEN): "taken",
    (WalletMoney.FREE, WalletMoney.FORFEITED): "forfeited",
}


@frozen(kw_only=True)
class WalletLine:
    """One thing that moved money: what it was, how much, and the order that it concerns, if any."""

    what: str
    amount: Money
    is_more: bool
    is_less: bool
    note: str
    order_id: UUID | None
    at: datetime

    @classmethod
    def of(cls, entry: WalletEntry) -> WalletLine:
        """As a member reads it."""
        came = entry.out_of is WalletMoney.OUTSIDE
        return cls(
            what=entry.key.whence.value if came else _WAYS[entry.out_of, entry.went_to],
            amount=entry.amount, note=entry.note, at=entry.at,
            is_more=entry.went_to is WalletMoney.FREE, is_less=entry.out_of is WalletMoney.FREE,
            order_id=entry.cause.ref if entry.cause.because is WalletBecause.ORDER else None,
        )  # fmt: skip


@frozen(kw_only=True)
class WithdrawalLine:
    """One withdrawal."""

    id: UUID
    amount: Money
    state: str
    said: str
    """Its reference, or why it was rejected."""
    may_cancel: bool
    at: datetime

    @classmethod
    def of(cls, view: WithdrawalView) -> WithdrawalLine:
        """As its member reads it."""
        return cls(
            id=view.withdrawal_id, amount=view.amount, state=view.state.value, said=view.reference or view.reason,
            may_cancel=view.state is WithdrawalState.REQUESTED, at=view.requested_at,
        )  # fmt: skip


@frozen(kw_only=True)
class WalletPage:
    """The whole page, in the currency of the shop."""

    available: Money
    payable_out: Money
    parts: tuple[tuple[str, Money], ...]
    """What is there of each kind."""
    frozen: Money
    lines: tuple[WalletLine, ...]
    withdrawals: tuple[WithdrawalLine, ...]
    next_cursor: str | None

    @classmethod
    def of(
        cls, balances: Sequence[WalletBalance], entries: Page[WalletEntry], withdrawals: Page[WithdrawalView], currency: str
    ) -> WalletPage:
        """Balance, withdrawals and a page of the history."""
        empty = WalletBalance(currency=currency, given=0, paid_in=0, earned=0, frozen=0)
        mine = next((one for one in balances if one.currency == currency), empty)
        parts = (("given", mine.given), ("paid_in", mine.paid_in), ("earned", mine.earned))
        return cls(
            available=mine.available, payable_out=mine.payable_out, frozen=Money(mine.frozen, currency),
            parts=tuple((kind, Money(minor, currency)) for kind, minor in parts if minor),
            lines=tuple(map(WalletLine.of, entries.items)), next_cursor=entries.next_cursor,
            withdrawals=tuple(map(WithdrawalLine.of, withdrawals.items)),
        )  # fmt: skip
