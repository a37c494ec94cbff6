"""Approvals (复核): what is too large for one person waits for another."""

from typing import Final

from retail_domain.approvals.commands import (
    ApprovalOutcome as ApprovalOutcome,
    Approve as Approve,
    RefuseApproval as RefuseApproval,
)
from retail_domain.approvals.errors import (
    ApprovalAskerMayNot as ApprovalAskerMayNot,
    ApprovalDecided as ApprovalDecided,
    ApprovalExpired as ApprovalExpired,
    ApprovalNotFound as ApprovalNotFound,
    ApprovalOfOnesOwn as ApprovalOfOnesOwn,
    AwaitsSecondPerson as AwaitsSecondPerson,
)
from retail_domain.approvals.facade import ApprovalDesk as ApprovalDesk
from retail_domain.approvals.model import Approval as Approval, ApprovalState as ApprovalState
from retail_domain.approvals.ports import Approvals as Approvals, ApprovalsWork as ApprovalsWork, Wishes as Wishes
from retail_domain.approvals.queries import (
    ApprovalQueries as ApprovalQueries,
    ApprovalView as ApprovalView,
    approval_view as approval_view,
)
from retail_domain.kernel.events import Event

EVENTS: Final[tuple[type[Event], ...]] = ()
