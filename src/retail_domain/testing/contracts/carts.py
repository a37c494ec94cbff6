"""The examination every store of carts passes: the promises of `Carts` as tests.

An adapter's author subclasses it with a fixture `begin` that opens units of work on an empty store:

    class TestMyCarts(CartsContract):
        @pytest.fixture
        def begin(self) -> Begin[CartWork]: ...
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from retail_domain.cart import Cart, CartLine, CartNotFound, CartOwner, CartWork, open_cart
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import Stale, Taken
from retail_domain.kernel.ids import CartId, MemberId
from retail_domain.kernel.limits import Limits
from retail_domain.kernel.units import Begin
from retail_domain.testing.baskets import NOON, sku

ALICE = CartOwner.member(MemberId(UUID(int=71)))
GUEST = CartOwner.guest("a guest's token")
LIMITS = Limits()


def opened(number: int, owner: CartOwner, **quantities: int) -> Change[Cart]:
    """A new cart with quantities by SKU: `opened(1, ALICE, s1=2, s5=1)`."""
    change = open_cart(CartId(UUID(int=number)), owner, at=NOON)
    for name, quantity in quantities.items():
        change = change.then(partial(_put, line=CartLine(sku(int(name[1:])), quantity)))
    return change


@pytest.mark.asyncio
class CartsContract:
    """What every store of carts promises."""

    async def test_a_stored_cart_comes_back_as_it_was_with_its_lines_in_order(self, begin: Begin[CartWork]) -> None:
        """R32: nothing is lost on the way."""
        cart = await stored(begin, opened(1, ALICE, s3=2, s1=1, s2=9))

        async with begin() as work:
            assert await work.carts.get(cart.id) == await work.carts.of(ALICE) == cart
        assert [line.sku_id for line in cart.lines] == [sku(3), sku(1), sku(2)]
        assert cart.version == 1

    async def test_nobody_has_a_cart_before_one_is_stored(self, begin: Begin[CartWork]) -> None:
        async with begin() as work:
            assert await work.carts.of(ALICE) is None
            assert await work.carts.of(GUEST) is None
            with pytest.raises(CartNotFound):
                await work.carts.get(CartId(UUID(int=1)))

    async def test_every_change_of_lines_is_kept(self, begin: Begin[CartWork]) -> None:
        cart = await stored(begin, opened(1, ALICE, s1=1, s2=2, s3=3))

        change = cart.remove(sku(1), at=NOON).then(lambda cart: _put(cart, CartLine(sku(4), 4)))
        after = await stored(begin, change.then(lambda cart: _put(cart, CartLine(sku(2), 7))))

        assert after.quantities == {sku(2): 7, sku(3): 3, sku(4): 4}
        assert [line.sku_id for line in after.lines] == [sku(2), sku(3), sku(4)]
        assert after.version == 2

    async def test_within_a_unit_the_staged_cart_is_seen_and_outside_it_is_not(self, begin: Begin[CartWork]) -> None:
        """GEN-R18"""
        async with begin() as work:
            change = opened(1, ALICE, s1=1)
            work.carts.save(change)
            assert await work.carts.get(change.state.id) == await work.carts.of(ALICE) == change.state

        async with begin() as work:
            assert await work.carts.of(ALICE) is None

    async def test_of_two_who_change_one_version_the_second_is_stale(self, begin: Begin[CartWork]) -> None:
        """GEN-R8"""
        cart = await stored(begin, opened(1, ALICE, s1=1))
        await stored(begin, _put(cart, CartLine(sku(1), 5)))

        with pytest.raises(Stale):
            await stored(begin, _put(cart, CartLine(sku(1), 9)))

        async with begin() as work:
            assert (await work.carts.get(cart.id)).quantities == {sku(1): 5}

    async def test_a_member_has_one_cart(self, begin: Begin[CartWork]) -> None:
        """GEN-R10"""
        await stored(begin, opened(1, ALICE))

        with pytest.raises(Taken) as refused:
            await stored(begin, opened(2, ALICE))

        assert refused.value.rule == "carts.member_id"

    async def test_both_carts_of_a_merge_change_together_or_not_at_all(self, begin: Begin[CartWork]) -> None:
        """CRT-R6: one transaction."""
        mine, guests = await stored(begin, opened(1, ALICE, s1=1)), await stored(begin, opened(2, GUEST, s1=2, s2=1))

        async with begin() as work:
            work.carts.save(guests.hand_over(mine.id, at=NOON))
            work.carts.save(mine.merge(guests, limits=LIMITS, at=NOON))
        async with begin() as work:
            assert (await work.carts.get(mine.id), await work.carts.get(guests.id)) == (mine, guests)
            work.carts.save(guests.hand_over(mine.id, at=NOON))
            work.carts.save(mine.merge(guests, limits=LIMITS, at=NOON))
            await work.commit()

        async with begin() as work:
            assert (await work.carts.get(mine.id)).quantities == {sku(1): 3, sku(2): 1}
            after = await work.carts.of(GUEST)
        assert after is not None and after.lines == () and after.merged_into == mine.id

    async def test_a_decision_that_changed_nothing_stores_nothing(self, begin: Begin[CartWork]) -> None:
        cart = await stored(begin, opened(1, ALICE, s1=1))

        after = await stored(begin, cart.take_out({sku(2): 1}, at=NOON + timedelta(hours=1)))

        assert after == cart

    async def test_what_guests_left_goes_with_its_lines_and_what_members_left_stays(self, begin: Begin[CartWork]) -> None:
        """R40: the one that was left first goes first; a guest who came back meanwhile finds his cart."""
        left, later, back = (CartOwner.guest(f"token {number}") for number in range(3))
        await stored(begin, opened(1, ALICE, s1=1))
        for number, owner in enumerate((left, later, back), 2):
            await stored(begin, opened(number, owner, s1=1, s2=2))
        async with begin() as work:
            returned = await work.carts.of(back)
        assert returned is not None
        await stored(begin, returned.set(CartLine(sku(1), 3), sellable=99, limits=LIMITS, at=NOON + timedelta(days=2)))

        async def forgotten(days: int, limit: int) -> int:
            async with begin() as work:
                gone = await work.carts.forget_guests(NOON + timedelta(days=days), limit)
                await work.commit()
            return gone

        assert [await forgotten(0, 10), await forgotten(1, 1), await forgotten(1, 10), await forgotten(1, 10)] == [0, 1, 1, 0]
        async with begin() as work:
            assert [await work.carts.of(owner) is None for owner in (ALICE, left, later, back)] == [False, True, True, False]


async def stored(begin: Begin[CartWork], change: Change[Cart]) -> Cart:
    """The cart as the store has it after this change."""
    async with begin() as work:
        work.carts.save(change)
        await work.commit()
    async with begin() as work:
        return await work.carts.get(change.state.id)


def _put(cart: Cart, line: CartLine) -> Change[Cart]:
    return cart.set(line, sellable=99, limits=LIMITS, at=NOON)
