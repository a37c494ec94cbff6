"""The examination every inside tender passes: the promises of `Tender` as tests.

Whoever brings a wallet or a gift card subclasses it with a fixture `begin` that opens units of work, a fixture `tender`, and a
fixture `fill` that puts so much into the account of a member:

    class TestMyWallet(TenderContract):
        @pytest.fixture
        def begin(self) -> Begin[Any]: ...

        @pytest.fixture
        def tender(self) -> AnyTender: ...

        @pytest.fixture
        def fill(self) -> Fill: ...
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import pytest

from retail_domain.kernel.errors import Stale
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.money import Money
from retail_domain.kernel.ranks import Rank
from retail_domain.kernel.units import Begin
from retail_domain.payments.tenders import AnyTender, Movement, Tenders
from retail_domain.testing.orders import ALICE, BOB, NOON, order_id

Fill: TypeAlias = Callable[[MemberId, int], Awaitable[None]]
CURRENCY: Final = "CNY"


def moving(minor: int, reference: str = "one") -> Movement:
    """So much, for an order."""
    return Movement(reference=reference, order_id=order_id(), amount=Money(minor, CURRENCY), at=NOON)


async def _has(begin: Begin[Any], tender: AnyTender, member_id: MemberId) -> int:
    async with begin() as work:
        return tender.available(await tender.claim(work, member_id, order_id()), CURRENCY)


async def _moves(begin: Begin[Any], tender: AnyTender, *, out: int = 0, back: int = 0, reference: str = "one") -> None:
    async with begin() as work:
        account = await tender.claim(work, ALICE, order_id())
        if out:
            account = tender.charge(account, moving(out, reference))
        if back:
            account = tender.give_back(account, moving(back, reference))
        tender.save(work, account)
        await work.commit()


@pytest.mark.asyncio
class TenderContract:
    """What every account of the shop's own that pays orders promises (PAY-R11)."""

    async def test_it_has_a_name_of_its_own(self, tender: AnyTender) -> None:
        """R6: the books call its account by it."""
        assert Tenders((tender,)).of(tender.name) is tender

    async def test_an_account_that_never_was_is_empty(self, begin: Begin[Any], tender: AnyTender) -> None:
        """Whoever never had one can pay nothing from it."""
        assert await _has(begin, tender, BOB) == 0

    async def test_what_is_charged_is_not_there_any_more_until_it_is_given_back(
        self, begin: Begin[Any], tender: AnyTender, fill: Fill
    ) -> None:
        """PAY-R11: to the cent, down to nothing, and only this member's."""
        await fill(ALICE, 1_000)
        await fill(BOB, 70)

        await _moves(begin, tender, out=999)
        assert (await _has(begin, tender, ALICE), await _has(begin, tender, BOB)) == (1, 70)
        await _moves(begin, tender, out=1, reference="two")
        assert await _has(begin, tender, ALICE) == 0
        await _moves(begin, tender, back=400)
        await _moves(begin, tender, back=600, reference="three")
        assert await _has(begin, tender, ALICE) == 1_000

    async def test_another_currency_is_not_there(self, begin: Begin[Any], tender: AnyTender, fill: Fill) -> None:
        """R9: a number alone is no money."""
        await fill(ALICE, 1_000)

        async with begin() as work:
            assert tender.available(await tender.claim(work, ALICE, order_id()), "XTS") == 0

    async def test_deciding_changes_nothing_before_it_is_stored(self, begin: Begin[Any], tender: AnyTender, fill: Fill) -> None:
        """Pure: what was claimed stays as it was, and a unit that is not committed leaves no trace."""
        await fill(ALICE, 1_000)

        async with begin() as work:
            account = await tender.claim(work, ALICE, order_id())
            charged = tender.charge(account, moving(600))
            assert (tender.available(account, CURRENCY), tender.available(charged, CURRENCY)) == (1_000, 400)
            tender.save(work, charged)

        assert await _has(begin, tender, ALICE) == 1_000

    async def test_it_is_locked_after_what_is_taken_and_before_the_order(self, begin: Begin[Any], tender: AnyTender) -> None:
        """R13."""
        async with begin() as work:
            await work.stock.claim([])
            assert not work.holds(Rank.TENDER)
            await tender.claim(work, ALICE, order_id())
            assert work.holds(Rank.TENDER) and not work.holds(Rank.ORDER)
            await work.orders.claim([order_id()])

    async def test_a_charge_of_an_account_as_it_was_is_refused(self, begin: Begin[Any], tender: AnyTender, fill: Fill) -> None:
        """GEN-R8, PAY-R11: should a lock ever be missing, nothing is spent twice."""
        await fill(ALICE, 1_000)
        async with begin() as work:
            account = await tender.claim(work, ALICE, order_id())
        await _moves(begin, tender, out=900)

        async with begin() as work:
            tender.save(work, tender.charge(account, moving(900, "again")))
            with pytest.raises(Stale):
                await work.commit()
