"""Members check in, and look back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date

from attrs import frozen

from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.checked import checked
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import MemberId, ProductId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.membership.favourites import AddFavourite, FavouriteCount, RemoveFavourite
from retail_domain.membership.model import CheckIn, GoodsMark, streak_before
from retail_domain.membership.ports import MembershipWork


@frozen(kw_only=True)
@checked
class CheckInToday:
    """A member comes by."""

    member_id: MemberId
    once: Once | None = None


@frozen(kw_only=True)
class CheckedIn:
    """The day of the shop that it counts for, and how many days in a row that makes."""

    day: date
    streak: int
    points: int = 0
    """What it has brought."""


@frozen(kw_only=True)
@checked
class ShowCheckIns:
    """A month of a member's calendar: `month` is any day of it; None is the month in which today lies."""

    member_id: MemberId
    month: date | None = None


@frozen(kw_only=True)
class CheckInMonth:
    """The days of a month on which a member came by; and how the member stands today, whatever month is shown.

    `streak` can still go on: it is that of today, or, before today's check-in, that of yesterday.
    """

    month: date
    today: date
    days: tuple[CheckIn, ...]
    has_checked_in: bool
    streak: int


async def check_in(work: MembershipWork, command: CheckInToday, means: Means) -> CheckedIn:
    """A member is here today (签到): one check-in a member and day of the shop (PTS-R4). Raises AlreadyCheckedIn."""
    at = means.clock.now()
    last = await work.check_ins.claim_last(command.member_id)
    change = CheckIn.made(command.member_id, means.calendar.day_of(at), last, at=at)
    work.check_ins.save(change)
    return CheckedIn(day=change.state.day, streak=change.state.streak)


async def show_check_ins(work: MembershipWork, wish: ShowCheckIns, clock: Clock, calendar: Calendar) -> CheckInMonth:
    """A member's calendar of one month. Raises InvalidInput for the last month of the calendar."""
    today = calendar.day_of(clock.now())
    try:
        month, after = calendar.month_of(today if wish.month is None else wish.month)
    except ValueError:
        raise InvalidInput.of("month", "range", "there is no month after this one") from None
    last = await work.check_ins.last(wish.member_id)
    is_here = last is not None and last.day >= today
    return CheckInMonth(
        month=month, today=today, days=tuple(await work.check_ins.between(wish.member_id, month, after)),
        has_checked_in=is_here, streak=last.streak if is_here and last else streak_before(last, today),
    )  # fmt: skip


@frozen(kw_only=True)
class Membership:
    """What it means to come by often, for those who embed the shop."""

    check_in: Callable[[CheckInToday], Awaitable[CheckedIn]]
    show_check_ins: Callable[[ShowCheckIns], Awaitable[CheckInMonth]]
    add_favourite: Callable[[AddFavourite], Awaitable[FavouriteCount]]
    remove_favourite: Callable[[RemoveFavourite], Awaitable[FavouriteCount]]
    favourites: Callable[[MemberId], Awaitable[tuple[GoodsMark, ...]]]
    count_favourites: Callable[[ProductId], Awaitable[FavouriteCount]]
