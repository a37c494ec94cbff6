"""Why members are told of their tier."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.causes import Cause, CauseWords, Language, Thing
from retail_domain.tiers.model import TierFallsSoon, TierFell, TierRose

_ZH, _EN = Language.ZH_CN, Language.EN
_NAMES: Final = {"tier": lambda event: event.tier_name, "tier_en": lambda event: event.tier_name_en}

CAUSES: Final = (
    Cause(
        code="tier.rose",
        event=TierRose,
        thing=Thing.OTHER,
        about="member_id",
        fills=_NAMES,
        words={
            _ZH: CauseWords("会员等级提升", "恭喜，您已成为{tier}会员。"),
            _EN: CauseWords("A higher tier", "You are now on the tier {tier_en}."),
        },
    ),
    Cause(
        code="tier.fell",
        event=TierFell,
        thing=Thing.OTHER,
        about="member_id",
        fills=_NAMES,
        words={
            _ZH: CauseWords("会员等级变动", "您的会员等级现为{tier}。"),
            _EN: CauseWords("Your tier has changed", "You are now on the tier {tier_en}."),
        },
    ),
    Cause(
        code="tier.falls_soon",
        event=TierFallsSoon,
        thing=Thing.OTHER,
        about="member_id",
        fills=_NAMES | {"day": lambda event: event.ends_on.isoformat()},
        words={
            _ZH: CauseWords("会员等级即将到期", "您的{tier}等级保留至{day}，再次达标即可续期。"),
            _EN: CauseWords("Your tier ends soon", "{tier_en} is kept until {day}; reach it again, and it goes on."),
        },
    ),
)
"""All of them."""
