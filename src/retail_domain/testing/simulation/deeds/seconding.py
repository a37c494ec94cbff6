"""What takes two people: somebody of staff asks, somebody decides, at times the same one (R35, ACC-R14).

Not among the usual deeds: a shop takes two people only where its limits say so. A play that has some names `SECONDING`.
"""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

from retail_domain.accounts import Login, Role, Staff, Subject
from retail_domain.approvals import Approval, ApprovalOutcome, ApprovalState, Approve, RefuseApproval
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import OrderId, SkuId, StaffId
from retail_domain.ordering import RefundOrder, RepriceOrder
from retail_domain.testing.simulation.book import Figure, Promise, Undertaking
from retail_domain.testing.simulation.deeds.deed import Deed, some_order
from retail_domain.testing.simulation.deeds.staff import judge_agreed, judge_refund, some_units
from retail_domain.testing.simulation.mix import between, one_of
from retail_domain.testing.simulation.requests import Request, ask, keyed, new_effect
from retail_domain.testing.simulation.world import World

PEOPLE: Final = tuple(StaffId(UUID(int=0x57AFF0 + number)) for number in range(3))


async def ask_for_money_back(world: World) -> None:
    """Somebody gives back some units of an order; what is too much for one waits."""
    order = some_order(world, "to_ship", "partly_shipped", "shipped", "signed", "completed")
    if order is None or order.order_id is None or not await _work_here(world):
        return
    who, units = Actor.staff(one_of(world.dice, PEOPLE)), some_units(world, order)
    once, effect = keyed(world, who.ref, "orders.refund"), new_effect(world)
    _will_give_back(order, effect, [(one.sku_id, one.quantity) for one in units])
    wish = RefundOrder(order_id=order.order_id, reason="broken", actor=who, units=units, once=once)
    await ask(world, Request(
        name=f"person refunds {order.number}", once=once, effect=effect,
        send=lambda shop, _: shop.retail.ordering.refund(wish),
        certain=lambda request, said: judge_refund(world, order, request, said),
    ))  # fmt: skip


async def ask_for_another_price(world: World) -> None:
    """Somebody agrees that an unpaid order costs less; what is too much for one waits."""
    order = some_order(world, "pending_payment")
    if order is None or order.order_id is None or not await _work_here(world):
        return
    who, minor = Actor.staff(one_of(world.dice, PEOPLE)), between(world.dice, order.payable_minor // 2, order.payable_minor)
    once, effect = keyed(world, who.ref, "orders.reprice"), new_effect(world)
    order.agreed.append((effect, minor))
    wish = RepriceOrder(order_id=order.order_id, payable_minor=minor, reason="agreed", actor=who, once=once)
    await ask(world, Request(
        name=f"person agrees on {minor} for {order.number}", once=once, effect=effect,
        send=lambda shop, _: shop.retail.ordering.reprice(wish),
        certain=lambda request, said: judge_agreed(world, order, minor, request, said),
    ))  # fmt: skip


async def decide_a_request(world: World) -> None:
    """Somebody approves what waits, or does not want it; also whoever asked for it tries."""
    waiting = [one for one in _requests(world) if one.state is ApprovalState.WAITING]
    if not waiting:
        return
    request, who = one_of(world.dice, waiting), Actor.staff(one_of(world.dice, PEOPLE))
    once, effect = keyed(world, who.ref, "approvals.decide"), new_effect(world)
    if world.dice.random() < 0.2:
        refuse = RefuseApproval(approval_id=request.id, reason="no", actor=who, once=once)
        await ask(world, Request(
            name=f"refuse {request.id}", once=once, effect=effect,
            send=lambda shop, _: shop.retail.approvals.refuse(refuse), certain=lambda _, said: None,
        ))  # fmt: skip
        return
    _will_be_carried_out(world, request, effect)
    approve = Approve(approval_id=request.id, actor=who, once=once)
    await ask(world, Request(
        name=f"approve {request.id}", once=once, effect=effect,
        send=lambda shop, _: shop.retail.approvals.approve(approve),
        certain=lambda _, said: _judge_approved(world, request, who, said),
    ))  # fmt: skip


async def _work_here(world: World) -> bool:
    """Whether all of them are on the staff; they are taken on by whoever needs them first."""
    if set(PEOPLE) <= set(world.auditor.mirror.tables["staff"]):
        return True
    node = world.some_node()
    try:
        async with node.shop.retail.begin() as unit:
            work: Any = unit
            for number, id in enumerate(PEOPLE):
                work.staff.save(Change(None, Staff(id=id, name="Ann", roles=(Role.ADMIN,), created_at=node.clock.now())))
                hired = Login.created(subject=Subject.STAFF, subject_id=id, name=f"ann{number}", password_hash="$none")  # noqa: S106
                work.logins.save(hired)
            await work.commit()
    except DomainError:
        return False
    return True


def _requests(world: World) -> list[Approval]:
    return list(world.auditor.mirror.tables["approvals"].values())


def _will_be_carried_out(world: World, request: Approval, effect: Undertaking) -> None:
    wish = json.loads(request.wish)
    order = world.auditor.book.orders[OrderId(UUID(wish["order_id"]))]
    if request.does == "ordering.reprice":
        order.agreed.append((effect, wish["payable_minor"]))
        return
    _will_give_back(order, effect, [(SkuId(UUID(one["sku_id"])), one["quantity"]) for one in wish["units"]])


def _will_give_back(order: Promise, effect: Undertaking, units: list[tuple[SkuId, int]]) -> None:
    for sku_id, quantity in units:
        order.refunded.setdefault(sku_id, Figure()).will_change(effect, quantity)
    order.calling_off.append(effect)


def _judge_approved(world: World, request: Approval, who: Actor, said: Any) -> None:
    if isinstance(said, ApprovalOutcome):
        world.auditor.expect(request.asked_by != who, "ACC-R14", f"{request.about} was approved by who asked for it")


SECONDING: Final = (
    Deed("ask for money back", 6.0, ask_for_money_back),
    Deed("ask for another price", 3.0, ask_for_another_price),
    Deed("decide a request", 9.0, decide_a_request),
)
