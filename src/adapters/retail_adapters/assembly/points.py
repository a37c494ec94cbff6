"""Points, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_domain.kernel.effects import Effect
from retail_domain.kernel.frames import bound
from retail_domain.points import AdjustPoints, PointsDesk
from retail_domain.points.use_cases import points_pay, show_balance
from retail_domain.processes.rewards.adjusting import adjust_points
from retail_domain.processes.staff.seconding import TakesTwo


def points(parts: Parts) -> PointsDesk:
    """The points of a shop made of these parts."""
    return PointsDesk(
        adjust=parts.deciding(adjust_points, parts.policies.second_person),
        balance=bound(show_balance, parts.reads.points, parts.clock),
        pay=parts.looking(points_pay, parts.clock),
        show=parts.reads.points,
    )


def takes_two(parts: Parts) -> tuple[TakesTwo, ...]:
    """What may take two people."""
    second = parts.policies.second_person
    return (
        TakesTwo(
            does="points.adjust", wish=AdjustPoints, effects=(Effect.POINTS,),
            decide=lambda work, wish, means: adjust_points(work, wish, means, second),
        ),
    )  # fmt: skip
