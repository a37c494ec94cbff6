"""`/v1/staff/products`, `/v1/staff/skus`: what staff do with goods."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta, field
from msgspec.structs import replace

from retail_domain.accounts import Permission
from retail_domain.catalog import (
    AddSku,
    BrandNotFound,
    Catalog,
    CategoryNotFound,
    CodeInUse,
    CreateProduct,
    EditProduct,
    EditSku,
    Listing as Description,
    MayNotPrice,
    NoPriceYet,
    NothingToSell,
    PriceBelowFloor,
    ProductNotFound,
    ProductReceipt,
    ProductState,
    RepriceSku,
    SetOnSale,
    SetSalesWindow,
    SkuNotFound,
    SkuWish,
    Sort,
)
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.effects import Granted
from retail_domain.kernel.errors import ChangedMeanwhile, DomainError, InvalidInput
from retail_domain.kernel.ids import ProductId, SkuId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.notes import NoteDesk
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.catalog import BrandFilter, CategoryFilter, InStock, SortBy, search_of
from retail_entrypoints.http.goods import Image, Limit, StaffProductPageShape, StaffProductShape, with_notes
from retail_entrypoints.http.lists import PageShape, listing
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shapes import Answer, Body, Count, Instant, MinorFilter, MoneyShape, Search, Text, Uuid
from retail_entrypoints.http.shaping import derived

Line = Annotated[str, Meta(max_length=300, description="One line of text.", examples=["高保湿型 200ml"])]
Pages = Annotated[str, Meta(max_length=20_000, description="Text of several lines.")]


class OptionBody(Body, frozen=True):
    """An option of goods, such as their colour."""

    name: Annotated[str, Meta(min_length=1, max_length=200, description="What may differ.", examples=["颜色"])]
    value: Annotated[str, Meta(min_length=1, max_length=200, description="How it is here.", examples=["绿"])]


def minor(money: MoneyShape, currency: str, field: str) -> int:
    """An amount in the shop's own currency. Raises InvalidInput for any other."""
    if money.currency != currency:
        raise InvalidInput.of(field, "currency", f"this shop trades in {currency}")
    return money.minor


def _list_price(list_price: MoneyShape | None, currency: str) -> int | None:
    return minor(list_price, currency, "list_price") if list_price else None


def _price(price: MoneyShape, currency: str) -> int:
    return minor(price, currency, "price")


def _first_price(price: MoneyShape | None, currency: str) -> int | None:
    return _price(price, currency) if price else None


def _options(options: Sequence[OptionBody]) -> tuple[tuple[str, str], ...]:
    return tuple((option.name, option.value) for option in options)


class ParticularsBody(Body, frozen=True):
    """What one kind of goods is like, apart from its code and price."""

    options: Annotated[list[OptionBody], Meta(max_length=5)]
    list_price: MoneyShape | None = None
    weight_grams: Count = 0
    volume_cm3: Count = 0
    image_url: Image | None = None
    on_sale: bool = True


class NewParticularsBody(ParticularsBody, frozen=True):
    """What one kind of goods is like from now on. `seen`: the `version` of the goods that was looked at, as in its sheet."""

    seen: Count | None = None

    to_command = becoming(
        EditSku, "sku_id", "currency", "granted", "once", list_price_minor=_list_price, options=_options, image="image_url"
    )


def _list_price_of(particulars: ParticularsBody, currency: str) -> int | None:
    return _list_price(particulars.list_price, currency)


def _options_of(particulars: ParticularsBody) -> tuple[tuple[str, str], ...]:
    return _options(particulars.options)


class SkuBody(Body, frozen=True):
    """One kind of goods to be sold; without a price, or from somebody who may not set prices, it is off sale and has none."""

    code: Text
    price: MoneyShape | None = None
    particulars: ParticularsBody = field(default_factory=lambda: ParticularsBody(options=[]))

    to_wish = becoming(
        SkuWish, "currency", price_minor=_first_price, list_price_minor=_list_price_of, options=_options_of,
        weight_grams="particulars.weight_grams", volume_cm3="particulars.volume_cm3", image="particulars.image_url",
        on_sale="particulars.on_sale",
    )  # fmt: skip


def _parameters(parameters: Sequence[OptionBody]) -> tuple[tuple[str, str], ...]:
    return _options(parameters)


Until = Annotated[datetime, Meta(tz=True, description="RFC 3339.", examples=["2026-03-31T12:00:00Z"])]


