"""All beasts, by where they live."""

from __future__ import annotations

from typing import Final

from zoo import accounts, delivery, money, orders, stock, takings
from zoo.beast import Beast

BEASTS: Final[tuple[Beast, ...]] = (*stock.BEASTS, *orders.BEASTS, *money.BEASTS, *delivery.BEASTS, *accounts.BEASTS, *takings.BEASTS)
"""Each is a bug that the tests must catch."""
