"""`/desk/sales`: how the shop sold, day by day."""

from collections.abc import Sequence

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler

from retail_domain.accounts import Permission
from retail_domain.application import Retail
from retail_domain.kernel.calendar import Calendar
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.web.desk.sales.models import Turnover, bounds_until
from retail_entrypoints.web.desk.showing import show
from retail_entrypoints.web.view import View


async def turnover_of(shop: ServedShop[Retail], calendar: Calendar) -> Turnover:
    """Of the last thirty days, in the currency of the shop."""
    bounds = bounds_until(shop.clock.now(), calendar)
    return Turnover.of(await shop.retail.ordering.show.sales(bounds, shop.settings.currency), calendar)


def sales_pages(shop: ServedShop[Retail], calendar: Calendar) -> Sequence[HTTPRouteHandler]:
    """For whoever may see how business goes: nobody who is bound to places is."""
    pages = Resource("/desk/sales", permission=Permission.INSIGHT_SEE, tag="desk")

    @pages.get()
    async def show_sales(view: NamedDependency[View]) -> Response[bytes]:
        return show(view, "sales/sales.html", m=await turnover_of(shop, calendar))

    return pages.all