class DescriptionBody(Body, frozen=True):
    """How goods are described, in full."""

    title: Text
    subtitle: Line = ""
    description: Pages = ""
    category_id: Uuid | None = None
    brand_id: Uuid | None = None
    image_urls: Annotated[tuple[Image, ...], Meta(max_length=20)] = ()
    unit: Text = "件"
    freight_template_id: Uuid | None = None
    purchase_limit: Limit | None = None
    sale_from: Instant | None = None
    sale_until: Until | None = None
    parameters: Annotated[list[OptionBody], Meta(max_length=50)] = field(default_factory=list)

    to_listing = becoming(Description, images="image_urls", parameters=_parameters)


class NewDescriptionBody(DescriptionBody, frozen=True):
    """How goods are described from now on, in full.

    `seen` is the `version` that was looked at: with it, nobody may have changed the goods since.
    """

    seen: Count | None = None


class ProductBody(Body, frozen=True):
    """New goods, with the kinds they come in."""

    code: Text
    description: DescriptionBody
    skus: Annotated[list[SkuBody], Meta(min_length=1, max_length=200)]
    on_sale: bool = False

    to_command = becoming(CreateProduct, "currency", "granted", "actor", "once", listing="description")


class PriceBody(Body, frozen=True):
    """What to ask from now on, and why, for the history of the price."""

    price: MoneyShape
    reason: Annotated[str, Meta(max_length=200, description="Why, in a sentence.", examples=["season ends"])] = ""

    to_command = becoming(RepriceSku, "sku_id", "currency", "actor", "once", price_minor=_price)


class SalesWindowBody(Body, frozen=True):
    """From when on, and until when, goods that are on sale can be bought; null is no bound."""

    sale_from: Instant | None = None
    sale_until: Until | None = None

    to_command = becoming(SetSalesWindow, "product_id", "once")


class SaleBody(Body, frozen=True):
    """On sale, or off."""

    on_sale: bool

    to_command = becoming(SetOnSale, "product_id", "once")


class ProductCreatedShape(Answer, frozen=True):
    """The ids of new goods and of their kinds, in the order they were given, and which of them have no price yet."""

    product_id: Uuid
    sku_ids: list[Uuid]
    unpriced_sku_ids: list[Uuid]

    of = derived(ProductReceipt)


class ProductStateShape(Answer, frozen=True):
    """How the goods stand after a change."""

    product_id: Uuid
    version: Count
    sku_id: Uuid | None
    price_version: Count | None

    of = derived(ProductState)


def staff_catalog_routes(catalog: Catalog, currency: str, notes: NoteDesk) -> Sequence[HTTPRouteHandler]:
    """What staff do with the catalogue."""
    return [
        *_looking(catalog, currency, notes),
        *_products(catalog, currency),
        *_skus(catalog, currency),
    ]


