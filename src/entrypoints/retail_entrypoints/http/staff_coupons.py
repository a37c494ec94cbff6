"""`/v1/staff/coupons`: kinds of coupons, what became of them, and coupons that staff give and take back."""

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
    CouponInUse,
    CouponIs,
    CouponNotFound,
    CouponNotToTake,
    CouponReport,
    CouponTemplate,
    CouponTemplateNotFound,
    CouponTotalTooSmall,
    CouponValidity,
    CouponWay,
    IssueCoupon,
    MakeCouponCodes,
    StoreCouponTemplate,
    TemplateWish,
    VoidCoupon,
)
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import ChangedMeanwhile
from retail_domain.kernel.ids import CouponTemplateId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.processes.rewards.coupon_desk import CouponDesk
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.coupons import GIVING, CouponGivenShape, CouponName, CouponTermsShape, OtherName
from retail_entrypoints.http.lists import PageShape, listing
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shapes import Answer, Body, Count, Instant, Points, Reason, Uuid
from retail_entrypoints.http.shaping import derived

Days = Annotated[int, Meta(ge=0, le=3_650, description="A number of days.", examples=[7])]
Issued = Annotated[int, Meta(ge=1, le=ISSUED_MAX, description="How many there are.", examples=[1_000])]
PerMember = Annotated[int, Meta(ge=1, le=PER_MEMBER_MAX, description="How many one member may have.", examples=[1])]
TierCodes = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=30)]],
    Meta(max_length=20, description="With which tiers it comes.", examples=[[]]),
]
Delay = Annotated[int, Meta(ge=0, le=3_650, description="A number of days.", examples=[0])]
Moment = Annotated[Instant | None, Meta(description="A moment, or none.", examples=[None])]
ToldCodes = Annotated[list[str], Meta(description="Told this once.", examples=[["1234-5678-9012-3456"]])]


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
