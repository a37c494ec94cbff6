"""What pages of goods show staff: what is sold, what it costs, and what keeps it from being sold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from retail_domain.catalog import ProductCard, ProductPage, ProductStatus, SkuView
from retail_domain.kernel.ids import ProductId, SkuId
from retail_domain.kernel.money import Money


@frozen(kw_only=True)
class KindRow:
    """One kind of goods."""

    sku_id: SkuId
    code: str
    options: str
    price: Money
    on_sale: bool
    available: int

    @classmethod
    def of(cls, one: SkuView, currency: str) -> KindRow:
        """As a list shows it."""
        options = " ".join(": ".join(option) for option in one.options)
        return cls(
            sku_id=one.id, code=one.code, options=options, price=Money(one.price_minor, currency), on_sale=one.on_sale,
            available=one.available,
        )  # fmt: skip


@frozen(kw_only=True)
class GoodsRow:
    """Goods in the list."""

    product_id: ProductId
    code: str
    title: str
    kinds: int
    price: Money | None
    has_range: bool
    available: int
    standing: str
    sold: int

    @classmethod
    def of(cls, card: ProductCard, currency: str, at: datetime) -> GoodsRow:
        """As a list shows them."""
        prices = sorted({one.price_minor for one in card.skus})
        return cls(
            product_id=card.id, code=card.code, title=card.title, kinds=len(card.skus), sold=card.sold,
            price=Money(prices[0], currency) if prices else None, has_range=len(prices) > 1,
            available=sum(one.available for one in card.skus if one.on_sale), standing=standing_of(card, at),
        )  # fmt: skip


@frozen(kw_only=True)
class GoodsAtDesk:
    """The page of some goods."""

    page: ProductPage
    standing: str
    kinds: tuple[KindRow, ...]

    @property
    def card(self) -> ProductCard:
        """What lists show of them."""
        return self.page.card

    @property
    def is_on_sale(self) -> bool:
        """Whether staff put them on sale; they may be out of their time all the same."""
        return self.card.status is ProductStatus.ON_SALE

    @classmethod
    def of(cls, page: ProductPage, currency: str, at: datetime) -> GoodsAtDesk:
        """As of now."""
        return cls(page=page, standing=standing_of(page.card, at), kinds=_kinds(page.card.skus, currency))


def standing_of(card: ProductCard, at: datetime) -> str:
    """`on`, `off`, or `out`: on sale, yet not at this time."""
    if card.status is not ProductStatus.ON_SALE:
        return "off"
    return "on" if card.is_on_sale(at) else "out"


def _kinds(skus: Sequence[SkuView], currency: str) -> tuple[KindRow, ...]:
    return tuple(KindRow.of(one, currency) for one in skus)
