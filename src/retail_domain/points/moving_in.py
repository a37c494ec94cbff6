"""What a file of members says of the points that they had before: an entry of its own, opened once (ACC-R18, PTS-R2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from retail_domain.kernel.effects import Effect
from retail_domain.kernel.means import Means
from retail_domain.kernel.moving_in import ColumnGroup, MovedColumn, MovedIn, MovedRow, Mover
from retail_domain.kernel.second_person import POINTS
from retail_domain.points.ledger import PointsAccount, PointsLedger
from retail_domain.points.lot import POINTS_MAX, LotKey, PointsLot
from retail_domain.points.settings import PointsRules
from retail_domain.points.states import Because, PointsAre, PointsCause, PointsSource
from retail_domain.points.use_cases import keep

OPENED: Final = LotKey("moved_in", PointsSource.MOVED_IN)
"""There is one a member, so that no file is counted twice."""
_CAUSE: Final = PointsCause(Because.MOVED_IN)


def _read(rows: Sequence[MovedRow]) -> int | None:
    """So many they had; None where the file says nothing."""
    told = {row.whole("points") for row in rows if row.text("points")}
    if len(told) > 1:
        rows[-1].wrong("points", "one", "the points of a member stand in one of their rows, or are the same in all of them")
    return min(told, default=None)


async def _store(work: Any, moved: Sequence[MovedIn], mover: Mover, means: Means) -> Mapping[str, int]:
    """Opened once a member, to be spent at once; the same points again change nothing, and others are wrong."""
    if not moved:
        return {}
    at = means.clock.now()
    rules = PointsRules((await work.settings.timetable()).at(at))
    until, most = rules.until(at, means.calendar), _most(mover, rules)
    ids = [one.member_id for one in moved]
    accounts: Mapping[Any, PointsAccount] = await work.points_accounts.claim(ids)
    lots: dict[Any, list[PointsLot]] = {id: [] for id in ids}
    for lot in await work.points_lots.free_of(ids, [OPENED.ref]):
        lots[lot.member_id].append(lot)
    opened = 0
    for one in moved:
        account = accounts.get(one.member_id)
        known = PointsLedger.of(account or PointsAccount(member_id=one.member_id), account is None, lots[one.member_id])
        before = known.lot(OPENED)
        if before is None and one.draft > most:
            one.row.wrong("points", "limit", f"one person gives {most} at most; more comes by the system at the command line")
        elif before is None and one.draft:
            made = PointsLot.made(one.member_id, OPENED, one.draft, into=PointsAre.FREE, cause=_CAUSE, at=at, expires_at=until)
            keep(work, known.credit(made, at))
            opened += 1
        elif before is not None and before.amount != one.draft:
            one.row.wrong("points", "opened", "this member was moved in before, with other points")
    return {"points_opened": opened}


def _most(mover: Mover, rules: PointsRules) -> int:
    """So many points one person gives a member alone (PTS-R11)."""
    if not mover.is_person:
        return POINTS_MAX
    return min(max(map(rules.most_of, ("clerk", *mover.roles))), mover.second.limits.get(POINTS, POINTS_MAX))


MOVING_IN: Final = ColumnGroup(
    columns=(MovedColumn(name="points", says="Points they had before; they can be spent at once.", also=("积分", "期初积分")),),
    read=_read,
    store=_store,
    brings=Effect.POINTS,
)
