"""What takes two people, killed at every point (ACC-R14)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from retail_domain.accounts import AddStaff, Role
from retail_domain.approvals import ApprovalState, Approve, AwaitsSecondPerson
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import ApprovalId
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import OrderStatus, RepriceOrder
from retail_domain.payments import PaymentState
from tests.support.crash.givens import Danger, Sold, command, started_order
from tests.support.market import CLERK
from tests.support.shop import CUT_ALONE_MINOR, Shop

CUT: Final = CUT_ALONE_MINOR + 1


@command
async def ask_second(shop: Shop, number: int) -> Danger:
    """R15, R17: what is too large for one waits, as one request; nothing has moved."""
    sold = await started_order(shop, number)
    wish = _cut(sold, await _somebody(shop, f"asks-{number}"))

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.PENDING_PAYMENT)
        waiting = await shop.retail.approvals.show.all(PageRequest(100), only_waiting=True)
        asked = [one for one in waiting.items if one.about.startswith(str(wish.order_id))]
        assert [one.does for one in asked] == ["ordering.reprice"]

    return Danger(call=("ordering.reprice", wish), check=check, same_answer=False, or_refused=AwaitsSecondPerson.code)


@command
async def approve(shop: Shop, number: int) -> Danger:
    """R15, R16, R17: it is decided and marked as decided in one; the attempt at the old price is closed before."""
    sold = await started_order(shop, number)
    assert sold.payment is not None
    ref = sold.payment.payment_id.hex
    approval_id = await _asked(shop, _cut(sold, await _somebody(shop, f"asks-{number}")))
    wish = Approve(approval_id=approval_id, actor=await _somebody(shop, f"approves-{number}"), once=sold.once)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.PENDING_PAYMENT, "repriced")
        assert (await shop.see(sold.placed)).payable.minor == sold.placed.payable.minor - CUT
        (theirs,) = [one for one in shop.sandbox.payments() if one["ref"] == ref]
        (ours,) = await shop.retail.payments.show.of_order(sold.placed.order_id)
        assert (theirs["status"], ours.status) == ("closed", PaymentState.CLOSED)
        request = await shop.retail.approvals.show.show(approval_id)
        assert request is not None and request.state is ApprovalState.APPROVED

    return Danger(call=("approvals.approve", wish), check=check, later=timedelta(minutes=3))


def _cut(sold: Sold, asker: Actor) -> RepriceOrder:
    minor = sold.placed.payable.minor - CUT
    return RepriceOrder(order_id=sold.placed.order_id, payable_minor=minor, reason="agreed", actor=asker, once=sold.once)


async def _somebody(shop: Shop, login: str) -> Actor:
    wish = AddStaff(login=login, password="correct horse", name=login, roles=(Role.ADMIN,), actor=CLERK)
    return Actor.staff((await shop.retail.accounts.add_staff(wish)).staff_id)


async def _asked(shop: Shop, wish: RepriceOrder) -> ApprovalId:
    try:
        await shop.retail.ordering.reprice(wish)
    except AwaitsSecondPerson as waits:
        return waits.approval_id
    raise AssertionError("one person was enough")
