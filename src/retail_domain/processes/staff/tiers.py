"""Staff give members a tier by hand, and take it back (LVL-R6)."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from retail_domain.accounts import AccountsWork, StaffAction
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.means import Means
from retail_domain.tiers import GrantTier, TakeTierAway, TieringWork, TierStanding, granted, taken_away
from retail_domain.tiers.use_cases import ladder_in_force


class GrantingWork(TieringWork, AccountsWork, Protocol):
    """The unit of work in which tiers are granted."""


@brings(Effect.TIERS)
async def grant_tier(work: GrantingWork, command: GrantTier, means: Means) -> TierStanding:
    """A member has a tier by hand. Answers the standing. Raises MemberNotFound, TierNotOnLadder, InvalidInput."""
    at = means.clock.now()
    ladder, before = await ladder_in_force(work, at), await _standing(work, command.member_id)
    change = granted(before, command, ladder, at)
    if change is None:
        assert before is not None, "somebody has it already"
        return before
    work.tier_standings.save(change)
    _note(work, command.actor, "tier.grant", f"{command.member_id} {command.tier}", at)
    return change.state


@brings(Effect.TIERS)
async def take_tier_away(work: GrantingWork, command: TakeTierAway, means: Means) -> TierStanding:
    """What was granted counts no more. Answers the standing. Raises MemberNotFound, NoTierGranted, InvalidInput."""
    at = means.clock.now()
    ladder, before = await ladder_in_force(work, at), await _standing(work, command.member_id)
    change = taken_away(before, command, ladder, at)
    work.tier_standings.save(change)
    _note(work, command.actor, "tier.take_away", str(command.member_id), at)
    return change.state


async def _standing(work: GrantingWork, member_id: MemberId) -> TierStanding | None:
    (await work.members.get(member_id)).here()
    return (await work.tier_standings.of([member_id])).get(member_id)


def _note(work: GrantingWork, actor: Actor, action: str, object: str, at: datetime) -> None:
    work.audit_trail.note(StaffAction(actor=actor, action=action, object=object, at=at))
