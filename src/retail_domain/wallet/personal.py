"""What wallets hold about a member; a balance, or a withdrawal that waits, stands in the way of closing an account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.personal import NEEDED_FOR_THE_BOOKS, Fate, Holding, InTheWay, Personal, SettledBy

_PROVES: Final = "every unit of money stands where its entries say, as the audit proves; " + NEEDED_FOR_THE_BOOKS


async def money_left(work: Any, member_id: MemberId) -> Sequence[InTheWay]:
    """Withdrawals that wait, and what is in the wallet: nobody could use it any more."""
    waiting = await work.withdrawals.waiting_of(member_id)
    found = [InTheWay(kind="withdrawal", id=id, settled_by=SettledBy.WAIT) for id in waiting]
    if not waiting and await work.wallet_lots.left_of(member_id):
        found.append(InTheWay(kind="wallet", id=member_id, settled_by=SettledBy.EMPTY))
    return found


PERSONAL: Final = Personal(
    in_the_way=money_left,
    holdings=(
        Holding(name="wallet_account", table="wallet_accounts", told=("decisions",), fate=Fate.STAYS, why=_PROVES),
        Holding(
            name="wallet_lots", table="wallet_lots", fate=Fate.STAYS, why=_PROVES,
            told=(
                "whence", "ref", "currency", "amount_minor", "free", "used", "frozen", "paid_out", "taken", "forfeited",
                "made_at",
            ),
        ),
        Holding(
            name="wallet_history", table="wallet_entries", fate=Fate.EMPTIED, emptied={"note": ""},
            told=(
                "whence", "ref", "amount_minor", "currency", "out_of", "went_to", "because", "cause_ref", "note", "at",
            ),
        ),
        Holding(
            name="wallet_uses", table="wallet_uses", fate=Fate.STAYS, why=_PROVES,
            told=("because", "cause_ref", "whence", "ref", "minor", "back"),
        ),
        Holding(
            name="withdrawals", table="withdrawals", fate=Fate.EMPTIED, emptied={"pay_to": "", "reason": ""},
            told=("amount_minor", "currency", "pay_to", "state", "reason", "reference", "requested_at", "ended_at"),
        ),
    ),
)  # fmt: skip
