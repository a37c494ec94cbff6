"""Membership (会员): coming by every day, and marking goods."""

from typing import Final

from retail_domain.kernel.events import Event
from retail_domain.membership.favourites import (
    AddFavourite as AddFavourite,
    FavouriteCount as FavouriteCount,
    RemoveFavourite as RemoveFavourite,
    TooManyFavourites as TooManyFavourites,
)
from retail_domain.membership.model import (
    AlreadyCheckedIn as AlreadyCheckedIn,
    CheckIn as CheckIn,
    GoodsMark as GoodsMark,
    MemberCheckedIn as MemberCheckedIn,
)
from retail_domain.membership.opening import OpeningTotals as OpeningTotals
from retail_domain.membership.ports import (
    CheckIns as CheckIns,
    Favourites as Favourites,
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
