"""Allocation: which shelves the lines of an order come from (STK-R4, STK-R5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from attrs import frozen

from retail_domain.inventory.model import StockKey
from retail_domain.kernel.ids import LocationId, SkuId

Sellable: TypeAlias = Callable[[StockKey], int]
"""How many units of a shelf can be promised now; none where there is no such shelf."""


@frozen
class Drawn:
    """Units of one line that come from one shelf."""

    line: int
    key: StockKey
    units: int


def allocate(
    lines: Sequence[tuple[int, SkuId, int]], sellable: Sellable, locations: Sequence[LocationId], *, split: bool = False
) -> tuple[Drawn, ...] | None:
    """Which shelves the lines of an order (number, SKU, units) come from: one place for all of it if there is one (STK-R5).

    With `split`, else, each line from the first place that has all of it, else from as many as it takes. None when not
    everything can be had.
    """
    for location in locations:
        drawn = _whole(lines, sellable, location)
        if drawn is not None:
            return drawn
    return _split(lines, sellable, locations) if split else None


def _whole(lines: Sequence[tuple[int, SkuId, int]], sellable: Sellable, location: LocationId) -> tuple[Drawn, ...] | None:
    """All of it from one place, whose lines of one SKU share what is there (R2)."""
    drawn: list[Drawn] = []
    left: dict[StockKey, int] = {}
    for number, sku_id, units in lines:
        key = StockKey(sku_id, location)
        there = left[key] if key in left else sellable(key)
        if there < units:
            return None
        left[key] = there - units
        drawn.append(Drawn(number, key, units))
    return tuple(drawn)


def _split(
    lines: Sequence[tuple[int, SkuId, int]], sellable: Sellable, locations: Sequence[LocationId]
) -> tuple[Drawn, ...] | None:
    keys = {StockKey(sku_id, location) for _, sku_id, _ in lines for location in locations}
    left = {key: sellable(key) for key in keys}
    drawn: list[Drawn] = []
    for number, sku_id, wanted in lines:
        there = [key for location in locations if left[key := StockKey(sku_id, location)]]
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


def short_of(
    wanted: Mapping[SkuId, int], sellable: Sellable, locations: Sequence[LocationId], *, split: bool = False
) -> tuple[SkuId, ...]:
    """Which SKUs no location can cover alone, or with `split` all together; all of them when that is not the trouble.

    `wanted`: units of each SKU, summed over the lines (R2).
    """
    best = sum if split else partial(max, default=0)
    short = tuple(
        sku for sku, units in sorted(wanted.items())
        if best([sellable(StockKey(sku, location)) for location in locations]) < units
    )  # fmt: skip
    return short or tuple(sorted(wanted))
