"""Tiers, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_domain.processes.staff.tiers import grant_tier, take_tier_away
from retail_domain.processes.worker.due import Due
from retail_domain.tiers import EvaluateTier, TierDesk
from retail_domain.tiers.use_cases import count_tiers, due_standings, evaluate_tier, show_ladder, show_tier


def tiers(parts: Parts) -> TierDesk:
    """The tiers of a shop made of these parts."""
    return TierDesk(
        show=parts.reading(show_tier, parts.clock, parts.means.calendar),
        ladder=parts.looking(show_ladder, parts.clock),
        counts=parts.looking(count_tiers, parts.clock),
        evaluate=parts.deciding(evaluate_tier),
        grant=parts.deciding(grant_tier),
        take_away=parts.deciding(take_tier_away),
    )


def keeping_tiers(parts: Parts) -> Due[EvaluateTier]:
    """The timer that tells whose tier ends soon, and ends it."""
    return Due(clock=parts.clock, find=parts.reading(due_standings), deal_with=parts.deciding(evaluate_tier))
