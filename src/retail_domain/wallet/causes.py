"""Why members are told of their wallets."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.causes import Cause, CauseWords, Language, Thing, Whom
from retail_domain.wallet.events import WithdrawalPaid, WithdrawalRejected, WithdrawalRequested

_AMOUNT: Final = {"amount": lambda event: str(event.amount)}

CAUSES: Final = (
    Cause(
        code="withdrawal.paid",
        event=WithdrawalPaid,
        thing=Thing.OTHER,
        about="member_id",
        goes_out=True,
        fills={**_AMOUNT, "reference": lambda event: event.reference},
        words={
            Language.ZH_CN: CauseWords("提现已打款", "您的提现{amount}已打款，凭证号{reference}。"),
            Language.EN: CauseWords("Withdrawal paid", "Your withdrawal of {amount} was paid, under reference {reference}."),
        },
    ),
    Cause(
        code="withdrawal.rejected",
        event=WithdrawalRejected,
        thing=Thing.OTHER,
        about="member_id",
        goes_out=True,
        fills={**_AMOUNT, "reason": lambda event: event.reason},
        words={
            Language.ZH_CN: CauseWords("提现未通过", "您的提现{amount}未通过，余额已退回：{reason}"),
            Language.EN: CauseWords(
                "Withdrawal rejected", "Your withdrawal of {amount} was rejected; it is in your wallet again: {reason}"
            ),
        },
    ),
    Cause(
        code="staff.withdrawal_requested",
        whom=Whom.STAFF,
        permission="wallet.pay_out",
        event=WithdrawalRequested,
        thing=Thing.OTHER,
        about="withdrawal_id",
        fills=_AMOUNT,
        words={
            Language.ZH_CN: CauseWords("有提现申请", "有会员申请提现{amount}，请处理。"),
            Language.EN: CauseWords("A withdrawal waits", "A member wants {amount} paid out."),
        },
    ),
)
"""All of them."""