def _looking(catalog: Catalog, currency: str, notes: NoteDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/products", permission=Permission.CATALOG_SEE, tag="staff: catalog")

    @routes.get(summary="All goods, also those off sale")
    async def list_all_products(  # noqa: PLR0913 - one argument for each filter
        page: NamedDependency[PageRequest],
        words: Search = None,
        category: CategoryFilter = None,
        brand: BrandFilter = None,
        price_from: MinorFilter = None,
        price_to: MinorFilter = None,
        sort: SortBy = Sort.RELEVANCE,
        in_stock: InStock = False,
    ) -> PageShape[StaffProductShape]:
        """Also what is off sale or was never on."""
        search = search_of(words, category, brand, price_from, price_to, sort, in_stock=in_stock)
        found = await catalog.show.search(search, page)
        shown = iter(await with_notes(notes, [StaffProductShape.of(card, currency) for card in found.items]))
        return listing(found, lambda _: next(shown))

    @routes.get("/{product_id:uuid}", raises=[ProductNotFound], summary="Some goods")
    async def get_any_product(product_id: FromPath[UUID]) -> StaffProductPageShape:
        """With every kind, also what is off sale."""
        page = StaffProductPageShape.of(await catalog.show.product(ProductId(product_id)), currency)
        (product,) = await with_notes(notes, [page.product])
        return replace(page, product=product)

    return routes.all


def _products(catalog: Catalog, currency: str) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/products", permission=Permission.CATALOG_CHANGE, tag="staff: catalog")
    shelves: list[type[DomainError]] = [CategoryNotFound, BrandNotFound]

    @routes.post(does=catalog.create, raises=[CodeInUse, NothingToSell, *shelves], summary="Enter goods")
    async def create_product(
        data: JSONBody[ProductBody],
        granted: NamedDependency[Granted],
        actor: NamedDependency[Actor],
        once: NamedDependency[Once | None],
    ) -> ProductCreatedShape:
        """With its kinds, prices and description in one go."""
        wanted = data.to_command(currency=currency, granted=granted, actor=actor, once=once)
        return ProductCreatedShape.of(await catalog.create(wanted))

    @routes.put(
        "/{product_id:uuid}",
        does=catalog.edit,
        raises=[ProductNotFound, ChangedMeanwhile, MayNotPrice, *shelves],
        summary="Describe goods anew",
    )
    async def edit_product(
        product_id: FromPath[UUID],
        data: JSONBody[NewDescriptionBody],
        granted: NamedDependency[Granted],
        once: NamedDependency[Once | None],
    ) -> ProductStateShape:
        """Replaces the description; prices and stock stay. Another freight template of priced goods needs `prices.change`."""
        wanted = EditProduct(
            product_id=ProductId(product_id), listing=data.to_listing(), granted=granted, seen=data.seen, once=once
        )  # fmt: skip
        return ProductStateShape.of(await catalog.edit(wanted))

    @routes.put(
        "/{product_id:uuid}/sale", does=catalog.set_on_sale, raises=[ProductNotFound, NothingToSell],
        summary="Put goods on sale, or take them off",
    )  # fmt: skip
    async def set_on_sale(
        product_id: FromPath[UUID], data: JSONBody[SaleBody], once: NamedDependency[Once | None]
    ) -> ProductStateShape:
        """Carts keep what is taken off, and say so."""
        wanted = data.to_command(product_id=ProductId(product_id), once=once)
        return ProductStateShape.of(await catalog.set_on_sale(wanted))

    @routes.post(
        "/{product_id:uuid}/skus",
        does=catalog.add_sku,
        raises=[ProductNotFound, CodeInUse],
        summary="Offer goods in one more kind",
    )
    async def add_sku(
        product_id: FromPath[UUID],
        data: JSONBody[SkuBody],
        granted: NamedDependency[Granted],
        actor: NamedDependency[Actor],
        once: NamedDependency[Once | None],
    ) -> ProductStateShape:
        """Its code is unique in the shop."""
        sku = data.to_wish(currency=currency)
        wanted = AddSku(product_id=ProductId(product_id), sku=sku, granted=granted, actor=actor, once=once)
        return ProductStateShape.of(await catalog.add_sku(wanted))

    @routes.put(
        "/{product_id:uuid}/sales-window", does=catalog.set_sales_window, raises=[ProductNotFound],
        summary="Say from when until when goods can be bought",
    )  # fmt: skip
    async def set_sales_window(
        product_id: FromPath[UUID], data: JSONBody[SalesWindowBody], once: NamedDependency[Once | None]
    ) -> ProductStateShape:
        """Outside of it goods that are on sale are off sale for buyers; staff see them."""
        wanted = data.to_command(product_id=ProductId(product_id), once=once)
        return ProductStateShape.of(await catalog.set_sales_window(wanted))

    return routes.all


def _skus(catalog: Catalog, currency: str) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/skus", permission=Permission.CATALOG_CHANGE, tag="staff: catalog")

    @routes.put(
        "/{sku_id:uuid}",
        does=catalog.edit_sku,
        raises=[SkuNotFound, ChangedMeanwhile, NoPriceYet, MayNotPrice],
        summary="Edit a kind of goods",
    )
    async def edit_sku(
        sku_id: FromPath[UUID],
        data: JSONBody[NewParticularsBody],
        granted: NamedDependency[Granted],
        once: NamedDependency[Once | None],
    ) -> ProductStateShape:
        """Replaces what is said of it; price and stock stay. Another size, once it has a price, needs `prices.change`."""
        wanted = data.to_command(sku_id=SkuId(sku_id), currency=currency, granted=granted, once=once)
        return ProductStateShape.of(await catalog.edit_sku(wanted))

    @routes.put(
        "/{sku_id:uuid}/price", does=catalog.reprice, raises=[SkuNotFound, PriceBelowFloor],
        summary="Ask another price from now on",
    )  # fmt: skip
    async def reprice_sku(
        sku_id: FromPath[UUID],
        data: JSONBody[PriceBody],
        actor: NamedDependency[Actor],
        once: NamedDependency[Once | None],
    ) -> ProductStateShape:
        """Quotes made before are refused when they are accepted."""
        wanted = data.to_command(sku_id=SkuId(sku_id), currency=currency, actor=actor, once=once)
        return ProductStateShape.of(await catalog.reprice(wanted))

    return routes.all
