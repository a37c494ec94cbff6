"""The shop window: goods, stock and price book as buyers see them together, before anything is promised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from attrs import frozen

from retail_domain.catalog import SkuFacts
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import SkuId
from retail_domain.pricing import PriceBook
from retail_domain.settings import NO_CHANGES, Timetable


@frozen(kw_only=True)
class OnDisplay:
    """What there is to know about some goods now; unknown goods, and goods without stock, are absent."""

    facts: Mapping[SkuId, SkuFacts]
    sellable: Mapping[SkuId, int]
    """How many units of each one order can have now, of what lies there and of what a campaign has left. Promises nothing."""
    grounds: Mapping[SkuId, tuple[Ground, ...]]
    """What selling some of them rests on besides their price, such as a campaign's quota."""
    book: PriceBook
    timetable: Timetable = NO_CHANGES
    """What is set, at any moment."""


class ShopWindow(Protocol):
    """The shop window (橱窗)."""

    async def look(self, sku_ids: Iterable[SkuId], *, split: bool = False) -> OnDisplay:
        """What is committed, in one look for any number of goods; with `split` a line may come from several places."""
        ...
