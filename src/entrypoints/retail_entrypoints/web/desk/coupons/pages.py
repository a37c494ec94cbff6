"""`/desk/coupons`: kinds of coupons, what became of each, and coupons that staff give or take back."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, URLEncodedBody

from retail_domain.accounts import MemberNotFound, Permission
from retail_domain.application import Retail
from retail_domain.coupons import (
    Coupon,
    CouponGiven,
    CouponInUse,
    CouponNotFound,
    CouponTemplate,
    CouponTemplateNotFound,
    CouponWay,
    IssueCoupon,
    MakeCouponCodes,
    StoreCouponTemplate,
    VoidCoupon,
)
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.coupon_terms import CouponKind
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import CouponId, CouponTemplateId, MemberId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.web.amounts import count_typed
from retail_entrypoints.web.desk.coupons.models import (
    CodesForm,
    CouponKindForm,
    CouponKindRow,
    ReceiverForm,
    ReportModel,
    RestateForm,
    VoidForm,
    restated,
)
from retail_entrypoints.web.desk.showing import PAGE, Cursor, decide, show
from retail_entrypoints.web.view import View


def desk_coupon_pages(shop: ServedShop[Retail], calendar: Calendar) -> Sequence[HTTPRouteHandler]:
    """Coupons have no place, so whoever is bound to places is not let in."""
    return [*_kinds(shop, calendar), *_one(shop)]


def _kinds(shop: ServedShop[Retail], calendar: Calendar) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/coupons", permission=Permission.COUPONS_MANAGE, tag="desk")
    retail, currency = shop.retail, shop.settings.currency

    async def listed(view: View, cursor: str | None = None) -> Response[bytes]:
        found = await retail.coupons.show.templates(PageRequest(PAGE, cursor))
        shelves = [(one.id, one.name) for one in await retail.catalog.show.categories()]
        return show(
            view, "coupons/list.html", rows=[CouponKindRow.of(one, currency) for one in found.items],
            next_cursor=found.next_cursor,
            shelves=shelves, ways=tuple(CouponWay), kinds=tuple(CouponKind),
        )  # fmt: skip

    @pages.get()
    async def show_coupons_at_desk(view: NamedDependency[View], cursor: Cursor = None) -> Response[bytes]:
        return await listed(view, cursor)

    @pages.post(does=retail.coupons.store_template)
    async def make_coupons_at_desk(
        data: URLEncodedBody[CouponKindForm], view: NamedDependency[View], once: NamedDependency[Once | None]
    ) -> Response[bytes]:
        async def make() -> CouponTemplate:
            found = {code: await retail.catalog.show.product_coded(code) for code in data.codes[:100]}
            wish = data.wish({code: id for code, id in found.items() if id is not None}, calendar)
            return await retail.coupons.store_template(StoreCouponTemplate(wish=wish, actor=view.actor, once=once))

        return await decide(
            view, make(), lambda made: view.go(f"/desk/coupons/{made.id}", "desk.said.coupons_made"), lambda: listed(view)
        )

    @pages.post("/void", does=retail.coupons.void, raises=[CouponNotFound, CouponInUse])
    async def void_coupon_at_desk(
        data: URLEncodedBody[VoidForm], view: NamedDependency[View], once: NamedDependency[Once | None]
    ) -> Response[bytes]:
        async def void() -> Coupon:
            id = CouponId(_id_typed(data.coupon_id, "coupon_id"))
            return await retail.coupons.void(VoidCoupon(coupon_id=id, reason=data.reason, actor=view.actor, once=once))

        return await decide(
            view, void(), lambda one: view.go(f"/desk/coupons/{one.template_id}", "desk.said.coupon_void"), lambda: listed(view)
        )

    return pages.all


def _one(shop: ServedShop[Retail]) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/coupons/{template_id:uuid}", permission=Permission.COUPONS_MANAGE, tag="desk")
    retail, currency = shop.retail, shop.settings.currency

    async def shown(view: View, template_id: UUID, codes: tuple[str, ...] = (), tried: str = "") -> Response[bytes]:
        report = await retail.coupons.show.report(CouponTemplateId(template_id))
        return show(view, "coupons/one.html", m=ReportModel.of(report, currency), codes=codes, tried=tried)

    async def whom(who: str) -> MemberId:
        found = None
        with suppress(ValueError):
            found = await retail.accounts.show.member_phoned(Phone.parse(who))
        return found.member_id if found is not None else MemberId(_id_typed(who, "member"))

    @pages.get(raises=[CouponTemplateNotFound])
    async def show_coupon_kind_at_desk(template_id: FromPath[UUID], view: NamedDependency[View]) -> Response[bytes]:
        return await shown(view, template_id)

    @pages.post(does=retail.coupons.store_template, raises=[CouponTemplateNotFound])
    async def restate_coupons_at_desk(
        template_id: FromPath[UUID],
        data: URLEncodedBody[RestateForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def restate() -> CouponTemplate:
            known = await retail.coupons.show.template(CouponTemplateId(template_id))
            wish = restated(known, total=count_typed(data.total, "total"), is_open=bool(data.is_open))
            store = StoreCouponTemplate(
                wish=wish, actor=view.actor, template_id=known.id, seen=known.edition, once=once
            )  # fmt: skip
            return await retail.coupons.store_template(store)

        return await decide(
            view, restate(), lambda _: view.go(f"/desk/coupons/{template_id}", "desk.said.coupons_kept"),
            lambda: shown(view, template_id, tried="restate"),
        )  # fmt: skip

    @pages.post("/issue", does=retail.coupons.issue, raises=[CouponTemplateNotFound, MemberNotFound])
    async def issue_coupon_at_desk(
        template_id: FromPath[UUID],
        data: URLEncodedBody[ReceiverForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def issue() -> CouponGiven:
            wish = IssueCoupon(
                member_id=await whom(data.member.strip()), template_id=CouponTemplateId(template_id),
                actor=view.actor, once=once,
            )  # fmt: skip
            return await retail.coupons.issue(wish)

        return await decide(
            view, issue(), lambda _: view.go(f"/desk/coupons/{template_id}", "desk.said.coupon_given"),
            lambda: shown(view, template_id, tried="issue"),
        )  # fmt: skip

    @pages.post("/codes", does=retail.coupons.make_codes, raises=[CouponTemplateNotFound])
    async def make_codes_at_desk(
        template_id: FromPath[UUID],
        data: URLEncodedBody[CodesForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def make() -> Response[bytes]:
            wish = MakeCouponCodes(
                template_id=CouponTemplateId(template_id), actor=view.actor, for_everybody=bool(data.for_everybody),
                count=1 if data.for_everybody else count_typed(data.count, "count"), once=once,
            )  # fmt: skip
            return await shown(view, template_id, (await retail.coupons.make_codes(wish)).codes)

        return await decide(view, make(), lambda page: page, lambda: shown(view, template_id, tried="codes"))

    return pages.all


def _id_typed(text: str, field: str) -> UUID:
    try:
        return UUID(text.strip())
    except ValueError:
        raise InvalidInput.of(field, "format", "an id, as lists show it") from None
