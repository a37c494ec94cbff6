"""`/me/tier`: where I stand, and the way up."""

from collections.abc import Sequence

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler

from retail_domain.application import Retail
from retail_domain.kernel.ids import MemberId
from retail_entrypoints.http.routing import MEMBER, Resource
from retail_entrypoints.settings import Settings
from retail_entrypoints.web.shop.tiers.models import TierModel
from retail_entrypoints.web.view import View


def tier_pages(retail: Retail, settings: Settings) -> Sequence[HTTPRouteHandler]:
    """One page."""
    pages = Resource("/me/tier", permission=MEMBER, tag="membership")

    @pages.get()
    async def show_tier_page(view: NamedDependency[View], member_id: NamedDependency[MemberId]) -> Response[bytes]:
        told = await retail.tiers.show(member_id)
        return view.page("shop/tiers/tier.html", m=TierModel.of(told, view.lang, settings.currency))

    return pages.all
