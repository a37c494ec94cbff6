"""Approvals, as a shop offers them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import frozen

from retail_domain.approvals.commands import ApprovalOutcome, Approve, RefuseApproval
from retail_domain.approvals.queries import ApprovalQueries


@frozen(kw_only=True)
class ApprovalDesk:
    """Decisions that wait for a second person (复核)."""

    approve: Callable[[Approve], Awaitable[ApprovalOutcome]]
    refuse: Callable[[RefuseApproval], Awaitable[ApprovalOutcome]]
    show: ApprovalQueries
