"""Membership (会员): coming by every day."""

from retail_domain.membership.errors import AlreadyCheckedIn as AlreadyCheckedIn
from retail_domain.membership.events import EVENTS as EVENTS, MemberCheckedIn as MemberCheckedIn
from retail_domain.membership.model import CheckIn as CheckIn
from retail_domain.membership.ports import CheckIns as CheckIns, MembershipWork as MembershipWork
from retail_domain.membership.use_cases import (
    CheckedIn as CheckedIn,
    CheckInMonth as CheckInMonth,
    CheckInToday as CheckInToday,
    Membership as Membership,
    ShowCheckIns as ShowCheckIns,
)
