"""The one place where goods are staged: with them, what was asked for them, when, who said so, and why (CAT-R10)."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from retail_domain.catalog.events import SkuAdded, SkuRepriced
from retail_domain.catalog.model import PriceChange, Product
from retail_domain.catalog.ports import CatalogWork
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.reading import LINE, REFERENCE_LETTERS_MAX

THE_HOST: Final = Actor.system("host")
"""Who sets prices where the caller does not say who acts."""


def _read(reason: str) -> str:
    return LINE.read(reason, "reason", REFERENCE_LETTERS_MAX)


@frozen
class Told:
    """Who sets a price, and why."""

    actor: Actor = THE_HOST
    reason: str = field(default="", converter=_read)


NOBODY: Final = Told()
"""Of changes that set no price."""


def store(work: CatalogWork, change: Change[Product], told: Told) -> None:
    """Stage goods, and a line for every price that was set."""
    work.products.save(change)
    for event in change.events:
        if isinstance(event, SkuRepriced):
            work.price_changes.note(_line(event, told, event.price_version, event.before_minor))
        if isinstance(event, SkuAdded) and event.price_minor:
            work.price_changes.note(_line(event, told, 1, None))


def _line(event: SkuAdded | SkuRepriced, told: Told, version: int, before_minor: int | None) -> PriceChange:
    return PriceChange(
        sku_id=event.sku_id, product_id=event.product_id, price_version=version, at=event.at, before_minor=before_minor or None,
        price_minor=event.price_minor, actor=told.actor, reason=told.reason,
    )  # fmt: skip
