"""Points in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from attrs import frozen
from sqlalchemy import bindparam, case, cast, func, or_, select, tuple_, union_all
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.functions import coalesce

from retail_adapters.paging import cursor_of, key_after
from retail_adapters.sql.database import Database, Flush
from retail_adapters.sql.rows import Rows, spread
from retail_adapters.sql.session import SqlCollection, inserted, updated
from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.points import has_free, live, points_accounts, points_entries, points_lots, points_uses
from retail_adapters.sql.types import Instant, Whole, Words
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.sql.writes import insert_into, update_of
from retail_adapters.system.units import Manifest, collection
from retail_domain.kernel.ids import MemberId, OrderId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.points import (
    EXPIRING_MAX,
    ExpiringPoints,
    LotKey,
    PointsAccount,
    PointsBalance,
    PointsCause,
    PointsEntry,
    PointsLot,
    PointsQueries,
    PointsUse,
    PointsWork,
)


def _sum(of: ColumnElement[Any]) -> ColumnElement[Any]:
    """A whole number, which a sum of such is not on PostgreSQL; nothing of no rows."""
    return coalesce(cast(func.sum(of), Whole()), 0)


_ACCOUNTS: Final = Rows(points_accounts, PointsAccount)
_LOTS: Final = Rows(points_lots, PointsLot, parts={"key": spread(LotKey)}, apart=frozenset({"entries"}))
_ENTRIES: Final = Rows(
    points_entries, PointsEntry, parts={"key": spread(LotKey), "cause": spread(PointsCause, "because", "cause_ref")}
)
_USES: Final = Rows(points_uses, PointsUse, parts={"key": spread(LotKey)})
_CLAIM: Final = Statement(
    "points_accounts.claim",
    select(points_accounts)
    .where(AnyOf(points_accounts.c.member_id, "member_ids"))
    .order_by(points_accounts.c.member_id)
    .with_for_update(),
)
_THEIRS = AnyOf(points_lots.c.member_id, "member_ids")
_FREE = select(points_lots).where(_THEIRS, live, has_free)
_FREE_OF: Final = Statement("points_lots.free_of", _FREE)
_FREE_AND_NAMED: Final = Statement(
    "points_lots.free_and_named",
    union_all(_FREE, select(points_lots).where(_THEIRS, AnyOf(points_lots.c.ref, "refs"), points_lots.c.free == 0)),
)
_LAPSED: Final = Statement(
    "points_lots.lapsed",
    select(points_lots.c.member_id, func.min(points_lots.c.expires_at).label("since"))
    .where(has_free, points_lots.c.expires_at <= bindparam("at", type_=Instant()))
    .group_by(points_lots.c.member_id)
    .order_by(func.min(points_lots.c.expires_at))
    .limit(bindparam("most")),
)
_OF_ORDER: Final = Statement(
    "points_uses.of_order",
    select(points_uses).where(points_uses.c.order_id == bindparam("order_id")).order_by(points_uses.c.turn),
)
_MINE = points_lots.c.member_id == bindparam("member_id")
_LASTS = or_(points_lots.c.expires_at.is_(None), points_lots.c.expires_at > bindparam("at", type_=Instant()))
_STANDS: Final = Statement(
    "points.balance",
    select(
        _sum(case((_LASTS, points_lots.c.free), else_=0)).label("available"),
        _sum(points_lots.c.frozen).label("frozen"),
        _sum(points_lots.c.locked).label("locked"),
        coalesce(
            select(points_accounts.c.debt).where(points_accounts.c.member_id == bindparam("member_id")).scalar_subquery(), 0
        ).label("debt"),
    ).where(_MINE, live),
)
_EXPIRING: Final = Statement(
    "points.expiring",
    select(points_lots.c.expires_at, _sum(points_lots.c.free).label("points"))
    .where(_MINE, live, has_free, points_lots.c.expires_at > bindparam("at", type_=Instant()))
    .group_by(points_lots.c.expires_at)
    .order_by(points_lots.c.expires_at)
    .limit(EXPIRING_MAX),
)
_PLACE = (points_entries.c.at, points_entries.c.ref, points_entries.c.number)
_HISTORY: Final = Statement(
    "points.entries",
    select(points_entries)
    .where(
        points_entries.c.member_id == bindparam("member_id"),
        points_entries.c.at <= bindparam("at", type_=Instant()),
        tuple_(*_PLACE)
        < tuple_(bindparam("at", type_=Instant()), bindparam("ref", type_=Words()), bindparam("number", type_=Whole())),
    )
    .order_by(*(column.desc() for column in _PLACE))
    .limit(bindparam("most")),
)
_LATEST: Final = (datetime.max.replace(tzinfo=UTC), "", 0)


class SqlPointsAccounts(SqlCollection[MemberId, PointsAccount]):
    """What rivals meet at; see the port."""

    table = points_accounts

    def key(self, state: PointsAccount) -> MemberId:
        """Its member."""
        return state.member_id

    async def claim(self, member_ids: Iterable[MemberId]) -> Mapping[MemberId, PointsAccount]:
        """Locked, ascending."""
        wanted = sorted(set(member_ids))
        self._session.lock(self.rank)
        rows = await self._session.tx.rows(_CLAIM, member_ids=wanted) if wanted else ()
        stored = {one.member_id: one for one in map(_ACCOUNTS.state, rows)}
        found = ((id, self.seen(id, stored.get(id))) for id in wanted)
        return {id: one for id, one in found if one is not None}

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, _ACCOUNTS.row(one)) for one in self.new()]
        changed = [updated(before, _ACCOUNTS.row(one)) for before, one in self.changed()]
        return [Flush(insert_into(points_accounts), new), Flush(update_of(points_accounts), changed, "points account")]


class SqlPointsLots(SqlCollection[tuple[MemberId, LotKey], PointsLot]):
    """What members were given; see the port."""

    table = points_lots

    def key(self, state: PointsLot) -> tuple[MemberId, LotKey]:
        """Its member and cause."""
        return state.member_id, state.key

    async def free_of(self, member_ids: Iterable[MemberId], refs: Iterable[str] = ()) -> Sequence[PointsLot]:
        """Staged or stored."""
        whose, named = sorted(set(member_ids)), sorted(set(refs))
        if not whose:
            return ()
        rows = (
            await self._session.tx.rows(_FREE_AND_NAMED, member_ids=whose, refs=named)
            if named
            else await self._session.tx.rows(_FREE_OF, member_ids=whose)
        )
        found = {self.key(one): one for one in (_LOTS.state(row, entries=()) for row in rows)}
        staged = {key: one for key, (_, one) in self._staged.items() if one.member_id in whose}
        return [one for one in (found | staged).values() if one.free or one.key.ref in named]

    async def lapsed(self, at: datetime, most: int) -> Sequence[MemberId]:
        """As they are stored."""
        return [MemberId(row["member_id"]) for row in await self._session.tx.rows(_LAPSED, at=at, most=most)]

    def flushes(self) -> Sequence[Flush]:
        """Lots, then their entries."""
        new = [inserted(one, _LOTS.row(one)) for one in self.new()]
        changed = [updated(before, _LOTS.row(one)) for before, one in self.changed()]
        entries = [inserted(entry, _ENTRIES.row(entry)) for _, lot in self._staged.values() for entry in lot.entries]
        return [
            Flush(insert_into(points_lots), new),
            Flush(update_of(points_lots), changed, "points lot"),
            Flush(insert_into(points_entries), entries),
        ]


class SqlPointsUses(SqlCollection[tuple[OrderId, int], PointsUse]):
    """What orders spend; see the port."""

    table = points_uses

    def key(self, state: PointsUse) -> tuple[OrderId, int]:
        """Its order, and its place in it."""
        return state.order_id, state.turn

    async def of_order(self, order_id: OrderId) -> Sequence[PointsUse]:
        """Stored and staged ones."""
        found = {self.key(one): one for one in map(_USES.state, await self._session.tx.rows(_OF_ORDER, order_id=order_id))}
        found |= {key: state for key, (_, state) in self._staged.items() if state.order_id == order_id}
        return [found[key] for key in sorted(found)]

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, _USES.row(one)) for one in self.new()]
        changed = [updated(before, _USES.row(one)) for before, one in self.changed()]
        return [Flush(insert_into(points_uses), new), Flush(update_of(points_uses), changed, "points use")]


@frozen
class SqlPointsQueries:
    """The read side; see the Protocol."""

    database: Database

    async def balance(self, member_id: MemberId, at: datetime) -> PointsBalance:
        """Sums of what is left."""
        (stands,) = await self.database.rows(_STANDS, member_id=member_id, at=at)
        rows = await self.database.rows(_EXPIRING, member_id=member_id, at=at)
        return PointsBalance(**stands, expiring=tuple(ExpiringPoints(**row) for row in rows))

    async def entries(self, member_id: MemberId, page: PageRequest) -> Page[PointsEntry]:
        """The latest first."""
        at, ref, number = key_after(page.cursor, _LATEST)
        rows = await self.database.rows(_HISTORY, member_id=member_id, at=at, ref=ref, number=number, most=page.limit + 1)
        shown = tuple(map(_ENTRIES.state, rows[: page.limit]))
        return Page(shown, cursor_of(*_place(shown[-1])) if len(rows) > page.limit else None)


def _place(entry: PointsEntry) -> tuple[datetime, str, int]:
    return entry.at, entry.key.ref, entry.number


class Collections(SqlUnit):
    """What members were given, and what has become of it."""

    points_accounts = collection(SqlPointsAccounts)
    points_lots = collection(SqlPointsLots)
    points_uses = collection(SqlPointsUses)


MANIFEST: Final = Manifest[PointsWork, PointsQueries](Collections, SqlPointsQueries)
