"""Staff add points, or take some: with a reason, within what their role may, above a limit with a second person (PTS-R11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from retail_domain.accounts import AccountsWork, StaffAction
from retail_domain.kernel.actor import Actor, ActorKind
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import StaffId
from retail_domain.kernel.means import Means
from retail_domain.kernel.reading import LINE
from retail_domain.kernel.second_person import ALONE, POINTS, SecondPerson
from retail_domain.points import (
    POINTS_MAX,
    REASON_MAX,
    AboveOnesLimit,
    AdjustPoints,
    Because,
    LotKey,
    PointsAdjusted,
    PointsAre,
    PointsCause,
    PointsLot,
    PointsRules,
    PointsSource,
    RuledPointsWork,
    claimed,
    keep,
)


class AdjustingWork(RuledPointsWork, AccountsWork, Protocol):
    """The unit of work of adjusting."""


@brings(Effect.POINTS)
async def adjust_points(
    work: AdjustingWork, command: AdjustPoints, means: Means, second: SecondPerson = ALONE
) -> PointsAdjusted:
    """Points are added, or some that can be spent are taken. Answers how the member stands.

    Raises InvalidInput, MemberNotFound, AboveOnesLimit, TooFewPoints, NeedsSecondPerson.
    """
    at, reason, units = means.clock.now(), LINE.read(command.reason, "reason", REASON_MAX, 1), abs(command.points)
    if not 1 <= units <= POINTS_MAX:
        raise InvalidInput.of("points", "range", f"1 to {POINTS_MAX} points, or as many below nothing")
    (await work.members.get(command.member_id)).here()
    rules = PointsRules((await work.settings.timetable()).at(at))
    await _check_limit(work, command.actor, units, rules)
    second.check(POINTS, units, command)
    ref = str(means.ids.new())
    ledger, cause = await claimed(work, command.member_id), PointsCause(Because.STAFF, ref)
    if command.points > 0:
        made = PointsLot.made(
            command.member_id, LotKey(ref, PointsSource.MANUAL), units, into=PointsAre.FREE, cause=cause, at=at,
            expires_at=rules.until(at, means.calendar), note=reason,
        )  # fmt: skip
        ledger = ledger.credit(made, at)
    else:
        ledger = ledger.deduct(units, cause, at, reason)
    keep(work, ledger)
    told = f"{command.member_id} {command.points:+}"
    work.audit_trail.note(StaffAction(actor=command.actor, action="points.adjust", object=told, at=at))
    return PointsAdjusted(available=ledger.spendable(at), debt=ledger.debt)


async def _check_limit(work: AdjustingWork, actor: Actor, units: int, rules: PointsRules) -> None:
    most = await most_at_once(work, actor, rules.most_of)
    if most is not None and units > most:
        raise AboveOnesLimit(most=most)


async def most_at_once(work: AccountsWork, actor: Actor, most_of: Callable[[str], int]) -> int | None:
    """The highest limit of their roles counts; a program has that of a clerk, the system none."""
    if actor.kind not in (ActorKind.STAFF, ActorKind.MACHINE):
        return None
    roles: tuple[str, ...] = ()
    if actor.kind is ActorKind.STAFF:
        roles = (await work.staff.get(StaffId(UUID(actor.ref)))).all_roles
    return max(map(most_of, ("clerk", *roles)))
