"""What approvals show."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from attrs import frozen

from retail_domain.approvals.model import Approval, ApprovalState
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.effects import Effect
from retail_domain.kernel.ids import ApprovalId, LocationId
from retail_domain.kernel.paging import Page, PageRequest


@frozen(kw_only=True)
class ApprovalView:
    """A request, and what became of it."""

    approval_id: ApprovalId
    does: str
    about: str
    matter: str
    size: int
    limit: int
    needs: tuple[Effect, ...]
    places: tuple[LocationId, ...]
    asked_by: Actor
    asked_at: datetime
    expires_at: datetime
    state: ApprovalState
    decided_by: Actor | None
    decided_at: datetime | None
    reason: str


class ApprovalQueries(Protocol):
    """Reads requests; whoever shows them looks at what somebody may see."""

    async def all(self, page: PageRequest, *, only_waiting: bool = False) -> Page[Approval]:
        """The newest first, those that have waited too long among those that wait."""
        ...

    async def show(self, approval_id: ApprovalId) -> Approval | None:
        """One of them."""
        ...


def approval_view(approval: Approval, at: datetime) -> ApprovalView:
    """A request as it stands at a time."""
    return ApprovalView(
        approval_id=approval.id, does=approval.does, about=approval.about, matter=approval.matter, size=approval.size,
        limit=approval.above, needs=approval.needs, places=approval.places, asked_by=approval.asked_by,
        asked_at=approval.asked_at, expires_at=approval.expires_at, state=approval.shown_at(at),
        decided_by=approval.decided_by, decided_at=approval.decided_at, reason=approval.reason,
    )  # fmt: skip
