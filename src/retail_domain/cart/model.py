"""The cart: what a buyer would like to have; it reserves nothing and promises no price (CRT-R3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final

from attrs import evolve, field, frozen

from retail_domain.cart.errors import CartLineNotFound, CartNotEnough, CartNotFound, CartQuantityTooLarge, CartTooManyLines
from retail_domain.cart.events import CartHandedOver, CartLineRemoved, CartLineSet, CartMerged, CartOrdered
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import OneOrMore, checked
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import CartId, MemberId, SkuId
from retail_domain.kernel.limits import Limits

NOTHING_LIMITED: Final[Mapping[SkuId, int]] = {}
"""No goods with a purchase limit."""


@frozen(kw_only=True)
@checked
class CartOwner:
    """Whose cart it is: a member's, or that of the guest who holds the cart token (CRT-R8)."""

    member_id: MemberId | None = None
    token_hash: str | None = None

    def __attrs_post_init__(self) -> None:
        if (self.member_id is None) == (self.token_hash is None):
            raise InvalidInput.of("member_id", "one_of", "a cart belongs to a member or to the holder of a token")

    @classmethod
    def member(cls, id: MemberId) -> CartOwner:
        """A member."""
        return cls(member_id=id)

    @classmethod
    def guest(cls, token: str) -> CartOwner:
        """A guest; only the digest of the token is ever kept."""
        return cls(token_hash=sha256(token.encode()).hexdigest())


@frozen
@checked
class CartLine:
    """So many units of a SKU; a line is unique by its SKU (CRT-R1, CRT-I3)."""

    sku_id: SkuId
    quantity: OneOrMore
    wished_in: int | None = field(default=None, eq=False)
    """The version of the cart at which its buyer wished for exactly so many, or put the first of them in."""


