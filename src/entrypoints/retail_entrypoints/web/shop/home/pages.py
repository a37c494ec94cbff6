"""`/`: the shop's window, block by block as it was arranged."""

from collections.abc import Sequence

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler

from retail_domain.application import Retail
from retail_entrypoints.http.routing import PUBLIC, Resource
from retail_entrypoints.settings import Settings
from retail_entrypoints.web.shop.home.models import blocks_of
from retail_entrypoints.web.view import View


def home_pages(retail: Retail, settings: Settings) -> Sequence[HTTPRouteHandler]:
    """The first page."""
    pages = Resource("", permission=PUBLIC, tag="home")

    @pages.get("/")
    async def show_home(view: NamedDependency[View]) -> Response[bytes]:
        home = await retail.settings.home()
        blocks = await blocks_of(
            retail, home, settings.currency, is_member=view.is_member, notice=view.front.notice
        )  # fmt: skip
        return view.page("shop/home/home.html", alike=True, blocks=blocks)

    return pages.all
