"""The examination every store of purchase counters passes: what a member has had of goods that are limited (GEN-R9)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from retail_domain.catalog import (
    CatalogWork,
    PurchaseCounter,
    PurchaseKey,
    PurchaseLimitReached,
)
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import Stale
from retail_domain.kernel.units import Begin
from retail_domain.testing.goods import (
    member_id,
    product_id,
)

KEY = PurchaseKey(member_id(1), product_id(1))


@pytest.mark.asyncio
class PurchaseCountersContract:
    """What every store of purchase counters promises (GEN-R9)."""

    async def test_a_counter_nobody_used_stands_at_nothing(self, begin: Begin[CatalogWork]) -> None:
        async with begin() as work:
            claimed = await work.purchase_counters.claim([KEY])

        assert (claimed[KEY].taken, claimed[KEY].ceiling) == (0, 0)

    async def test_what_was_taken_is_kept_by_member_and_product(self, begin: Begin[CatalogWork]) -> None:
        """R32"""
        others = [PurchaseKey(member_id(2), product_id(1)), PurchaseKey(member_id(1), product_id(2))]
        await counted(begin, KEY, lambda counter: counter.take(2, ceiling=3))
        await counted(begin, KEY, lambda counter: counter.take(1, ceiling=3))
        await counted(begin, others[0], lambda counter: counter.take(1, ceiling=3))
        await counted(begin, KEY, lambda counter: counter.give_back(1))

        async with begin() as work:
            claimed = await work.purchase_counters.claim([KEY, *others])

        assert [claimed[key].taken for key in (KEY, *others)] == [2, 1, 0]

    async def test_how_much_a_member_has_can_be_seen_without_a_lock(self, begin: Begin[CatalogWork]) -> None:
        """GEN-R9: goods nobody counted are absent."""
        await counted(begin, KEY, lambda counter: counter.take(2, ceiling=3))

        async with begin() as work:
            seen = await work.purchase_counters.taken(KEY.member_id, [KEY.product_id, product_id(2)])
            nobody = await work.purchase_counters.taken(member_id(2), [KEY.product_id])
            nothing = await work.purchase_counters.taken(KEY.member_id, [])

        assert (seen, nobody, nothing) == ({KEY.product_id: 2}, {}, {})

    async def test_however_many_orders_a_member_sends_the_limit_holds(self, begin: Begin[CatalogWork]) -> None:
        """GEN-R9, R1: 20 rivals for 5 units give exactly 5, on a counter that none of them found."""

        async def buy() -> bool:
            while True:
                try:
                    await counted(begin, KEY, lambda counter: counter.take(1, ceiling=5))
                    return True
                except PurchaseLimitReached:
                    return False
                except Stale:
                    continue

        bought = await asyncio.gather(*(buy() for _ in range(20)))

        assert sum(bought) == 5
        async with begin() as work:
            assert (await work.purchase_counters.claim([KEY]))[KEY].taken == 5


async def counted(
    begin: Begin[CatalogWork], key: PurchaseKey, decide: Callable[[PurchaseCounter], Change[PurchaseCounter]]
) -> None:
    """Claim a counter, decide, store."""
    async with begin() as work:
        counter = (await work.purchase_counters.claim([key]))[key]
        await asyncio.sleep(0)  # let a rival look at the same counter
        work.purchase_counters.save(decide(counter))
        await work.commit()
