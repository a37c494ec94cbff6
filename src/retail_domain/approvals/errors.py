"""What approvals refuse."""

from __future__ import annotations

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import ApprovalId


@refusal
class AwaitsSecondPerson(DomainError):
    """Nothing was done yet: this waits until somebody else has approved it."""

    code = "approval.waiting"
    kind = Kind.WAITING
    approval_id: ApprovalId


@refusal
class ApprovalNotFound(DomainError):
    """There is no such request."""

    code = "approval.not_found"
    kind = Kind.MISSING
    approval_id: ApprovalId


@refusal
class ApprovalDecided(DomainError):
    """Somebody has decided about this request already."""

    code = "approval.decided"
    kind = Kind.CONFLICT
    approval_id: ApprovalId


@refusal
class ApprovalExpired(DomainError):
    """This request has waited too long; ask anew."""

    code = "approval.expired"
    kind = Kind.CONFLICT
    approval_id: ApprovalId


@refusal
class ApprovalOfOnesOwn(DomainError):
    """Nobody approves what they asked for themselves."""

    code = "approval.own"
    kind = Kind.FORBIDDEN
    approval_id: ApprovalId


@refusal
class ApprovalAskerMayNot(DomainError):
    """Whoever asked for this may not do it any more."""

    code = "approval.asker_may_not"
    kind = Kind.REFUSED
    approval_id: ApprovalId
