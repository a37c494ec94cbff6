"""The examination every store of wallets passes; a subclass brings the fixture `begin` of an empty store, and its `show`."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.kernel.actor import Actor, ActorKind
from retail_domain.kernel.errors import Stale, Taken
from retail_domain.kernel.ids import WithdrawalId
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.units import Begin
from retail_domain.testing.goods import NOON, member_id
from retail_domain.wallet import (
    TooLittleInWallet,
    WalletBalance,
    WalletBecause,
    WalletCause,
    WalletLot,
    WalletLotKey,
    WalletMoney,
    WalletQueries,
    WalletWork,
    Whence,
    Withdrawal,
    WithdrawalState,
    claimed,
    keep,
)

SOON: Final = timedelta(hours=1)
STAFF: Final = WalletCause(WalletBecause.STAFF, UUID(int=9))
ORDER: Final = WalletCause(WalletBecause.ORDER, UUID(int=7))


def cny(minor: int) -> Money:
    """So much."""
    return Money(minor, "CNY")


async def put_in(  # noqa: PLR0913 - all that is told of a lot
    begin: Begin[WalletWork], minor: int, whence: Whence = Whence.GIVEN, *, member: int = 1, ref: str = "a", hours: int = 0
) -> None:
    """Money comes in."""
    async with begin() as work:
        ledger = await claimed(work, member_id(member))
        key = WalletLotKey(ref, whence)
        made = WalletLot.made(member_id(member), key, cny(minor), cause=STAFF, at=NOON + hours * SOON, note="a present")
        keep(work, ledger.credit(made))
        await work.commit()


async def charged(begin: Begin[WalletWork], order: int, minor: int) -> bool:
    """An order wants so much; whether it got it, however often a rival came first."""
    cause = WalletCause(WalletBecause.ORDER, UUID(int=order))
    while True:
        async with begin() as work:
            ledger = await claimed(work, member_id(1), cause)
            await asyncio.sleep(0.01)  # whoever does not wait has looked by now
            try:
                keep(work, ledger.charge(cny(minor), cause, NOON))
                await work.commit()
            except (Stale, Taken):
                continue
            except TooLittleInWallet:
                return False
            return True


@pytest.mark.asyncio
class WalletContract:
    """What every store of wallets promises."""

    async def test_a_lot_comes_back_as_it_was_with_what_moved_it(self, begin: Begin[WalletWork], show: WalletQueries) -> None:
        """MSC-R6: used, given back, frozen and paid out: each step a change, each with its entry."""
        alice, key = member_id(1), WalletLotKey("a", Whence.PAID_IN)
        withdrawal = WalletCause(WalletBecause.WITHDRAWAL, UUID(int=3))
        await put_in(begin, 100, Whence.PAID_IN)
        async with begin() as work:
            keep(work, (await claimed(work, alice, ORDER)).charge(cny(70), ORDER, NOON))
            await work.commit()
        async with begin() as work:
            keep(work, (await claimed(work, alice, ORDER)).give_back(20, ORDER, NOON))
            await work.commit()
        async with begin() as work:
            keep(work, (await claimed(work, alice, withdrawal)).freeze(cny(30), withdrawal, NOON))
            await work.commit()
        async with begin() as work:
            assert await work.wallet_lots.left_of(alice)
            keep(work, (await claimed(work, alice, withdrawal)).pay_out(withdrawal, NOON))
            await work.commit()
        async with begin() as work:
            (account,) = (await work.wallet_accounts.claim([alice, member_id(2)])).values()
            (lot,) = await work.wallet_lots.free_of(alice)
            (use,) = await work.wallet_uses.of(ORDER)
        told = await show.entries(alice, PageRequest(100))

        assert (account.decisions, account.version, lot.key, lot.currency) == (5, 5, key, "CNY")
        assert (lot.amount_minor, lot.free, lot.used, lot.frozen, lot.paid_out) == (100, 20, 50, 0, 30)
        assert (use.minor, use.back, use.turn, use.key, use.member_id) == (70, 20, 1, key, alice)
        assert [one.number for one in told.items][::-1] == list(range(1, lot.written + 1))
        assert sum(one.worth_minor for one in told.items) == 20
        paid, first = told.items[0], told.items[-1]
        assert (paid.amount, paid.went_to, paid.cause) == (cny(30), WalletMoney.PAID_OUT, withdrawal)
        assert (first.note, first.cause, first.at) == ("a present", STAFF, NOON)

    async def test_lots_that_are_used_up_are_read_only_by_name(self, begin: Begin[WalletWork]) -> None:
        """MSC-R6: nobody who waits reads what is gone."""
        await put_in(begin, 10)
        await put_in(begin, 5, ref="b", hours=1)
        assert await charged(begin, 7, 10)

        async with begin() as work:
            assert [one.key.ref for one in await work.wallet_lots.free_of(member_id(1))] == ["b"]
            assert sorted(one.key.ref for one in await work.wallet_lots.free_of(member_id(1), ["a"])) == ["a", "b"]
            ledger = await claimed(work, member_id(1), ORDER)
            assert ledger.taken_for(ORDER) == 10 and ledger.free("CNY") == 5 and ledger.free("XTS") == 0
            assert not await work.wallet_lots.left_of(member_id(2))

    async def test_what_brings_money_brings_it_once(self, begin: Begin[WalletWork]) -> None:
        """PAY-R11: of rivals with one cause, one comes in; another one, or another member, is another lot."""

        async def give() -> bool:
            try:
                await put_in(begin, 5)
            except (Taken, Stale):
                return False
            return True

        assert sum(await asyncio.gather(*(give() for _ in range(6)))) == 1
        assert not await give()
        await put_in(begin, 5, member=2)
        await put_in(begin, 5, ref="b")
        await put_in(begin, 5, Whence.EARNED)

    async def test_no_two_orders_use_the_same_money(self, begin: Begin[WalletWork], show: WalletQueries) -> None:
        """PAY-R11, MSC-I4: eight orders want 40 each, of 110."""
        await put_in(begin, 60)
        await put_in(begin, 50, Whence.PAID_IN, ref="b")

        got = await asyncio.gather(*(charged(begin, order, 40) for order in range(1, 9)))

        (balance,) = await show.balances(member_id(1))
        assert sum(got) == 2 and balance.available == cny(30)
        assert (balance.given, balance.paid_in) == (0, 30)

    async def test_balances_are_told_by_whence_and_currency(self, begin: Begin[WalletWork], show: WalletQueries) -> None:
        """MSC-R6: what can be used, what may be paid out, what waits for it; nothing of lots that are empty."""
        cause = WalletCause(WalletBecause.WITHDRAWAL, UUID(int=3))
        assert await show.balances(member_id(1)) == ()
        await put_in(begin, 10)
        await put_in(begin, 20, Whence.PAID_IN)
        await put_in(begin, 40, Whence.EARNED)
        async with begin() as work:
            ledger = (await claimed(work, member_id(1))).freeze(cny(25), cause, NOON)
            usd = WalletLot.made(member_id(1), WalletLotKey("u", Whence.GIVEN), Money(3, "USD"), cause=STAFF, at=NOON)
            keep(work, ledger.credit(usd))
            await work.commit()

        first, second = await show.balances(member_id(1))
        assert first == WalletBalance(currency="CNY", given=10, paid_in=20, earned=15, frozen=25)
        assert (first.available, first.payable_out) == (cny(45), cny(35))
        assert second == WalletBalance(currency="USD", given=3, paid_in=0, earned=0, frozen=0)

    async def test_entries_come_page_by_page(self, begin: Begin[WalletWork], show: WalletQueries) -> None:
        """MSC-R6: the latest first, each once, and only one's own."""
        for number in range(5):
            await put_in(begin, 5, ref=str(number), hours=number)
        await put_in(begin, 5, member=2)

        first = await show.entries(member_id(1), PageRequest(3))
        rest = await show.entries(member_id(1), PageRequest(3, first.next_cursor))

        assert [one.key.ref for one in (*first.items, *rest.items)] == ["4", "3", "2", "1", "0"] and rest.next_cursor is None

    async def test_a_withdrawal_comes_back_as_it_was(self, begin: Begin[WalletWork], show: WalletQueries) -> None:
        """MSC-R6: it waits, is approved, and is paid; whoever comes second finds it decided."""
        id, staff = WithdrawalId(UUID(int=5)), Actor(ActorKind.STAFF, str(UUID(int=8)))
        asked = Withdrawal.requested(id, member_id(1), cny(25), "card 1", at=NOON)
        other = Withdrawal.requested(WithdrawalId(UUID(int=6)), member_id(2), cny(1), "card 2", at=NOON)
        async with begin() as work:
            work.withdrawals.save(asked)
            work.withdrawals.save(other)
            await work.commit()
        async with begin() as work:
            found = await work.withdrawals.claim(id)
            assert found == evolve(asked.state, version=1) == await work.withdrawals.find(id)
            assert await work.withdrawals.waiting_of(member_id(1)) == [id]
            assert await work.withdrawals.find(WithdrawalId(UUID(int=1))) is None
            work.withdrawals.save(found.approve(by=staff, at=NOON + SOON))
            await work.commit()
        async with begin() as late:
            stale = await late.withdrawals.claim(id)
            assert stale is not None and stale.decided_by == staff and stale.state is WithdrawalState.APPROVED
        async with begin() as work:
            found = await work.withdrawals.claim(id)
            assert found is not None
            work.withdrawals.save(found.pay("n-1", at=NOON + 2 * SOON))
            await work.commit()
        async with begin() as late:
            late.withdrawals.save(stale.reject("no", by=staff, at=NOON + 2 * SOON))
            with pytest.raises(Stale):
                await late.commit()

        view = await show.withdrawal(id)
        assert view is not None and (view.state, view.reference, view.pay_to) == (WithdrawalState.PAID, "n-1", "card 1")
        assert view.ended_at == NOON + 2 * SOON
        every = await show.withdrawals(PageRequest(1))
        assert [one.withdrawal_id for one in every.items] == [other.state.id]
        rest = await show.withdrawals(PageRequest(1, every.next_cursor))
        assert [one.withdrawal_id for one in rest.items] == [id] and rest.next_cursor is None
        waiting = await show.withdrawals(PageRequest(9), only_waiting=True)
        assert [one.withdrawal_id for one in waiting.items] == [other.state.id]
        mine = await show.withdrawals_of(member_id(1), PageRequest(9))
        assert [one.withdrawal_id for one in mine.items] == [id]
