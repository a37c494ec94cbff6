"""Membership in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import bindparam, func, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Rows
from retail_adapters.sql.session import SqlCollection, SqlSession, inserted
from retail_adapters.sql.statement import AnyOf, InTurn, Statement, turn_of
from retail_adapters.sql.tables.membership import check_ins, favourites, opening_totals
from retail_adapters.sql.types import Whole
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.sql.writes import delete_from, insert_into
from retail_adapters.system.units import Manifest, collection
from retail_domain.kernel.ids import MemberId, ProductId
from retail_domain.membership import CheckIn, GoodsMark, MembershipWork, OpeningTotals

_OF_MEMBER: Final = select(check_ins).where(check_ins.c.member_id == bindparam("member_id"))
_TURN: Final = Statement("check_ins.turn", select(InTurn().label("waited")))
_LAST: Final = Statement("check_ins.last", _OF_MEMBER.order_by(check_ins.c.day.desc()).limit(1))
_BETWEEN: Final = Statement(
    "check_ins.between",
    _OF_MEMBER.where(check_ins.c.day >= bindparam("first"), check_ins.c.day < bindparam("end")).order_by(check_ins.c.day),
)
_ROWS: Final = Rows(check_ins, CheckIn)
_FAVOURITES_OF: Final = Statement(
    "favourites.of_member", select(favourites).where(favourites.c.member_id == bindparam("member_id"))
)
_COUNT: Final = Statement(
    "favourites.count_of",
    select(func.count(type_=Whole()).label("count")).where(favourites.c.product_id == bindparam("product_id")),
)
_MARKS: Final = Rows(favourites, GoodsMark)


class SqlCheckIns(SqlCollection[tuple[MemberId, date], CheckIn]):
    """Who came by on which day; see the port."""

    table = check_ins

    def key(self, state: CheckIn) -> tuple[MemberId, date]:
        """The member and the day."""
        return state.member_id, state.day

    async def last(self, member_id: MemberId) -> CheckIn | None:
        """Staged or stored."""
        found = [one for _, one in self._staged.values() if one.member_id == member_id]
        found += map(_ROWS.state, await self._session.tx.rows(_LAST, member_id=member_id))
        return max(found, key=lambda one: one.day, default=None)

    async def claim_last(self, member_id: MemberId) -> CheckIn | None:
        """Alone; looked up by a statement of its own, which sees what whoever was before has stored."""
        self._session.lock(self.rank)
        await self._session.tx.rows(_TURN, turn=turn_of(_TURN.name, member_id))
        return await self.last(member_id)

    async def between(self, member_id: MemberId, first: date, end: date) -> Sequence[CheckIn]:
        """Stored ones."""
        return [_ROWS.state(row) for row in await self._session.tx.rows(_BETWEEN, member_id=member_id, first=first, end=end)]

    def flushes(self) -> Sequence[Flush]:
        """New ones: they never change."""
        return [Flush(insert_into(check_ins), [inserted(one, _ROWS.row(one)) for one in self.new()])]


_OPENED: Final = Statement("opening_totals.of", select(opening_totals).where(AnyOf(opening_totals.c.member_id, "ids")))
_OPENING_ROWS: Final = Rows(opening_totals, OpeningTotals)


class SqlOpeningTotals(SqlCollection[MemberId, OpeningTotals]):
    """What members had bought before; see the port."""

    table = opening_totals

    def key(self, state: OpeningTotals) -> MemberId:
        """The member."""
        return state.member_id

    async def of(self, member_ids: Iterable[MemberId]) -> Mapping[MemberId, OpeningTotals]:
        """Staged or stored."""
        ids = sorted(set(member_ids))
        stored = map(_OPENING_ROWS.state, await self._session.tx.rows(_OPENED, ids=ids)) if ids else ()
        staged = {id: self._staged[id][1] for id in ids if id in self._staged}
        return {one.member_id: one for one in stored} | staged

    def flushes(self) -> Sequence[Flush]:
        """New ones: they never change."""
        return [Flush(insert_into(opening_totals), [inserted(one, _OPENING_ROWS.row(one)) for one in self.new()])]


class SqlFavourites(SqlCollection[tuple[MemberId, ProductId], GoodsMark]):
    """What members have marked; see the port."""

    table = favourites

    def __init__(self, session: SqlSession) -> None:
        super().__init__(session)
        self._removed: list[GoodsMark] = []

    def key(self, state: GoodsMark) -> tuple[MemberId, ProductId]:
        """The member and the goods."""
        return state.member_id, state.product_id

    async def of_member(self, member_id: MemberId) -> Sequence[GoodsMark]:
        """Staged or stored."""
        found = [one for _, one in self._staged.values() if one.member_id == member_id]
        found += map(_MARKS.state, await self._session.tx.rows(_FAVOURITES_OF, member_id=member_id))
        return sorted(found, key=lambda one: (one.at, one.product_id), reverse=True)

    async def count_of(self, product_id: ProductId) -> int:
        """Stored ones."""
        return int((await self._session.tx.rows(_COUNT, product_id=product_id))[0]["count"])

    def remove(self, mark: GoodsMark) -> None:
        """Stage that it goes."""
        self._removed.append(mark)

    def flushes(self) -> Sequence[Flush]:
        """What goes, then new ones: they never change."""
        gone = [{"member_id": one.member_id, "product_id": one.product_id} for one in self._removed]
        new = [inserted(one, _MARKS.row(one)) for one in self.new()]
        return [Flush(delete_from(favourites), gone), Flush(insert_into(favourites), new)]


class Collections(SqlUnit):
    """Who came by, what they marked, and what they had bought before."""

    favourites = collection(SqlFavourites)
    check_ins = collection(SqlCheckIns)
    opening_totals = collection(SqlOpeningTotals)


MANIFEST: Final = Manifest[MembershipWork, None](Collections)
