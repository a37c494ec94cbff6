"""Campaign quota: a part of a SKU's stock, and what orders have of it (STK-R7)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from retail_domain.inventory import (
    CloseQuota,
    Quota,
    QuotaNotFound,
    QuotaShare,
    QuotaShareKey,
    QuotaTooSmall,
    SetQuota,
    SoldOut,
    quotas,
)
from retail_domain.inventory.model import UNITS_MAX
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.frames import deciding
from retail_domain.kernel.once import KeyReused, Once
from retail_domain.testing.baskets import sku
from retail_domain.testing.means import means_of
from retail_domain.testing.orders import ALICE, CLERK, order_id
from retail_domain.testing.run_now import run_now
from tests.support.memory import memory_store


def a_quota(size: int = 5, taken: int = 0) -> Quota:
    return Quota(sku_id=sku(1), size=size, taken=taken)


def a_share(units: int = 5) -> QuotaShare:
    return QuotaShare.taken(QuotaShareKey(order_id(), 1), sku(1), ALICE, units).state


class TestQuota:
    def test_no_more_is_taken_than_there_is(self) -> None:
        """STK-R7, R1."""
        assert a_quota(5, taken=3).take(2).state.taken == 5
        with pytest.raises(SoldOut) as refused:
            a_quota(5, taken=3).take(3)
        assert refused.value.sku_ids == (sku(1),)

    def test_what_is_given_back_can_be_taken_again(self) -> None:
        assert a_quota(5, taken=5).give_back(2).then(lambda quota: quota.take(2)).state.taken == 5

    def test_it_is_resized_to_no_less_than_orders_have(self) -> None:
        """STK-R7"""
        assert a_quota(9, taken=3).resize(3).state.size == 3
        with pytest.raises(QuotaTooSmall) as refused:
            a_quota(9, taken=3).resize(2)
        assert refused.value.taken == 3

    def test_its_edition_changes_only_when_it_opens_anew(self) -> None:
        """R7: what quotes rest on; a buyer need not be asked again because there is more of it."""
        quota = a_quota()
        over = quota.finish().state
        assert quota.resize(9).state.edition == quota.edition == over.edition
        anew = over.resize(5).state
        assert (anew.edition, anew.is_open) == (quota.edition + 1, True)

    @pytest.mark.parametrize("decide", [lambda quota: quota.resize(5), lambda quota: quota.finish().state.finish()])
    def test_what_changes_nothing_is_no_change(self, decide: Any) -> None:
        change = decide(a_quota())
        assert change.before is change.state

    @pytest.mark.parametrize("size", [-1, UNITS_MAX + 1, 1.5, "5", True, None])
    def test_a_size_is_a_whole_number_of_units(self, size: Any) -> None:
        with pytest.raises(InvalidInput):
            Quota.opened(sku(1), size)
        with pytest.raises(InvalidInput):
            a_quota().resize(size)

    @pytest.mark.parametrize("units", [0, -1])
    def test_no_units_are_neither_taken_nor_given_back(self, units: int) -> None:
        with pytest.raises(ValueError, match="at least one"):
            a_quota(5, taken=3).take(units)
        with pytest.raises(ValueError, match="at least one"):
            a_quota(5, taken=3).give_back(units)

    @pytest.mark.parametrize("taken", [-1, 6])
    def test_a_quota_that_cannot_be_is_not_made(self, taken: int) -> None:
        with pytest.raises(ValueError, match="quota"):
            a_quota(5, taken)


class TestShares:
    @given(st.integers(1, 9), st.lists(st.one_of(st.none(), st.integers(1, 9)), max_size=6))
    def test_every_unit_is_open_used_or_given_back(self, units: int, decisions: list[int | None]) -> None:
        """STK-R7: whatever is decided; None is paying."""
        share = a_share(units)
        for decision in decisions:
            if decision is None:
                share = share.firm().state
            elif decision <= share.open + share.used:
                share = share.give_back(decision).state
            assert share.open + share.used + share.back == units

    def test_paying_twice_changes_nothing(self) -> None:
        share = a_share().firm().state
        assert share.firm().state is share

    def test_it_gives_back_no_more_than_it_has(self) -> None:
        with pytest.raises(ValueError, match="never negative"):
            a_share(3).give_back(4)

    @pytest.mark.parametrize("counts", [{"open": 2}, {"open": 3, "used": 1}, {"open": 4, "back": -1}])
    def test_a_share_that_cannot_be_is_not_made(self, counts: dict[str, int]) -> None:
        with pytest.raises(ValueError, match=r"share|unit"):
            QuotaShare(order_id=order_id(), line=1, sku_id=sku(1), member_id=ALICE, quantity=3, **counts)


class TestUseCases:
    def test_staff_open_resize_close_and_open_anew(self) -> None:
        """STK-R7"""
        store = memory_store()
        set_quota, close = (
            deciding(store.begin, quotas.set_quota, means_of()),
            deciding(store.begin, quotas.close_quota, means_of()),
        )

        opened = run_now(set_quota(SetQuota(sku_id=sku(1), size=5, actor=CLERK)))
        resized = run_now(set_quota(SetQuota(sku_id=sku(1), size=7, actor=CLERK)))
        over = run_now(close(CloseQuota(sku_id=sku(1), actor=CLERK)))
        again = run_now(close(CloseQuota(sku_id=sku(1), actor=CLERK)))
        anew = run_now(set_quota(SetQuota(sku_id=sku(1), size=2, actor=CLERK)))

        stands = [(one.size, one.is_open) for one in (opened, resized, over, anew)]
        assert stands == [(5, True), (7, True), (7, False), (2, True)]
        assert again == over
        assert store.memory.table("quotas")[sku(1)].edition == 2

    def test_what_is_not_there_cannot_be_closed(self) -> None:
        with pytest.raises(QuotaNotFound):
            run_now(deciding(memory_store().begin, quotas.close_quota, means_of())(CloseQuota(sku_id=sku(1), actor=CLERK)))

    @pytest.mark.parametrize("size", [-1, UNITS_MAX + 1])
    def test_a_wrong_size_leaves_no_quota(self, size: int) -> None:
        store = memory_store()
        with pytest.raises(InvalidInput):
            run_now(deciding(store.begin, quotas.set_quota, means_of())(SetQuota(sku_id=sku(1), size=size, actor=CLERK)))
        assert not store.memory.table("quotas")

    def test_the_same_request_again_has_the_same_answer_and_no_effect(self) -> None:
        """R17, GEN-R7: though the quota has changed since; the key does for one request only."""
        store = memory_store()
        set_quota, close = (
            deciding(store.begin, quotas.set_quota, means_of()),
            deciding(store.begin, quotas.close_quota, means_of()),
        )
        key = Once(principal="staff:1", operation="quota.set", key="k", fingerprint="5")
        wish = SetQuota(sku_id=sku(1), size=5, actor=CLERK, once=key)
        end = CloseQuota(
            sku_id=sku(1), actor=CLERK, once=Once(principal="staff:1", operation="quota.close", key="k", fingerprint="")
        )

        opened, over = run_now(set_quota(wish)), run_now(close(end))
        told = run_now(set_quota(wish))
        run_now(set_quota(SetQuota(sku_id=sku(1), size=9, actor=CLERK)))

        assert told == opened
        assert run_now(close(end)) == over
        assert store.memory.table("quotas")[sku(1)].is_open
        other = Once(principal="staff:1", operation="quota.set", key="k", fingerprint="6")
        with pytest.raises(KeyReused):
            run_now(set_quota(SetQuota(sku_id=sku(1), size=6, actor=CLERK, once=other)))
