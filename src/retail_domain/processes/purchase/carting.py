"""Carting: carts meet the catalogue, the stock and the price book, so that they show today's prices (CRT-R4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from retail_domain.cart import (
    Cart,
    CartGoodsNotFound,
    CartGoodsOffSale,
    CartLine,
    CartNotFound,
    CartOwner,
    open_cart,
)
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import checked
from retail_domain.kernel.costs import GUEST_ROW, Whose
from retail_domain.kernel.counting import Allowance, Counters, Sealer, TooOften, key_of, line_of, take
from retail_domain.kernel.ids import CartId, MemberId, OrderId, SkuId
from retail_domain.kernel.limits import Limits
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.pricing import (
    PricedBasket,
    UnavailableLine,
    WantedLine,
)
from retail_domain.processes.purchase.quoting import BasketWork, QuotingRules, Survey, survey

TOKEN_BYTES = 32
"""How much luck is in a guest's cart token."""


class CartingWork(BasketWork, Protocol):
    """The unit of work of carting."""

    @property
    def counters(self) -> Counters:
        """How many carts were begun."""
        ...


@frozen(kw_only=True)
class CartView:
    """A cart as it is shown: repriced, what cannot be sold now apart (CRT-R4); freight comes with the quote."""

    cart_id: CartId | None
    basket: PricedBasket
    unavailable: tuple[UnavailableLine, ...]


@frozen(kw_only=True)
class GuestCart:
    """A guest's new cart, and the token that opens it; the shop keeps only its digest."""

    cart_id: CartId
    token: str = field(repr=False)


@frozen(kw_only=True)
@checked
class CreateGuestCart:
    """Somebody who is not logged in begins a cart; whoever knows the key knows the token, so it must not be guessable.

    `client` is the network address that is counted (ACC-R7).
    """

    client: str = field(default="", repr=False)
    once: Once | None = None


@frozen
@checked
class ShowCart:
    """Somebody looks into their cart."""

    owner: CartOwner


@frozen(kw_only=True)
@checked
class AddToCart:
    """Somebody wants so many units more of some goods (CRT-R1)."""

    owner: CartOwner
    line: CartLine
    once: Once | None = None


@frozen(kw_only=True)
@checked
class SetCartQuantity:
    """Somebody wants exactly so many units of some goods."""

    owner: CartOwner
    line: CartLine
    once: Once | None = None


@frozen(kw_only=True)
@checked
class RemoveFromCart:
    """Somebody does not want some goods any more."""

    owner: CartOwner
    sku_id: SkuId
    once: Once | None = None


@frozen(kw_only=True)
@checked
class MergeGuestCart:
    """A guest has logged in and brings a cart along (CRT-R6)."""

    member_id: MemberId
    guest: CartOwner
    once: Once | None = None


@frozen(kw_only=True)
@checked
class TakeOutOrdered:
    """An order was placed from a cart: what was ordered leaves it."""

    cart_id: CartId
    lines: tuple[WantedLine, ...]
    version: int | None = None
    """The version of the cart that was ordered, if it is known."""


@frozen(kw_only=True)
@checked
class BuyAgain:
    """A member wants what one of their orders holds once more."""

    member_id: MemberId
    order_id: OrderId
    once: Once | None = None


@frozen(kw_only=True)
class FilledAgain:
    """The cart, and what of the order it does not hold in full, with the reason and how many units could be had."""

    cart: CartView
    left_out: tuple[UnavailableLine, ...]


@frozen(kw_only=True)
class GuestRules:
    """How many carts guests of one address line may begin."""

    carts_per_address: tuple[Allowance, ...] = GUEST_ROW.often(Whose.LINE)


async def create_guest_cart(
    work: CartingWork, command: CreateGuestCart, means: Means, sealer: Sealer, rules: GuestRules
) -> GuestCart:
    """Answers a new cart and its token. Raises TooOften when too many were begun from this address line."""
    line, at = line_of(command.client), means.clock.now()
    allowances = {key_of(sealer, "guest cart", "address", line, one): one for one in rules.carts_per_address}
    wait_seconds = await take(work.counters, allowances, at=at)
    if wait_seconds is not None:
        raise TooOften(retry_after_seconds=wait_seconds)
    token = means.luck.token(TOKEN_BYTES)
    change = open_cart(CartId(means.ids.new()), CartOwner.guest(token), at=means.clock.now())
    answer = GuestCart(cart_id=change.state.id, token=token)
    work.carts.save(change)
    return answer


async def show_cart(work: CartingWork, command: ShowCart, means: Means, rules: QuotingRules) -> CartView:
    """Answers the cart; a member who has none yet sees an empty one. Raises CartNotFound for an unknown token."""
    cart = await work.carts.of(command.owner)
    if cart is None and command.owner.member_id is not None:
        return CartView(cart_id=None, basket=PricedBasket(currency=rules.currency, lines=()), unavailable=())
    return await _shown(work, _open(cart), means, rules)


