"""Allocation: which shelves the lines of an order come from (STK-R4, STK-R5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from retail_domain.inventory.model import StockItem, StockKey
from retail_domain.kernel.ids import LocationId, SkuId

Wanted = Mapping[SkuId, int]
"""How many units of each SKU an order needs, summed over its lines (R2)."""


@frozen
class Drawn:
    """Units of one line that come from one shelf."""

    line: int
    key: StockKey
    units: int


def allocate(
    lines: Sequence[tuple[int, SkuId, int]],
    shelves: Mapping[StockKey, StockItem],
    locations: Sequence[LocationId],
    *,
    split: bool = False,
) -> tuple[Drawn, ...] | None:
    """Which shelves the lines of an order (number, SKU, units) come from: one place for all of it if there is one (STK-R5).

    With `split`, else, each line from the first place that has all of it, else from as many as it takes. None when not
    everything can be had.
    """
    wanted: dict[SkuId, int] = {}
    for _, sku_id, units in lines:
        wanted[sku_id] = wanted.get(sku_id, 0) + units
    place = allocate_whole(wanted, shelves, locations)
    if place is not None:
        return tuple(Drawn(number, StockKey(sku_id, place), units) for number, sku_id, units in lines)
    return _split(lines, shelves, locations) if split else None


def _split(
    lines: Sequence[tuple[int, SkuId, int]], shelves: Mapping[StockKey, StockItem], locations: Sequence[LocationId]
) -> tuple[Drawn, ...] | None:
    left = {key: item.sellable for key, item in shelves.items()}
    drawn: list[Drawn] = []
    for number, sku_id, wanted in lines:
        there = [key for location in locations if left.get(key := StockKey(sku_id, location), 0)]
        whole = [key for key in there if left[key] >= wanted]
        missing = wanted
        for key in whole[:1] or there:
            part = min(missing, left[key])
            if part:
                drawn.append(Drawn(number, key, part))
                left[key] -= part
                missing -= part
        if missing:
            return None
    return tuple(drawn)


def allocate_whole(wanted: Wanted, shelves: Mapping[StockKey, StockItem], locations: Sequence[LocationId]) -> LocationId | None:
    """The first location, in the given order, that covers everything wanted; None when no single one does (STK-R5)."""
    for location in locations:
        if all(_covers(shelves.get(StockKey(sku, location)), units) for sku, units in wanted.items()):
            return location
    return None


def short_of(
    wanted: Wanted, shelves: Mapping[StockKey, StockItem], locations: Sequence[LocationId], *, split: bool = False
) -> tuple[SkuId, ...]:
    """Which SKUs no location can cover alone, or with `split` all together; all of them when that is not the trouble."""
    if split:
        had = {sku: sum(item.sellable for key, item in shelves.items() if key.sku_id == sku) for sku in wanted}
        return tuple(sku for sku, units in sorted(wanted.items()) if had[sku] < units) or tuple(sorted(wanted))
    short = tuple(
        sku for sku, units in sorted(wanted.items())
        if not any(_covers(shelves.get(StockKey(sku, location)), units) for location in locations)
    )  # fmt: skip
    return short or tuple(sorted(wanted))


def _covers(item: StockItem | None, units: int) -> bool:
    return item is not None and item.sellable >= units
