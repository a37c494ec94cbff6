"""Stocking (入库): only goods that the catalogue knows are given a shelf or a quota; inventory itself knows nothing but ids."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from attrs import frozen

from retail_domain.catalog import Products, SkuNotFound
from retail_domain.inventory import QuotaStands, ReceiveStock, SetQuota, StockCounted
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.units import Begin


class StockingWork(Protocol):
    """What the catalogue is asked in."""

    @property
    def products(self) -> Products:
        """What the catalogue knows."""
        ...


@frozen(kw_only=True)
class ReceiveKnownGoodsHandler:
    """Receives units of goods that there are; a kind of goods never goes away, so asking first is enough.

    Raises SkuNotFound, and what receiving raises.
    """

    begin: Begin[StockingWork]
    receive: Callable[[ReceiveStock], Awaitable[StockCounted]]

    async def __call__(self, command: ReceiveStock) -> StockCounted:
        """Carry it out."""
        await _check_known(self.begin, command.sku_id)
        return await self.receive(command)


@frozen(kw_only=True)
class SetQuotaOfKnownGoodsHandler:
    """Opens or resizes the campaign quota of goods that there are. Raises SkuNotFound, and what setting a quota raises."""

    begin: Begin[StockingWork]
    set_quota: Callable[[SetQuota], Awaitable[QuotaStands]]

    async def __call__(self, command: SetQuota) -> QuotaStands:
        """Carry it out."""
        await _check_known(self.begin, command.sku_id)
        return await self.set_quota(command)


async def _check_known(begin: Begin[StockingWork], sku_id: SkuId) -> None:
    async with begin() as work:
        known = await work.products.skus_for_placing((sku_id,))
    if sku_id not in known:
        raise SkuNotFound(sku_id=sku_id)
