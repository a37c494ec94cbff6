"""Kinds of orders, and which benefits each may have: the exclusion matrix (PRC-R1, PRC-I9)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final


class OrderKind(Enum):
    """What an order comes from."""

    ORDINARY = "ordinary"
    GROUP = "group"
    BARGAIN = "bargain"
    FLASH = "flash"
    POINTS_MALL = "points_mall"


class Benefit(Enum):
    """A column of the matrix."""

    TIER_PRICE = "tier_price"
    """What a tier or a member's price takes off, goods and freight alike."""
    TIMED_DISCOUNT = "timed_discount"
    FULL_REDUCTION = "full_reduction"
    """With it go gifts and free freight by offers."""
    COUPON = "coupon"
    POINTS_OFFSET = "points_offset"
    EARNS_POINTS = "earns_points"


MATRIX: Final[Mapping[OrderKind, frozenset[Benefit]]] = {
    OrderKind.ORDINARY: frozenset(Benefit),
    OrderKind.GROUP: frozenset(),
    OrderKind.BARGAIN: frozenset(),
    OrderKind.FLASH: frozenset(),
    OrderKind.POINTS_MALL: frozenset(),
}
"""As it is unless a campaign says otherwise for its own orders."""
