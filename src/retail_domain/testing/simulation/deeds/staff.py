"""What staff do: goods come in and go out, prices change, money is given back (R3, R5, R13, R14)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from retail_domain.catalog import RepriceSku, SetOnSale
from retail_domain.inventory import AdjustStock, ReceiveStock
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import (
    CloseOrder,
    OrderCosts,
    OrderOutcome,
    OrderSent,
    RefundOrder,
    RefundStarted,
    RepriceOrder,
    ShipOrder,
    Units,
)
from retail_domain.payments import RefundAside, RefundNotConfirmed, RefundView, RetryRefund
from retail_domain.payments.gateway import RefundStatus
from retail_domain.testing.simulation.book import Figure, Promise
from retail_domain.testing.simulation.deeds.deed import CLERK, Deed, some, some_order
from retail_domain.testing.simulation.mix import between, one_of
from retail_domain.testing.simulation.requests import Request, ask, keyed, new_effect
from retail_domain.testing.simulation.showing import leafed
from retail_domain.testing.simulation.trouble import Rare
from retail_domain.testing.simulation.world import Shop, World


async def receive(world: World) -> None:
    """Goods arrive."""
    sku_id, units = one_of(world.dice, world.skus), between(world.dice, 1, 5)
    once, effect = keyed(world, "clerk", "stock.receive"), new_effect(world)
    world.auditor.book.goods[sku_id].on_hand.will_change(effect, units)
    wish = ReceiveStock(
        sku_id=sku_id, location=one_of(world.dice, world.places), quantity=units, reference="note", actor=CLERK, once=once
    )
    await ask(world, Request(
        name=f"receive {units}", once=once, effect=effect, send=lambda shop, _: shop.retail.inventory.receive(wish),
        certain=lambda request, said: None,
    ))  # fmt: skip


async def adjust(world: World) -> None:
    """Somebody counts the shelf again."""
    sku_id, change = one_of(world.dice, world.skus), one_of(world.dice, (-2, -1, 1))
    once, effect = keyed(world, "clerk", "stock.adjust"), new_effect(world)
    world.auditor.book.goods[sku_id].on_hand.will_change(effect, change)
    wish = AdjustStock(
        sku_id=sku_id, location=one_of(world.dice, world.places), change=change, reason="counted", actor=CLERK, once=once
    )
    await ask(world, Request(
        name=f"adjust {change}", once=once, effect=effect, send=lambda shop, _: shop.retail.inventory.adjust(wish),
        certain=lambda request, said: None,
    ))  # fmt: skip


async def reprice(world: World) -> None:
    """Ask another price."""
    sku_id, minor = one_of(world.dice, world.skus), between(world.dice, 100, 9_999)
    once, effect = keyed(world, "clerk", "catalog.reprice"), new_effect(world)
    world.auditor.book.goods[sku_id].prices.append((effect, minor))
    wish = RepriceSku(sku_id=sku_id, price_minor=minor, once=once)
    await ask(world, Request(
        name=f"reprice {minor}", once=once, effect=effect, send=lambda shop, _: shop.retail.catalog.reprice(wish),
        certain=lambda request, said: None,
    ))  # fmt: skip


async def take_off_sale_and_back(world: World) -> None:
    """Goods go off sale for a moment."""
    product_id = world.auditor.book.goods[one_of(world.dice, world.skus)].product_id
    for on_sale in (False, True):
        once = keyed(world, "clerk", "catalog.on_sale")
        wish = SetOnSale(product_id=product_id, on_sale=on_sale, once=once)
        await ask(world, Request(
            name=f"on sale {on_sale}", once=once, effect=new_effect(world),
            send=_sender("catalog", "set_on_sale", wish), certain=lambda request, said: None,
        ))  # fmt: skip


async def ship(world: World) -> None:
    """A parcel leaves, with all or some of an order."""
    order = some_order(world, "to_ship", "partly_shipped", "pending_payment")
    if order is None or order.order_id is None or (order.status == "pending_payment" and world.dice.random() < 0.7):
        return
    units = some_units(world, order)
    once, effect, order_id = keyed(world, "clerk", "orders.ship"), new_effect(world), order.order_id
    for one in units:
        order.shipped.setdefault(one.sku_id, Figure()).will_change(effect, one.quantity)
    place = one_of(world.dice, (None, *world.place_ids)) if world.mix.split else None
    wish = ShipOrder(
        order_id=order_id, carrier="SF", tracking_number="1", actor=CLERK, units=units, location_id=place, once=once
    )
    await ask(world, Request(
        name=f"ship {order.number}", once=once, effect=effect, send=lambda shop, _: shop.retail.ordering.ship(wish),
        certain=lambda request, said: _judge_sent(world, order, request, said),
    ))  # fmt: skip


async def give_back(world: World) -> None:
    """Some units of an order are paid back (R5)."""
    order = some_order(world, "to_ship", "partly_shipped", "shipped", "signed", "completed")
    if order is None or order.order_id is None:
        return
    units = some_units(world, order)
    once, effect, order_id = keyed(world, "clerk", "orders.refund"), new_effect(world), order.order_id
    for one in units:
        order.refunded.setdefault(one.sku_id, Figure()).will_change(effect, one.quantity)
    order.calling_off.append(effect)
    wish = RefundOrder(order_id=order_id, reason="broken", actor=CLERK, units=units, once=once)
    await ask(world, Request(
        name=f"refund {order.number}", once=once, effect=effect, send=lambda shop, _: shop.retail.ordering.refund(wish),
        certain=lambda request, said: judge_refund(world, order, request, said),
    ))  # fmt: skip


async def call_off(world: World) -> None:
    """Staff close an order, paid or not (T10, T11)."""
    order = some_order(world, "pending_payment", "to_ship")
    if order is None or order.order_id is None:
        return
    once, effect, order_id = keyed(world, "clerk", "orders.close"), new_effect(world), order.order_id
    order.calling_off.append(effect)
    order.may_be_called_off = True
    wish = CloseOrder(order_id=order_id, reason="out of stock", actor=CLERK, once=once)
    await ask(world, Request(
        name=f"close {order.number}", once=once, effect=effect, send=lambda shop, _: shop.retail.ordering.close(wish),
        certain=lambda request, said: _judge_closed(world, order, request, said),
    ))  # fmt: skip


async def agree_on_a_price(world: World) -> None:
    """A clerk and a buyer agree that an unpaid order costs something else, at times nothing at all (ORD-R4)."""
    order = some_order(world, "pending_payment")
    if order is None or order.order_id is None:
        return
    minor = 0 if world.dice.random() < 0.1 else between(world.dice, order.payable_minor // 2, order.payable_minor * 2)
    once, effect, order_id = keyed(world, "finance", "orders.reprice"), new_effect(world), order.order_id
    order.agreed.append((effect, minor))
    wish = RepriceOrder(order_id=order_id, payable_minor=minor, reason="agreed", actor=CLERK, once=once)
    await ask(world, Request(
        name=f"agree on {minor} for {order.number}", once=once, effect=effect,
        send=lambda shop, _: shop.retail.ordering.reprice(wish),
        certain=lambda request, said: judge_agreed(world, order, minor, request, said),
    ))  # fmt: skip


async def look_after_money(world: World) -> None:
    """Finance give back money that was put aside, and try stuck refunds anew, sometimes settled with the provider before."""
    reads = world.some_node().shop.retail.payments.show
    for suspect in (await reads.suspects(PageRequest(5))).items:
        charge = world.provider.charges.get(suspect.payment_id.hex)
        if charge is None or charge.taken != suspect.captured:
            continue
        once = keyed(world, "finance", "payments.aside")
        wish = RefundAside(payment_id=suspect.payment_id, reason="not ours", actor=CLERK, once=once)
        await ask(world, Request(
            name="refund aside", once=once, effect=new_effect(world),
            send=_sender("payments", "refund_aside", wish), certain=lambda request, said: None,
        ))  # fmt: skip
    for stuck in (await reads.stuck_refunds(PageRequest(5))).items:
        if world.dice.random() < 0.3:
            _settle_with_the_provider(world, stuck)
        await _retry(world, stuck)


async def try_all_stuck_refunds(world: World) -> None:
    """Finance try whatever is stuck once more, whether or not the provider kept the money: the shop has to know."""
    for stuck in await leafed(world.some_node().shop.retail.payments.show.stuck_refunds):
        await _retry(world, stuck)


def _settle_with_the_provider(world: World, stuck: RefundView) -> None:
    """The provider closes for good what would need attention."""
    charge = world.provider.charges.get(stuck.payment_id.hex)
    known = charge.refunds.get(stuck.refund_id.hex) if charge is not None else None
    if known is not None:
        known.status = RefundStatus.CLOSED if known.status is RefundStatus.NEEDS_ATTENTION else known.status
        known.becomes = RefundStatus.CLOSED if known.becomes is RefundStatus.NEEDS_ATTENTION else known.becomes


async def _retry(world: World, stuck: RefundView) -> None:
    once = keyed(world, "finance", "refunds.retry")
    again = RetryRefund(refund_id=stuck.refund_id, actor=CLERK, once=once)
    await ask(world, Request(
        name="retry refund", once=once, effect=new_effect(world),
        send=_sender("payments", "retry_refund", again), certain=lambda request, said: _note_refused(world, said),
    ))  # fmt: skip


def _note_refused(world: World, said: Any) -> None:
    if isinstance(said, RefundNotConfirmed):
        world.trouble.happened(Rare.RETRY_REFUSED)


def _sender(context: str, use_case: str, wish: Any) -> Callable[[Shop, Once | None], Awaitable[Any]]:
    async def send(shop: Shop, once: Once | None) -> Any:
        return await getattr(getattr(shop.retail, context), use_case)(wish)

    return send


def some_units(world: World, order: Promise) -> tuple[Units, ...]:
    """Some of what was ordered, mostly all of it."""
    chosen: list[SkuId] = some(world, sorted(order.units), 3)
    if world.dice.random() < 0.6:
        chosen = sorted(order.units)
    whole = world.dice.random() < 0.7
    return tuple(Units(sku, order.units[sku] if whole else between(world.dice, 1, order.units[sku])) for sku in chosen)


def _judge_sent(world: World, order: Promise, request: Request, said: Any) -> None:
    if not isinstance(said, OrderSent):
        return
    world.auditor.see_status(order, said.status, request.begun, request.ended)
    for sku_id, figure in order.shipped.items():
        gone = figure.least(request.ended, request.ended)
        world.auditor.expect(gone <= order.units[sku_id], "R3", f"{order.number}: {gone} units shipped, fewer were ordered")


def judge_refund(world: World, order: Promise, request: Request, said: Any) -> None:
    """No more goes back than was paid (R5)."""
    if not isinstance(said, RefundStarted):
        return
    world.auditor.see_status(order, said.status, request.begun, request.ended)
    order.refunded_minor += said.amount.minor
    world.auditor.expect(
        order.refunded_minor <= max(order.all_costs()), "R5", f"{order.number}: {order.refunded_minor} is more than was paid"
    )


def judge_agreed(world: World, order: Promise, minor: int, request: Request, said: Any) -> None:
    """It costs what was agreed (R4)."""
    if isinstance(said, OrderCosts):
        world.auditor.expect(said.payable.minor == minor, "R4", f"{order.number} was to cost {minor}, and costs {said.payable}")
        world.auditor.see_status(order, said.status, request.begun, request.ended)


def _judge_closed(world: World, order: Promise, request: Request, said: Any) -> None:
    if isinstance(said, OrderOutcome):
        world.auditor.see_status(order, said.status, request.begun, request.ended)
        order.called_off = order.called_off or said.status == "closed"


DEEDS: Final = (
    Deed("receive", 0.5, receive),
    Deed("adjust", 0.3, adjust),
    Deed("reprice", 0.3, reprice),
    Deed("take off sale and back", 0.2, take_off_sale_and_back),
    Deed("ship", 2.0, ship),
    Deed("give back", 3.0, give_back),
    Deed("call off", 1.2, call_off),
    Deed("agree on a price", 0.8, agree_on_a_price),
    Deed("look after money", 0.5, look_after_money),
)
