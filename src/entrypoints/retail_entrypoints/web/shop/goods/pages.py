"""`/c`, `/find`, `/p`: find goods, and look at some."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from retail_domain.application import Retail
from retail_domain.catalog import ProductNotFound, ProductSearch, Query, Sort
from retail_domain.kernel.ids import CategoryId, ProductId
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.http.providers import CURSOR_PATTERN
from retail_entrypoints.http.refusals import NoSuchAddress
from retail_entrypoints.http.routing import PUBLIC, Resource
from retail_entrypoints.settings import Settings
from retail_entrypoints.web.shop.goods.models import Card, GoodsModel, ListModel, shelves_beside
from retail_entrypoints.web.shop.reviews.pages import newest_reviews
from retail_entrypoints.web.view import View

Search = Annotated[str | None, QueryParameter(name="query", max_length=200)]
SortBy = Annotated[Sort, QueryParameter(name="sort")]
Cursor = Annotated[str | None, QueryParameter(pattern=CURSOR_PATTERN, max_length=512)]
Kind = Annotated[UUID | None, QueryParameter(name="kind")]
_PAGE = 20
_REVIEWS = 2
"""So many stand on the page of goods; the others have a page of their own."""


def goods_pages(retail: Retail, settings: Settings) -> Sequence[HTTPRouteHandler]:
    """Lists of goods, and goods."""
    pages = Resource("", permission=PUBLIC, tag="goods")
    catalog = retail.catalog

    async def listed(path: str, words: str, category_id: UUID | None, sort: Sort, cursor: str | None) -> ListModel:
        here, shelves = shelves_beside(await catalog.show.categories(), category_id)
        if category_id is not None and here is None:
            raise NoSuchAddress()
        search = ProductSearch(
            words=Query.parse(words), category_id=CategoryId(category_id) if category_id else None, sort=sort
        )
        found = await catalog.window.search(search, PageRequest(_PAGE, cursor))
        cards = tuple(Card.of(goods, settings.currency) for goods in found.items)
        return ListModel(
            words=words, sort=sort, category=here, shelves=shelves, cards=cards, next_cursor=found.next_cursor, path=path
        )

    @pages.get("/c")
    async def show_shelves(
        view: NamedDependency[View], sort: SortBy = Sort.RELEVANCE, cursor: Cursor = None
    ) -> Response[bytes]:
        return view.page("shop/goods/list.html", m=await listed("/c", "", None, sort, cursor))

    @pages.get("/c/{category_id:uuid}")
    async def show_category(
        category_id: FromPath[UUID], view: NamedDependency[View], sort: SortBy = Sort.RELEVANCE, cursor: Cursor = None
    ) -> Response[bytes]:
        return view.page("shop/goods/list.html", m=await listed(f"/c/{category_id}", "", category_id, sort, cursor))

    @pages.get("/find")
    async def find_goods(
        view: NamedDependency[View], words: Search = None, sort: SortBy = Sort.RELEVANCE, cursor: Cursor = None
    ) -> Response[bytes]:
        return view.page("shop/goods/list.html", m=await listed("/find", (words or "").strip(), None, sort, cursor))

    @pages.get("/p/{product_id:uuid}", raises=[ProductNotFound])
    async def show_goods(product_id: FromPath[UUID], view: NamedDependency[View], kind: Kind = None) -> Response[bytes]:
        found = await catalog.window.product(ProductId(product_id))
        verdict, reviews = await newest_reviews(retail, found.card.id, _REVIEWS)
        model = GoodsModel.of(found, settings.currency, kind)
        return view.page("shop/goods/product.html", m=model, verdict=verdict, reviews=reviews)

    return pages.all
