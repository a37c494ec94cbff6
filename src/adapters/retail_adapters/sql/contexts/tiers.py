"""Tiers in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, case, exists, func, literal, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Rows, spread_if_any
from retail_adapters.sql.session import SqlCollection, SqlSession, inserted, updated
from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.ordering import order_lines, orders
from retail_adapters.sql.tables.tiers import tier_standings
from retail_adapters.sql.types import Whole
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.sql.writes import insert_into, update_of
from retail_adapters.system.units import Manifest, collection
from retail_domain.kernel.ids import MemberId
from retail_domain.tiers import Grant, Metrics, TierStanding, TiersWork

_ROWS: Final = Rows(
    tier_standings, TierStanding,
    parts={"grant": spread_if_any(Grant, "grant_tier", "grant_place", "grant_until", "grant_reason")},
)  # fmt: skip
_OF: Final = Statement(
    "tier_standings.of",
    select(tier_standings).where(AnyOf(tier_standings.c.member_id, "ids")).order_by(tier_standings.c.member_id),
)
_DUE: Final = Statement(
    "tier_standings.due",
    select(tier_standings.c.member_id)
    .where(tier_standings.c.due_at <= bindparam("at"))
    .order_by(tier_standings.c.due_at, tier_standings.c.member_id)
    .limit(bindparam("most")),
)
_COUNTS: Final = Statement(
    "tier_standings.counts",
    select(tier_standings.c.tier, func.count(type_=Whole()).label("members")).group_by(tier_standings.c.tier),
)
_IS_KEPT: Final = exists().where(
    order_lines.c.order_id == orders.c.id,
    order_lines.c.refunded_shipped + order_lines.c.refunded_unshipped < order_lines.c.quantity,
)
_SPENT: Final = Statement(
    "orders.spent",
    select(
        func.coalesce(func.sum(orders.c.paid_minor - orders.c.refunded_minor), literal(0, Whole()), type_=Whole()).label("net"),
        func.coalesce(func.sum(case((_IS_KEPT, 1), else_=0)), literal(0, Whole()), type_=Whole()).label("orders"),
    ).where(orders.c.member_id == bindparam("member_id"), orders.c.completed_at >= bindparam("since")),
)
_EVER: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class SqlTierStandings(SqlCollection[MemberId, TierStanding]):
    """Which tier members have; see the port."""

    table = tier_standings

    def key(self, state: TierStanding) -> MemberId:
        """The member."""
        return state.member_id

    async def of(self, member_ids: Iterable[MemberId]) -> Mapping[MemberId, TierStanding]:
        """Staged or stored."""
        wanted = sorted({*member_ids})
        rows = {row["member_id"]: _ROWS.state(row) for row in await self._session.tx.rows(_OF, ids=wanted)}
        seen = ((id, self.seen(id, rows.get(id))) for id in wanted)
        return {id: one for id, one in seen if one is not None}

    async def due(self, at: datetime, most: int) -> Sequence[MemberId]:
        """The most overdue first."""
        return [row["member_id"] for row in await self._session.tx.rows(_DUE, at=at, most=most)]

    async def counts(self) -> Mapping[str, int]:
        """Stored ones."""
        return {row["tier"]: int(row["members"]) for row in await self._session.tx.rows(_COUNTS)}

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, _ROWS.row(one)) for one in self.new()]
        changed = [updated(before, _ROWS.row(after)) for before, after in self.changed()]
        return [Flush(insert_into(tier_standings), new), Flush(update_of(tier_standings), changed, "tier standing")]


class SqlSpending:
    """What members have come to, by their orders; see the port."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def of(self, member_id: MemberId, since: datetime | None) -> Metrics:
        """Stored ones."""
        (row,) = await self._session.tx.rows(_SPENT, member_id=member_id, since=since or _EVER)
        return Metrics(net_minor=int(row["net"]), orders=int(row["orders"]))


class Collections(SqlUnit):
    """Which tier members have, and what they have come to."""

    tier_standings = collection(SqlTierStandings)
    spending = collection(SqlSpending)


MANIFEST: Final = Manifest[TiersWork, None](Collections)
