"""Approvals in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_adapters.memory.store import Memory, MemoryCollection
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.paging import cursor_of, key_after
from retail_adapters.system.units import Manifest, collection
from retail_domain.approvals import Approval, ApprovalQueries, ApprovalState, ApprovalsWork
from retail_domain.kernel.ids import ApprovalId
from retail_domain.kernel.paging import Page, PageRequest


class MemoryApprovals(MemoryCollection[ApprovalId, Approval]):
    """What waits for a second person; see the port."""

    table: ClassVar[str] = "approvals"
    unique: ClassVar[Mapping[str, Any]] = {"approvals.asked_under": lambda one: one.asked_under}

    async def find(self, id: ApprovalId) -> Approval | None:
        """Unlocked."""
        return self.look(id)

    async def claim(self, id: ApprovalId) -> Approval | None:
        """Rivals make the commit raise `Stale`."""
        return self.look(id)

    async def asked_under(self, digest: str) -> Approval | None:
        """The request of this key."""
        return next((one for one in self.every() if one.asked_under == digest), None)


@frozen
class MemoryApprovalQueries:
    """The read side; see the Protocol."""

    memory: Memory

    async def all(self, page: PageRequest, *, only_waiting: bool = False) -> Page[Approval]:
        """The newest first."""
        (before,) = key_after(page.cursor, (UUID(int=2**128 - 1),))
        found = [
            one for one in sorted(self.memory.table("approvals").values(), key=lambda one: one.id, reverse=True)
            if one.id < before and (one.state is ApprovalState.WAITING or not only_waiting)
        ]  # fmt: skip
        shown = tuple(found[: page.limit])
        return Page(shown, cursor_of(shown[-1].id) if len(found) > page.limit else None)

    async def show(self, approval_id: ApprovalId) -> Approval | None:
        """One of them."""
        return self.memory.table("approvals").get(approval_id)


class Collections(MemoryUnit):
    """What waits for a second person."""

    approvals = collection(MemoryApprovals)


MANIFEST: Final = Manifest[ApprovalsWork, ApprovalQueries](Collections, MemoryApprovalQueries)
