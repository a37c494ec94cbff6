"""The examination every store of campaign quotas passes: the promises of their two ports as tests (STK-R7).

An adapter's author subclasses it with one fixture, over an empty store:

    class TestMyQuotas(QuotasContract):
        @pytest.fixture
        def begin(self) -> Begin[QuotasWork]: ...
"""

from __future__ import annotations

from typing import Protocol

import pytest
from attrs import evolve

from retail_domain.inventory import Quota, QuotaShare, QuotaShareKey
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import Stale, Taken
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.units import Begin
from retail_domain.ordering import Orders
from retail_domain.processes.takings import QuotaWork
from retail_domain.testing.baskets import sku
from retail_domain.testing.orders import ALICE, order_id, placed


class QuotasWork(QuotaWork, Protocol):
    """A unit of work with quotas, and the orders that have shares of them."""

    @property
    def orders(self) -> Orders: ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...


def a_share(order: int = 1, line: int = 1, units: int = 3, goods: int = 1) -> Change[QuotaShare]:
    """What that line of that order has."""
    return QuotaShare.taken(QuotaShareKey(order_id(order), line), sku(goods), ALICE, units)


async def kept(begin: Begin[QuotasWork], *quotas: Change[Quota]) -> None:
    """Store quotas."""
    async with begin() as work:
        for quota in quotas:
            work.quotas.save(quota)
        await work.commit()


async def ordered(begin: Begin[QuotasWork], *numbers: int) -> None:
    """Store orders of those numbers, as every share is of one."""
    async with begin() as work:
        for number in numbers:
            work.orders.save(Change(None, placed(which=number).state))
        await work.commit()


async def quota_of(begin: Begin[QuotasWork], sku_id: SkuId) -> Quota:
    """The quota as it is stored."""
    async with begin() as work:
        return (await work.quotas.claim([sku_id]))[sku_id]


@pytest.mark.asyncio
class QuotasContract:
    """What every store of quotas promises."""

    async def test_a_stored_quota_comes_back_as_it_was(self, begin: Begin[QuotasWork]) -> None:
        """R32: open or over, whatever was taken of it."""
        one, over = Quota(sku_id=sku(1), size=9, taken=4), Quota(sku_id=sku(2), size=0, is_open=False, edition=7)
        await kept(begin, Change(None, one), Change(None, over))

        assert await quota_of(begin, sku(1)) == evolve(one, version=1)
        assert await quota_of(begin, sku(2)) == evolve(over, version=1)

    async def test_quotas_are_claimed_ascending_and_without_what_does_not_exist(self, begin: Begin[QuotasWork]) -> None:
        """R13: one lock order."""
        await kept(begin, Quota.opened(sku(2), 5), Quota.opened(sku(1), 5))

        async with begin() as work:
            claimed = await work.quotas.claim([sku(2), sku(7), sku(1), sku(2)])

        assert list(claimed) == [sku(1), sku(2)]

    async def test_a_claim_sees_what_is_staged_and_both_changes_are_one(self, begin: Begin[QuotasWork]) -> None:
        """R1: the second decision builds on the first."""
        await kept(begin, Quota.opened(sku(1), 5))

        async with begin() as work:
            for units in (2, 3):
                work.quotas.save((await work.quotas.claim([sku(1)]))[sku(1)].take(units))
            await work.commit()

        stored = await quota_of(begin, sku(1))
        assert (stored.taken, stored.version) == (5, 2)

    async def test_who_decided_on_an_old_state_is_stale_and_stores_nothing(self, begin: Begin[QuotasWork]) -> None:
        """R16, R30: no lost update."""
        await kept(begin, Quota.opened(sku(1), 5))
        old = await quota_of(begin, sku(1))
        await kept(begin, old.take(1))

        with pytest.raises(Stale):
            await kept(begin, old.take(3))

        assert (await quota_of(begin, sku(1))).taken == 1

    async def test_a_sku_has_one_quota(self, begin: Begin[QuotasWork]) -> None:
        """STK-R7."""
        await kept(begin, Quota.opened(sku(1), 5))
        with pytest.raises(Taken) as taken:
            await kept(begin, Quota.opened(sku(1), 9))
        assert taken.value.rule == "quotas.sku_id"

    async def test_shares_of_an_order_come_by_line_staged_ones_too(self, begin: Begin[QuotasWork]) -> None:
        """R32: two lines of one SKU among them; those of other orders are not its own."""
        await ordered(begin, 1, 2)
        second, first, foreign = a_share(line=3, units=5), a_share(line=1), a_share(order=2)
        async with begin() as work:
            for share in (second, foreign):
                work.quota_shares.save(share)
            await work.commit()

        async with begin() as work:
            work.quota_shares.save(first)
            (stored,) = (one for one in await work.quota_shares.of_order(order_id(1)) if one.version)
            work.quota_shares.save(stored.firm().then(lambda share: share.give_back(2)))
            staged = await work.quota_shares.of_order(order_id(1))
            await work.commit()
        async with begin() as work:
            found = await work.quota_shares.of_order(order_id(1))
            others = await work.quota_shares.of_order(order_id(2))

        assert [(one.line, one.open, one.used, one.back) for one in staged] == [(1, 3, 0, 0), (3, 0, 3, 2)]
        assert found == (evolve(first.state, version=1), evolve(second.state, open=0, used=3, back=2, version=2))
        assert others == (evolve(foreign.state, version=1),)

    async def test_a_line_of_an_order_has_one_share(self, begin: Begin[QuotasWork]) -> None:
        """STK-R7."""
        await ordered(begin, 1)
        for turn in (1, 2):
            async with begin() as work:
                work.quota_shares.save(a_share())
                if turn == 1:
                    await work.commit()
                    continue
                with pytest.raises(Taken) as taken:
                    await work.commit()
                assert taken.value.rule == "quota_shares.order_id+line"

    async def test_nothing_is_stored_without_commit(self, begin: Begin[QuotasWork]) -> None:
        """R16."""
        await ordered(begin, 1)
        async with begin() as work:
            work.quotas.save(Quota.opened(sku(1), 5))
            work.quota_shares.save(a_share())

        async with begin() as work:
            assert await work.quotas.claim([sku(1)]) == {}
            assert await work.quota_shares.of_order(order_id(1)) == ()
