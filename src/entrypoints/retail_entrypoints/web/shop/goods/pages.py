"""`/c`, `/find`, `/p`: find goods, and look at some."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from retail_domain.application import Retail
from retail_domain.catalog import ProductNotFound, ProductPage, ProductSearch, Query
from retail_domain.coupons import OfferedCoupon, WantedOffers
from retail_domain.kernel.ids import CategoryId, ProductId
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.http.refusals import NoSuchAddress
from retail_entrypoints.http.routing import PUBLIC, Resource
from retail_entrypoints.settings import Settings
from retail_entrypoints.web.shop.coupons.models import OfferedTicket
from retail_entrypoints.web.shop.goods.filters import Filters
from retail_entrypoints.web.shop.goods.models import Card, GoodsAsked, GoodsModel, ListModel
from retail_entrypoints.web.shop.goods.structured import structured
from retail_entrypoints.web.shop.reviews.pages import newest_reviews
from retail_entrypoints.web.view import View

Search = Annotated[str | None, QueryParameter(name="query", max_length=200)]
Within = Annotated[UUID | None, QueryParameter(name="category")]
Kind = Annotated[UUID | None, QueryParameter(name="kind")]
_REVIEWS = 2
"""So many stand on the page of goods; the others have a page of their own."""


def goods_pages(retail: Retail, settings: Settings) -> Sequence[HTTPRouteHandler]:
    """Lists of goods, and goods."""
    pages = Resource("", permission=PUBLIC, tag="goods")
    catalog = retail.catalog

    async def listed(view: View, asked: GoodsAsked, page: PageRequest) -> Response[bytes]:
        categories = tuple(await catalog.show.categories())
        if asked.category_id is not None and all(one.id != asked.category_id for one in categories):
            raise NoSuchAddress()
        search = ProductSearch(
            words=Query.parse(asked.words), category_id=CategoryId(asked.category_id) if asked.category_id else None,
            price_from_minor=asked.filters.least, price_to_minor=asked.filters.most,
            in_stock=asked.filters.in_stock, sort=asked.filters.sort,
        )  # fmt: skip
        found = await catalog.window.search(search, page)
        cards = tuple(Card.of(goods, settings.currency) for goods in found.items)
        model = ListModel(asked=asked, categories=categories, cards=cards, next_cursor=found.next_cursor)
        return view.page("shop/goods/list.html", alike=True, m=model)

    @pages.get("/c")
    async def show_shelves(
        view: NamedDependency[View], page: NamedDependency[PageRequest], filters: NamedDependency[Filters]
    ) -> Response[bytes]:
        return await listed(view, GoodsAsked(path="/c", filters=filters), page)

    @pages.get("/c/{category_id:uuid}")
    async def show_category(
        category_id: FromPath[UUID],
        view: NamedDependency[View],
        page: NamedDependency[PageRequest],
        filters: NamedDependency[Filters],
    ) -> Response[bytes]:
        return await listed(view, GoodsAsked(path=f"/c/{category_id}", category_id=category_id, filters=filters), page)

    @pages.get("/find")
    async def find_goods(
        view: NamedDependency[View],
        page: NamedDependency[PageRequest],
        filters: NamedDependency[Filters],
        words: Search = None,
        category: Within = None,
    ) -> Response[bytes]:
        asked = GoodsAsked(path="/find", words=(words or "").strip(), category_id=category, filters=filters)
        return await listed(view, asked, page)

    @pages.get("/p/{product_id:uuid}", raises=[ProductNotFound])
    async def show_goods(product_id: FromPath[UUID], view: NamedDependency[View], kind: Kind = None) -> Response[bytes]:
        found = await catalog.window.product(ProductId(product_id))
        verdict, reviews = await newest_reviews(retail, found.card.id, _REVIEWS)
        model = GoodsModel.of(found, settings.currency, kind)
        offers = await retail.coupons.offers(WantedOffers())
        coupons = [OfferedTicket.at_goods(one.template, settings.currency, view.lang) for one in offers if _is_for(one, found)]
        told = structured(model, verdict, public_url=settings.public_url, shop=view.brand)
        return view.page(
            "shop/goods/product.html", alike=True, m=model, verdict=verdict, reviews=reviews, told=told, coupons=coupons
        )

    return pages.all


def _is_for(offered: OfferedCoupon, goods: ProductPage) -> bool:
    """Whether any kind of these goods is among those that a coupon is for."""
    card, scope = goods.card, offered.template.terms.scope
    return any(scope.covers(one.id, card.id, card.category_id, card.brand_id) for one in card.skus)
