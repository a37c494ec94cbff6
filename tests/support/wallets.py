"""Money in wallets, without the order whose refund it would be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.money import Money
from retail_domain.wallet import WalletBecause, WalletCause, WalletLot, WalletLotKey, Whence, claimed, keep

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


async def put_into_wallet(begin: Any, member_id: MemberId, minor: int, whence: Whence = Whence.PAID_IN) -> None:
    """So much comes in, as if it had been there long before."""
    cause = WalletCause(WalletBecause.STAFF, uuid4())
    async with begin() as work:
        ledger = await claimed(work, member_id)
        key = WalletLotKey(str(cause.ref), whence)
        keep(work, ledger.credit(WalletLot.made(member_id, key, Money(minor, "CNY"), cause=cause, at=LONG_AGO)))
        await work.commit()
