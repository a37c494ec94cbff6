"""Tiers (会员等级): a ladder that staff set, who stands where on it, and what that brings."""

from typing import Any, Final

from retail_domain.kernel.events import Event
from retail_domain.kernel.settings import Setting
from retail_domain.tiers.causes import CAUSES as CAUSES
from retail_domain.tiers.commands import GrantTier as GrantTier, TakeTierAway as TakeTierAway
from retail_domain.tiers.ladder import (
    LADDER as LADDER,
    NO_LADDER as NO_LADDER,
    WHOLE_BPS as WHOLE_BPS,
    Benefits as Benefits,
    Ladder as Ladder,
    Metric as Metric,
    Metrics as Metrics,
    Tier as Tier,
    Together as Together,
)
from retail_domain.tiers.model import (
    Grant as Grant,
    Judge as Judge,
    NoTierGranted as NoTierGranted,
    TierCause as TierCause,
    TierFallsSoon as TierFallsSoon,
    TierFell as TierFell,
    TierNotOnLadder as TierNotOnLadder,
    TierRose as TierRose,
    TierStanding as TierStanding,
    evaluated as evaluated,
    granted as granted,
    held_by as held_by,
    taken_away as taken_away,
)
from retail_domain.tiers.ports import (
    Spending as Spending,
    TieringWork as TieringWork,
    TierStandings as TierStandings,
    TiersWork as TiersWork,
)
from retail_domain.tiers.use_cases import (
    EvaluateTier as EvaluateTier,
    Missing as Missing,
    TierCount as TierCount,
    TierDesk as TierDesk,
    TierView as TierView,
)

EVENTS: Final[tuple[type[Event], ...]] = (TierRose, TierFell, TierFallsSoon)
SETTINGS: Final[tuple[Setting[Any], ...]] = (LADDER,)
