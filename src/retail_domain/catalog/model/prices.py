"""What was asked for goods, when, and who said so (价格历史): kept for good, since struck prices are proven by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import ProductId, SkuId


@frozen(kw_only=True)
class PriceChange:
    """From when on another price was asked for a kind of goods: every version of a price but none has one (CAT-R10)."""

    sku_id: SkuId
    product_id: ProductId
    price_version: int
    at: datetime
    before_minor: int | None
    """None: nobody had set one before."""
    price_minor: int
    actor: Actor
    reason: str = ""


def lowest_asked(changes: Sequence[PriceChange], newest: int, since: datetime, until: datetime) -> int | None:
    """The least that was asked in `[since, until)`; None where that is not known for all of that time.

    `changes` are all since then and the last one before, by version, up to the `newest` version there is. A version that is
    missing was set by somebody who kept nothing. Before the first price of all, goods were asked for nothing.
    """
    versions = [one.price_version for one in changes]
    if not versions or versions != list(range(versions[0], newest + 1)):
        return None
    asked = [one for one in changes if one.at < until]
    if not asked or (asked[0].at > since and asked[0].before_minor is not None):
        return None
    return min(one.price_minor for one in asked)
