"""`/me/points`: how I stand with points, what expires when, and what moved them."""

from collections.abc import Sequence
from typing import Annotated

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from retail_domain.application import Retail
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.http.providers import CURSOR_PATTERN
from retail_entrypoints.http.routing import MEMBER, Resource
from retail_entrypoints.web.shop.points.models import PointsPage
from retail_entrypoints.web.view import View

Cursor = Annotated[str | None, QueryParameter(pattern=CURSOR_PATTERN, max_length=512)]
_PAGE = 20


def points_pages(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """Balance and history."""
    pages = Resource("/me/points", permission=MEMBER, tag="membership")

    @pages.get()
    async def show_points_page(
        view: NamedDependency[View], member_id: NamedDependency[MemberId], cursor: Cursor = None
    ) -> Response[bytes]:
        stands = await retail.points.balance(member_id)
        entries = await retail.points.show.entries(member_id, PageRequest(_PAGE, cursor))
        return view.page("shop/points/points.html", m=PointsPage.of(stands, entries))

    return pages.all
