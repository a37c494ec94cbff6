"""`/desk/members`: who buys here, masked; a look in clear is a button, and is in the trail; block and let in again."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, URLEncodedBody

from retail_domain.accounts import BanMember, MemberNotFound, MemberView, Permission
from retail_domain.application import Retail
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.tiers import GrantTier, NoTierGranted, TakeTierAway, TierNotOnLadder, TierStanding
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.staff_accounts import MemberContactShape
from retail_entrypoints.web.desk.members.models import MemberRow
from retail_entrypoints.web.desk.showing import PAGE, Cursor, decide, show
from retail_entrypoints.web.forms import Form, NoFields, Typed
from retail_entrypoints.web.moments import moment_typed
from retail_entrypoints.web.shop.tiers.models import name_of
from retail_entrypoints.web.view import View


class FindForm(Form, frozen=True):
    """A phone number or a login name. It is sent in a form, so that it stands in no address and no journal (R40)."""

    who: Typed = ""


class TierForm(Form, frozen=True):
    """Which tier, until when, and why."""

    tier: Typed = ""
    until: Typed = ""
    reason: Typed = ""


class TierBackForm(Form, frozen=True):
    """Why it is taken back."""

    reason: Typed = ""


def member_pages(retail: Retail, calendar: Calendar) -> Sequence[HTTPRouteHandler]:
    """Members have no place, so whoever is bound to places is not let in."""
    return [*_looking(retail), *_contacts(retail), *_barring(retail), *_granting(retail, calendar)]


async def _member(retail: Retail, member_id: UUID) -> MemberView:
    found = await retail.accounts.show.member(MemberId(member_id))
    if found is None:
        raise MemberNotFound()
    return found


async def _page(retail: Retail, view: View, member_id: UUID, *, clear: bool = False) -> Response[bytes]:
    found, tier = await _member(retail, member_id), await retail.tiers.show(MemberId(member_id))
    tiers = [(one.code, name_of(one, view.lang)) for one in tier.ladder.tiers]
    return show(
        view, "members/one.html", m=MemberRow.of(found), clear=found if clear else None, tier=tier, tiers=tiers,
        tier_name=name_of(tier.tier, view.lang),
    )  # fmt: skip


def _looking(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/members", permission=Permission.MEMBERS_SEE, tag="desk")
    accounts = retail.accounts.show

    async def found_by(who: str) -> MemberView | None:
        with suppress(ValueError):
            return await accounts.member_phoned(Phone.parse(who))
        return await accounts.member_named(who)

    @pages.get()
    async def show_members_at_desk(view: NamedDependency[View], cursor: Cursor = None) -> Response[bytes]:
        found = await accounts.members(PageRequest(PAGE, cursor))
        rows = tuple(MemberRow.of(one) for one in found.items)
        return show(view, "members/list.html", rows=rows, next_cursor=found.next_cursor, is_missing=False)

    @pages.post("/find")
    async def find_member_at_desk(data: URLEncodedBody[FindForm], view: NamedDependency[View]) -> Response[bytes]:
        found = await found_by(data.who.strip()) if data.who.strip() else None
        if found is None:
            return show(view, "members/list.html", rows=(), next_cursor=None, is_missing=True)
        return view.go(f"/desk/members/{found.member_id}")

    @pages.get("/{id:uuid}", raises=[MemberNotFound])
    async def show_member_at_desk(id: FromPath[UUID], view: NamedDependency[View]) -> Response[bytes]:
        return await _page(retail, view, id)

    return pages.all


def _contacts(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/members/{id:uuid}", permission=Permission.MEMBERS_CONTACT, tag="desk")

    @pages.post("/contact", does=MemberContactShape, raises=[MemberNotFound])
    async def look_at_member_at_desk(
        id: FromPath[UUID], data: URLEncodedBody[NoFields], view: NamedDependency[View]
    ) -> Response[bytes]:
        return await _page(retail, view, id, clear=True)

    return pages.all


def _barring(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/members/{id:uuid}", permission=Permission.MEMBERS_BAN, tag="desk")

    async def bar(view: View, member_id: UUID, once: Once | None, *, banned: bool) -> Response[bytes]:
        wish = BanMember(member_id=MemberId(member_id), actor=view.actor, banned=banned, once=once)
        said = "desk.said.banned" if banned else "desk.said.readmitted"
        return await decide(
            view, retail.accounts.ban_member(wish), lambda _: view.go(f"/desk/members/{member_id}", said),
            lambda: _page(retail, view, member_id),
        )  # fmt: skip

    @pages.post("/ban", does=retail.accounts.ban_member, raises=[MemberNotFound])
    async def ban_member_at_desk(
        id: FromPath[UUID],
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        return await bar(view, id, once, banned=True)

    @pages.post("/readmit", does=retail.accounts.ban_member, raises=[MemberNotFound])
    async def readmit_member_at_desk(
        id: FromPath[UUID],
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        return await bar(view, id, once, banned=False)

    return pages.all


def _granting(retail: Retail, calendar: Calendar) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/members/{id:uuid}/tier", permission=Permission.TIERS_GRANT, tag="desk")

    @pages.post(does=retail.tiers.grant, raises=[MemberNotFound, TierNotOnLadder])
    async def grant_tier_at_desk(
        id: FromPath[UUID],
        data: URLEncodedBody[TierForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def grant() -> TierStanding:
            until = moment_typed(data.until, "until", calendar)
            if until is None:
                raise InvalidInput.of("until", "required", "a tier by hand ends at some moment")
            wish = GrantTier(
                actor=view.actor, member_id=MemberId(id), tier=data.tier, until=until, reason=data.reason, once=once
            )
            return await retail.tiers.grant(wish)

        return await decide(
            view, grant(), lambda _: view.go(f"/desk/members/{id}", "desk.said.tier_granted"), lambda: _page(retail, view, id)
        )

    @pages.post("/removal", does=retail.tiers.take_away, raises=[MemberNotFound, NoTierGranted])
    async def take_tier_away_at_desk(
        id: FromPath[UUID],
        data: URLEncodedBody[TierBackForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = TakeTierAway(actor=view.actor, member_id=MemberId(id), reason=data.reason, once=once)
        return await decide(
            view, retail.tiers.take_away(wish), lambda _: view.go(f"/desk/members/{id}", "desk.said.tier_taken"),
            lambda: _page(retail, view, id),
        )  # fmt: skip

    return pages.all
