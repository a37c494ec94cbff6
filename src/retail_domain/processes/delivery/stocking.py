"""Stocking (入库): only goods that the catalogue knows are given a shelf or a quota; inventory itself knows nothing but ids."""

from __future__ import annotations

from typing import Protocol

from retail_domain.catalog import Products, SkuNotFound
from retail_domain.inventory import QuotaStands, ReceiveStock, SetQuota, StockCounted
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import SkuId


class StockingWork(Protocol):
    """What the catalogue is asked in."""

    @property
    def products(self) -> Products:
        """What the catalogue knows."""
        ...


async def check_known(work: StockingWork, sku_id: SkuId) -> None:
    """The catalogue knows these goods. Raises SkuNotFound."""
    if sku_id not in await work.products.skus_for_placing((sku_id,)):
        raise SkuNotFound(sku_id=sku_id)


@brings(Effect.STOCK)
async def receive_known_goods(
    command: ReceiveStock, check: Called[SkuId, None], receive: Called[ReceiveStock, StockCounted]
) -> StockCounted:
    """Receives units of goods that there are; a kind of goods never goes away, so asking first is enough.

    The first delivery opens a shelf. Answers the new count. Raises SkuNotFound, LocationNotFound, ShelfFull.
    """
    await check(command.sku_id)
    return await receive(command)


@brings(Effect.STOCK)
async def set_quota_of_known_goods(
    command: SetQuota, check: Called[SkuId, None], set_quota: Called[SetQuota, QuotaStands]
) -> QuotaStands:
    """Opens or resizes the campaign quota of goods that there are: quotes given before are asked about again.

    Answers the quota. Raises SkuNotFound, InvalidInput, QuotaTooSmall.
    """
    await check(command.sku_id)
    return await set_quota(command)
