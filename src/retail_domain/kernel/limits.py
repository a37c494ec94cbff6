"""How much fits into one basket: the same bounds for carts, quotes and orders (CRT-R1)."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from retail_domain.kernel.checked import OneOrMore, checked

OPEN_ORDERS_MAX: Final = 20
"""So many unpaid orders may a member have at once, if the shop says nothing else (STK-R12)."""


@frozen(kw_only=True)
@checked
class Limits:
    """The most lines of a basket and the most units of a line (CRT-R1); settings of the shop."""

    lines_max: OneOrMore = 100
    quantity_max: OneOrMore = 9_999
