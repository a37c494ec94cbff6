"""What pages of goods show, made of what the catalogue says: which price, which kinds can be chosen, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from attrs import field, frozen

from retail_domain.catalog import CategoryView, ProductCard, ProductPage, SkuView, Sort
from retail_domain.kernel.ids import ProductId, SkuId
from retail_domain.kernel.money import Money
from retail_entrypoints.web.images import card_image, shown_image
from retail_entrypoints.web.shop.goods.filters import Filters, typed


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
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def card_image(self) -> str | None:
        """What a card that others show of this page shows."""
        return card_image(self.card.image)

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
            parameters=page.card.parameters,
            choices=tuple(_choice(sku, currency, is_chosen=sku.id == chosen) for sku in skus),
        )  # fmt: skip


def _choice(sku: SkuView, currency: str, *, is_chosen: bool) -> KindChoice:
    return KindChoice(
        sku_id=sku.id, label=" · ".join(value for _, value in sku.options), price=Money(sku.price_minor, currency),
        image=shown_image([sku.image]), available=sku.available, is_chosen=is_chosen,
    )  # fmt: skip


@frozen(kw_only=True)
class GoodsAsked:
    """What a list of goods was asked for; on `/find` the category is asked for beside the words."""

    path: str
    words: str = ""
    category_id: UUID | None = None
    filters: Filters = field(factory=Filters)

    @property
    def is_search(self) -> bool:
        """Whether it is a search in all goods."""
        return self.path == "/find"


@frozen(kw_only=True)
class ListModel:
    """A list of goods: what was asked, what was found, and the address of what follows."""

    asked: GoodsAsked
    categories: tuple[CategoryView, ...]
    cards: tuple[Card, ...]
    next_cursor: str | None
    sorts: tuple[Sort, ...] = field(default=(Sort.RELEVANCE, Sort.SALES, Sort.NEWEST, Sort.PRICE_ASC, Sort.PRICE_DESC))

    @property
    def category(self) -> CategoryView | None:
        """The category that is shown."""
        return next((one for one in self.categories if one.id == self.asked.category_id), None)

    @property
    def shelves(self) -> tuple[CategoryView, ...]:
        """The categories to choose from here: those below this one, or beside it."""
        return shelves_beside(self.categories, self.asked.category_id)[1]

    @property
    def roots(self) -> tuple[CategoryView, ...]:
        """Those that a search can be narrowed to."""
        return tuple(one for one in self.categories if one.parent_id is None or one.id == self.asked.category_id)

    @property
    def least(self) -> str:
        """The lowest price, as it was typed."""
        return typed(self.asked.filters.least)

    @property
    def most(self) -> str:
        """The highest price, as it was typed."""
        return typed(self.asked.filters.most)

    def address(self, *, sort: Sort | None = None, cursor: str | None = None, narrow: bool = True) -> str:
        """The same list in another order, from another place on, or without what narrows it."""
        asked = self.asked
        told = {"query": asked.words, "sort": (sort or asked.filters.sort).value, "cursor": cursor or ""}
        if narrow:
            told |= {"least": self.least, "most": self.most, "stock": "yes" if asked.filters.in_stock else ""}
            told |= {"category": str(asked.category_id)} if asked.is_search and asked.category_id else {}
        told = {name: value for name, value in told.items() if value and value != Sort.RELEVANCE.value}
        return f"{asked.path}?{urlencode(told)}" if told else asked.path


def shelves_beside(
    all: Sequence[CategoryView], category_id: UUID | None
) -> tuple[CategoryView | None, tuple[CategoryView, ...]]:
    """A category, and the categories one would go to from there: below it, else beside it."""
    here = next((one for one in all if one.id == category_id), None)
    below = tuple(one for one in all if one.parent_id == category_id)
    if here is None or below:
        return here, below
    return here, tuple(one for one in all if one.parent_id == here.parent_id)
