"""`/desk/deliveries`: what must still follow from what happened, and what was given up until somebody has mended its cause."""

from collections.abc import Sequence
from typing import Annotated

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter, URLEncodedBody

from retail_domain.accounts import Permission
from retail_domain.application import Retail
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.processes.worker.relay import ReplayParked
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.web.desk.showing import PAGE, Cursor, show
from retail_entrypoints.web.forms import NoFields
from retail_entrypoints.web.view import View

Only = Annotated[str | None, QueryParameter(name="state", max_length=20)]


def delivery_pages(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """For whoever looks after the shop."""
    pages = Resource("/desk/deliveries", permission=Permission.OUTBOX_SEE, tag="desk")

    @pages.get()
    async def show_deliveries_at_desk(view: NamedDependency[View], only: Only = None, cursor: Cursor = None) -> Response[bytes]:
        is_parked = only == "parked"
        found = await retail.background.outbox.open(PageRequest(PAGE, cursor), parked_only=is_parked)
        return show(view, "deliveries/list.html", rows=found.items, is_parked=is_parked, next_cursor=found.next_cursor)

    @pages.post("/{position:int}/replay", does=retail.background.replay_parked)
    async def replay_delivery_at_desk(
        position: FromPath[int],
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        taken_up = await retail.background.replay_parked(ReplayParked(positions=(position,), once=once))
        return view.go("/desk/deliveries?state=parked", "desk.said.replayed" if taken_up else "desk.said.not_parked")

    return pages.all
