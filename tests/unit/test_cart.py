"""Carts (2.2): lines, limits, stock as information, merging and taking out."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.cart import (
    Cart,
    CartHandedOver,
    CartLine,
    CartLineNotFound,
    CartLineRemoved,
    CartLineSet,
    CartMerged,
    CartNotEnough,
    CartNotFound,
    CartOrdered,
    CartOwner,
    CartQuantityTooLarge,
    CartTooManyLines,
    open_cart,
)
from retail_domain.kernel.ids import CartId, MemberId
from retail_domain.kernel.limits import Limits
from retail_domain.testing.baskets import NOON, sku

LIMITS = Limits(lines_max=3, quantity_max=10)
LATER = NOON + timedelta(minutes=5)
ALICE = CartOwner.member(MemberId(UUID(int=7)))


def a_cart(number: int = 1, owner: CartOwner = ALICE, **quantities: int) -> Cart:
    """A cart with quantities by SKU: `a_cart(s1=2, s5=1)`."""
    cart = open_cart(CartId(UUID(int=number)), owner, at=NOON).state
    return evolve(cart, lines=tuple(CartLine(sku(int(name[1:])), quantity) for name, quantity in quantities.items()))


def a_guest_cart(**quantities: int) -> Cart:
    return a_cart(2, CartOwner.guest("a token"), **quantities)


def test_goods_put_into_the_cart_are_one_line() -> None:
    """CRT-R1, CRT-I3"""
    change = a_cart().add(CartLine(sku(1), 2), sellable=5, limits=LIMITS, at=LATER)

    assert change.state.lines == (CartLine(sku(1), 2),)
    assert change.events == (CartLineSet(at=LATER, cart_id=change.state.id, sku_id=sku(1), quantity=2),)


def test_adding_again_adds_quantity() -> None:
    """CRT-R1"""
    change = a_cart(s1=2, s2=1).add(CartLine(sku(1), 3), sellable=5, limits=LIMITS, at=LATER)

    assert change.state.lines == (CartLine(sku(1), 5), CartLine(sku(2), 1))


def test_stock_is_judged_on_the_total_and_not_on_what_is_added() -> None:
    """CRT-R2"""
    with pytest.raises(CartNotEnough) as refused:
        a_cart(s1=3).add(CartLine(sku(1), 3), sellable=5, limits=LIMITS, at=LATER)

    assert (refused.value.quantity, refused.value.sellable) == (6, 5)


def test_setting_a_quantity_replaces_it() -> None:
    change = a_cart(s1=3).set(CartLine(sku(1), 1), sellable=1, limits=LIMITS, at=LATER)

    assert change.state.quantities == {sku(1): 1}


def test_the_limits_of_a_cart_hold() -> None:
    """CRT-R1"""
    full = a_cart(s1=1, s2=1, s3=1)

    with pytest.raises(CartTooManyLines):
        full.add(CartLine(sku(4), 1), sellable=99, limits=LIMITS, at=LATER)
    with pytest.raises(CartQuantityTooLarge):
        full.add(CartLine(sku(1), 10), sellable=99, limits=LIMITS, at=LATER)
    assert full.add(CartLine(sku(1), 9), sellable=99, limits=LIMITS, at=LATER).state.quantities[sku(1)] == 10


def test_goods_can_be_taken_out_once() -> None:
    change = a_cart(s1=3, s2=1).remove(sku(1), at=LATER)

    assert change.state.lines == (CartLine(sku(2), 1),)
    assert change.events == (CartLineRemoved(at=LATER, cart_id=change.state.id, sku_id=sku(1)),)
    with pytest.raises(CartLineNotFound):
        change.state.remove(sku(1), at=LATER)


def test_merging_sums_clamps_and_loses_nothing_even_past_the_most_lines() -> None:
    """CRT-R6, CRT-I1"""
    mine, guests = a_cart(s1=8, s2=1), a_guest_cart(s1=8, s3=1, s4=1)

    change = mine.merge(guests, limits=LIMITS, at=LATER)

    assert change.state.quantities == {sku(1): 10, sku(2): 1, sku(3): 1, sku(4): 1}
    assert change.events == (CartMerged(at=LATER, cart_id=mine.id, guest_cart_id=guests.id),)
    with pytest.raises(CartTooManyLines):
        change.state.merge(guests, limits=LIMITS, at=LATER)


def test_a_cart_that_was_handed_over_is_done() -> None:
    """CRT-I1: a guest's cart is merged once, for good."""
    guests = a_guest_cart(s1=1)

    change = guests.hand_over(a_cart().id, at=LATER)

    assert change.state.lines == () and not change.state.is_open
    assert change.events == (CartHandedOver(at=LATER, cart_id=guests.id, into_cart_id=a_cart().id),)
    for attempt in (
        lambda cart: cart.hand_over(a_cart().id, at=LATER),
        lambda cart: cart.remove(sku(1), at=LATER),
        lambda cart: cart.set(CartLine(sku(1), 1), sellable=1, limits=LIMITS, at=LATER),
        lambda cart: cart.merge(a_cart(), limits=LIMITS, at=LATER),
    ):
        with pytest.raises(CartNotFound):
            attempt(change.state)


