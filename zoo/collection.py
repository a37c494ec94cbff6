"""All beasts, by where they live."""

from __future__ import annotations

from typing import Final

from zoo import accounts, delivery, money, orders, stock, tenders
from zoo.beast import Beast

BEASTS: Final[tuple[Beast, ...]] = (
    *stock.BEASTS, *orders.BEASTS, *money.BEASTS, *tenders.BEASTS, *delivery.BEASTS, *accounts.BEASTS,
)  # fmt: skip
"""Each is a bug that the tests must catch."""
