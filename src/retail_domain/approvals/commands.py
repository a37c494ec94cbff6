"""What is wished of a request that waits."""

from __future__ import annotations

from attrs import frozen

from retail_domain.approvals.model import ApprovalState
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import checked
from retail_domain.kernel.ids import ApprovalId
from retail_domain.kernel.once import Once
from retail_domain.kernel.places import EVERYWHERE, Places


@frozen(kw_only=True)
@checked
class Approve:
    """Somebody else wants what was asked for, too: it is carried out now, with the shop as it is now."""

    approval_id: ApprovalId
    actor: Actor
    within: Places = EVERYWHERE
    once: Once | None = None


@frozen(kw_only=True)
@checked
class RefuseApproval:
    """Somebody does not want it, or whoever asked takes it back."""

    approval_id: ApprovalId
    reason: str
    actor: Actor
    within: Places = EVERYWHERE
    once: Once | None = None


@frozen(kw_only=True)
class ApprovalOutcome:
    """What became of the request."""

    approval_id: ApprovalId
    state: ApprovalState
