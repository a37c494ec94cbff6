"""What people look at: every list, page and figure must fit what was promised before (R1, R13, R15, R16)."""

from __future__ import annotations

from typing import Any, Final

from retail_domain.catalog.queries import ProductSearch
from retail_domain.kernel.errors import DomainError, Kind
from retail_domain.kernel.paging import PageRequest
from retail_domain.testing.simulation.deeds.deed import Deed, some_buyer, some_order
from retail_domain.testing.simulation.mix import between, one_of
from retail_domain.testing.simulation.world import World


async def look_at_my_orders(world: World) -> None:
    """Leaf through one's own orders: all that were acknowledged, nobody else's, the newest first."""
    buyer, begun = some_buyer(world), world.scheduler.steps
    reads, limit = world.some_node().shop.retail.ordering.show, between(world.dice, 1, 5)
    listed: list[Any] = []
    cursor: str | None = None
    while True:
        page = await reads.mine(buyer.member_id, PageRequest(limit, cursor))
        listed.extend(page.items)
        cursor = page.next_cursor
        if cursor is None:
            break
    _judge_list(world, buyer.member_id, listed, begun)


async def look_at_an_order(world: World) -> None:
    """Look at one order, as its owner or as a stranger."""
    order, begun = some_order(world), world.scheduler.steps
    if order is None or order.order_id is None:
        return
    buyer = some_buyer(world)
    reads = world.some_node().shop.retail.ordering.show
    try:
        view = await reads.show_mine(buyer.member_id, order.order_id)
    except DomainError as refusal:
        hidden = refusal.kind is Kind.UNAVAILABLE or buyer.member_id != order.member_id
        world.auditor.expect(hidden, "R15", f"{order.number} was acknowledged, and its owner is told {refusal.code}")
        return
    world.auditor.expect(buyer.member_id == order.member_id, "R33", f"{order.number} was shown to somebody else")
    world.auditor.see_order(order, view, begun, world.scheduler.steps)


async def look_at_a_history(world: World) -> None:
    """Read what happened to an order: a path of legal steps."""
    order = some_order(world)
    if order is not None and order.order_id is not None:
        steps = await world.some_node().shop.retail.ordering.show.history(order.order_id)
        world.auditor.see_history(order, steps)


async def look_at_stock(world: World) -> None:
    """Read the figures of a shelf."""
    sku_id, begun, book = one_of(world.dice, world.skus), world.scheduler.steps, world.auditor.book
    views = await world.some_node().shop.retail.inventory.show.stock_of([sku_id])
    ended = world.scheduler.steps
    on_hand, reserved = sum(view.on_hand for view in views), sum(view.reserved for view in views)
    least, most = book.on_hand_least(sku_id, begun, ended), book.on_hand_most(sku_id, begun, ended)
    world.auditor.expect(least <= on_hand <= most, "R3", f"{on_hand} on hand, by the book {least} to {most}")
    least, most = book.reserved_least(sku_id, begun, ended), book.reserved_most(sku_id, begun, ended)
    world.auditor.expect(least <= reserved <= most, "R3", f"{reserved} reserved, by the book {least} to {most}")
    for view in views:
        world.auditor.expect(0 <= view.reserved <= view.on_hand, "R1", f"{view.reserved} of {view.on_hand} reserved")
        world.auditor.expect(view.sellable == max(0, view.on_hand - view.reserved - view.safety), "R1", "sellable is wrong")


async def look_at_goods(world: World) -> None:
    """Look at a product page: price and availability."""
    goods, begun = world.auditor.book.goods[one_of(world.dice, world.skus)], world.scheduler.steps
    page = await world.some_node().shop.retail.catalog.show.product(goods.product_id)
    _judge_card(world, page.card, begun)


async def look_for_goods(world: World) -> None:
    """Search; whatever is listed is judged like a page."""
    begun = world.scheduler.steps
    found = await world.some_node().shop.retail.catalog.window.search(ProductSearch(), PageRequest(20))
    for card in found.items:
        _judge_card(world, card, begun)


async def look_at_a_payment(world: World) -> None:
    """Look at one's own payment: never paid unless the provider, or the clerk, has the money (R9)."""
    if not world.payments:
        return
    payment_id, order_id = one_of(world.dice, world.payments[-12:])
    order = world.auditor.book.orders[order_id]
    view = await world.some_node().shop.retail.payments.show.show_mine(order.member_id, payment_id)
    if view.status.value == "succeeded":
        charge = world.provider.charges.get(payment_id.hex)
        taken = {charge.taken.minor} if charge and charge.taken else world.cash.get(payment_id, set())
        world.auditor.expect(view.amount.minor in taken, "R9", f"{order.number} counts as paid, and {taken} was taken")


def _judge_list(world: World, member_id: Any, listed: list[Any], begun: int) -> None:
    auditor, ended = world.auditor, world.scheduler.steps
    ids = [one.order_id for one in listed]
    auditor.expect(ids == sorted(set(ids), reverse=True), "R16", "a list of orders is out of order, or repeats itself")
    for one in listed:
        auditor.expect(one.member_id == member_id, "R33", f"{one.number} is in the list of somebody else")
        known = auditor.book.orders.get(one.order_id)
        if known is not None:
            possible = known.possible_costs(begun, ended)
            auditor.expect(one.payable.minor in possible, "R7", f"{one.number} is listed at {one.payable}")
            auditor.see_status(known, one.status.value, begun, ended)
    for order in list(auditor.book.orders.values()):
        is_due = order.member_id == member_id and any(one.surely_by(begun) for one in order.placings)
        is_hidden = order.hiding is not None and order.hiding.perhaps_by(ended)
        if is_due and not is_hidden:
            auditor.expect(order.order_id in ids, "R15", f"{order.number} was acknowledged, and is not in the list")


def _judge_card(world: World, card: Any, begun: int) -> None:
    auditor, book, ended = world.auditor, world.auditor.book, world.scheduler.steps
    for sku in card.skus:
        possible = book.goods[sku.id].possible_prices(begun, ended)
        auditor.expect(sku.price_minor in possible, "R7", f"{sku.code} is shown at {sku.price_minor}, not {sorted(possible)}")
        most = book.on_hand_most(sku.id, begun, ended) - book.reserved_least(sku.id, begun, ended)
        auditor.expect(0 <= sku.available <= max(0, most), "R1", f"{sku.available} of {sku.code} shown, {most} at most")
        if world.mix.places == 1:
            least = book.on_hand_least(sku.id, begun, ended) - book.reserved_most(sku.id, begun, ended)
            auditor.expect(least <= sku.available, "R1", f"{sku.available} of {sku.code} shown, {least} at least")


DEEDS: Final = (
    Deed("look at my orders", 1.0, look_at_my_orders),
    Deed("look at an order", 1.5, look_at_an_order),
    Deed("look at a history", 0.5, look_at_a_history),
    Deed("look at stock", 1.0, look_at_stock),
    Deed("look at goods", 1.0, look_at_goods),
    Deed("look for goods", 0.5, look_for_goods),
    Deed("look at a payment", 0.5, look_at_a_payment),
)
