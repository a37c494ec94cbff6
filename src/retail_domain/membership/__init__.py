"""Membership (会员): coming by every day."""

from typing import Final

from retail_domain.kernel.events import Event
from retail_domain.membership.model import (
    AlreadyCheckedIn as AlreadyCheckedIn,
    CheckIn as CheckIn,
    MemberCheckedIn as MemberCheckedIn,
)
from retail_domain.membership.opening import OpeningTotals as OpeningTotals
from retail_domain.membership.ports import (
    CheckIns as CheckIns,
    MembershipWork as MembershipWork,
    OpeningEntries as OpeningEntries,
)
from retail_domain.membership.use_cases import (
    CheckedIn as CheckedIn,
    CheckInMonth as CheckInMonth,
    CheckInToday as CheckInToday,
    Membership as Membership,
    ShowCheckIns as ShowCheckIns,
)

EVENTS: Final[tuple[type[Event], ...]] = (MemberCheckedIn,)
