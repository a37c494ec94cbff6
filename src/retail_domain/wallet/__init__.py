"""Wallets (余额): money that members have with the shop, as a ledger of lots that say whence it came."""

from typing import Final

from retail_domain.kernel.events import Event
from retail_domain.wallet.causes import CAUSES as CAUSES
from retail_domain.wallet.errors import (
    AboveOnesWalletLimit as AboveOnesWalletLimit,
    TooLittleInWallet as TooLittleInWallet,
    TooManyWithdrawals as TooManyWithdrawals,
    WithdrawalDecided as WithdrawalDecided,
    WithdrawalNotFound as WithdrawalNotFound,
    WithdrawalTooSmall as WithdrawalTooSmall,
)
from retail_domain.wallet.events import (
    WithdrawalPaid as WithdrawalPaid,
    WithdrawalRejected as WithdrawalRejected,
    WithdrawalRequested as WithdrawalRequested,
)
from retail_domain.wallet.ledger import (
    WalletAccount as WalletAccount,
    WalletLedger as WalletLedger,
    WalletUse as WalletUse,
)
from retail_domain.wallet.lot import WalletEntry as WalletEntry, WalletLot as WalletLot, WalletLotKey as WalletLotKey
from retail_domain.wallet.ports import (
    RuledWalletWork as RuledWalletWork,
    WalletAccounts as WalletAccounts,
    WalletLots as WalletLots,
    WalletUses as WalletUses,
    WalletWork as WalletWork,
    Withdrawals as Withdrawals,
)
from retail_domain.wallet.queries import (
    WalletBalance as WalletBalance,
    WalletQueries as WalletQueries,
    WithdrawalView as WithdrawalView,
    withdrawal_view as withdrawal_view,
)
from retail_domain.wallet.settings import SETTINGS as SETTINGS, USUAL as USUAL, WalletRules as WalletRules
from retail_domain.wallet.states import (
    IN_THE_WALLET as IN_THE_WALLET,
    PAID_OUT_OF as PAID_OUT_OF,
    WalletBecause as WalletBecause,
    WalletCause as WalletCause,
    WalletMoney as WalletMoney,
    Whence as Whence,
)
from retail_domain.wallet.use_cases import (
    PAY_TO_MAX as PAY_TO_MAX,
    REASON_MAX as REASON_MAX,
    REFERENCE_MAX as REFERENCE_MAX,
    AdjustWallet as AdjustWallet,
    ApproveWithdrawal as ApproveWithdrawal,
    CancelWithdrawal as CancelWithdrawal,
    ForfeitWallet as ForfeitWallet,
    PayWithdrawal as PayWithdrawal,
    RejectWithdrawal as RejectWithdrawal,
    RequestWithdrawal as RequestWithdrawal,
    WalletAdjusted as WalletAdjusted,
    WalletDesk as WalletDesk,
    claimed as claimed,
    keep as keep,
)
from retail_domain.wallet.withdrawal import (
    WAITING as WAITING,
    Withdrawal as Withdrawal,
    WithdrawalState as WithdrawalState,
)

EVENTS: Final[tuple[type[Event], ...]] = (WithdrawalRequested, WithdrawalPaid, WithdrawalRejected)
