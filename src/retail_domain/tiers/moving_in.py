"""What a file of members says of the tier that they had before: they keep it as if they had reached it today (ACC-R18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from retail_domain.kernel.effects import Effect
from retail_domain.kernel.means import Means
from retail_domain.kernel.moving_in import ColumnGroup, MovedColumn, MovedIn, MovedRow, Mover
from retail_domain.tiers.ladder import Ladder
from retail_domain.tiers.model import Judge, brought_along
from retail_domain.tiers.use_cases import ladder_in_force

_CODE_MAX: Final = 40


def _read(rows: Sequence[MovedRow]) -> str | None:
    """What their tier is called; None where the file says nothing."""
    told = {named for row in rows if (named := row.line("tier", _CODE_MAX))}
    if len(told) > 1:
        rows[-1].wrong("tier", "one", "the tier of a member stands in one of their rows, or is the same in all of them")
    return min(told, default=None)


async def _store(work: Any, moved: Sequence[MovedIn], _mover: Mover, means: Means) -> Mapping[str, int]:
    """By the ladder in force. Whoever stands higher here stays there; whoever was moved in with a tier before is left alone."""
    if not moved:
        return {}
    at = means.clock.now()
    ladder = await ladder_in_force(work, at)
    judge, known = Judge(ladder, at, means.calendar), await work.tier_standings.of([one.member_id for one in moved])
    brought = 0
    for one in moved:
        place, before = _place(ladder, one.draft), known.get(one.member_id)
        if place is None:
            one.row.wrong("tier", "on_ladder", f"one of the ladder: {', '.join(tier.code for tier in ladder.tiers)}")
        elif one.is_again:
            if before is None and place:
                one.row.wrong("tier", "opened", "this member was moved in before, without a tier: grant it by hand")
        elif (change := brought_along(before, one.member_id, place, judge)) is not None:
            work.tier_standings.save(change)
            brought += 1
    return {"tiers_brought": brought}


def _place(ladder: Ladder, named: str) -> int | None:
    places = {name: place for place, one in enumerate(ladder.tiers) for name in (one.name_en, one.name, one.code) if name}
    return places.get(named)


MOVING_IN: Final = ColumnGroup(
    columns=(
        MovedColumn(
            name="tier",
            says="The tier they had, by code or name; kept as if reached today.",
            also=("等级", "会员等级"),
        ),
    ),
    read=_read,
    store=_store,
    brings=Effect.TIERS,
)
