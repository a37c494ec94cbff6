"""What the shop knows of people, in SQL: rows are found, deleted and emptied as the manifests of the contexts say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Table, bindparam, or_, select, update

from retail_adapters.sql.database import Flush
from retail_adapters.sql.portions import ended_before, named, some_of
from retail_adapters.sql.rows import Rows
from retail_adapters.sql.session import SqlCollection, SqlSession, inserted, updated
from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.base import SCHEMA
from retail_adapters.sql.tables.privacy import erasures, trade_records
from retail_adapters.sql.tables.whole import metadata
from retail_adapters.sql.types import Choice, Words
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.sql.writes import insert_into, update_of
from retail_adapters.system.units import Manifest, collection
from retail_domain.kernel.ids import MemberId, OrderId
from retail_domain.kernel.personal import Fate, Holding
from retail_domain.privacy import Erasure, PrivacyWork, TradeRecord

_CLAIM: Final = Statement(
    "erasures.claim",
    select(erasures).where(AnyOf(erasures.c.member_id, "ids")).order_by(erasures.c.member_id).with_for_update(),
)
_DUE: Final = Statement(
    "erasures.due",
    select(erasures.c.member_id)
    .where(erasures.c.due_at <= bindparam("at"))
    .order_by(erasures.c.due_at)
    .limit(bindparam("most")),
)
_ERASURES: Final = Rows(erasures, Erasure)


class SqlErasures(SqlCollection[MemberId, Erasure]):
    """How far each has come; see the port."""

    table = erasures

    def key(self, state: Erasure) -> MemberId:
        """Whose."""
        return state.member_id

    async def claim(self, member_ids: Iterable[MemberId]) -> Mapping[MemberId, Erasure]:
        """Locked, ascending."""
        stored = map(_ERASURES.state, await self._session.tx.rows(_CLAIM, ids=sorted(set(member_ids))))
        return {one.member_id: self.seen(one.member_id, one) or one for one in stored}

    async def due(self, at: datetime, most: int) -> Sequence[MemberId]:
        """The most overdue first."""
        return [row["member_id"] for row in await self._session.tx.rows(_DUE, at=at, most=most)]

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, _ERASURES.row(one)) for one in self.new()]
        changed = [updated(before, _ERASURES.row(after)) for before, after in self.changed()]
        return [Flush(insert_into(erasures), new), Flush(update_of(erasures), changed, "erasure")]


_SWEEP: Final = Statement("trade_records.sweep", ended_before(trade_records, trade_records.c.ends_at))
_RECORDS: Final = Rows(trade_records, TradeRecord)


class SqlTradeRecords(SqlCollection[OrderId, TradeRecord]):
    """What stays; see the port."""

    table = trade_records

    def key(self, state: TradeRecord) -> OrderId:
        """Of which order."""
        return state.order_id

    async def sweep(self, before: datetime, most: int) -> int:
        """The oldest first."""
        return await self._session.tx.changed(_SWEEP, before=before, most=most)

    def flushes(self) -> Sequence[Flush]:
        """New ones: they never change."""
        return [Flush(insert_into(trade_records), [inserted(one, _RECORDS.row(one)) for one in self.new()])]


class SqlPersonalRows:
    """The rows that manifests name; see the port."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def told(self, holding: Holding, member_id: MemberId) -> Sequence[Mapping[str, Any]]:
        """One statement."""
        rows = await self._session.tx.rows(_told(_Key(holding)), **_bound(holding, member_id))
        return [{name: row[name] for name in holding.told} for row in rows]

    async def erase(self, holding: Holding, member_id: MemberId, most: int) -> int:
        """One statement, at once."""
        return await self._session.tx.changed(_erasing(_Key(holding)), **_bound(holding, member_id), most=most)


class _Key:
    """A holding by its name, so that its statements are made once."""

    def __init__(self, holding: Holding) -> None:
        self.holding = holding

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.holding.name == self.holding.name

    def __hash__(self) -> int:
        return hash(self.holding.name)


def table_of(holding: Holding) -> Table:
    """The table that holds it."""
    return metadata.tables[f"{SCHEMA}.{holding.table}"]


@cache
def _told(key: _Key) -> Statement:
    holding = key.holding
    table = table_of(holding)
    return Statement(f"personal.told_{holding.name}", select(*(table.c[name] for name in holding.told)).where(*_whose(holding)))


@cache
def _erasing(key: _Key) -> Statement:
    holding = key.holding
    table = table_of(holding)
    to_do = [*_whose(holding)]
    if holding.fate is Fate.EMPTIED:
        to_do.append(or_(*(_differs(table.c[name], value) for name, value in holding.emptied.items())))
    name = f"personal.erase_{holding.name}"
    if holding.fate is Fate.DELETED:
        return Statement(name, some_of(table, *to_do))
    values = {**holding.emptied, "version": table.c.version + 1}
    changed = update(table).where(named(table, *to_do))
    return Statement(name, changed.values({table.c[name]: value for name, value in values.items()}))


def _whose(holding: Holding) -> Sequence[ColumnElement[bool]]:
    table = table_of(holding)
    column = table.c[holding.whose]
    only = [table.c[name] == _stored(table, name, value) for name, value in holding.only.items()]
    if not holding.through:
        return [column == bindparam("member_id"), *only]
    owners = metadata.tables[f"{SCHEMA}.{holding.through}"]
    return [column.in_(select(owners.c.id).where(owners.c.member_id == bindparam("member_id"))), *only]


def _stored(table: Table, name: str, value: str) -> Any:
    kind = table.c[name].type
    return kind.kind(value) if isinstance(kind, Choice) else value


def _differs(column: ColumnElement[Any], value: Any) -> ColumnElement[bool]:
    return column.is_not(None) if value is None else column != value


def _bound(holding: Holding, member_id: UUID) -> Mapping[str, Any]:
    is_text = not holding.through and isinstance(table_of(holding).c[holding.whose].type, Words)
    return {"member_id": str(member_id) if is_text else member_id}


class Collections(SqlUnit):
    """What the shop knows of people."""

    erasures = collection(SqlErasures)
    trade_records = collection(SqlTradeRecords)
    personal_rows = collection(SqlPersonalRows)


MANIFEST: Final = Manifest[PrivacyWork, None](Collections)
