"""Buying again (再来一单): a cart is filled with what an order holds, and what cannot be had is named (CRT-R10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Protocol

from retail_domain.cart import Cart, CartLine, CartOwner
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.means import Means
from retail_domain.ordering import Order, Orders
from retail_domain.pricing import Reason, UnavailableLine
from retail_domain.processes.purchase.carting import (
    BuyAgain,
    CartingWork,
    FilledAgain,
    ShowCart,
    cart_of,
    saved_cart,
    show_cart,
)
from retail_domain.processes.purchase.quoting import QuotingRules, Survey, survey


class BuyingAgainWork(CartingWork, Protocol):
    """The unit of work of buying again."""

    @property
    def orders(self) -> Orders: ...


async def buy_again(work: BuyingAgainWork, command: BuyAgain, means: Means, rules: QuotingRules) -> FilledAgain:
    """The cart holds each of the order's goods at least as often as it was ordered, as far as it can be had now.

    So asking twice is asking once. Gifts come along by themselves. Prices are today's (CRT-R4). Answers the cart and what is
    missing. Raises OrderNotFound, also for an order of somebody else (R33), CartTooManyLines.
    """
    order = (await work.orders.get(command.order_id)).owned_by(command.member_id)
    wanted, owner, at = _goods_of(order), CartOwner.member(command.member_id), means.clock.now()
    before = await cart_of(work, owner, means)
    seen = await survey(work, {*before.state.quantities, *wanted}, command.member_id, at, rules)
    change = before
    for sku_id, quantity in wanted.items():
        most = min(quantity, seen.limits.quantity_max, _most(seen, sku_id))
        if most > change.state.quantities.get(sku_id, 0):
            change = change.then(partial(_set, line=CartLine(sku_id, most), seen=seen, rules=rules, means=means))
    left_out = tuple(_missing(order, wanted, change.state, seen))
    if change is before:  # nothing was there to fill it with: no cart is begun for that
        return FilledAgain(cart=await show_cart(work, ShowCart(owner), means, rules), left_out=left_out)
    return FilledAgain(cart=await saved_cart(work, change, means, rules, seen), left_out=left_out)


def _goods_of(order: Order) -> Mapping[SkuId, int]:
    wanted: dict[SkuId, int] = {}
    for line in order.lines:
        if not line.gift:
            wanted[line.sku_id] = wanted.get(line.sku_id, 0) + line.quantity
    return wanted


def _most(seen: Survey, sku_id: SkuId) -> int:
    """How many units this buyer could have now: on sale, in stock, within the limit."""
    fact = seen.facts.get(sku_id)
    if fact is None or not fact.on_sale:
        return 0
    left = seen.sellable.get(sku_id, 0)
    return min(left, seen.most.get(sku_id, left))


def _set(cart: Cart, *, line: CartLine, seen: Survey, rules: QuotingRules, means: Means) -> Change[Cart]:
    return cart.set(line, sellable=_most(seen, line.sku_id), limits=seen.limits, at=means.clock.now())


def _missing(order: Order, wanted: Mapping[SkuId, int], cart: Cart, seen: Survey) -> Iterator[UnavailableLine]:
    titles = {line.sku_id: line.title for line in order.lines}
    for sku_id, quantity in wanted.items():
        if cart.quantities.get(sku_id, 0) < quantity:
            yield UnavailableLine(
                sku_id=sku_id, quantity=quantity, reason=_why(seen, sku_id), title=titles[sku_id], sellable=_most(seen, sku_id)
            )


def _why(seen: Survey, sku_id: SkuId) -> Reason:
    fact = seen.facts.get(sku_id)
    if fact is None:
        return Reason.UNKNOWN
    if not fact.on_sale:
        return Reason.OFF_SALE
    left = seen.sellable.get(sku_id, 0)
    if seen.most.get(sku_id, left) < left:
        return Reason.LIMIT_REACHED
    return Reason.NOT_ENOUGH if left > 0 else Reason.SOLD_OUT
