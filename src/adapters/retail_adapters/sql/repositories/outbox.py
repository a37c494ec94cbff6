"""Answers remembered, events recorded, deliveries to be made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import bindparam, select

from retail_adapters.serialization import converter, prove
from retail_adapters.sql.database import Flush
from retail_adapters.sql.session import SqlSession, Staging
from retail_adapters.sql.statement import EachOf, Statement
from retail_adapters.sql.tables.outbox import answers, deliveries, events
from retail_adapters.sql.writes import born_without, delete_from, insert_into
from retail_adapters.system.sealed_answers import KeptKey
from retail_domain.kernel.once import KeyReused, Once

T = TypeVar("T")

_RECALL: Final = Statement(
    "answers.recall",
    select(answers.c.fingerprint, answers.c.answer).where(
        answers.c.principal == bindparam("principal"),
        answers.c.operation == bindparam("operation"),
        answers.c.key == bindparam("key"),
    ),
)
_RECALL_ALL: Final = Statement(
    "answers.recall_all",
    select(answers.c.principal, answers.c.operation, answers.c.key, answers.c.fingerprint, answers.c.answer).where(
        EachOf((answers.c.principal, answers.c.operation, answers.c.key), ("principals", "operations", "keys"))
    ),
)
_OLDEST: Final = Statement(
    "answers.oldest",
    select(answers.c.principal, answers.c.operation, answers.c.key)
    .where(answers.c.at < bindparam("before"))
    .order_by(answers.c.at)
    .limit(bindparam("most")),
)
_DELETE_ANSWERS: Final = delete_from(answers)
_INSERT_ANSWERS: Final = insert_into(answers)
_INSERT_EVENTS: Final = born_without(insert_into(events), "number")
_INSERT_DELIVERIES: Final = insert_into(deliveries)


class SqlAnswers(Staging):
    """What commands answered; see the port."""

    table = answers

    def __init__(self, session: SqlSession) -> None:
        self._session = session
        self._sealed = session.tools.sealed
        self._staged: dict[tuple[str, str, str], Mapping[str, Any]] = {}
        self._kept: dict[Once, KeptKey] = {}
        session.join(self)

    async def recall(self, once: Once | None, answer: type[T]) -> T | None:
        """The answer given before, or None."""
        prove(answer)
        if once is None:
            return None
        kept = self._kept_key(once)
        rows = await self._session.tx.rows(_RECALL, principal=kept.principal, operation=kept.operation, key=kept.key)
        told = self._told(once, rows[0], answer) if rows else None
        if isinstance(told, KeyReused):
            raise told
        return told

    async def recall_all(self, onces: Sequence[Once], answer: type[T]) -> Mapping[Once, T | KeyReused]:
        """The answers given before; a reused key is told, not raised."""
        prove(answer)
        if not onces:
            return {}
        kept = {once: self._kept_key(once) for once in onces}
        rows = await self._session.tx.rows(
            _RECALL_ALL,
            principals=[one.principal for one in kept.values()],
            operations=[one.operation for one in kept.values()],
            keys=[one.key for one in kept.values()],
        )
        found = {KeptKey(row["principal"], row["operation"], row["key"]): row for row in rows}
        return {once: self._told(once, found[at], answer) for once, at in kept.items() if at in found}

    def _kept_key(self, once: Once) -> KeptKey:
        """Made once a unit: whoever remembers has asked before."""
        kept = self._kept.get(once)
        if kept is None:
            kept = self._kept[once] = self._sealed.kept_key(once)
        return kept

    def _told(self, once: Once, row: Mapping[str, Any], answer: type[T]) -> T | KeyReused:
        if row["fingerprint"] != self._sealed.kept_fingerprint(once):
            return KeyReused(key=once.key)
        once.note_replay()
        return converter.structure(self._sealed.open(once, row["answer"]), answer)

    async def forget(self, before: datetime, limit: int) -> int:
        """The oldest first."""
        rows = await self._session.tx.rows(_OLDEST, before=before, most=limit)
        gone = [{name: row[name] for name in ("principal", "operation", "key")} for row in rows]
        return (await self._session.tx.write([(_DELETE_ANSWERS, gone)]))[0] if gone else 0

    def remember(self, once: Once | None, answer: object) -> None:
        """Stage the answer, sealed; within one unit a key answers once."""
        if once is not None:
            prove(type(answer))
            kept = self._kept_key(once)
            self._staged[kept.principal, kept.operation, kept.key] = {
                "principal": kept.principal,
                "operation": kept.operation,
                "key": kept.key,
                "fingerprint": self._sealed.kept_fingerprint(once),
                "answer": self._sealed.close(once, answer),
                "at": self._session.tools.clock.now(),
            }

    def flushes(self) -> Sequence[Flush]:
        """In key order, so that two batches cannot wait for each other."""
        return [Flush(_INSERT_ANSWERS, [self._staged[key] for key in sorted(self._staged)])]


def event_flushes(session: SqlSession) -> Sequence[Flush]:
    """Everything that happened in this unit, and one delivery for each reaction to it (GEN-R12, R25)."""
    told: list[Mapping[str, Any]] = []
    due: list[Mapping[str, Any]] = []
    for event in session.events:
        id, reactions = session.tools.ids.new(), session.tools.reactions(event)
        told.append(
            {
                "id": id,
                "name": event.name,
                "version": event.version,
                "aggregate_id": event.aggregate_id,
                "at": event.at,
                "body": session.tools.codec.write(event),
                "owed": len(reactions),
            }
        )
        due += [_delivery(id, event.aggregate_id, event.at, reaction) for reaction in reactions]
    return [Flush(_INSERT_EVENTS, told), Flush(_INSERT_DELIVERIES, due)]


def _delivery(event_id: Any, aggregate_id: Any, at: datetime, reaction: str) -> Mapping[str, Any]:
    return {
        "event_id": event_id, "reaction": reaction, "aggregate_id": aggregate_id, "attempts": 0, "next_at": at,
        "done_at": None, "parked_at": None, "error": None,
    }  # fmt: skip
