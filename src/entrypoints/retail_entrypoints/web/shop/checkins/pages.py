"""`/me/check-ins`: coming by every day."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter, URLEncodedBody

from retail_domain.application import Retail
from retail_domain.kernel import reading
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.once import Once
from retail_domain.membership import AlreadyCheckedIn, CheckedIn, CheckInToday, ShowCheckIns
from retail_entrypoints.http.routing import MEMBER, Resource
from retail_entrypoints.web.forms import NoFields
from retail_entrypoints.web.shop.checkins.models import CheckInModel
from retail_entrypoints.web.view import View

Month = Annotated[str | None, QueryParameter(pattern=r"^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])$(?!\n)", max_length=7)]


def check_in_pages(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """The calendar, and today's check-in."""
    pages = Resource("/me/check-ins", permission=MEMBER, tag="membership")

    async def shown(view: View, member_id: MemberId, month: date | None = None) -> Response[bytes]:
        told = await retail.membership.show_check_ins(ShowCheckIns(member_id=member_id, month=month))
        return view.page("shop/checkins/month.html", m=CheckInModel.of(told, view.shop.look.calendar))

    @pages.get()
    async def show_check_in_month(
        view: NamedDependency[View], member_id: NamedDependency[MemberId], month: Month = None
    ) -> Response[bytes]:
        return await shown(view, member_id, reading.month_in(month, "month") if month else None)

    @pages.post(raises=[AlreadyCheckedIn])
    async def check_in_from_page(
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        def done(told: CheckedIn) -> Response[bytes]:
            said = "checkins.done_for_points" if told.points else "checkins.done"
            return view.go("/me/check-ins", said, streak=str(told.streak), points=str(told.points))

        wish = CheckInToday(member_id=member_id, once=once)
        return await view.decide(retail.membership.check_in(wish), done, lambda: shown(view, member_id))

    return pages.all