async def put_into_cart(work: CartingWork, command: AddToCart | SetCartQuantity, means: Means, rules: QuotingRules) -> CartView:
    """Adds to a line or sets it, after asking the catalogue and the stock; a member's first goods open the cart.

    Answers the cart.
    Raises CartGoodsNotFound, CartGoodsOffSale, CartNotEnough, CartTooManyLines, CartQuantityTooLarge, CartNotFound.
    """
    cart = await cart_of(work, command.owner, means)
    goods = {*cart.state.quantities, command.line.sku_id}
    at = means.clock.now()
    seen = await survey(work, goods, command.owner.member_id, at, rules)
    change = cart.then(lambda cart: _put(cart, command, _sellable(seen, command.line.sku_id), seen.limits, at))
    return await saved_cart(work, change, means, rules, seen)


async def remove_from_cart(work: CartingWork, command: RemoveFromCart, means: Means, rules: QuotingRules) -> CartView:
    """Answers the cart without those goods. Raises CartLineNotFound, CartNotFound."""
    cart = _open(await work.carts.claim(command.owner))
    return await saved_cart(work, cart.remove(command.sku_id, at=means.clock.now()), means, rules)


async def merge_guest_cart(work: CartingWork, command: MergeGuestCart, means: Means, rules: QuotingRules) -> CartView:
    """Both carts in one transaction, repeatable: a cart that was merged before changes nothing (CRT-R6, CRT-I1).

    Answers the member's cart. Raises CartNotFound when the token opens no cart, or one that went to somebody else.
    """
    at = means.clock.now()
    guest = await work.carts.claim(command.guest)
    mine = await cart_of(work, CartOwner.member(command.member_id), means)
    if guest is None or guest.merged_into not in (None, mine.state.id):
        raise CartNotFound()
    if not guest.is_open:
        return await _shown(work, mine.state, means, rules)
    work.carts.save(guest.hand_over(mine.state.id, at=at))
    goods = {*mine.state.quantities, *guest.quantities}
    seen = await survey(work, goods, command.member_id, at, rules)
    change = mine.then(lambda cart: cart.merge(guest, limits=seen.limits, at=at, most=seen.most))
    return await saved_cart(work, change, means, rules, seen)


async def take_out_ordered(work: CartingWork, command: TakeOutOrdered, means: Means) -> None:
    """What follows from placing an order out of a cart; a cart that is gone is no concern of the order."""
    try:
        cart = await work.carts.claim_id(command.cart_id)
    except CartNotFound:
        return
    ordered = {line.sku_id: line.quantity for line in command.lines}
    work.carts.save(cart.take_out(ordered, at=means.clock.now(), version=command.version))


@frozen(kw_only=True)
class Carting:
    """Carts (购物车), as embedders call them."""

    create_guest_cart: Callable[[CreateGuestCart], Awaitable[GuestCart]]
    show: Callable[[ShowCart], Awaitable[CartView]]
    put: Callable[[AddToCart | SetCartQuantity], Awaitable[CartView]]
    remove: Callable[[RemoveFromCart], Awaitable[CartView]]
    merge: Callable[[MergeGuestCart], Awaitable[CartView]]
    buy_again: Callable[[BuyAgain], Awaitable[FilledAgain]]
    take_out: Callable[[TakeOutOrdered], Awaitable[None]]


async def cart_of(work: CartingWork, owner: CartOwner, means: Means) -> Change[Cart]:
    """Their cart, locked; a member who has none yet gets one, which is not staged. Raises CartNotFound."""
    cart = await work.carts.claim(owner)
    if cart is None and owner.member_id is not None:
        return open_cart(CartId(means.ids.new()), owner, at=means.clock.now())
    found = _open(cart)
    return Change(found, found)


def _open(cart: Cart | None) -> Cart:
    if cart is None or not cart.is_open:
        raise CartNotFound()
    return cart


def _sellable(seen: Survey, sku_id: SkuId) -> int:
    fact = seen.facts.get(sku_id)
    if fact is None:
        raise CartGoodsNotFound(sku_id=sku_id)
    if not fact.on_sale:
        raise CartGoodsOffSale(sku_id=sku_id)
    return seen.sellable.get(sku_id, 0)


def _put(cart: Cart, command: AddToCart | SetCartQuantity, sellable: int, limits: Limits, at: datetime) -> Change[Cart]:
    put = cart.add if isinstance(command, AddToCart) else cart.set
    return put(command.line, sellable=sellable, limits=limits, at=at)


async def saved_cart(
    work: CartingWork, change: Change[Cart], means: Means, rules: QuotingRules, seen: Survey | None = None
) -> CartView:
    """Stage a cart; answers it as it is shown."""
    work.carts.save(change)
    return await _shown(work, change.state, means, rules, seen)


async def _shown(work: CartingWork, cart: Cart, means: Means, rules: QuotingRules, seen: Survey | None = None) -> CartView:
    wanted = [WantedLine(line.sku_id, line.quantity) for line in cart.lines]
    at, owner = means.clock.now(), cart.owner.member_id
    seen = seen or await survey(work, cart.quantities, owner, at, rules)
    chosen = await seen.chosen(work, wanted)
    basket = rules.price(chosen.request(), chosen.seen.book, at)
    return CartView(cart_id=cart.id, basket=basket, unavailable=chosen.unavailable)
