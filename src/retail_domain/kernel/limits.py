"""How much fits into one basket: the same bounds for carts, quotes and orders (CRT-R1)."""

from __future__ import annotations

from typing import Final

from attrs import frozen

OPEN_ORDERS_MAX: Final = 20
"""So many unpaid orders may a member have at once, if the shop says nothing else (STK-R12)."""


@frozen(kw_only=True)
class Limits:
    """The most lines of a basket and the most units of a line (CRT-R1); settings of the shop."""

    lines_max: int = 100
    quantity_max: int = 9_999

    def __attrs_post_init__(self) -> None:
        if self.lines_max < 1 or self.quantity_max < 1:
            raise ValueError("a basket takes at least one line of one unit")
