"""`/desk/preview`: begin to see the shop as it will be, or was, as a guest or as a member; and end it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter, URLEncodedBody

from retail_domain.accounts import MemberNotFound, MemberView
from retail_domain.application import Retail
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.reading import LINE
from retail_entrypoints.http.routing import STAFF, Resource
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.web.desk.members.models import MemberRow
from retail_entrypoints.web.desk.showing import show
from retail_entrypoints.web.forms import Form, NoFields, Path, Typed
from retail_entrypoints.web.moments import moment_for_typing, moment_typed
from retail_entrypoints.web.preview import AS_GUEST, AS_MEMBER, LASTS, PREVIEW, Preview
from retail_entrypoints.web.view import View

_REASON_MAX = 100
At = Annotated[str | None, QueryParameter(name="at", max_length=40)]
Whom = Annotated[UUID | None, QueryParameter(name="member")]


class PreviewForm(Form, frozen=True):
    """Which moment is looked at, on which page it begins, and why."""

    at: Typed = ""
    path: Path = "/"
    reason: Typed = ""


def preview_pages(shop: ServedShop[Retail], calendar: Calendar) -> Sequence[HTTPRouteHandler]:
    """Begin and end a preview. The whole shop is looked at, so whoever is bound to places is not let in."""
    return [*_as_guest(shop, calendar), *_as_member(shop, calendar), *_ending()]


async def _page(
    shop: ServedShop[Retail], view: View, calendar: Calendar, at: str = "", whom: UUID | None = None
) -> Response[bytes]:
    member = MemberRow.of(await _member(shop, whom)) if whom is not None else None
    now = moment_for_typing(shop.clock.now(), calendar)
    return show(view, "preview/begin.html", at=at or now, member=member, minutes=int(LASTS.total_seconds()) // 60)


async def _member(shop: ServedShop[Retail], member_id: UUID) -> MemberView:
    found = await shop.retail.accounts.show.member(MemberId(member_id))
    if found is None or found.closed_at is not None:
        raise MemberNotFound()
    return found


def _begun(view: View, preview: Preview, path: str) -> Response[bytes]:
    view.cookies.append(view.request.jar.kept(PREVIEW, preview.closed(view.shop.previews), LASTS, strict=True))
    return view.go("/" if path.startswith("/desk") else view.onward(path, "/"))


def _as_guest(shop: ServedShop[Retail], calendar: Calendar) -> Sequence[HTTPRouteHandler]:
    first, *besides = AS_GUEST
    pages = Resource("/desk/preview", permission=first, tag="desk")

    @pages.get(besides=tuple(besides))
    async def show_preview(view: NamedDependency[View], at: At = None) -> Response[bytes]:
        return await _page(shop, view, calendar, at or "")

    @pages.post(besides=tuple(besides))
    async def begin_preview(data: URLEncodedBody[PreviewForm], view: NamedDependency[View]) -> Response[bytes]:
        async def begin() -> Response[bytes]:
            at = _moment(shop, data, calendar)
            return _begun(view, Preview(at=at, staff_id=_staff(view)), data.path)

        return await view.decide(begin(), lambda answer: answer, lambda: _page(shop, view, calendar, data.at))

    return pages.all


def _as_member(shop: ServedShop[Retail], calendar: Calendar) -> Sequence[HTTPRouteHandler]:
    first, *besides = AS_MEMBER
    pages = Resource("/desk/members/{id:uuid}/preview", permission=first, tag="desk")

    @pages.get(besides=tuple(besides), raises=[MemberNotFound])
    async def show_member_preview(id: FromPath[UUID], view: NamedDependency[View]) -> Response[bytes]:
        return await _page(shop, view, calendar, whom=id)

    @pages.post(besides=tuple(besides), raises=[MemberNotFound])
    async def begin_member_preview(
        id: FromPath[UUID], data: URLEncodedBody[PreviewForm], view: NamedDependency[View]
    ) -> Response[bytes]:
        async def begin() -> Response[bytes]:
            member, reason = await _member(shop, id), LINE.read(data.reason, "reason", _REASON_MAX, 1)
            at = _moment(shop, data, calendar)
            preview = Preview(at=at, staff_id=_staff(view), member_id=member.member_id, reason=reason)
            return _begun(view, preview, data.path)

        return await view.decide(begin(), lambda answer: answer, lambda: _page(shop, view, calendar, data.at, id))

    return pages.all


def _ending() -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/preview", permission=STAFF, tag="desk")

    @pages.post("/end")
    async def end_preview(data: URLEncodedBody[NoFields], view: NamedDependency[View]) -> Response[bytes]:
        view.cookies.append(view.request.jar.dropped(PREVIEW))
        return view.go("/desk", "desk.said.preview_ended")

    return pages.all


def _moment(shop: ServedShop[Retail], data: PreviewForm, calendar: Calendar) -> datetime:
    return moment_typed(data.at, "at", calendar) or shop.clock.now()


def _staff(view: View) -> UUID:
    staff_id = view.request.caller.staff_id
    if staff_id is None:  # a program has no eyes
        raise InvalidInput.of("at", "type", "only people look at pages")
    return staff_id
