"""What the shop knows of a member, for those who embed it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from attrs import frozen

from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.personal import InTheWay
from retail_domain.processes.leaving.closing import AccountClosed, CloseAccount, CloseAccountFor
from retail_domain.processes.leaving.exporting import ExportMember, MemberExport


@frozen(kw_only=True)
class PrivacyDesk:
    """Export, what stands in the way of leaving, and leaving (个人信息)."""

    export: Callable[[ExportMember], Awaitable[MemberExport]]
    in_the_way: Callable[[MemberId], Awaitable[Sequence[InTheWay]]]
    close: Callable[[CloseAccount], Awaitable[AccountClosed]]
    close_for: Callable[[CloseAccountFor], Awaitable[AccountClosed]]
