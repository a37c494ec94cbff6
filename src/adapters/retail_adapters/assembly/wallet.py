"""Wallets, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_domain.kernel.effects import Effect
from retail_domain.processes.rewards.wallets import (
    adjust_wallet,
    approve_withdrawal,
    cancel_withdrawal,
    forfeit_wallet,
    pay_withdrawal,
    reject_withdrawal,
    request_withdrawal,
)
from retail_domain.processes.staff.seconding import TakesTwo
from retail_domain.wallet import AdjustWallet, ApproveWithdrawal, WalletDesk


def wallet(parts: Parts) -> WalletDesk:
    """The wallets of a shop made of these parts."""
    second = parts.policies.second_person
    return WalletDesk(
        adjust=parts.deciding(adjust_wallet, second, parts.policies.currency),
        request_withdrawal=parts.deciding(request_withdrawal),
        cancel_withdrawal=parts.deciding(cancel_withdrawal),
        forfeit=parts.deciding(forfeit_wallet),
        approve_withdrawal=parts.deciding(approve_withdrawal, second),
        pay_withdrawal=parts.deciding(pay_withdrawal),
        reject_withdrawal=parts.deciding(reject_withdrawal),
        show=parts.reads.wallet,
    )


def takes_two(parts: Parts) -> tuple[TakesTwo, ...]:
    """What may take two people."""
    second = parts.policies.second_person
    return (
        TakesTwo(
            does="wallet.adjust", wish=AdjustWallet, effects=(Effect.WALLET,),
            decide=lambda work, wish, means: adjust_wallet(work, wish, means, second, parts.policies.currency),
        ),
        TakesTwo(
            does="wallet.approve_withdrawal", wish=ApproveWithdrawal, effects=(Effect.PAID_OUT,),
            decide=lambda work, wish, means: approve_withdrawal(work, wish, means, second),
        ),
    )  # fmt: skip
