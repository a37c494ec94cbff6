"""Shelves as a test writes them down, asked as allocation asks."""

from __future__ import annotations

from collections.abc import Mapping

from retail_domain.inventory import StockItem, StockKey
from retail_domain.inventory.allocation import Sellable


def sellable_of(shelves: Mapping[StockKey, StockItem]) -> Sellable:
    """What can be promised of each."""
    return lambda key: shelves[key].sellable if key in shelves else 0
