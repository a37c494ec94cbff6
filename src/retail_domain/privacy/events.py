"""Facts about what the shop knows of people."""

from __future__ import annotations

from typing import ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import MemberId


@frozen(kw_only=True)
class MemberErased(Event):
    """Nothing that tells of this member is left but records of trade, masked; a host erases its own by `member.left`."""

    name: ClassVar[str] = "member.erased"
    member_id: MemberId

    @property
    def aggregate_id(self) -> UUID:
        """Deliveries are kept in order per member."""
        return self.member_id


EVENTS: Final[tuple[type[Event], ...]] = (MemberErased,)
