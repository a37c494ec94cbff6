"""`/me/coupons`: my coupons, those to take, and a field for a code."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter, URLEncodedBody

from retail_domain.application import Retail
from retail_domain.coupons import CouponTemplateNotFound, RedeemCouponCode, TakeCoupon, WantedOffers
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import CouponTemplateId, MemberId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.http.providers import CURSOR_PATTERN
from retail_entrypoints.http.routing import MEMBER, Resource
from retail_entrypoints.settings import Settings
from retail_entrypoints.web.forms import Form, Typed
from retail_entrypoints.web.shop.coupons.models import CouponsPage
from retail_entrypoints.web.view import View

Cursor = Annotated[str | None, QueryParameter(pattern=CURSOR_PATTERN, max_length=512)]
_PAGE = 20


class CouponCodeForm(Form, frozen=True):
    """A code, as it was told."""

    code: Typed = ""


def coupon_pages(retail: Retail, settings: Settings, clock: Clock) -> Sequence[HTTPRouteHandler]:
    """Look, take, redeem."""
    pages = Resource("/me/coupons", permission=MEMBER, tag="membership")
    coupons = retail.coupons

    async def shown(view: View, member_id: MemberId, cursor: str | None = None) -> Response[bytes]:
        offers = await coupons.offers(WantedOffers(member_id=member_id))
        mine = await coupons.show.mine(member_id, PageRequest(_PAGE, cursor))
        model = CouponsPage.of(offers, mine, settings.currency, view.lang, clock.now())
        return view.page("shop/coupons/coupons.html", m=model)

    @pages.get()
    async def show_coupons_page(
        view: NamedDependency[View], member_id: NamedDependency[MemberId], cursor: Cursor = None
    ) -> Response[bytes]:
        return await shown(view, member_id, cursor)

    @pages.post("/{template_id:uuid}/take", raises=[CouponTemplateNotFound])
    async def take_at_page(
        template_id: FromPath[UUID],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = TakeCoupon(member_id=member_id, template_id=CouponTemplateId(template_id), once=once)
        return await view.decide(
            coupons.take(wish), lambda _: view.go("/me/coupons", "coupons.taken"), lambda: shown(view, member_id)
        )

    @pages.post("/code")
    async def redeem_at_page(
        data: URLEncodedBody[CouponCodeForm],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = RedeemCouponCode(member_id=member_id, code=data.code, client=view.client, once=once)
        return await view.decide(
            coupons.redeem(wish), lambda _: view.go("/me/coupons", "coupons.taken"), lambda: shown(view, member_id)
        )

    return pages.all
