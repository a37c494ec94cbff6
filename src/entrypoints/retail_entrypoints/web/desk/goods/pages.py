"""`/desk/goods`: all goods, also those off sale; describe them, set prices, put them on sale."""

from collections.abc import Awaitable, Sequence
from typing import Annotated, Any
from uuid import UUID

from attrs import evolve
from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, URLEncodedBody
from msgspec import Meta

from retail_domain.accounts import Permission
from retail_domain.application import Retail
from retail_domain.catalog import (
    EditProduct,
    EditSku,
    ProductCard,
    ProductNotFound,
    ProductSearch,
    ProductState,
    Query,
    RepriceSku,
    SetOnSale,
    SkuNotFound,
    SkuView,
)
from retail_domain.kernel.ids import BrandId, CategoryId, ProductId, SkuId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.places import EVERYWHERE
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.web.amounts import count_typed, minor_typed
from retail_entrypoints.web.desk.goods.models import GoodsAtDesk, GoodsRow
from retail_entrypoints.web.desk.showing import PAGE, Cursor, decide, show
from retail_entrypoints.web.forms import Form, Typed
from retail_entrypoints.web.shop.goods.pages import Search
from retail_entrypoints.web.view import View


class ListingForm(Form, frozen=True):
    """How goods are described. What has no field here stays as it is; `seen` is the version that the form was filled from."""

    title: Typed = ""
    subtitle: Typed = ""
    description: Annotated[str, Meta(max_length=20_000)] = ""
    unit: Typed = ""
    purchase_limit: Typed = ""
    category_id: UUID | None = None
    brand_id: UUID | None = None
    seen: Annotated[int, Meta(ge=0)] | None = None


class SaleForm(Form, frozen=True):
    """On sale, or off."""

    on_sale: bool = False


class SkuPriceForm(Form, frozen=True):
    """What to ask from now on."""

    price: Typed = ""


def desk_goods_pages(shop: ServedShop[Retail]) -> Sequence[HTTPRouteHandler]:
    """Goods have no place, so whoever is bound to places is not let in."""
    return [*_looking(shop), *_describing(shop), *_selling(shop)]


async def goods_page(shop: ServedShop[Retail], view: View, product_id: UUID, tried: str = "") -> Response[bytes]:
    """The page of some goods; `tried` is the form that was refused."""
    catalog = shop.retail.catalog
    model = GoodsAtDesk.of(await catalog.show.product(ProductId(product_id)), shop.settings.currency, shop.clock.now())
    shelves = [(one.id, "　" * (one.depth - 1) + one.name) for one in await catalog.show.categories()]
    brands = [(one.id, one.name) for one in await catalog.show.brands()]
    return show(view, "goods/one.html", m=model, shelves=shelves, brands=brands, tried=tried)


def _looking(shop: ServedShop[Retail]) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/goods", permission=Permission.CATALOG_SEE, tag="desk")
    catalog = shop.retail.catalog

    @pages.get()
    async def show_goods_at_desk(view: NamedDependency[View], words: Search = None, cursor: Cursor = None) -> Response[bytes]:
        wanted = (words or "").strip()
        if wanted and (product_id := await catalog.show.product_coded(wanted)) is not None:
            return view.go(f"/desk/goods/{product_id}")
        found = await catalog.show.search(ProductSearch(words=Query.parse(wanted)), PageRequest(PAGE, cursor))
        rows = tuple(GoodsRow.of(one, shop.settings.currency, shop.clock.now()) for one in found.items)
        return show(view, "goods/list.html", rows=rows, words=wanted, next_cursor=found.next_cursor)

    @pages.get("/{product_id:uuid}", raises=[ProductNotFound])
    async def show_product_at_desk(product_id: FromPath[UUID], view: NamedDependency[View]) -> Response[bytes]:
        return await goods_page(shop, view, product_id)

    return pages.all


