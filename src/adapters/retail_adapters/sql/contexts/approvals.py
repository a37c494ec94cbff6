"""Approvals in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from attrs import frozen
from sqlalchemy import bindparam, select

from retail_adapters.paging import cursor_of, key_after
from retail_adapters.sql.database import Database, Flush
from retail_adapters.sql.repositories.staff import PLACES
from retail_adapters.sql.rows import Part, Rows, spread, spread_if_any
from retail_adapters.sql.session import SqlCollection, inserted, updated
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.approvals import approvals
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.sql.writes import insert_into, update_of
from retail_adapters.system.units import Manifest, collection
from retail_domain.approvals import Approval, ApprovalQueries, ApprovalState, ApprovalsWork
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.effects import Effect
from retail_domain.kernel.ids import ApprovalId
from retail_domain.kernel.paging import Page, PageRequest

_BY_ID = select(approvals).where(approvals.c.id == bindparam("id"))
_FIND: Final = Statement("approvals.find", _BY_ID)
_CLAIM: Final = Statement("approvals.claim", _BY_ID.with_for_update())
_UNDER: Final = Statement("approvals.asked_under", select(approvals).where(approvals.c.asked_under == bindparam("digest")))
_PAGE = (
    select(approvals)
    .where(approvals.c.id < bindparam("before"))
    .order_by(approvals.c.id.desc())
    .limit(bindparam("most"))
)  # fmt: skip
_ALL: Final = Statement("approvals.all", _PAGE)
_WAITING: Final = Statement("approvals.waiting", _PAGE.where(approvals.c.state == ApprovalState.WAITING))
_ROWS: Final = Rows(
    approvals,
    Approval,
    parts={
        "needs": Part(
            ("needs",),
            lambda several: " ".join(one.value for one in several),
            lambda words: tuple(Effect(word) for word in words.split()),
        ),
        "places": PLACES,
        "asked_by": spread(Actor, "asked_by_kind", "asked_by_ref"),
        "decided_by": spread_if_any(Actor, "decided_by_kind", "decided_by_ref"),
    },
)


class SqlApprovals(SqlCollection[ApprovalId, Approval]):
    """What waits for a second person; see the port."""

    table = approvals

    def key(self, state: Approval) -> ApprovalId:
        """Its id."""
        return state.id

    async def find(self, id: ApprovalId) -> Approval | None:
        """Unlocked."""
        return await self._one(_FIND, id=id)

    async def claim(self, id: ApprovalId) -> Approval | None:
        """Locked."""
        return await self._one(_CLAIM, id=id)

    async def asked_under(self, digest: str) -> Approval | None:
        """The request of this key."""
        return await self._one(_UNDER, digest=digest)

    async def _one(self, statement: Statement, **values: Any) -> Approval | None:
        rows = await self._session.tx.rows(statement, **values)
        return next((self.seen(one.id, one) for one in map(_ROWS.state, rows)), None)

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, _ROWS.row(one)) for one in self.new()]
        changed = [updated(before, _ROWS.row(after)) for before, after in self.changed()]
        return [Flush(insert_into(approvals), new), Flush(update_of(approvals), changed, "approval")]


@frozen
class SqlApprovalQueries:
    """The read side; see the Protocol."""

    database: Database

    async def all(self, page: PageRequest, *, only_waiting: bool = False) -> Page[Approval]:
        """The newest first."""
        (before,) = key_after(page.cursor, (UUID(int=2**128 - 1),))
        rows = await self.database.rows(_WAITING if only_waiting else _ALL, before=before, most=page.limit + 1)
        shown = tuple(map(_ROWS.state, rows[: page.limit]))
        return Page(shown, cursor_of(shown[-1].id) if len(rows) > page.limit else None)

    async def show(self, approval_id: ApprovalId) -> Approval | None:
        """One of them."""
        rows = await self.database.rows(_FIND, id=approval_id)
        return _ROWS.state(rows[0]) if rows else None


class Collections(SqlUnit):
    """What waits for a second person."""

    approvals = collection(SqlApprovals)


MANIFEST: Final = Manifest[ApprovalsWork, ApprovalQueries](Collections, SqlApprovalQueries)
