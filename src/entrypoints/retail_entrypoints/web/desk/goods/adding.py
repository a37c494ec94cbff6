"""`/desk/goods/new` and one more kind: goods that the shop did not have; whoever may set no price enters them without one."""

from collections.abc import Sequence
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, URLEncodedBody

from retail_domain.accounts import Permission
from retail_domain.application import Retail
from retail_domain.catalog import AddSku, CreateProduct, Listing, ProductNotFound, ProductReceipt, SkuWish
from retail_domain.kernel.errors import FieldProblem, InvalidInput
from retail_domain.kernel.ids import BrandId, CategoryId, ProductId
from retail_domain.kernel.once import Once
from retail_domain.kernel.places import EVERYWHERE
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.web.amounts import count_typed, minor_typed
from retail_entrypoints.web.desk.goods.pages import goods_page
from retail_entrypoints.web.desk.showing import decide, show
from retail_entrypoints.web.forms import Form, Typed
from retail_entrypoints.web.view import View


class KindForm(Form, frozen=True):
    """A kind of goods: its code, what it costs, how it differs from others, and what it weighs."""

    sku: Typed = ""
    price: Typed = ""
    options: Typed = ""
    weight_grams: Typed = ""

    def wish(self, code: str, *, on_sale: bool) -> SkuWish:
        """As the shop takes it. Raises InvalidInput."""
        return SkuWish(
            code=code, price_minor=minor_typed(self.price, "price") if self.price.strip() else None,
            options=options_typed(self.options), on_sale=on_sale,
            weight_grams=count_typed(self.weight_grams, "weight_grams") if self.weight_grams.strip() else 0,
        )  # fmt: skip


class GoodsForm(KindForm, frozen=True):
    """New goods with their first kind, whose code is that of the goods unless it has one of its own."""

    code: Typed = ""
    title: Typed = ""
    category_id: UUID | None = None
    brand_id: UUID | None = None


def options_typed(text: str) -> tuple[tuple[str, str], ...]:
    """`颜色:红; 尺寸:L`. Raises InvalidInput."""
    found = []
    for part in text.replace("；", ";").replace("：", ":").split(";"):
        name, is_said, value = part.partition(":")
        if part.strip():
            if not is_said or not name.strip() or not value.strip():
                raise InvalidInput.of("options", "format", "what differs and how, such as 颜色:红; 尺寸:L")
            found.append((name.strip(), value.strip()))
    return tuple(found)


def adding_goods(shop: ServedShop[Retail]) -> Sequence[HTTPRouteHandler]:
    """Goods have no place, so whoever is bound to places is not let in."""
    return [*_goods(shop), *_kinds(shop)]


def _goods(shop: ServedShop[Retail]) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/goods/new", permission=Permission.CATALOG_CHANGE, tag="desk")
    catalog = shop.retail.catalog

    async def form(view: View) -> Response[bytes]:
        shelves = [(one.id, "　" * (one.depth - 1) + one.name) for one in await catalog.show.categories()]
        return show(view, "goods/new.html", shelves=shelves, brands=[(one.id, one.name) for one in await catalog.show.brands()])

    @pages.get()
    async def show_new_goods(view: NamedDependency[View]) -> Response[bytes]:
        return await form(view)

    @pages.post(does=catalog.create)
    async def create_goods_at_desk(
        data: URLEncodedBody[GoodsForm], view: NamedDependency[View], once: NamedDependency[Once | None]
    ) -> Response[bytes]:
        async def create() -> ProductReceipt:
            listing = Listing(
                title=data.title, category_id=CategoryId(data.category_id) if data.category_id else None,
                brand_id=BrandId(data.brand_id) if data.brand_id else None,
            )  # fmt: skip
            wish = CreateProduct(
                code=data.code, listing=listing, skus=(data.wish(data.sku.strip() or data.code, on_sale=True),),
                granted=view.request.caller.granted(EVERYWHERE), actor=view.actor, once=once,
            )  # fmt: skip
            try:
                return await catalog.create(wish)
            except InvalidInput as refused:
                raise at_the_fields(refused, "sku" if data.sku.strip() else "code") from None

        return await decide(
            view, create(), lambda made: view.go(f"/desk/goods/{made.product_id}", "desk.said.goods_new"), lambda: form(view)
        )  # fmt: skip

    return pages.all


def _kinds(shop: ServedShop[Retail]) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/goods/{product_id:uuid}", permission=Permission.CATALOG_CHANGE, tag="desk")
    catalog = shop.retail.catalog

    @pages.post("/skus", does=catalog.add_sku, raises=[ProductNotFound])
    async def add_sku_at_desk(
        product_id: FromPath[UUID],
        data: URLEncodedBody[KindForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def add() -> object:
            wish = AddSku(
                product_id=ProductId(product_id), sku=data.wish(data.sku, on_sale=True),
                granted=view.request.caller.granted(EVERYWHERE), actor=view.actor, once=once,
            )  # fmt: skip
            try:
                return await catalog.add_sku(wish)
            except InvalidInput as refused:
                raise at_the_fields(refused, "sku") from None

        return await decide(
            view, add(), lambda _: view.go(f"/desk/goods/{product_id}", "desk.said.goods"),
            lambda: goods_page(shop, view, product_id, "new"),
        )  # fmt: skip

    return pages.all


def at_the_fields(refused: InvalidInput, code: str) -> InvalidInput:
    """What the shop says of a kind (`skus[0].code`) is said at the field in which it was typed."""
    told = []
    for one in refused.problems:
        last = one.field.rpartition(".")[2].partition("[")[0]
        is_of_kind = one.field != last or last == "sku"
        told.append(FieldProblem(field=code if is_of_kind and last == "code" else last, rule=one.rule, message=one.message))
    return InvalidInput(problems=tuple(told))
