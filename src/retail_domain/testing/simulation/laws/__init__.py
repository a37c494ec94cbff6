"""What must always hold. A law is a short function; a new context adds its own with one line here."""

from __future__ import annotations

from typing import Final

from retail_domain.testing.simulation.auditor import EndLaw, RowLaw
from retail_domain.testing.simulation.laws.money import MONEY, MONEY_AT_THE_END
from retail_domain.testing.simulation.laws.orders import ORDERS, ORDERS_AT_THE_END
from retail_domain.testing.simulation.laws.quotas import QUOTAS
from retail_domain.testing.simulation.laws.stock import STOCK, STOCK_AT_THE_END

ROW_LAWS: Final[tuple[RowLaw, ...]] = (*STOCK, *QUOTAS, *ORDERS, *MONEY)
"""Laws of every committed row."""

END_LAWS: Final[tuple[EndLaw, ...]] = (*STOCK_AT_THE_END, *ORDERS_AT_THE_END, *MONEY_AT_THE_END)
"""Laws of a shop in which everything has settled."""

__all__ = ["END_LAWS", "ROW_LAWS", "EndLaw", "RowLaw"]
