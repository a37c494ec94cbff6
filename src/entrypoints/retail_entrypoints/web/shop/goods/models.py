"""What pages of goods show, made of what the catalogue says: which price, which kinds can be chosen, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode
from uuid import UUID

from attrs import field, frozen

from retail_domain.catalog import CategoryView, ProductCard, ProductPage, SkuView, Sort
from retail_domain.kernel.ids import ProductId, SkuId
from retail_domain.kernel.money import Money


@frozen(kw_only=True)
class Card:
    """Goods in a list: the whole card is one link."""

    product_id: ProductId
    title: str
    subtitle: str
    image: str | None
    price: Money | None
    """The lowest of what can be bought; nothing when no kind is for sale."""
    is_from: bool
    is_sold_out: bool

    @classmethod
    def of(cls, goods: ProductCard, currency: str) -> Card:
        """A product as a card shows it."""
        on_sale = [sku for sku in goods.skus if sku.on_sale]
        to_be_had = [sku for sku in on_sale if sku.available] or on_sale
        prices = sorted({sku.price_minor for sku in to_be_had})
        return cls(
            product_id=goods.id, title=goods.title, subtitle=goods.subtitle,
            image=shown_image((*goods.images, *(sku.image for sku in goods.skus))),
            price=Money(prices[0], currency) if prices else None, is_from=len(prices) > 1,
            is_sold_out=not any(sku.available for sku in on_sale),
        )  # fmt: skip


@frozen(kw_only=True)
class KindChoice:
    """One kind of some goods: what it is called, what it costs, whether it can be had."""

    sku_id: SkuId
    label: str
    price: Money
    image: str | None
    available: int
    is_chosen: bool = False

    @property
    def can_be_chosen(self) -> bool:
        """Whether one could be had now."""
        return self.available > 0


@frozen(kw_only=True)
class GoodsModel:
    """A product's page."""

    card: Card
    images: tuple[str, ...]
    unit: str
    description: str
    category: str | None
    category_id: UUID | None
    brand: str | None
    purchase_limit: int | None
    choices: tuple[KindChoice, ...]

    @property
    def chosen(self) -> KindChoice | None:
        """The kind that is chosen before anybody chooses."""
        return next((one for one in self.choices if one.is_chosen), None)

    @property
    def can_be_bought(self) -> bool:
        """Whether some kind can be had now."""
        return any(one.can_be_chosen for one in self.choices)

    @classmethod
    def of(cls, page: ProductPage, currency: str, wanted: UUID | None = None) -> GoodsModel:
        """A product as its page shows it; `wanted` is the kind that an address names."""
        skus = [sku for sku in page.card.skus if sku.on_sale]
        to_be_had = [sku.id for sku in skus if sku.available]
        chosen = wanted if wanted in to_be_had else (to_be_had[0] if to_be_had else None)
        return cls(
            card=Card.of(page.card, currency),
            images=tuple(image for image in page.card.images if shown_image([image])),
            unit=page.card.unit, description=page.description, category=page.category_name,
            category_id=page.card.category_id, brand=page.brand_name, purchase_limit=page.card.purchase_limit,
            choices=tuple(_choice(sku, currency, is_chosen=sku.id == chosen) for sku in skus),
        )  # fmt: skip


def _choice(sku: SkuView, currency: str, *, is_chosen: bool) -> KindChoice:
    return KindChoice(
        sku_id=sku.id, label=" · ".join(value for _, value in sku.options), price=Money(sku.price_minor, currency),
        image=shown_image([sku.image]), available=sku.available, is_chosen=is_chosen,
    )  # fmt: skip


def shown_image(images: Iterable[str | None]) -> str | None:
    """The first picture that lies in this shop: pages load nothing from anywhere else."""
    return next((image for image in images if image and image.startswith("/pictures/")), None)


@frozen(kw_only=True)
class ListModel:
    """A list of goods: what was asked, what was found, and the address of what follows."""

    words: str
    sort: Sort
    category: CategoryView | None
    shelves: tuple[CategoryView, ...]
    """The categories to choose from here: those below this one, or beside it."""
    cards: tuple[Card, ...]
    next_cursor: str | None
    path: str
    sorts: tuple[Sort, ...] = field(default=(Sort.RELEVANCE, Sort.SALES, Sort.NEWEST, Sort.PRICE_ASC, Sort.PRICE_DESC))

    def address(self, *, sort: Sort | None = None, cursor: str | None = None) -> str:
        """The same list in another order, or from another place on."""
        asked = {"query": self.words, "sort": (sort or self.sort).value, "cursor": cursor or ""}
        told = {name: value for name, value in asked.items() if value and value != Sort.RELEVANCE.value}
        return f"{self.path}?{urlencode(told)}" if told else self.path


def shelves_beside(
    all: Sequence[CategoryView], category_id: UUID | None
) -> tuple[CategoryView | None, tuple[CategoryView, ...]]:
    """A category, and the categories one would go to from there: below it, else beside it."""
    here = next((one for one in all if one.id == category_id), None)
    below = tuple(one for one in all if one.parent_id == category_id)
    if here is None or below:
        return here, below
    return here, tuple(one for one in all if one.parent_id == here.parent_id)
