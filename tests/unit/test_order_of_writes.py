"""Writes of a unit go parents before children, and otherwise as locks are taken (R13): their tables say it, no number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Column, ForeignKey, MetaData, Table

from retail_adapters.serialization import EventCodec
from retail_adapters.sql.database import Flush, Transaction
from retail_adapters.sql.session import SqlCollection, SqlSession, SqlTools, Staging
from retail_adapters.sql.tables.base import order_of_writes
from retail_adapters.sql.tables.ordering import order_lines, orders
from retail_adapters.sql.tables.outbox import answers
from retail_adapters.sql.tables.payments import payments, refunds
from retail_adapters.sql.tables.whole import metadata
from retail_adapters.sql.types import Id
from retail_adapters.sql.writes import insert_into
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.ids import CountingIds


def a_session() -> SqlSession:
    """A unit of which nothing is ever written."""
    tools = SqlTools(SettableClock(datetime(2026, 1, 1, tzinfo=UTC)), CountingIds(), EventCodec(()), lambda _: ())
    return SqlSession(cast(Transaction, None), tools)


def _joined(session: SqlSession, kind: Any, into: Table) -> None:
    class Stages(kind):  # type: ignore[misc]
        table = into

        def key(self, state: Any) -> Any:
            return state

        def flushes(self) -> Sequence[Flush]:
            return [Flush(insert_into(into), [{}])]

    made = Stages(session) if kind is SqlCollection else Stages()
    if kind is Staging:
        session.join(made)


def test_no_row_is_written_before_the_one_that_it_refers_to() -> None:
    places = order_of_writes(metadata)

    early = [f"{one} before {key.column.table}" for one in places for key in one.foreign_keys
             if places[key.column.table] > places[one]]  # fmt: skip
    assert early == []


def test_rows_with_a_rank_are_written_in_the_order_in_which_they_are_locked() -> None:
    ranks = [one.info["rank"] for one in order_of_writes(metadata) if one.info["rank"] is not None]

    assert ranks == sorted(ranks)
    assert len(set(ranks)) == len(ranks)


def test_what_decides_comes_before_what_is_only_told_and_the_hosts_rows_come_last() -> None:
    gifts = Table("gifts", MetaData(), Column("id", Id, primary_key=True))
    session = a_session()
    for kind, into in ((SqlCollection, gifts), (Staging, answers), (SqlCollection, refunds), (SqlCollection, payments),
                       (SqlCollection, orders)):  # fmt: skip
        _joined(session, kind, into)

    assert [flush.write.table.name for flush in session.flushes()] == [
        table.name for table in (orders, payments, refunds, answers, gifts)
    ]


def test_a_hosts_tables_are_written_by_their_own_foreign_keys_also_those_made_later() -> None:
    gifts = MetaData()
    parents = Table("wrapped", gifts, Column("id", Id, primary_key=True))
    session = a_session()
    _joined(session, SqlCollection, parents)
    session.flushes()
    children = Table("bows", gifts, Column("id", Id, ForeignKey("wrapped.id"), primary_key=True))
    other = a_session()
    for into in (children, parents):
        _joined(other, SqlCollection, into)

    assert [flush.write.table.name for flush in other.flushes()] == ["wrapped", "bows"]


def test_a_planted_child_that_outranks_its_parent_still_comes_after_it() -> None:
    """What the first test rests on: a rank also holds for what refers to its rows."""
    planted = MetaData()
    last = Table("a_parent", planted, Column("id", Id, primary_key=True), info={"rank": 9})
    child = Table("a_child", planted, Column("id", Id, ForeignKey("a_parent.id"), primary_key=True), info={"rank": 1})
    loose = Table("z_loose", planted, Column("id", Id, primary_key=True), info={"rank": 5})

    assert list(order_of_writes(planted)) == [loose, last, child]
    assert order_lines.info["rank"] is None
