"""`/v1/products`, `/v1/categories`, `/v1/brands`: what is for sale, for everybody."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from retail_domain.catalog import Catalog, ProductNotFound, ProductSearch, Query, Sort
from retail_domain.insight import BehaviourDeed, BehaviourKind, CaptureBehaviour, Insight, Visitor
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import BrandId, CategoryId, MemberId, ProductId
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.http.caller import Caller
from retail_entrypoints.http.goods import (
    BrandShape,
    CategoryShape,
    ProductPageShape,
    ProductShape,
)
from retail_entrypoints.http.lists import PageShape, listing, part_of
from retail_entrypoints.http.routing import PUBLIC, Resource
from retail_entrypoints.http.shapes import MinorFilter, Search

CategoryFilter = Annotated[UUID | None, QueryParameter(name="category", description="This category and all below it.")]
BrandFilter = Annotated[UUID | None, QueryParameter(name="brand", description="This brand only.")]
InStock = Annotated[
    bool, QueryParameter(name="in_stock", description="Only goods of which something that is on sale is to be had now.")
]
SortBy = Annotated[Sort, QueryParameter(name="sort", description="The order of the list.")]


def search_of(  # noqa: PLR0913 - one argument for each filter
    words: str | None,
    category: UUID | None,
    brand: UUID | None,
    price_from: int | None,
    price_to: int | None,
    sort: Sort,
    *,
    in_stock: bool,
) -> ProductSearch:
    """What was asked for, as the shop understands it."""
    return ProductSearch(
        words=Query.parse(words or ""),
        category_id=CategoryId(category) if category else None,
        brand_id=BrandId(brand) if brand else None,
        price_from_minor=price_from,
        price_to_minor=price_to,
        in_stock=in_stock,
        sort=sort,
    )


def catalog_routes(catalog: Catalog, insight: Insight, currency: str) -> Sequence[HTTPRouteHandler]:
    """What everybody sees of the catalogue."""
    return [*_shelves(catalog), *_products(catalog, insight, currency)]


def _shelves(catalog: Catalog) -> Sequence[HTTPRouteHandler]:
    routes = Resource("", permission=PUBLIC, tag="catalog")

    @routes.get("/categories", summary="The tree of categories")
    async def list_categories(short_page: NamedDependency[PageRequest]) -> PageShape[CategoryShape]:
        """Every category with its place in the tree."""
        return part_of(await catalog.show.categories(), short_page, CategoryShape.of)

    @routes.get("/brands", summary="All brands")
    async def list_brands(short_page: NamedDependency[PageRequest]) -> PageShape[BrandShape]:
        """By name."""
        return part_of(await catalog.show.brands(), short_page, BrandShape.of)

    return routes.all


def _products(catalog: Catalog, insight: Insight, currency: str) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/products", permission=PUBLIC, tag="catalog")

    @routes.get(summary="Find goods that are for sale")
    async def list_products(  # noqa: PLR0913 - one argument for each filter
        page: NamedDependency[PageRequest],
        caller: NamedDependency[Caller],
        words: Search = None,
        category: CategoryFilter = None,
        brand: BrandFilter = None,
        price_from: MinorFilter = None,
        price_to: MinorFilter = None,
        sort: SortBy = Sort.RELEVANCE,
        in_stock: InStock = False,
    ) -> PageShape[ProductShape]:
        """By words, category, brand, price and stock. The same list is answered for a second without being looked up again."""
        search = search_of(words, category, brand, price_from, price_to, sort, in_stock=in_stock)
        found = await catalog.window.search(search, page)
        await _noted(insight, caller.member_id, BehaviourKind.SEARCH, " ".join(search.words.words))
        return listing(found, lambda card: ProductShape.of(card, currency))

    @routes.get("/{product_id:uuid}", raises=[ProductNotFound], summary="Some goods")
    async def get_product(product_id: FromPath[UUID], caller: NamedDependency[Caller]) -> ProductPageShape:
        """With its kinds, prices and whether they are to be had."""
        found = await catalog.window.product(ProductId(product_id))
        await _noted(insight, caller.member_id, BehaviourKind.VIEW, str(product_id))
        return ProductPageShape.of(found, currency)

    return routes.all


async def _noted(insight: Insight, member_id: MemberId | None, kind: BehaviourKind, what: str) -> None:
    """Keep what a member looked at, if they consent (BEH-R2); that this fails is no reason to show nothing."""
    if member_id is None or not what:
        return
    deed = BehaviourDeed(kind=kind, object=what[:200])
    with suppress(DomainError):
        await insight.capture(CaptureBehaviour(visitor=Visitor(member_id), deeds=(deed,)))
