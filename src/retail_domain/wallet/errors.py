"""What wallets refuse."""

from __future__ import annotations

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import WithdrawalId


@refusal
class TooLittleInWallet(DomainError):
    """There is less than that in the wallet, or less of it may be paid out."""

    code = "wallet.too_little"
    kind = Kind.REFUSED
    available_minor: int
    wanted_minor: int


@refusal
class AboveOnesWalletLimit(DomainError):
    """This is more than your role may give or take at once."""

    code = "wallet.above_limit"
    kind = Kind.FORBIDDEN
    most_minor: int


@refusal
class WithdrawalTooSmall(DomainError):
    """So little is not paid out."""

    code = "wallet.withdrawal_too_small"
    kind = Kind.REFUSED
    least_minor: int


@refusal
class TooManyWithdrawals(DomainError):
    """So many withdrawals wait already; one of them has to be decided first."""

    code = "wallet.too_many_withdrawals"
    kind = Kind.REFUSED
    most: int


@refusal
class WithdrawalNotFound(DomainError):
    """There is no such withdrawal."""

    code = "wallet.withdrawal_not_found"
    kind = Kind.MISSING
    withdrawal_id: WithdrawalId


@refusal
class WithdrawalDecided(DomainError):
    """This withdrawal is past that already."""

    code = "wallet.withdrawal_decided"
    kind = Kind.CONFLICT
    withdrawal_id: WithdrawalId
    state: str
