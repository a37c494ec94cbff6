"""Laws of points: every point stands where its entries say, and nobody owes beside points to spend."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.sql.functions import coalesce

from retail_adapters.sql.laws.law import law
from retail_adapters.sql.tables.points import points_accounts, points_entries, points_lots, points_uses
from retail_domain.points import PointsAre, PointsSource

_lot = (points_lots.c.member_id, points_lots.c.ref, points_lots.c.source)


def _of_lot(other: Any) -> Any:
    return and_(*(getattr(other.c, column.name) == column for column in _lot))


def _net(standing: PointsAre) -> Any:
    entry = points_entries.c
    moved = case((entry.went_to == standing, entry.units), (entry.out_of == standing, -entry.units), else_=0)
    return func.sum(moved).label(standing.value)


_INSIDE: Final = tuple(one for one in PointsAre if one is not PointsAre.OUTSIDE)
_told = (
    select(
        points_entries.c.member_id, points_entries.c.ref, points_entries.c.source, func.count().label("written"),
        func.max(points_entries.c.at).label("last_at"), *map(_net, _INSIDE),
    )
    .group_by(points_entries.c.member_id, points_entries.c.ref, points_entries.c.source)
    .subquery("told")
)  # fmt: skip
_owed = (
    select(points_lots.c.member_id, func.sum(points_lots.c.owed).label("units"))
    .group_by(points_lots.c.member_id)
    .subquery("owed_of")
)
_last = (
    select(points_entries.c.member_id, func.max(points_entries.c.at).label("at"))
    .group_by(points_entries.c.member_id)
    .subquery("last_of")
)
_wanted = (
    select(
        points_uses.c.member_id, points_uses.c.ref, points_uses.c.source, func.sum(points_uses.c.open).label("open"),
        func.sum(points_uses.c.spent).label("spent"), func.sum(points_uses.c.settled).label("settled"),
    )
    .group_by(points_uses.c.member_id, points_uses.c.ref, points_uses.c.source)
    .subquery("wanted")
)  # fmt: skip
_held = _wanted.c.open + _wanted.c.spent - _wanted.c.settled
_entry_has_lot = exists().where(
    points_lots.c.member_id == points_entries.c.member_id,
    points_lots.c.ref == points_entries.c.ref,
    points_lots.c.source == points_entries.c.source,
)
LAWS: Final = (
    law(
        "PTS-I1",
        "every point of a lot stands where its entries have put it (PTS-R1)",
        select(*_lot, points_lots.c.written, coalesce(_told.c.written, 0).label("entries"))
        .outerjoin(_told, _of_lot(_told))
        .where(
            or_(
                _told.c.written.is_(None),
                _told.c.written != points_lots.c.written,
                *(getattr(_told.c, one.value) != getattr(points_lots.c, one.value) for one in _INSIDE),
            )
        ),
    ),
    law(
        "PTS-I1-debts",
        "what a member owes is what their lots could not bear, less what was repaid (PTS-R8)",
        select(points_accounts.c.member_id, points_accounts.c.debt, coalesce(_owed.c.units, 0).label("owed"))
        .outerjoin(_owed, _owed.c.member_id == points_accounts.c.member_id)
        .where(points_accounts.c.debt != -coalesce(_owed.c.units, 0)),
    ),
    law(
        "PTS-I1-entries",
        "no entry without its lot",
        select(points_entries.c.member_id, points_entries.c.ref, points_entries.c.number).where(~_entry_has_lot),
    ),
    law(
        "PTS-I2",
        "who owes points had none to spend at the last decision about them",
        select(*_lot, points_lots.c.free, points_accounts.c.debt)
        .join(points_accounts, points_accounts.c.member_id == points_lots.c.member_id)
        .join(_last, _last.c.member_id == points_lots.c.member_id)
        .where(
            points_accounts.c.debt > 0,
            points_lots.c.free > 0,
            or_(points_lots.c.expires_at.is_(None), points_lots.c.expires_at > _last.c.at),
        ),
    ),
    law(
        "PTS-I4",
        "what is locked of a lot is what orders hold that it was not told of yet, and it has spent what it was told of",
        select(*_lot, points_lots.c.locked, points_lots.c.spent, coalesce(_held, 0).label("held"))
        .outerjoin(_wanted, _of_lot(_wanted))
        .where(
            or_(
                points_lots.c.locked != coalesce(_held, 0),
                points_lots.c.spent < coalesce(_wanted.c.settled, 0),
            )
        ),
    ),
    law(
        "PTS-R3",
        "points of a purchase are frozen until it is completed, and not any more then",
        select(*_lot, points_lots.c.frozen, points_lots.c.available_from).where(
            or_(
                and_(points_lots.c.frozen > 0, points_lots.c.available_from.is_not(None)),
                and_(points_lots.c.frozen > 0, points_lots.c.source != PointsSource.PURCHASE),
                and_(points_lots.c.free + points_lots.c.locked > 0, points_lots.c.available_from.is_(None)),
            )
        ),
    ),
)
