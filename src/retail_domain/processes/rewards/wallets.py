"""Wallets: staff give into them and take from them; members are paid out of them, by hand, each wish once (MSC-R6)."""

from __future__ import annotations

from typing import Protocol

from retail_domain.accounts import AccountsWork, StaffAction
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import MemberId, WithdrawalId
from retail_domain.kernel.means import Means
from retail_domain.kernel.money import MINOR_MAX, Money
from retail_domain.kernel.reading import LINE
from retail_domain.kernel.second_person import ALONE, WALLET, WITHDRAWAL, SecondPerson
from retail_domain.processes.rewards.adjusting import most_at_once
from retail_domain.wallet import (
    PAY_TO_MAX,
    REASON_MAX,
    REFERENCE_MAX,
    AboveOnesWalletLimit,
    AdjustWallet,
    ApproveWithdrawal,
    CancelWithdrawal,
    ForfeitWallet,
    PayWithdrawal,
    RejectWithdrawal,
    RequestWithdrawal,
    RuledWalletWork,
    TooManyWithdrawals,
    WalletAdjusted,
    WalletBecause,
    WalletCause,
    WalletLedger,
    WalletLot,
    WalletLotKey,
    WalletRules,
    Whence,
    Withdrawal,
    WithdrawalNotFound,
    WithdrawalTooSmall,
    WithdrawalView,
    claimed,
    keep,
    withdrawal_view,
)


class WalletsWork(RuledWalletWork, AccountsWork, Protocol):
    """The unit of work of wallets and whoever decides about them."""


@brings(Effect.WALLET)
async def adjust_wallet(
    work: WalletsWork, command: AdjustWallet, means: Means, second: SecondPerson = ALONE, currency: str | None = None
) -> WalletAdjusted:
    """Staff give money, or take some that is free. Answers what can be used.

    Raises InvalidInput, MemberNotFound, AboveOnesWalletLimit, TooLittleInWallet, NeedsSecondPerson.
    """
    at, reason = means.clock.now(), LINE.read(command.reason, "reason", REASON_MAX, 1)
    amount = Money(abs(command.amount.minor), command.amount.currency)
    if not 1 <= amount.minor <= MINOR_MAX:
        raise InvalidInput.of("amount", "range", "something, or as much below nothing")
    if currency is not None and amount.currency != currency:
        raise InvalidInput.of("amount", "currency", f"the shop's money is {currency}")
    member = await work.members.get(command.member_id)
    if command.amount.minor > 0:
        member.here()  # taking what somebody left behind stays possible
    rules = WalletRules((await work.settings.timetable()).at(at))
    most = await most_at_once(work, command.actor, rules.most_of)
    if most is not None and amount.minor > most:
        raise AboveOnesWalletLimit(most_minor=most)
    second.check(WALLET, amount.minor, command)
    ref = means.ids.new()
    ledger, cause = await claimed(work, command.member_id), WalletCause(WalletBecause.STAFF, ref)
    if command.amount.minor > 0:
        key = WalletLotKey(str(ref), Whence.GIVEN)
        ledger = ledger.credit(WalletLot.made(command.member_id, key, amount, cause=cause, at=at, note=reason))
    else:
        ledger = ledger.deduct(amount, cause, at, reason)
    keep(work, ledger)
    _note(work, command.actor, "wallet.adjust", f"{command.member_id} {command.amount}", means)
    return WalletAdjusted(available=Money(ledger.free(amount.currency), amount.currency))


async def request_withdrawal(work: WalletsWork, command: RequestWithdrawal, means: Means) -> WithdrawalView:
    """A member wants to be paid out: the money is frozen until staff decide. Never what was given.

    Answers the withdrawal. Raises InvalidInput, WithdrawalTooSmall, TooManyWithdrawals, TooLittleInWallet.
    """
    at, pay_to = means.clock.now(), LINE.read(command.pay_to, "pay_to", PAY_TO_MAX, 1)
    rules = WalletRules((await work.settings.timetable()).at(at))
    if command.amount.minor < rules.withdraw_least:
        raise WithdrawalTooSmall(least_minor=rules.withdraw_least)
    ledger = await claimed(work, command.member_id)
    if len(await work.withdrawals.waiting_of(command.member_id)) >= rules.withdrawals_most:
        raise TooManyWithdrawals(most=rules.withdrawals_most)
    change = Withdrawal.requested(WithdrawalId(means.ids.new()), command.member_id, command.amount, pay_to, at=at)
    keep(work, ledger.freeze(command.amount, change.state.cause, at))
    return _kept(work, change)


