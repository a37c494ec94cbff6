"""A cart beside a naive model of it: CRT-I1, CRT-I3, under any sequence of commands."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from attrs import evolve
from hypothesis import given, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from retail_domain.cart import (
    Cart,
    CartLine,
    CartLineNotFound,
    CartNotEnough,
    CartNotFound,
    CartOwner,
    CartQuantityTooLarge,
    CartTooManyLines,
    open_cart,
)
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import CartId, MemberId, SkuId
from retail_domain.kernel.limits import Limits
from retail_domain.testing.baskets import NOON, sku

LIMITS = Limits(lines_max=4, quantity_max=9)
SKUS = st.integers(1, 7).map(sku)
QUANTITIES = st.integers(1, 12)
LINES = st.dictionaries(SKUS, st.integers(1, 9), max_size=4)


def cart_of(number: int, quantities: dict[SkuId, int]) -> Cart:
    owner = CartOwner.member(MemberId(UUID(int=9))) if number == 1 else CartOwner.guest(str(number))
    cart = open_cart(CartId(UUID(int=number)), owner, at=NOON).state
    return evolve(cart, lines=tuple(CartLine(id, quantity) for id, quantity in quantities.items()))


class CartMachine(RuleBasedStateMachine):
    """The model is a dict of units by SKU, and the set of guests' carts that came in."""

    @initialize()
    def open(self) -> None:
        self.cart, self.model, self.guests, self.ticks = cart_of(1, {}), dict[SkuId, int](), list[Cart](), 0

    @rule(sku_id=SKUS, quantity=QUANTITIES, sellable=st.integers(0, 15))
    def add(self, sku_id: SkuId, quantity: int, sellable: int) -> None:
        total = self.model.get(sku_id, 0) + quantity
        expected = self._obstacle(sku_id, total, sellable)
        self._try(lambda: self.cart.add(CartLine(sku_id, quantity), sellable=sellable, limits=LIMITS, at=self._at()), expected)
        if expected is None:
            self.model[sku_id] = total

    @rule(sku_id=SKUS, quantity=QUANTITIES, sellable=st.integers(0, 15))
    def set(self, sku_id: SkuId, quantity: int, sellable: int) -> None:
        expected = self._obstacle(sku_id, quantity, sellable)
        self._try(lambda: self.cart.set(CartLine(sku_id, quantity), sellable=sellable, limits=LIMITS, at=self._at()), expected)
        if expected is None:
            self.model[sku_id] = quantity

    @rule(sku_id=SKUS)
    def remove(self, sku_id: SkuId) -> None:
        expected = None if sku_id in self.model else CartLineNotFound
        self._try(lambda: self.cart.remove(sku_id, at=self._at()), expected)
        self.model.pop(sku_id, None)

    @rule(lines=LINES)
    def merge_a_guest(self, lines: dict[SkuId, int]) -> None:
        guest = cart_of(100 + len(self.guests), lines)
        expected = CartTooManyLines if len(self.model) > LIMITS.lines_max and lines else None
        self._try(lambda: self.cart.merge(guest, limits=LIMITS, at=self._at()), expected)
        if expected is None:
            self.guests.append(guest.hand_over(self.cart.id, at=self._at()).state)
            for sku_id, quantity in lines.items():
                self.model[sku_id] = min(self.model.get(sku_id, 0) + quantity, LIMITS.quantity_max)

    @rule()
    def merge_a_guest_again(self) -> None:
        if self.guests:
            self._refused(lambda: self.guests[-1].hand_over(self.cart.id, at=self._at()), CartNotFound)

    @rule(ordered=LINES)
    def order(self, ordered: dict[SkuId, int]) -> None:
        self._try(lambda: self.cart.take_out(ordered, at=self._at()), None)
        left = {sku_id: quantity - ordered.get(sku_id, 0) for sku_id, quantity in self.model.items()}
        self.model = {sku_id: quantity for sku_id, quantity in left.items() if quantity > 0}

    @invariant()
    def the_cart_holds_what_the_model_holds(self) -> None:
        """CRT-I3: no line below one unit, no two lines of one SKU; CRT-I1: no SKU is lost."""
        assert dict(self.cart.quantities) == self.model
        assert len({line.sku_id for line in self.cart.lines}) == len(self.cart.lines)
        assert all(1 <= line.quantity <= LIMITS.quantity_max for line in self.cart.lines)
        assert len(self.cart.lines) <= 2 * LIMITS.lines_max

    def _obstacle(self, sku_id: SkuId, total: int, sellable: int) -> type[DomainError] | None:
        if total > LIMITS.quantity_max:
            return CartQuantityTooLarge
        if sku_id not in self.model and len(self.model) >= LIMITS.lines_max:
            return CartTooManyLines
        return CartNotEnough if total > sellable else None

    def _try(self, decide, expected: type[DomainError] | None) -> None:
        if expected is not None:
            self._refused(decide, expected)
            return
        change: Change[Cart] = decide()
        assert change.before == self.cart
        assert bool(change.events) == (change.state != self.cart)
        self.cart = change.state

    def _refused(self, decide, expected: type[DomainError]) -> None:
        try:
            decide()
        except expected:
            return
        raise AssertionError(f"{expected.__name__} was due")

    def _at(self):
        self.ticks += 1
        return NOON + timedelta(seconds=self.ticks)


TestCart = CartMachine.TestCase


@given(LINES, LINES)
def test_merging_gives_the_same_quantities_whichever_cart_comes_first(ours: dict[SkuId, int], theirs: dict[SkuId, int]) -> None:
    """CRT-I1: commutative, and no SKU is lost."""
    one = cart_of(1, ours).merge(cart_of(2, theirs), limits=LIMITS, at=NOON).state
    other = cart_of(2, theirs).merge(cart_of(1, ours), limits=LIMITS, at=NOON).state

    assert one.quantities == other.quantities
    assert set(one.quantities) == set(ours) | set(theirs)