async def _answer(  # noqa: PLR0913 - what is done, to which goods, and what is said of it
    shop: ServedShop[Retail], view: View, product_id: UUID, tried: str, deed: Awaitable[Any], said: str
) -> Response[bytes]:
    return await decide(
        view, deed, lambda _: view.go(f"/desk/goods/{product_id}", said), lambda: goods_page(shop, view, product_id, tried)
    )


def _kind(card: ProductCard, sku_id: UUID) -> SkuView:
    for one in card.skus:
        if one.id == sku_id:
            return one
    raise SkuNotFound(sku_id=SkuId(sku_id))


def _describing(shop: ServedShop[Retail]) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/goods/{product_id:uuid}", permission=Permission.CATALOG_CHANGE, tag="desk")
    catalog = shop.retail.catalog

    @pages.post("/listing", does=catalog.edit, raises=[ProductNotFound])
    async def edit_goods_at_desk(
        product_id: FromPath[UUID],
        data: URLEncodedBody[ListingForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def edit() -> ProductState:
            now, limit = await catalog.show.product(ProductId(product_id)), data.purchase_limit
            listing = evolve(
                now.listing, title=data.title, subtitle=data.subtitle, description=data.description,
                unit=data.unit or now.card.unit,
                category_id=CategoryId(data.category_id) if data.category_id else None,
                brand_id=BrandId(data.brand_id) if data.brand_id else None,
                purchase_limit=count_typed(limit, "purchase_limit") if limit.strip() else None,
            )  # fmt: skip
            wish = EditProduct(
                product_id=ProductId(product_id), listing=listing, granted=view.request.caller.granted(EVERYWHERE),
                seen=now.card.version if data.seen is None else data.seen, once=once,
            )  # fmt: skip
            return await catalog.edit(wish)

        return await _answer(shop, view, product_id, "listing", edit(), "desk.said.goods")

    @pages.post("/skus/{sku_id:uuid}/sale", does=catalog.edit_sku, raises=[ProductNotFound, SkuNotFound])
    async def sell_sku_at_desk(
        product_id: FromPath[UUID],
        sku_id: FromPath[UUID],
        data: URLEncodedBody[SaleForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def edit() -> ProductState:
            card = (await catalog.show.product(ProductId(product_id))).card
            one = _kind(card, sku_id)
            wish = EditSku(
                sku_id=one.id, list_price_minor=one.list_price_minor, weight_grams=one.weight_grams,
                options=one.options, volume_cm3=one.volume_cm3,
                image=one.image, on_sale=data.on_sale, granted=view.request.caller.granted(EVERYWHERE),
                seen=card.version, once=once,
            )  # fmt: skip
            return await catalog.edit_sku(wish)

        return await _answer(shop, view, product_id, "kind", edit(), "desk.said.goods")

    return pages.all


def _selling(shop: ServedShop[Retail]) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/goods/{product_id:uuid}", permission=Permission.CATALOG_CHANGE, tag="desk")
    catalog = shop.retail.catalog

    @pages.post("/sale", does=catalog.set_on_sale, raises=[ProductNotFound])
    async def sell_goods_at_desk(
        product_id: FromPath[UUID],
        data: URLEncodedBody[SaleForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = SetOnSale(product_id=ProductId(product_id), on_sale=data.on_sale, once=once)
        said = "desk.said.on_sale" if data.on_sale else "desk.said.off_sale"
        return await _answer(shop, view, product_id, "sale", catalog.set_on_sale(wish), said)

    @pages.post("/skus/{sku_id:uuid}/price", does=catalog.reprice, raises=[ProductNotFound, SkuNotFound])
    async def price_sku_at_desk(
        product_id: FromPath[UUID],
        sku_id: FromPath[UUID],
        data: URLEncodedBody[SkuPriceForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def reprice() -> ProductState:
            one = _kind((await catalog.show.product(ProductId(product_id))).card, sku_id)
            return await catalog.reprice(RepriceSku(sku_id=one.id, price_minor=minor_typed(data.price, "price"), once=once))

        return await _answer(shop, view, product_id, str(sku_id), reprice(), "desk.said.priced")

    return pages.all
