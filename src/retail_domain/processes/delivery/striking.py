"""What is struck through (划线价): the catalogue keeps what was asked, and orders know what was paid (CAT-R9)."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from retail_domain.catalog import BoundPrice, CatalogWork, ProductState
from retail_domain.catalog.use_cases.describe_sku import bound_price
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.means import Means
from retail_domain.ordering import Orders


class StrikingWork(CatalogWork, Protocol):
    """The unit of work of bounds."""

    @property
    def orders(self) -> Orders:
        """What was paid."""
        ...


@brings(Effect.SELLING_PRICE)
async def bound_price_as_paid(work: StrikingWork, command: BoundPrice, means: Means) -> ProductState:
    """A floor above what is asked is refused, and so is a struck price that is not true. Answers how the goods stand.

    Raises InvalidInput, SkuNotFound, ProductNotFound, PriceBelowFloor, StruckPriceUntrue.
    """

    async def lowest_paid(sku_id: SkuId, since: datetime, until: datetime) -> int | None:
        return await work.orders.lowest_paid(sku_id, since, until)

    return await bound_price(work, command, means, lowest_paid)
