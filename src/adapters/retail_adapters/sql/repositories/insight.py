"""Behaviour in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import asdict
from sqlalchemy import bindparam, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Part, Rows, spread
from retail_adapters.sql.session import SqlSession, Staging
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.insight import behaviour_events
from retail_adapters.sql.writes import insert_into
from retail_domain.insight.model import BehaviourEvent, Context, Visitor
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId

_OF_MEMBER: Final = Statement(
    "behaviour.of_member",
    select(behaviour_events)
    .where(behaviour_events.c.member_id == bindparam("member_id"))
    .order_by(behaviour_events.c.occurred_at.desc(), behaviour_events.c.id.desc())
    .limit(bindparam("most")),
)
_EVENTS: Final = Rows(
    behaviour_events,
    BehaviourEvent,
    parts={"visitor": spread(Visitor), "context": Part(("context",), asdict, lambda stored: Context(**stored))},
    apart=frozenset({"version"}),
)
_INSERT: Final = insert_into(behaviour_events, ignore=True)


class SqlBehaviour(Staging):
    """What people did; see the port."""

    table = behaviour_events

    def __init__(self, session: SqlSession) -> None:
        self._session = session
        self._staged: list[BehaviourEvent] = []
        session.join(self)

    def save(self, change: Change[BehaviourEvent]) -> None:
        """Stage it."""
        self._staged.append(change.state)
        self._session.events.extend(change.events)

    async def of_member(self, member_id: MemberId, limit: int) -> tuple[BehaviourEvent, ...]:
        """The last stored ones."""
        rows = await self._session.tx.rows(_OF_MEMBER, member_id=member_id, most=limit)
        return tuple(_EVENTS.state(row, version=1) for row in rows)  # what happened never changes

    def flushes(self) -> Sequence[Flush]:
        """In id order, so that two batches cannot wait for each other."""
        return [Flush(_INSERT, [_EVENTS.row(one) for one in sorted(self._staged, key=lambda one: one.id)])]
