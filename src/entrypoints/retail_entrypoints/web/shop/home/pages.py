"""`/`: the shop's window."""

from collections.abc import Sequence

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler

from retail_domain.application import Retail
from retail_domain.catalog import ProductSearch, Sort
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.http.routing import PUBLIC, Resource
from retail_entrypoints.settings import Settings
from retail_entrypoints.web.shop.goods.models import Card
from retail_entrypoints.web.view import View

_ROW = 10
_MARKS_MAX = 8


def home_pages(retail: Retail, settings: Settings) -> Sequence[HTTPRouteHandler]:
    """The first page."""
    pages = Resource("", permission=PUBLIC, tag="home")
    catalog = retail.catalog

    async def row(sort: Sort) -> tuple[Card, ...]:
        found = await catalog.window.search(ProductSearch(sort=sort), PageRequest(_ROW))
        return tuple(Card.of(goods, settings.currency) for goods in found.items)

    @pages.get("/")
    async def show_home(view: NamedDependency[View]) -> Response[bytes]:
        marks = [one for one in await catalog.show.categories() if one.parent_id is None][:_MARKS_MAX]
        picks = await row(Sort.SALES)
        picked = {one.product_id for one in picks}
        arrivals = tuple(one for one in await row(Sort.NEWEST) if one.product_id not in picked)
        return view.page("shop/home/home.html", alike=True, marks=marks, picks=picks, arrivals=arrivals)

    return pages.all
