"""What pages of stock show: shelves and alerts with the names of what lies there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from retail_domain.application import Retail
from retail_domain.catalog import SkuFacts
from retail_domain.inventory import AlertView, Location, StockView
from retail_domain.kernel.ids import SkuId


@frozen(kw_only=True)
class GoodsName:
    """Something on a shelf, and what it is called."""

    sku_id: SkuId
    code: str
    title: str
    options: str

    @classmethod
    def of(cls, sku_id: SkuId, facts: Mapping[SkuId, SkuFacts]) -> GoodsName:
        """What is not in the catalogue any more has no name."""
        one = facts.get(sku_id)
        options = " ".join(": ".join(option) for option in one.options) if one else ""
        return cls(sku_id=sku_id, code=one.code if one else "", title=one.title if one else "", options=options)


@frozen
class ShelfRow:
    """A shelf in a list."""

    goods: GoodsName
    at: StockView

    @property
    def is_low(self) -> bool:
        """Whether it is below the level that somebody set."""
        return self.at.alert_threshold is not None and self.at.sellable <= self.at.alert_threshold


@frozen
class AlertRow:
    """An alert in a list."""

    goods: GoodsName
    at: AlertView


async def named(retail: Retail, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, SkuFacts]:
    """The facts of goods, in one look."""
    wanted = set(sku_ids)
    return await retail.catalog.show.sku_facts(wanted) if wanted else {}


async def shelves(retail: Retail, found: Sequence[StockView]) -> tuple[ShelfRow, ...]:
    """With their names."""
    facts = await named(retail, (one.sku_id for one in found))
    return tuple(ShelfRow(GoodsName.of(one.sku_id, facts), one) for one in found)


async def alerts(retail: Retail, found: Sequence[AlertView]) -> tuple[AlertRow, ...]:
    """With their names."""
    facts = await named(retail, (one.sku_id for one in found))
    return tuple(AlertRow(GoodsName.of(one.sku_id, facts), one) for one in found)


def choices(places: Sequence[Location]) -> list[tuple[str, str]]:
    """Places as somebody chooses them, by code."""
    return [(one.code, f"{one.name} ({one.code})") for one in places]
