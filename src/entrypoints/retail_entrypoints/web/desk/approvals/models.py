"""What pages of approvals show: how large something is, who asked for it, and what whoever looks can decide about it."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from retail_domain.application import Retail
from retail_domain.approvals import Approval, ApprovalState, ApprovalView, approval_view
from retail_domain.kernel.money import Money
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.web.desk.people import Names, Somebody
from retail_entrypoints.web.view import View

_LOOKS: Final = {
    ApprovalState.WAITING: "wait", ApprovalState.APPROVED: "ok", ApprovalState.REFUSED: "bad", ApprovalState.EXPIRED: "idle",
}  # fmt: skip


@frozen(kw_only=True)
class ApprovalAtDesk:
    """A request as it is shown: what it is about, how large it is, and what whoever looks can decide about it."""

    view: ApprovalView
    by: Somebody
    decided_by: Somebody | None
    size: Money | None
    """None where units of goods were measured."""
    limit: Money | None
    look: str
    order_id: str | None
    can_be_approved: bool
    can_be_refused: bool
    is_own: bool

    @classmethod
    def of(cls, asked: Approval, shop: ServedShop[Retail], names: Names, view: View) -> ApprovalAtDesk:
        """As of now."""
        told = approval_view(asked, shop.clock.now())
        currency = shop.settings.currency
        is_money = not told.does.startswith("inventory.")
        is_own, waits = told.asked_by == view.request.caller.actor, told.state is ApprovalState.WAITING
        return cls(
            view=told, by=names.of(told.asked_by), decided_by=names.of(told.decided_by) if told.decided_by else None,
            size=Money(told.size, currency) if is_money else None, limit=Money(told.limit, currency) if is_money else None,
            look=_LOOKS[told.state], order_id=told.about.split(" ")[0] if told.does.startswith("ordering.") else None,
            can_be_approved=waits and not is_own and view.may("approve_at_desk"),
            can_be_refused=waits and view.may("refuse_at_desk"), is_own=is_own,
        )  # fmt: skip