async def cancel_withdrawal(work: WalletsWork, command: CancelWithdrawal, means: Means) -> WithdrawalView:
    """The member wants it no more; its money can be used again. Answers it. Raises WithdrawalNotFound, WithdrawalDecided."""
    at = means.clock.now()
    ledger, withdrawal = await _claimed(work, command.withdrawal_id, command.member_id)
    change = withdrawal.called_off(at=at)
    keep(work, ledger.unfreeze(withdrawal.cause, at))
    return _kept(work, change)


async def forfeit_wallet(work: WalletsWork, command: ForfeitWallet, means: Means) -> WalletAdjusted:
    """The member gives up all that is free, such as before the account is closed. Answers that nothing is left.

    Raises InvalidInput when there is nothing.
    """
    ledger = await claimed(work, command.member_id)
    currency = next((lot.state.currency for lot in ledger.lots.values() if lot.state.free), None)
    if currency is None:
        raise InvalidInput.of("", "empty", "there is nothing in the wallet that could be given up")
    cause = WalletCause(WalletBecause.MEMBER, means.ids.new())
    keep(work, ledger.forfeit(cause, means.clock.now()))
    return WalletAdjusted(available=Money(0, currency))


@brings(Effect.PAID_OUT)
async def approve_withdrawal(
    work: WalletsWork, command: ApproveWithdrawal, means: Means, second: SecondPerson = ALONE
) -> WithdrawalView:
    """Staff say that it is to be paid; above a limit, two of them.

    Answers it. Raises WithdrawalNotFound, WithdrawalDecided, NeedsSecondPerson.
    """
    _, withdrawal = await _claimed(work, command.withdrawal_id)
    change = withdrawal.approve(by=command.actor, at=means.clock.now())
    second.check(WITHDRAWAL, withdrawal.amount.minor, command)
    _note(work, command.actor, "withdrawal.approve", str(withdrawal.id), means)
    return _kept(work, change)


@brings(Effect.PAID_OUT)
async def pay_withdrawal(work: WalletsWork, command: PayWithdrawal, means: Means) -> WithdrawalView:
    """Staff have paid it by hand, under a reference: its money has left the wallet, once (MSC-I4).

    Answers it. Raises WithdrawalNotFound, WithdrawalDecided, InvalidInput.
    """
    at, reference = means.clock.now(), LINE.read(command.reference, "reference", REFERENCE_MAX, 1)
    ledger, withdrawal = await _claimed(work, command.withdrawal_id)
    change = withdrawal.pay(reference, at=at)
    keep(work, ledger.pay_out(withdrawal.cause, at))
    _note(work, command.actor, "withdrawal.pay", str(withdrawal.id), means)
    return _kept(work, change)


@brings(Effect.PAID_OUT)
async def reject_withdrawal(work: WalletsWork, command: RejectWithdrawal, means: Means) -> WithdrawalView:
    """Staff do not pay it; its money can be used again. Answers it.

    Raises WithdrawalNotFound, WithdrawalDecided, InvalidInput.
    """
    at, reason = means.clock.now(), LINE.read(command.reason, "reason", REASON_MAX, 1)
    ledger, withdrawal = await _claimed(work, command.withdrawal_id)
    change = withdrawal.reject(reason, by=command.actor, at=at)
    keep(work, ledger.unfreeze(withdrawal.cause, at))
    _note(work, command.actor, "withdrawal.reject", str(withdrawal.id), means)
    return _kept(work, change)


async def _claimed(work: WalletsWork, id: WithdrawalId, of: MemberId | None = None) -> tuple[WalletLedger, Withdrawal]:
    """Its member's wallet, then the withdrawal: whoever decides about the same money meets there. Raises WithdrawalNotFound."""
    seen = await work.withdrawals.find(id)
    if seen is None or (of is not None and seen.member_id != of):
        raise WithdrawalNotFound(withdrawal_id=id)
    ledger = await claimed(work, seen.member_id, seen.cause)
    found = await work.withdrawals.claim(id)
    assert found is not None, "withdrawals stay"
    return ledger, found


def _kept(work: WalletsWork, change: Change[Withdrawal]) -> WithdrawalView:
    work.withdrawals.save(change)
    return withdrawal_view(change.state)


def _note(work: WalletsWork, actor: Actor, action: str, told: str, means: Means) -> None:
    work.audit_trail.note(StaffAction(actor=actor, action=action, object=told[:200], at=means.clock.now()))
