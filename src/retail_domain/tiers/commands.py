"""What staff may wish of a member's tier (LVL-R6)."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import checked
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.once import Once


@frozen(kw_only=True)
@checked
class GrantTier:
    """Staff give a member a tier, whatever they have bought, until some moment; it takes the place of an earlier grant."""

    actor: Actor
    member_id: MemberId
    tier: str
    until: datetime
    reason: str
    once: Once | None = None


@frozen(kw_only=True)
@checked
class TakeTierAway:
    """Staff take back what they granted; what was earned stays."""

    actor: Actor
    member_id: MemberId
    reason: str
    once: Once | None = None
