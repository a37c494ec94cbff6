"""`/v1/coupons`, `/v1/me/coupons`, and coupons on a quote or cart."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta, field

from retail_domain.coupons import (
    CouponCodeUnknown,
    CouponCodeUsed,
    CouponGiven,
    CouponIs,
    CouponLimitReached,
    CouponNotNow,
    CouponNotToTake,
    CouponsGone,
    CouponTemplateNotFound,
    CouponWay,
    HeldCoupon,
    OfferedCoupon,
    RedeemCouponCode,
    TakeCoupon,
    TooManyCoupons,
    WantedOffers,
)
from retail_domain.kernel.counting import TooOften
from retail_domain.kernel.coupon_terms import CouponKind, CouponScope, CouponTerms
from retail_domain.kernel.ids import CouponTemplateId, MemberId, QuoteId
from retail_domain.kernel.money import MINOR_MAX
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.points import TooFewPoints
from retail_domain.pricing import QuoteNotFound, ShowQuote
from retail_domain.processes.rewards.choosing_coupons import CouponChoice
from retail_domain.processes.rewards.coupon_desk import CouponDesk
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.lists import PageShape, listing, part_of
from retail_entrypoints.http.routing import MEMBER, Resource
from retail_entrypoints.http.shapes import Answer, Body, Cents, Count, Instant, Points, Uuid
from retail_entrypoints.http.shaping import derived

CouponName = Annotated[str, Meta(min_length=1, max_length=40, description="What people call it.", examples=["满100减20"])]
OtherName = Annotated[str, Meta(max_length=40, description="The same in English; may be empty.", examples=["20 off 100"])]
WhyNot = Annotated[str, Meta(description="Why it cannot be used; empty when it can.", examples=["below_threshold"])]
TypedCode = Annotated[str, Meta(min_length=1, max_length=64, description="As it was told.", examples=["1234-5678-9012-3456"])]
Named = Annotated[list[Uuid], Meta(max_length=500)]
Off = Annotated[int, Meta(ge=0, le=MINOR_MAX, description="Minor units of the shop's currency.", examples=[1_500])]
PartOff = Annotated[int, Meta(ge=0, le=10_000, description="A share; 1,500 is 85 of 100.", examples=[0])]
MostOff = Annotated[int, Meta(ge=0, le=MINOR_MAX, description="Minor units; a part takes no more off.", examples=[0])]
From = Annotated[int, Meta(ge=1, le=MINOR_MAX, description="Minor units of the goods it is for.", examples=[10_000])]

GIVING = (CouponTemplateNotFound, CouponNotNow, CouponsGone, CouponLimitReached, TooManyCoupons)


class CouponScopeShape(Body, frozen=True):
    """For which goods: all, or those named in any way; less those excluded in any way."""

    sku_ids: Named = field(default_factory=list)
    product_ids: Named = field(default_factory=list)
    category_ids: Named = field(default_factory=list)
    brand_ids: Named = field(default_factory=list)
    not_sku_ids: Named = field(default_factory=list)
    not_product_ids: Named = field(default_factory=list)
    not_category_ids: Named = field(default_factory=list)
    not_brand_ids: Named = field(default_factory=list)

    of = derived(CouponScope)

    to_scope = becoming(CouponScope)


class CouponTermsShape(Body, frozen=True):
    """What it takes off: `value_minor`, or `percent_bps` and no more than `most_minor`; null is no threshold."""

    kind: CouponKind
    value_minor: Off = 0
    percent_bps: PartOff = 0
    most_minor: MostOff = 0
    threshold_minor: From | None = None
    scope: CouponScopeShape = field(default_factory=CouponScopeShape)
    with_line_prices: bool = True
    with_reductions: bool = True
    with_coupons: bool = True

    of = derived(CouponTerms)

    to_terms = becoming(CouponTerms)


class OfferedCouponShape(Answer, frozen=True):
    """A kind of coupon that is given now, how many I have had, and whether I may take one more."""

    template_id: Uuid
    name: CouponName
    name_en: OtherName
    terms: CouponTermsShape
    points: Points
    takes_until: Instant | None
    had: Count
    is_to_take: bool

    of = derived(OfferedCoupon, within="template", template_id="template.id")


class OfferedCouponsShape(Answer, frozen=True):
    """All that is given now."""

    items: list[OfferedCouponShape]


class CouponGivenShape(Answer, frozen=True):
    """A coupon that somebody has now."""

    coupon_id: Uuid
    name: CouponName
    name_en: OtherName
    terms: CouponTermsShape
    begins_at: Instant
    expires_at: Instant

    of = derived(CouponGiven)


class CouponShape(Answer, frozen=True):
    """One of my coupons, what it says, and what has become of it."""

    coupon_id: Uuid
    template_id: Uuid
    name: CouponName
    name_en: OtherName
    terms: CouponTermsShape
    way: CouponWay
    given_at: Instant
    begins_at: Instant
    expires_at: Instant
    stands: CouponIs
    order_id: Uuid | None
    applied_minor: Cents

    of = derived(
        HeldCoupon, within="coupon", coupon_id="coupon.id", template_id="coupon.template_id", name="says.name",
        name_en="says.name_en", terms="says.terms", order_id="coupon.used_by",
    )  # fmt: skip


class CouponChoiceShape(Answer, frozen=True):
    """One of my coupons, and what it would take off here by itself, or why it does nothing."""

    coupon_id: Uuid
    name: CouponName
    name_en: OtherName
    terms: CouponTermsShape
    expires_at: Instant
    off_minor: Cents
    reason: WhyNot
    missing_minor: Cents
    is_chosen: bool

    of = derived(
        CouponChoice, coupon_id="held.coupon.id", name="held.says.name", name_en="held.says.name_en",
        terms="held.says.terms", expires_at="held.coupon.expires_at",
    )  # fmt: skip


class RedeemBody(Body, frozen=True):
    """A code."""

    code: TypedCode

    to_command = becoming(RedeemCouponCode, "member_id", "client", "once")


def coupon_routes(coupons: CouponDesk) -> Sequence[HTTPRouteHandler]:
    """For members."""
    routes = Resource("/coupons", permission=MEMBER, tag="coupons")

    @routes.get(summary="Coupons that can be taken now")
    async def list_coupons_to_take(member_id: NamedDependency[MemberId]) -> OfferedCouponsShape:
        """Also those of which I have had as many as I may."""
        found = await coupons.offers(WantedOffers(member_id=member_id))
        return OfferedCouponsShape(items=[OfferedCouponShape.of(one) for one in found])

    @routes.post("/{template_id:uuid}/take", raises=[*GIVING, CouponNotToTake, TooFewPoints], summary="Take a coupon")
    async def take_coupon_now(
        template_id: FromPath[UUID], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> CouponGivenShape:
        """For points, where it costs some: both or neither."""
        wish = TakeCoupon(member_id=member_id, template_id=CouponTemplateId(template_id), once=once)
        return CouponGivenShape.of(await coupons.take(wish))

    @routes.post(
        "/redeem",
        raises=[*GIVING, CouponCodeUnknown, CouponCodeUsed, CouponNotToTake, TooOften],
        summary="Take a coupon by a code",
    )
    async def redeem_coupon_code(
        data: JSONBody[RedeemBody],
        member_id: NamedDependency[MemberId],
        client_address: NamedDependency[str],
        once: NamedDependency[Once | None],
    ) -> CouponGivenShape:
        """Codes that open nothing are counted, for me and for the address I come from."""
        return CouponGivenShape.of(await coupons.redeem(data.to_command(member_id=member_id, client=client_address, once=once)))

    mine = Resource("/me/coupons", permission=MEMBER, tag="coupons")

    @mine.get(summary="My coupons, the latest first")
    async def list_my_coupons(
        member_id: NamedDependency[MemberId], page: NamedDependency[PageRequest]
    ) -> PageShape[CouponShape]:
        """Also those that are used, or over."""
        return listing(await coupons.show.mine(member_id, page), CouponShape.of)

    quotes = Resource("/quotes", permission=MEMBER, tag="coupons")

    @quotes.get("/{quote_id:uuid}/coupons", raises=[QuoteNotFound], summary="Which of my coupons fit this quote")
    async def list_coupons_of_quote(
        quote_id: FromPath[UUID], member_id: NamedDependency[MemberId], short_page: NamedDependency[PageRequest]
    ) -> PageShape[CouponChoiceShape]:
        """Those that take off most first; of the others, why not. Ask for a quote with `coupon_ids` to use some."""
        found = await coupons.on_quote(ShowQuote(member_id=member_id, quote_id=QuoteId(quote_id)))
        return part_of(found, short_page, CouponChoiceShape.of)

    cart = Resource("/me/cart/coupons", permission=MEMBER, tag="coupons")

    @cart.get(summary="Which of my coupons fit what lies in my cart")
    async def list_coupons_of_cart(
        member_id: NamedDependency[MemberId], short_page: NamedDependency[PageRequest]
    ) -> PageShape[CouponChoiceShape]:
        """What delivery costs is not known there, so neither is what a coupon takes off that."""
        return part_of(await coupons.on_cart(member_id), short_page, CouponChoiceShape.of)

    return [*routes.all, *mine.all, *quotes.all, *cart.all]
