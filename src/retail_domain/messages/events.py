"""What can happen to messages that anybody would follow: that somebody agrees to advertising, or does no longer."""

from __future__ import annotations

from typing import ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import MemberId


@frozen(kw_only=True)
class MarketingConsentChanged(Event):
    """A member agreed that the shop advertises to them, or took that back (MSG-R3)."""

    name: ClassVar[str] = "member.marketing_consent_changed"

    member_id: MemberId
    given: bool
    terms_version: str

    @property
    def aggregate_id(self) -> UUID:
        """Deliveries are kept in order per member."""
        return self.member_id


EVENTS: Final[tuple[type[Event], ...]] = (MarketingConsentChanged,)
