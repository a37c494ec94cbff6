"""Behaviour in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from attrs import asdict
from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, func, or_, select

from retail_adapters.paging import cursor_of, key_after
from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Part, Rows, spread
from retail_adapters.sql.session import SqlSession, Staging
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.insight import behaviour_events
from retail_adapters.sql.types import Instant
from retail_adapters.sql.writes import insert_into
from retail_domain.insight.model import BehaviourEvent, BehaviourKind, Context, SeenGoods, Visitor, goods_named
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import LATEST
from retail_domain.kernel.ids import MemberId, ProductId
from retail_domain.kernel.paging import Page, PageRequest

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


# Looks at goods are told by their id; devices may tell of looks at other things.
_LOOKS: Final = (
    behaviour_events.c.member_id == bindparam("member_id"),
    behaviour_events.c.kind == BehaviourKind.VIEW,
    behaviour_events.c.object.like("________-____-____-____-____________"),
)
_LAST: Final = (
    select(behaviour_events.c.object, func.max(behaviour_events.c.occurred_at, type_=Instant()).label("at"))
    .where(*_LOOKS, behaviour_events.c.occurred_at >= bindparam("since", type_=Instant()))
    .group_by(behaviour_events.c.object)
    .subquery("last")
)
_BEFORE: Final = bindparam("before", type_=Instant())
_SEEN: Final = Statement(
    "behaviour.seen",
    select(_LAST.c.object, _LAST.c.at)
    .where(or_(_LAST.c.at < _BEFORE, and_(_LAST.c.at == _BEFORE, _LAST.c.object < bindparam("after_object"))))
    .order_by(_LAST.c.at.desc(), _LAST.c.object.desc())
    .limit(bindparam("most")),
)
_PORTION: Final = 1_000


def _some(*which: ColumnElement[bool]) -> Select[Any]:
    return select(behaviour_events.c.id).where(*_LOOKS, *which).order_by(behaviour_events.c.id).limit(bindparam("most"))


_FORGET_ALL: Final = Statement("behaviour.forget_seen", delete(behaviour_events).where(behaviour_events.c.id.in_(_some())))
_OF_ONE: Final = _some(behaviour_events.c.object == bindparam("object"))
_FORGET_ONE: Final = Statement("behaviour.forget_one_seen", delete(behaviour_events).where(behaviour_events.c.id.in_(_OF_ONE)))


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

    async def seen_by(self, member_id: MemberId, since: datetime, page: PageRequest) -> Page[SeenGoods]:
        """The last time of each."""
        at, what = key_after(page.cursor, (LATEST, ""))
        found = await self._session.tx.rows(
            _SEEN, member_id=member_id, since=since, before=at, after_object=what, most=page.limit + 1
        )
        shown = tuple(SeenGoods(id, row["at"]) for row in found[: page.limit] if (id := goods_named(row["object"])) is not None)
        last = found[page.limit - 1] if len(found) > page.limit else None
        return Page(shown, cursor_of(last["at"], last["object"]) if last else None)

    async def forget_of(self, member_id: MemberId, product_id: ProductId | None) -> int:
        """Portion by portion."""
        statement = _FORGET_ALL if product_id is None else _FORGET_ONE
        named = {} if product_id is None else {"object": str(product_id)}
        gone = 0
        while portion := await self._session.tx.changed(statement, member_id=member_id, most=_PORTION, **named):
            gone += portion
            if portion < _PORTION:
                break
        return gone

    def flushes(self) -> Sequence[Flush]:
        """In id order, so that two batches cannot wait for each other."""
        return [Flush(_INSERT, [_EVENTS.row(one) for one in sorted(self._staged, key=lambda one: one.id)])]