def test_what_was_ordered_leaves_the_cart_and_what_was_added_since_stays() -> None:
    """CRT-R7"""
    change = a_cart(s1=3, s2=1, s3=2).take_out({sku(1): 2, sku(2): 1, sku(9): 1}, at=LATER)

    assert change.state.quantities == {sku(1): 1, sku(3): 2}
    assert change.events == (CartOrdered(at=LATER, cart_id=change.state.id, sku_ids=(sku(1), sku(2))),)


def test_taking_out_what_is_not_there_changes_nothing() -> None:
    """GEN-R11"""
    cart = a_cart(s1=3)

    change = cart.take_out({sku(2): 1}, at=LATER)

    assert (change.state, change.events) == (cart, ())


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_line_of_nothing_cannot_be_built(quantity: int) -> None:
    """CRT-I3"""
    with pytest.raises(ValueError):
        CartLine(sku(1), quantity)


def test_two_lines_of_one_sku_cannot_be_built() -> None:
    """CRT-I3"""
    with pytest.raises(ValueError):
        evolve(a_cart(), lines=(CartLine(sku(1), 1), CartLine(sku(1), 2)))


def test_a_cart_has_one_owner_and_never_keeps_the_token() -> None:
    """CRT-R8, R41"""
    with pytest.raises(ValueError):
        CartOwner()
    with pytest.raises(ValueError):
        CartOwner(member_id=ALICE.member_id, token_hash="x")
    assert "a token" not in repr(CartOwner.guest("a token"))
    assert CartOwner.guest("a token") == CartOwner.guest("a token") != CartOwner.guest("another")


class TestTakingOutWhatWasOrdered:
    """CRT-R9: an order takes what was ordered out of its cart, a little later."""

    def test_what_was_set_after_the_order_stays_as_it_was_set(self) -> None:
        """Exactly so many, said after the order, is what is wished for now: also when it is as many as before."""
        ordered = evolve(a_cart(s1=2), version=3)
        for quantity in (1, 2, 5):
            cart = ordered.set(CartLine(sku(1), quantity), sellable=9, limits=LIMITS, at=NOON).state

            assert cart.take_out({sku(1): 2}, at=NOON, version=3).state.quantities == {sku(1): quantity}

    def test_what_was_set_before_the_order_leaves_with_it(self) -> None:
        cart = evolve(a_cart(), version=2).set(CartLine(sku(1), 2), sellable=9, limits=LIMITS, at=NOON).state

        assert cart.take_out({sku(1): 2}, at=NOON, version=3).state.lines == ()

    def test_what_was_added_after_the_order_stays_beside_what_is_taken_out(self) -> None:
        ordered = evolve(a_cart(s1=2), version=3)
        cart = ordered.add(CartLine(sku(1), 1), sellable=9, limits=LIMITS, at=NOON).state

        assert cart.take_out({sku(1): 2}, at=NOON, version=3).state.quantities == {sku(1): 1}

    def test_what_was_taken_out_and_put_in_anew_after_the_order_stays(self) -> None:
        ordered = evolve(a_cart(s1=2), version=3)
        removed = evolve(ordered.remove(sku(1), at=NOON).state, version=4)
        cart = removed.add(CartLine(sku(1), 2), sellable=9, limits=LIMITS, at=NOON).state

        assert cart.take_out({sku(1): 2}, at=NOON, version=3).state.quantities == {sku(1): 2}

    def test_an_order_of_a_release_that_did_not_tell_the_version_takes_out_as_ever(self) -> None:
        cart = a_cart().set(CartLine(sku(1), 3), sellable=9, limits=LIMITS, at=NOON).state

        assert cart.take_out({sku(1): 2}, at=NOON).state.quantities == {sku(1): 1}
