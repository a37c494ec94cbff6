"""What happens around money: buyers begin to pay, pay, ask; providers and forgers tell; clerks take cash (R8 to R12)."""

from __future__ import annotations

from itertools import combinations
from typing import Any, Final

from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.money import Money
from retail_domain.payments import ConfirmCounterPayment, Flow, PaymentView, RefreshPayment, StartPayment, TakeNotice
from retail_domain.payments.gateway import MerchantRef, PaymentSnapshot, PaymentStatus
from retail_domain.testing.simulation.book import Promise
from retail_domain.testing.simulation.deeds.deed import CLERK, Deed, some_order
from retail_domain.testing.simulation.mix import one_of
from retail_domain.testing.simulation.provider import CODE, notice_body
from retail_domain.testing.simulation.requests import Request, ask, keyed, new_effect
from retail_domain.testing.simulation.trouble import Fault
from retail_domain.testing.simulation.world import World


async def pay(world: World) -> None:
    """Begin to pay an order online, and mostly go through with it."""
    order = some_order(world, "pending_payment")
    if order is not None:
        await pay_for(world, order)


async def pay_for(world: World, order: Promise) -> None:
    """Begin to pay this order online, and mostly go through with it."""
    flow = one_of(world.dice, (Flow.DESKTOP_QR, Flow.DESKTOP_QR, Flow.DESKTOP_PAGE))
    view = await _start(world, order, CODE, flow)
    if view is None:
        return
    charge = world.provider.charges.get(view.payment_id.hex)
    if charge is not None and world.dice.random() < 0.8:
        world.provider.take_money(charge)


async def pay_what_was_begun(world: World) -> None:
    """Somebody pays, or fails to pay, an attempt that was begun long ago."""
    if not world.payments:
        return
    payment_id, _ = one_of(world.dice, world.payments[-12:])
    charge = world.provider.charges.get(payment_id.hex)
    if charge is None:
        return
    if world.dice.random() < 0.8:
        world.provider.take_money(charge)
    else:
        world.provider.fail(charge)


async def pay_at_the_counter(world: World) -> None:
    """A clerk takes cash; sometimes the amount is mistyped."""
    order = some_order(world, "pending_payment")
    if order is None or order.order_id is None:
        return
    view = await _start(world, order, "counter", Flow.COUNTER)
    if view is None:
        return
    mistyped = world.dice.random() < 0.1
    amount = Money(view.amount.minor + mistyped, "CNY")
    once = keyed(world, "clerk", "payments.confirm")
    wish = ConfirmCounterPayment(payment_id=view.payment_id, amount=amount, actor=CLERK, once=once)
    world.cash.setdefault(view.payment_id, set()).add(amount.minor)
    await ask(world, Request(
        name="confirm at the counter", once=once, effect=new_effect(world),
        send=lambda shop, _: shop.retail.payments.confirm_counter(wish),
        certain=lambda request, said: _judge_cash(world, mistyped, said),
    ))  # fmt: skip


async def ask_after_a_payment(world: World) -> None:
    """A buyer wants to know whether the money has arrived (PAY-R13)."""
    if not world.payments:
        return
    payment_id, order_id = one_of(world.dice, world.payments[-12:])
    order = world.auditor.book.orders[order_id]
    wish = RefreshPayment(member_id=order.member_id, payment_id=payment_id)
    await ask(world, Request(
        name="refresh", effect=new_effect(world), same=lambda _: None,
        send=lambda shop, _: shop.retail.payments.refresh(wish), certain=lambda request, said: None,
    ))  # fmt: skip


async def forge_a_notice(world: World) -> None:
    """Somebody who is not the provider says that an order is paid (R9)."""
    if not world.payments or not world.trouble.strikes(Fault.NOTICE_FORGED):
        return
    payment_id, order_id = one_of(world.dice, world.payments[-12:])
    amount = Money(world.auditor.book.orders[order_id].payable_minor, "CNY")
    forged = PaymentSnapshot(
        ref=MerchantRef(payment_id.hex), status=PaymentStatus.SUCCEEDED, amount=amount, provider_ref="P-forged"
    )
    body = notice_body(forged, "evt-forged", "signed by somebody else")
    reply = await world.some_node().shop.retail.payments.take_notice(TakeNotice(gateway=CODE, headers={}, body=body))
    world.auditor.expect(reply.status == 401, "R9", f"a forged notice was answered {reply.status}")


async def _start(world: World, order: Promise, gateway: str, flow: Flow) -> PaymentView | None:
    assert order.order_id is not None
    once, order_id = keyed(world, order.member_id, "payments.start"), order.order_id
    wish = StartPayment(member_id=order.member_id, order_id=order_id, gateway=gateway, flow=flow, once=once)
    said = await ask(world, Request(
        name=f"start to pay {order.number}", once=once, effect=new_effect(world), same=lambda view: view.payment_id,
        send=lambda shop, _: shop.retail.payments.start(wish),
        certain=lambda request, said: _judge_started(world, order, said),
    ))  # fmt: skip
    return said if isinstance(said, PaymentView) else None


def _judge_started(world: World, order: Promise, said: Any) -> None:
    if not isinstance(said, PaymentView):
        return
    assert order.order_id is not None
    world.payments.append((said.payment_id, order.order_id))
    held = [one.amount.minor for one in _inside(world, order)]
    asked = {
        minor - sum(some)
        for minor in order.all_costs() for many in range(len(held) + 1) for some in combinations(held, many)
    }  # fmt: skip
    world.auditor.expect(said.amount.minor in asked, "R7", f"{order.number} is to be paid with {said.amount}")
    world.auditor.expect(said.order_id == order.order_id, "R17", f"{order.number} got a payment of another order")


def _inside(world: World, order: Promise) -> list[Any]:
    """What accounts of the shop's own ever held for it: an attempt asks for what was left then."""
    payments = world.auditor.mirror.tables["payments"].values()
    return [one for one in payments if one.order_id == order.order_id and one.tender != "gateway"]


def _judge_cash(world: World, mistyped: bool, said: Any) -> None:
    if mistyped:
        world.auditor.expect(isinstance(said, DomainError), "R9", "a mistyped amount at the counter was accepted")


DEEDS: Final = (
    Deed("pay", 4.0, pay),
    Deed("pay what was begun", 1.0, pay_what_was_begun),
    Deed("pay at the counter", 0.7, pay_at_the_counter),
    Deed("ask after a payment", 0.5, ask_after_a_payment),
    Deed("forge a notice", 0.5, forge_a_notice),
)
