"""`/help`: how the shop works, and whom to ask; `/offline`: what is shown where there is no network."""

from collections.abc import Sequence

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler

from retail_entrypoints.http.routing import PUBLIC, Resource
from retail_entrypoints.web.view import View

TOPICS = ("ordering", "paying", "delivery", "changing", "refunds", "reviewing", "privacy")


def help_pages() -> Sequence[HTTPRouteHandler]:
    """One page: what people ask, and the shop's own lines."""
    pages = Resource("/help", permission=PUBLIC, tag="help")

    @pages.get()
    async def show_help(view: NamedDependency[View]) -> Response[bytes]:
        return view.page("shop/help/help.html", topics=TOPICS)

    away = Resource("/offline", permission=PUBLIC, tag="help")

    @away.get()
    async def show_offline(view: NamedDependency[View]) -> Response[bytes]:
        return view.page("shop/help/offline.html")

    return [*pages.all, *away.all]
