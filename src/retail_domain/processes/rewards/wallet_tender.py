"""A wallet pays orders: the tender (余额支付), to which paying, closing and refunding know no other name (PAY-R10, PAY-R11)."""

from __future__ import annotations

from typing import ClassVar, Final

from retail_domain.kernel.ids import MemberId, OrderId
from retail_domain.payments import AnyTender, Movement, Tender
from retail_domain.wallet import (
    WalletBecause,
    WalletCause,
    WalletLedger,
    WalletLot,
    WalletLotKey,
    WalletWork,
    Whence,
    claimed,
    keep,
)


class WalletTender(Tender[WalletWork, WalletLedger]):
    """The wallet of a member: what an order is charged with comes from lots, and goes back into the same ones."""

    name: ClassVar[str] = "wallet"
    takes_in: ClassVar[bool] = True

    async def claim(self, work: WalletWork, member_id: MemberId, order_id: OrderId) -> WalletLedger:
        """With what this order was charged with so far."""
        return await claimed(work, member_id, _cause(order_id))

    def available(self, account: WalletLedger, currency: str) -> int:
        """All that is free."""
        return account.free(currency)

    def charge(self, account: WalletLedger, movement: Movement) -> WalletLedger:
        """What was given first, then the oldest."""
        return account.charge(movement.amount, _cause(movement.order_id), movement.at)

    def give_back(self, account: WalletLedger, movement: Movement) -> WalletLedger:
        """Into the lots it came from."""
        return account.give_back(movement.amount.minor, _cause(movement.order_id), movement.at)

    def take_in(self, account: WalletLedger, movement: Movement) -> WalletLedger:
        """A lot of its own, which may be paid out: it was the member's money before."""
        key = WalletLotKey(movement.reference, Whence.PAID_IN)
        made = WalletLot.made(
            account.account.state.member_id, key, movement.amount, cause=_cause(movement.order_id), at=movement.at
        )
        return account.credit(made)

    def save(self, work: WalletWork, account: WalletLedger) -> None:
        """Its account, lots and uses."""
        keep(work, account)


def _cause(order_id: OrderId) -> WalletCause:
    return WalletCause(WalletBecause.ORDER, order_id)


OUR_TENDERS: Final[tuple[AnyTender, ...]] = (WalletTender(),)
"""Accounts of the shop's own, beside those that a host brings."""
