"""The member has a little in the wallet, as the shop's present."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.money import Money
from retail_domain.wallet import AdjustWallet
from retail_entrypoints.cli.demo_data.demo import ACTOR, Demo, once


async def fill_the_wallet(demo: Demo) -> None:
    """Given once."""
    assert demo.member_id is not None
    await demo.retail.wallet.adjust(
        AdjustWallet(
            member_id=demo.member_id, amount=Money(2_000, "CNY"), reason="开业礼金", actor=ACTOR,
            once=once("the member's wallet"),
        )
    )  # fmt: skip


DEMO: Final = (fill_the_wallet,)
