"""`/desk`: what waits for whoever looks, and how the shop sold."""

from collections.abc import AsyncIterator, Sequence

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler

from retail_domain.application import Retail
from retail_domain.approvals import Approval, ApprovalState
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.ordering import OrderStatus, OrderSummary
from retail_domain.payments import RefundStage
from retail_domain.processes.staff.seconding import may_see
from retail_entrypoints.http.caller import Caller
from retail_entrypoints.http.routing import STAFF, Resource
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.web.desk.overview.models import MANY, Waiting
from retail_entrypoints.web.desk.sales.pages import turnover_of
from retail_entrypoints.web.desk.showing import show
from retail_entrypoints.web.view import View

_FIRST = PageRequest(MANY)
_LISTED = 8


def overview_pages(shop: ServedShop[Retail], calendar: Calendar) -> Sequence[HTTPRouteHandler]:
    """The first page of the console."""
    pages = Resource("/desk", permission=STAFF, tag="desk")
    retail, clock = shop.retail, shop.clock

    @pages.get()
    async def show_overview(view: NamedDependency[View]) -> Response[bytes]:
        to_ship = None
        if view.may("show_orders_at_desk"):
            to_ship = await retail.ordering.show.all(_FIRST, OrderStatus.TO_SHIP, view.within("show_orders_at_desk"))
        waiting = [one async for one in what_waits(retail, clock, view, to_ship)]
        turnover = await turnover_of(shop, calendar) if view.may("show_sales") else None
        listed = None if to_ship is None else to_ship.items[:_LISTED]
        return show(view, "overview/overview.html", waiting=waiting, m=turnover, to_ship=listed, today=clock.now())

    return pages.all


async def what_waits(retail: Retail, clock: Clock, view: View, to_ship: Page[OrderSummary] | None) -> AsyncIterator[Waiting]:
    """Everything that waits for somebody whom the gate lets into its list, at the places they are bound to."""
    if to_ship is not None:
        yield Waiting.of("to_ship", "/desk/orders?state=to_ship", to_ship)
    if view.may("show_refunds_at_desk"):
        within = view.within("show_refunds_at_desk")
        under_way = await retail.payments.show.refunds(_FIRST, RefundStage.UNDER_WAY, within)
        yield Waiting.of("refunds", "/desk/money?stage=under_way", under_way)
        stuck = await retail.payments.show.stuck_refunds(_FIRST, within)
        yield Waiting.of("stuck", "/desk/money?stage=stuck", stuck, is_late=True)
        suspects = await retail.payments.show.suspects(_FIRST, within)
        yield Waiting.of("suspects", "/desk/money/aside", suspects, is_late=True)
    asked = await retail.approvals.show.all(_FIRST, only_waiting=True)
    yield Waiting.of("approvals", "/desk/approvals?state=waiting", _seen(asked, view.request.caller, clock))
    if view.may("show_alerts_at_desk"):
        alerts = await retail.inventory.show.alerts(_FIRST, view.within("show_alerts_at_desk"))
        yield Waiting.of("alerts", "/desk/stock/alerts", alerts, is_late=True)
    if view.may("show_reviews_at_desk"):
        yield Waiting.of("reviews", "/desk/reviews", await retail.reviews.show.cases(_FIRST))
    if view.may("show_deliveries_at_desk"):
        parked = await retail.background.outbox.open(_FIRST, parked_only=True)
        yield Waiting.of("parked", "/desk/deliveries?state=parked", parked, is_late=True)


def _seen(asked: Page[Approval], caller: Caller, clock: Clock) -> Page[Approval]:
    now = clock.now()
    mine = [one for one in asked.items if may_see(one, caller.rights, caller.actor)]
    return Page(tuple(one for one in mine if one.shown_at(now) is ApprovalState.WAITING), asked.next_cursor)
