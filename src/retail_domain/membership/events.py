"""Facts of membership."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import MemberId


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


EVENTS: Final[tuple[type[Event], ...]] = (MemberCheckedIn,)
