"""Approval (复核申请): a decision that waits for a second person, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from attrs import evolve, field, frozen

from retail_domain.approvals.errors import ApprovalDecided, ApprovalExpired
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import has_passed
from retail_domain.kernel.effects import Effect
from retail_domain.kernel.ids import ApprovalId, LocationId

WISH_LETTERS_MAX = 100_000


class ApprovalState(Enum):
    """How far a request is. One that has waited too long is `waiting` in the store, and shown as expired."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


@frozen(kw_only=True)
class Approval:
    """A wish as it was made, who made it, and until when it waits."""

    id: ApprovalId
    does: str
    """The use case, such as `ordering.refund`."""
    wish: str = field(repr=False)
    """What was wished, as text that the use case's codec reads."""
    about: str
    """What it is about, by ids and codes."""
    matter: str
    size: int
    above: int
    needs: tuple[Effect, ...]
    """What whoever approves it must be allowed to bring about."""
    places: tuple[LocationId, ...]
    """Where what it is about lies."""
    asked_by: Actor
    asked_under: str | None
    """A digest of the key under which it was asked for: asked again, it is the same request (R17)."""
    asked_at: datetime
    expires_at: datetime
    state: ApprovalState = ApprovalState.WAITING
    decided_by: Actor | None = None
    decided_at: datetime | None = None
    reason: str = ""
    version: int = 0

    def asked(self) -> Change[Approval]:
        """It waits from now on."""
        return Change(None, self)

    def shown_at(self, at: datetime) -> ApprovalState:
        """How far it is at a time."""
        is_over = self.state is ApprovalState.WAITING and has_passed(self.expires_at, at)
        return ApprovalState.EXPIRED if is_over else self.state

    def approve(self, *, by: Actor, at: datetime) -> Change[Approval]:
        """Somebody else wants it too. Raises ApprovalDecided, ApprovalExpired."""
        return self._decided(ApprovalState.APPROVED, by, at, "")

    def refuse(self, reason: str, *, by: Actor, at: datetime) -> Change[Approval]:
        """Somebody does not want it; whoever asked may take it back so. Raises ApprovalDecided, ApprovalExpired."""
        return self._decided(ApprovalState.REFUSED, by, at, reason)

    def _decided(self, state: ApprovalState, by: Actor, at: datetime, reason: str) -> Change[Approval]:
        if self.state is not ApprovalState.WAITING:
            raise ApprovalDecided(approval_id=self.id)
        if has_passed(self.expires_at, at):
            raise ApprovalExpired(approval_id=self.id)
        return Change(self, evolve(self, state=state, decided_by=by, decided_at=at, reason=reason))