@frozen(kw_only=True)
class Cart:
    """A buyer's cart (购物车): lines in the order they came, unique by SKU."""

    id: CartId
    owner: CartOwner
    lines: tuple[CartLine, ...] = ()
    merged_into: CartId | None = None
    changed_at: datetime
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if len({line.sku_id for line in self.lines}) != len(self.lines):
            raise ValueError("no two lines of a cart share a SKU")
        if self.merged_into is not None and self.lines:
            raise ValueError("a cart that was handed over is empty")

    @property
    def quantities(self) -> Mapping[SkuId, int]:
        """Units by SKU."""
        return {line.sku_id: line.quantity for line in self.lines}

    @property
    def is_open(self) -> bool:
        """Whether the cart still takes goods: a cart that was handed over does not."""
        return self.merged_into is None

    def set(self, line: CartLine, *, sellable: int, limits: Limits, at: datetime) -> Change[Cart]:
        """Have exactly so many units of some goods, judged on that total (CRT-R2).

        Raises CartNotEnough, CartTooManyLines, CartQuantityTooLarge or, when handed over, CartNotFound.
        """
        return self._put(evolve(line, wished_in=self.version), sellable=sellable, limits=limits, at=at)

    def _put(self, line: CartLine, *, sellable: int, limits: Limits, at: datetime) -> Change[Cart]:
        self._check_open()
        if line.quantity > limits.quantity_max:
            raise CartQuantityTooLarge(sku_id=line.sku_id, quantity=line.quantity, quantity_max=limits.quantity_max)
        known = line.sku_id in self.quantities
        if not known and len(self.lines) >= limits.lines_max:
            raise CartTooManyLines(lines=len(self.lines) + 1, lines_max=limits.lines_max)
        if line.quantity > sellable:
            raise CartNotEnough(sku_id=line.sku_id, quantity=line.quantity, sellable=sellable)
        lines = tuple(line if other.sku_id == line.sku_id else other for other in self.lines)
        fact = CartLineSet(at=at, cart_id=self.id, sku_id=line.sku_id, quantity=line.quantity)
        return Change(self, evolve(self, lines=lines if known else (*lines, line), changed_at=at), (fact,))

    def add(self, line: CartLine, *, sellable: int, limits: Limits, at: datetime) -> Change[Cart]:
        """Have so many units more, judged on the resulting total, not on what is added (CRT-R1, CRT-R2)."""
        total = CartLine(line.sku_id, self.quantities.get(line.sku_id, 0) + line.quantity, self._wished_in(line.sku_id))
        return self._put(total, sellable=sellable, limits=limits, at=at)

    def _wished_in(self, sku_id: SkuId) -> int | None:
        """More of what lies there is no other wish; what is new begins now."""
        return next((line.wished_in for line in self.lines if line.sku_id == sku_id), self.version)

    def remove(self, sku_id: SkuId, *, at: datetime) -> Change[Cart]:
        """Take some goods out. Raises CartLineNotFound."""
        self._check_open()
        if sku_id not in self.quantities:
            raise CartLineNotFound(sku_id=sku_id)
        lines = tuple(line for line in self.lines if line.sku_id != sku_id)
        return Change(self, evolve(self, lines=lines, changed_at=at), (CartLineRemoved(at=at, cart_id=self.id, sku_id=sku_id),))

    def merge(self, guest: Cart, *, limits: Limits, at: datetime, most: Mapping[SkuId, int] = NOTHING_LIMITED) -> Change[Cart]:
        """Take in the goods of a guest's cart: sums, clamped to the most units of a line (CRT-R6, CRT-I1).

        `most` are the units that this buyer may have of goods with a purchase limit, at least one each.
        No SKU is lost, so a cart may come to hold more lines than it takes otherwise; one that already does
        raises CartTooManyLines until something is taken out.
        """
        self._check_open()
        if len(self.lines) > limits.lines_max and guest.lines:
            raise CartTooManyLines(lines=len(self.lines), lines_max=limits.lines_max)
        sums = merged_quantities(self.quantities, guest.quantities, limits, most)
        lines = tuple(CartLine(sku_id, quantity, self._wished_in(sku_id)) for sku_id, quantity in sums.items())
        fact = CartMerged(at=at, cart_id=self.id, guest_cart_id=guest.id)
        return Change(self, evolve(self, lines=lines, changed_at=at), (fact,))

    def hand_over(self, into: CartId, *, at: datetime) -> Change[Cart]:
        """Be merged into a member's cart: once, for good (CRT-I1)."""
        self._check_open()
        fact = CartHandedOver(at=at, cart_id=self.id, into_cart_id=into)
        return Change(self, evolve(self, lines=(), merged_into=into, changed_at=at), (fact,))

    def take_out(self, ordered: Mapping[SkuId, int], *, at: datetime, version: int | None = None) -> Change[Cart]:
        """Take out what was ordered of the cart as it was at that version.

        What was added since then stays, and so does the whole of a line that was set, or began, since then (CRT-R9).
        """
        taken = {line.sku_id: 0 if _is_since(line, version) else ordered.get(line.sku_id, 0) for line in self.lines}
        lines = tuple(
            evolve(line, quantity=line.quantity - taken[line.sku_id]) for line in self.lines
            if line.quantity > taken[line.sku_id]
        )  # fmt: skip
        if lines == self.lines:
            return Change(self, self)
        fact = CartOrdered(at=at, cart_id=self.id, sku_ids=tuple(sku_id for sku_id in self.quantities if sku_id in ordered))
        return Change(self, evolve(self, lines=lines, changed_at=at), (fact,))

    def _check_open(self) -> None:
        if not self.is_open:
            raise CartNotFound()


def _is_since(line: CartLine, version: int | None) -> bool:
    return version is not None and line.wished_in is not None and line.wished_in >= version


def open_cart(id: CartId, owner: CartOwner, *, at: datetime) -> Change[Cart]:
    """A new, empty cart."""
    return Change(None, Cart(id=id, owner=owner, changed_at=at))


def merged_quantities(
    ours: Mapping[SkuId, int], theirs: Mapping[SkuId, int], limits: Limits, most: Mapping[SkuId, int] = NOTHING_LIMITED
) -> Mapping[SkuId, int]:
    """Units by SKU of two carts together: sums, clamped; the same whichever cart comes first (CRT-I1)."""
    sums = dict(ours)
    for sku_id, quantity in theirs.items():
        sums[sku_id] = sums.get(sku_id, 0) + quantity
    return {sku_id: min(quantity, limits.quantity_max, max(1, most.get(sku_id, quantity))) for sku_id, quantity in sums.items()}
