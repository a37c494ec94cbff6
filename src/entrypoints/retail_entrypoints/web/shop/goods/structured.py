"""What a page of goods tells machines of itself, in the words of schema.org: the goods, their price, the way to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from retail_entrypoints.web.look import plain
from retail_entrypoints.web.shop.goods.models import GoodsModel

_CONTEXT: Final = "https://schema.org"


class SaidOfGoods(Protocol):
    """What buyers say of some goods altogether."""

    @property
    def count(self) -> int: ...
    @property
    def average(self) -> Any: ...


def structured(goods: GoodsModel, verdict: SaidOfGoods, *, public_url: str, shop: str) -> Mapping[str, Any]:
    """A graph of two: the product with its offer, and the way from the front page to it."""
    here = f"{public_url}/p/{goods.card.product_id}"
    return {"@context": _CONTEXT, "@graph": [_product(goods, verdict, here, public_url), _way(goods, here, public_url, shop)]}


def _product(goods: GoodsModel, verdict: SaidOfGoods, here: str, public_url: str) -> Mapping[str, Any]:
    card = goods.card
    told: dict[str, Any] = {"@type": "Product", "@id": here, "name": card.title, "url": here}
    if goods.images:
        told["image"] = [f"{public_url}{image}" for image in goods.images]
    if card.subtitle or goods.description:
        told["description"] = goods.description or card.subtitle
    if goods.brand:
        told["brand"] = {"@type": "Brand", "name": goods.brand}
    if verdict.count:
        told["aggregateRating"] = {
            "@type": "AggregateRating", "ratingValue": str(verdict.average), "reviewCount": verdict.count,
        }  # fmt: skip
    if card.price is not None:
        told["offers"] = _offer(goods, here)
    return told


def _offer(goods: GoodsModel, here: str) -> Mapping[str, Any]:
    """One price, or from the lowest to the highest of what can be had."""
    stock = "InStock" if goods.can_be_bought else "OutOfStock"
    prices = sorted(
        (one.price for one in goods.choices if one.can_be_chosen or not goods.can_be_bought), key=lambda one: one.minor
    )
    common = {"priceCurrency": prices[0].currency, "availability": f"{_CONTEXT}/{stock}", "url": here}
    if prices[0] == prices[-1]:
        return {"@type": "Offer", "price": plain(prices[0]), **common}
    return {
        "@type": "AggregateOffer", "lowPrice": plain(prices[0]), "highPrice": plain(prices[-1]), "offerCount": len(prices),
        **common,
    }  # fmt: skip


def _way(goods: GoodsModel, here: str, public_url: str, shop: str) -> Mapping[str, Any]:
    steps = [(shop, f"{public_url}/")]
    if goods.category and goods.category_id:
        steps.append((goods.category, f"{public_url}/c/{goods.category_id}"))
    steps.append((goods.card.title, here))
    listed = [
        {"@type": "ListItem", "position": place, "name": name, "item": address}
        for place, (name, address) in enumerate(steps, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": listed}
