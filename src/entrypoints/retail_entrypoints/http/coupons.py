"""`/v1/coupons`, `/v1/me/coupons`, coupons on a quote or cart, and `/v1/staff/coupons`."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta, field

from retail_domain.accounts import MemberNotFound, Permission
from retail_domain.coupons import (
    CODES_MAX,
    ISSUED_MAX,
    PER_MEMBER_MAX,
    CodesMade,
    Coupon,
    CouponCodeUnknown,
    CouponCodeUsed,
    CouponGiven,
    CouponInUse,
    CouponIs,
    CouponLimitReached,
    CouponNotFound,
    CouponNotNow,
    CouponNotToTake,
    CouponReport,
    CouponsGone,
    CouponTemplate,
    CouponTemplateNotFound,
    CouponTotalTooSmall,
    CouponValidity,
    CouponWay,
    HeldCoupon,
    IssueCoupon,
    MakeCouponCodes,
    OfferedCoupon,
    RedeemCouponCode,
    StoreCouponTemplate,
    TakeCoupon,
    TemplateWish,
    TooManyCoupons,
    VoidCoupon,
    WantedOffers,
)
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.counting import TooOften
from retail_domain.kernel.coupon_terms import CouponKind, CouponScope, CouponTerms
from retail_domain.kernel.errors import ChangedMeanwhile
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
from retail_entrypoints.http.shapes import Answer, Body, Cents, Count, Instant, Points, Reason, Uuid
from retail_entrypoints.http.shaping import derived

CouponName = Annotated[str, Meta(min_length=1, max_length=40, description="What people call it.", examples=["满100减20"])]
OtherName = Annotated[str, Meta(max_length=40, description="The same in English; may be empty.", examples=["20 off 100"])]
Days = Annotated[int, Meta(ge=0, le=3_650, description="A number of days.", examples=[7])]
Issued = Annotated[int, Meta(ge=1, le=ISSUED_MAX, description="How many there are.", examples=[1_000])]
PerMember = Annotated[int, Meta(ge=1, le=PER_MEMBER_MAX, description="How many one member may have.", examples=[1])]
WhyNot = Annotated[str, Meta(description="Why it cannot be used; empty when it can.", examples=["below_threshold"])]
TypedCode = Annotated[str, Meta(min_length=1, max_length=64, description="As it was told.", examples=["1234-5678-9012-3456"])]
Named = Annotated[list[Uuid], Meta(max_length=500)]
TierCodes = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=30)]],
    Meta(max_length=20, description="With which tiers it comes.", examples=[[]]),
]
Off = Annotated[int, Meta(ge=0, le=MINOR_MAX, description="Minor units of the shop's currency.", examples=[1_500])]
PartOff = Annotated[int, Meta(ge=0, le=10_000, description="A share; 1,500 is 85 of 100.", examples=[0])]
MostOff = Annotated[int, Meta(ge=0, le=MINOR_MAX, description="Minor units; a part takes no more off.", examples=[0])]
From = Annotated[int, Meta(ge=1, le=MINOR_MAX, description="Minor units of the goods it is for.", examples=[10_000])]
Delay = Annotated[int, Meta(ge=0, le=3_650, description="A number of days.", examples=[0])]
Moment = Annotated[Instant | None, Meta(description="A moment, or none.", examples=[None])]
ToldCodes = Annotated[list[str], Meta(description="Told this once.", examples=[["1234-5678-9012-3456"]])]

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


class CouponValidityShape(Body, frozen=True):
    """When it can be used: between two moments, or so many days from when it is taken, or from some days later."""

    begins_at: Moment = None
    ends_at: Moment = None
    days: Days = 0
    delay_days: Delay = 0

    of = derived(CouponValidity)

    to_validity = becoming(CouponValidity)


class CouponTemplateBody(Body, frozen=True):
    """A kind of coupon: what it says, how members come by it, and how many there are."""

    name: CouponName
    way: CouponWay
    terms: CouponTermsShape
    validity: CouponValidityShape
    total: Issued
    name_en: OtherName = ""
    per_member: PerMember = 1
    takes_from: Moment = None
    takes_until: Moment = None
    points: Points = 0
    tiers: TierCodes = field(default_factory=list)
    is_open: bool = True

    to_wish = becoming(TemplateWish)


class RestatedTemplateBody(CouponTemplateBody, frozen=True):
    """A kind of coupon, said anew. `seen` is the `edition` that was looked at: with it, nobody may have changed it since."""

    seen: Count | None = None


class CouponTemplateShape(Answer, frozen=True):
    """A kind of coupon as it is now; `edition` counts what it said. `most_minor`: what all of it can ever cost."""

    id: Uuid
    edition: Count
    name: CouponName
    name_en: OtherName
    way: CouponWay
    terms: CouponTermsShape
    validity: CouponValidityShape
    total: Issued
    per_member: PerMember
    issued: Count
    left: Count
    most_minor: Annotated[int, Meta(ge=0, description="Minor units.", examples=[2_000_000])]
    takes_from: Instant | None
    takes_until: Instant | None
    points: Points
    tiers: TierCodes
    is_open: bool
    made_at: Instant

    of = derived(CouponTemplate)


class CouponReportShape(Answer, frozen=True):
    """What has become of the coupons of a kind, and what those that were used took off."""

    template: CouponTemplateShape
    unused: Count
    locked: Count
    used: Count
    expired: Count
    void: Count
    codes: Count
    applied_minor: Annotated[int, Meta(ge=0, description="Minor units.", examples=[1999])]

    @classmethod
    def of(cls, report: CouponReport) -> "CouponReportShape":
        """As it is."""
        counts = {one.value: report.of(one) for one in CouponIs}
        template = CouponTemplateShape.of(report.template)
        return cls(template=template, applied_minor=report.applied_minor, codes=report.codes, **counts)


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


class IssueBody(Body, frozen=True):
    """To whom."""

    member_id: Uuid

    to_command = becoming(IssueCoupon, "template_id", "actor", "once")


class CodesBody(Body, frozen=True):
    """So many codes that are used once each, or one for everybody."""

    count: Annotated[int, Meta(ge=1, le=CODES_MAX, description="How many.", examples=[100])] = 1
    for_everybody: bool = False

    to_command = becoming(MakeCouponCodes, "template_id", "actor", "once")


class CodesShape(Answer, frozen=True):
    """Codes; nobody is told them again."""

    template_id: Uuid
    codes: ToldCodes

    of = derived(CodesMade)


class VoidBody(Body, frozen=True):
    """Which coupon, and why."""

    coupon_id: Uuid
    reason: Reason

    to_command = becoming(VoidCoupon, "actor", "once")


class VoidedShape(Answer, frozen=True):
    """How it stands now."""

    coupon_id: Uuid
    stands: CouponIs

    of = derived(Coupon, coupon_id="id")


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


def staff_coupon_routes(coupons: CouponDesk) -> Sequence[HTTPRouteHandler]:
    """For staff."""
    routes = Resource("/staff/coupons", permission=Permission.COUPONS_MANAGE, tag="staff: coupons")

    @routes.get(summary="Kinds of coupons, the newest first")
    async def list_coupon_templates(page: NamedDependency[PageRequest]) -> PageShape[CouponTemplateShape]:
        """Open and closed ones."""
        return listing(await coupons.show.templates(page), CouponTemplateShape.of)

    @routes.post(does=coupons.store_template, summary="Make a kind of coupon")
    async def create_coupon_template(
        data: JSONBody[CouponTemplateBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> CouponTemplateShape:
        """Members can take it at once, unless it says otherwise."""
        wish = StoreCouponTemplate(wish=data.to_wish(), actor=actor, once=once)
        return CouponTemplateShape.of(await coupons.store_template(wish))

    @routes.get("/{template_id:uuid}", raises=[CouponTemplateNotFound], summary="What became of the coupons of a kind")
    async def show_coupon_report(template_id: FromPath[UUID]) -> CouponReportShape:
        """How many are unused, locked, used, expired and void, and what they took off."""
        return CouponReportShape.of(await coupons.show.report(CouponTemplateId(template_id)))

    @routes.put(
        "/{template_id:uuid}",
        does=coupons.store_template,
        raises=[CouponTemplateNotFound, ChangedMeanwhile, CouponTotalTooSmall],
        summary="Say something else of a kind of coupon",
    )
    async def replace_coupon_template(
        template_id: FromPath[UUID],
        data: JSONBody[RestatedTemplateBody],
        actor: NamedDependency[Actor],
        once: NamedDependency[Once | None],
    ) -> CouponTemplateShape:
        """Coupons that are out keep what they said."""
        wish = StoreCouponTemplate(
            wish=data.to_wish(), actor=actor, template_id=CouponTemplateId(template_id), seen=data.seen, once=once
        )  # fmt: skip
        return CouponTemplateShape.of(await coupons.store_template(wish))

    @routes.post(
        "/{template_id:uuid}/issue", does=coupons.issue, raises=[*GIVING, MemberNotFound], summary="Give a member a coupon"
    )
    async def issue_coupon_to(
        template_id: FromPath[UUID],
        data: JSONBody[IssueBody],
        actor: NamedDependency[Actor],
        once: NamedDependency[Once | None],
    ) -> CouponGivenShape:
        """Of any kind, within its numbers."""
        command = data.to_command(template_id=CouponTemplateId(template_id), actor=actor, once=once)
        return CouponGivenShape.of(await coupons.issue(command))

    @routes.post(
        "/{template_id:uuid}/codes",
        does=coupons.make_codes,
        raises=[CouponTemplateNotFound, CouponNotToTake],
        summary="Make codes for a kind of coupon",
    )
    async def make_codes_of(
        template_id: FromPath[UUID],
        data: JSONBody[CodesBody],
        actor: NamedDependency[Actor],
        once: NamedDependency[Once | None],
    ) -> CodesShape:
        """They are told this once; the shop keeps only their seals."""
        command = data.to_command(template_id=CouponTemplateId(template_id), actor=actor, once=once)
        return CodesShape.of(await coupons.make_codes(command))

    @routes.post("/void", does=coupons.void, raises=[CouponNotFound, CouponInUse], status=200, summary="Take a coupon back")
    async def void_coupon_of(
        data: JSONBody[VoidBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> VoidedShape:
        """One that nobody has used."""
        return VoidedShape.of(await coupons.void(data.to_command(actor=actor, once=once)))

    return routes.all
