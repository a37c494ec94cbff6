"""Wallets are loaded, kept, adjusted and paid out of: what may be wished, and how a ledger comes and goes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from attrs import field, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import checked
from retail_domain.kernel.ids import MemberId, WithdrawalId
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.wallet.ledger import WalletAccount, WalletLedger
from retail_domain.wallet.ports import WalletWork
from retail_domain.wallet.queries import WalletQueries, WithdrawalView
from retail_domain.wallet.states import WalletCause

REASON_MAX: Final = 200
PAY_TO_MAX: Final = 200
REFERENCE_MAX: Final = 100


@frozen(kw_only=True)
@checked
class AdjustWallet:
    """Staff give money into a wallet, or take some that is free, and say why."""

    member_id: MemberId
    amount: Money
    """Below nothing: so much is taken."""
    reason: str
    actor: Actor
    seconded_by: Actor | None = None
    once: Once | None = None


@frozen(kw_only=True)
class WalletAdjusted:
    """What can be used now."""

    available: Money


@frozen(kw_only=True)
@checked
class RequestWithdrawal:
    """A member wants to be paid out."""

    member_id: MemberId
    amount: Money
    pay_to: str = field(repr=False)
    once: Once | None = None


@frozen(kw_only=True)
@checked
class CancelWithdrawal:
    """A member does not want it any more."""

    member_id: MemberId
    withdrawal_id: WithdrawalId
    once: Once | None = None


@frozen(kw_only=True)
@checked
class ForfeitWallet:
    """A member gives up all that is free, for good: nothing of it comes back."""

    member_id: MemberId
    once: Once | None = None


@frozen(kw_only=True)
@checked
class ApproveWithdrawal:
    """Staff say that it is to be paid."""

    withdrawal_id: WithdrawalId
    actor: Actor
    seconded_by: Actor | None = None
    once: Once | None = None


@frozen(kw_only=True)
@checked
class PayWithdrawal:
    """Staff have paid it by hand, under a reference."""

    withdrawal_id: WithdrawalId
    reference: str
    actor: Actor
    once: Once | None = None


@frozen(kw_only=True)
@checked
class RejectWithdrawal:
    """Staff do not pay it, and say why."""

    withdrawal_id: WithdrawalId
    reason: str
    actor: Actor
    once: Once | None = None


async def claimed(work: WalletWork, member_id: MemberId, cause: WalletCause | None = None) -> WalletLedger:
    """A member's wallet, alone: with all lots that something is free of, and what a cause has taken."""
    account = (await work.wallet_accounts.claim([member_id])).get(member_id)
    uses = await work.wallet_uses.of(cause) if cause is not None else ()
    lots = await work.wallet_lots.free_of(member_id, [use.key.ref for use in uses])
    return WalletLedger.of(account or WalletAccount(member_id=member_id), account is None, lots, uses)


def keep(work: WalletWork, ledger: WalletLedger) -> None:
    """Stage what a ledger has become."""
    if ledger.account.before is not ledger.account.state:
        work.wallet_accounts.save(ledger.account)
    for lot in ledger.lots.values():
        if lot.before is not lot.state:
            work.wallet_lots.save(lot)
    for use in ledger.uses:
        if use.before is not use.state:
            work.wallet_uses.save(use)


@frozen(kw_only=True)
class WalletDesk:
    """Wallets (余额), for those who embed the shop."""

    adjust: Callable[[AdjustWallet], Awaitable[WalletAdjusted]]
    request_withdrawal: Callable[[RequestWithdrawal], Awaitable[WithdrawalView]]
    cancel_withdrawal: Callable[[CancelWithdrawal], Awaitable[WithdrawalView]]
    forfeit: Callable[[ForfeitWallet], Awaitable[WalletAdjusted]]
    approve_withdrawal: Callable[[ApproveWithdrawal], Awaitable[WithdrawalView]]
    pay_withdrawal: Callable[[PayWithdrawal], Awaitable[WithdrawalView]]
    reject_withdrawal: Callable[[RejectWithdrawal], Awaitable[WithdrawalView]]
    show: WalletQueries
