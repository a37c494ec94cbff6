"""`/v1/me/check-ins`: coming by every day."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from retail_domain.kernel import reading
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.once import Once
from retail_domain.membership import (
    AlreadyCheckedIn,
    CheckedIn,
    CheckIn,
    CheckInMonth,
    CheckInToday,
    Membership,
    ShowCheckIns,
)
from retail_entrypoints.http.routing import MEMBER, Resource
from retail_entrypoints.http.shapes import Answer, Count, Instant
from retail_entrypoints.http.shaping import derived

Month = Annotated[
    str | None,
    QueryParameter(
        pattern=r"^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])$(?!\n)", max_length=7, description="Such as 2026-11; else this month."
    ),
]


class CheckedInShape(Answer, frozen=True):
    """The day it counts for, how many days in a row that makes, and the points that it brought."""

    day: date
    streak: Count
    points: Count

    of = derived(CheckedIn)


class CheckInShape(Answer, frozen=True):
    """A day on which I came by."""

    day: date
    streak: Count
    at: Instant

    of = derived(CheckIn)


class CheckInMonthShape(Answer, frozen=True):
    """My calendar of a month, whose first day `month` is; and how I stand today, whatever month is shown."""

    month: date
    today: date
    days: list[CheckInShape]
    has_checked_in: bool
    streak: Count

    of = derived(CheckInMonth)


def membership_routes(membership: Membership) -> Sequence[HTTPRouteHandler]:
    """`/v1/me/check-ins`."""
    routes = Resource("/me/check-ins", permission=MEMBER, tag="membership")

    @routes.post(raises=[AlreadyCheckedIn], summary="Check in, once a day")
    async def check_in(member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]) -> CheckedInShape:
        """Counts once a day of the shop's calendar; a repeat tells the same."""
        return CheckedInShape.of(await membership.check_in(CheckInToday(member_id=member_id, once=once)))

    @routes.get(summary="A month of my check-ins, and my streak")
    async def show_check_ins(member_id: NamedDependency[MemberId], month: Month = None) -> CheckInMonthShape:
        """Days are those of the shop's calendar."""
        wish = ShowCheckIns(member_id=member_id, month=reading.month_in(month, "month") if month else None)
        return CheckInMonthShape.of(await membership.show_check_ins(wish))

    return routes.all
