"""CheckIn: a member came by on a day of the shop (签到); GoodsMark: goods that a member wants to find again (收藏)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import MemberId, ProductId

_DAY: Final = timedelta(days=1)


@refusal
class AlreadyCheckedIn(DomainError):
    """You have checked in today; come back tomorrow."""

    code = "membership.already_checked_in"
    kind = Kind.CONFLICT
    day: date


@frozen(kw_only=True)
class MemberCheckedIn(Event):
    """A member checked in, for so many days in a row."""

    name: ClassVar[str] = "member.checked_in"

    member_id: MemberId
    day: date
    streak: int

    @property
    def aggregate_id(self) -> UUID:
        """The member."""
        return self.member_id


@frozen(kw_only=True)
class CheckIn:
    """One day on which a member came by, and how many days in a row that makes (PTS-R4); it never changes."""

    member_id: MemberId
    day: date
    streak: int
    at: datetime
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.streak < 1:
            raise ValueError("a streak is at least this day")

    @classmethod
    def made(cls, member_id: MemberId, day: date, last: CheckIn | None, *, at: datetime) -> Change[CheckIn]:
        """Come by today; `last` is the latest day so far. Raises AlreadyCheckedIn, also by a clock that is behind."""
        if last is not None and last.day >= day:
            raise AlreadyCheckedIn(day=last.day)
        made = cls(member_id=member_id, day=day, streak=streak_before(last, day) + 1, at=at)
        return Change(None, made, (MemberCheckedIn(at=at, member_id=member_id, day=day, streak=made.streak),))


@frozen(kw_only=True)
class GoodsMark:
    """One product that a member has marked (MEM-R1); it never changes."""

    member_id: MemberId
    product_id: ProductId
    at: datetime
    version: int = 0


def streak_before(last: CheckIn | None, day: date) -> int:
    """The streak that a check-in on this day goes on: that of the day before, else none."""
    return last.streak if last is not None and day > date.min and last.day == day - _DAY else 0
