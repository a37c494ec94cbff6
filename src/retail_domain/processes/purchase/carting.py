"""Carting: carts meet the catalogue, the stock and the price book, so that they show today's prices (CRT-R4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
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
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import CartId, Ids, Luck, MemberId, SkuId
from retail_domain.kernel.once import Answers, Once
from retail_domain.kernel.units import Begin
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
    def answers(self) -> Answers:
        """What commands answered before."""
        ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
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
class CreateGuestCart:
    """Somebody who is not logged in begins a cart; whoever knows the key knows the token, so it must not be guessable."""

    once: Once | None = None


@frozen
class ShowCart:
    """Somebody looks into their cart."""

    owner: CartOwner


@frozen(kw_only=True)
class AddToCart:
    """Somebody wants so many units more of some goods (CRT-R1)."""

    owner: CartOwner
    line: CartLine
    once: Once | None = None


@frozen(kw_only=True)
class SetCartQuantity:
    """Somebody wants exactly so many units of some goods."""

    owner: CartOwner
    line: CartLine
    once: Once | None = None


@frozen(kw_only=True)
class RemoveFromCart:
    """Somebody does not want some goods any more."""

    owner: CartOwner
    sku_id: SkuId
    once: Once | None = None


@frozen(kw_only=True)
class MergeGuestCart:
    """A guest has logged in and brings a cart along (CRT-R6)."""

    member_id: MemberId
    guest: CartOwner
    once: Once | None = None


@frozen(kw_only=True)
class TakeOutOrdered:
    """An order was placed from a cart: what was ordered leaves it."""

    cart_id: CartId
    lines: tuple[WantedLine, ...]


@frozen(kw_only=True)
class CreateGuestCartHandler:
    """Answers a new cart and its token."""

    begin: Begin[CartingWork]
    clock: Clock
    ids: Ids
    luck: Luck

    async def __call__(self, command: CreateGuestCart) -> GuestCart:
        """Carry it out."""
        token = self.luck.token(TOKEN_BYTES)
        async with self.begin() as work:
            told = await work.answers.recall(command.once, GuestCart)
            if told is not None:
                return told
            change = open_cart(CartId(self.ids.new()), CartOwner.guest(token), at=self.clock.now())
            answer = GuestCart(cart_id=change.state.id, token=token)
            work.carts.save(change)
            work.answers.remember(command.once, answer)
            await work.commit()
        return answer


@frozen(kw_only=True)
class ShowCartHandler:
    """Answers the cart; a member who has none yet sees an empty one. Raises CartNotFound for an unknown token."""

    begin: Begin[CartingWork]
    clock: Clock
    rules: QuotingRules

    async def __call__(self, command: ShowCart) -> CartView:
        """Carry it out."""
        async with self.begin() as work:
            cart = await work.carts.of(command.owner)
            if cart is None and command.owner.member_id is not None:
                return CartView(cart_id=None, basket=PricedBasket(currency=self.rules.currency, lines=()), unavailable=())
            return await _shown(work, _open(cart), self)


@frozen(kw_only=True)
class PutIntoCartHandler:
    """Adds to a line or sets it, after asking the catalogue and the stock; a member's first goods open the cart.

    Raises CartGoodsNotFound, CartGoodsOffSale, CartNotEnough, CartTooManyLines, CartQuantityTooLarge, CartNotFound.
    """

    begin: Begin[CartingWork]
    clock: Clock
    ids: Ids
    rules: QuotingRules

    async def __call__(self, command: AddToCart | SetCartQuantity) -> CartView:
        """Carry it out."""
        async with self.begin() as work:
            told = await work.answers.recall(command.once, CartView)
            if told is not None:
                return told
            cart = await _cart_of(work, command.owner, self)
            goods = {*cart.state.quantities, command.line.sku_id}
            seen = await survey(work, goods, command.owner.member_id, self.clock.now(), self.rules)
            change = cart.then(lambda cart: _put(cart, command, _sellable(seen, command.line.sku_id), self))
            view = await _saved(work, change, self, seen)
            work.answers.remember(command.once, view)
            await work.commit()
        return view


@frozen(kw_only=True)
class RemoveFromCartHandler:
    """Answers the cart without those goods. Raises CartLineNotFound, CartNotFound."""

    begin: Begin[CartingWork]
    clock: Clock
    rules: QuotingRules

    async def __call__(self, command: RemoveFromCart) -> CartView:
        """Carry it out."""
        async with self.begin() as work:
            told = await work.answers.recall(command.once, CartView)
            if told is not None:
                return told
            cart = _open(await work.carts.claim(command.owner))
            view = await _saved(work, cart.remove(command.sku_id, at=self.clock.now()), self)
            work.answers.remember(command.once, view)
            await work.commit()
        return view


@frozen(kw_only=True)
class MergeGuestCartHandler:
    """Both carts in one transaction, repeatable: a cart that was merged before changes nothing (CRT-R6, CRT-I1).

    Raises CartNotFound when the token opens no cart, or one that went to somebody else.
    """

    begin: Begin[CartingWork]
    clock: Clock
    ids: Ids
    rules: QuotingRules

    async def __call__(self, command: MergeGuestCart) -> CartView:
        """Carry it out."""
        async with self.begin() as work:
            told = await work.answers.recall(command.once, CartView)
            if told is not None:
                return told
            at = self.clock.now()
            guest = await work.carts.claim(command.guest)
            mine = await _cart_of(work, CartOwner.member(command.member_id), self)
            if guest is None or guest.merged_into not in (None, mine.state.id):
                raise CartNotFound()
            if guest.is_open:
                work.carts.save(guest.hand_over(mine.state.id, at=at))
                goods = {*mine.state.quantities, *guest.quantities}
                seen = await survey(work, goods, command.member_id, at, self.rules)
                change = mine.then(lambda cart: cart.merge(guest, limits=self.rules.limits, at=at, most=seen.most))
                view = await _saved(work, change, self, seen)
            else:
                view = await _shown(work, mine.state, self)
            work.answers.remember(command.once, view)
            await work.commit()
        return view


@frozen(kw_only=True)
class TakeOutOrderedHandler:
    """What follows from placing an order out of a cart; a cart that is gone is no concern of the order."""

    begin: Begin[CartingWork]
    clock: Clock

    async def __call__(self, command: TakeOutOrdered) -> None:
        """Carry it out."""
        async with self.begin() as work:
            await take_out_ordered(work, command, self.clock)
            await work.commit()


async def take_out_ordered(work: CartingWork, command: TakeOutOrdered, clock: Clock) -> None:
    """Stage it in a unit that is open already, such as that of a delivery."""
    try:
        cart = await work.carts.claim_id(command.cart_id)
    except CartNotFound:
        return
    ordered = {line.sku_id: line.quantity for line in command.lines}
    work.carts.save(cart.take_out(ordered, at=clock.now()))


@frozen(kw_only=True)
class Carting:
    """Carts (购物车), as embedders call them."""

    create_guest_cart: Callable[[CreateGuestCart], Awaitable[GuestCart]]
    show: Callable[[ShowCart], Awaitable[CartView]]
    put: Callable[[AddToCart | SetCartQuantity], Awaitable[CartView]]
    remove: Callable[[RemoveFromCart], Awaitable[CartView]]
    merge: Callable[[MergeGuestCart], Awaitable[CartView]]
    take_out: Callable[[TakeOutOrdered], Awaitable[None]]


class _Means(Protocol):
    @property
    def clock(self) -> Clock: ...
    @property
    def rules(self) -> QuotingRules: ...


async def _cart_of(work: CartingWork, owner: CartOwner, means: PutIntoCartHandler | MergeGuestCartHandler) -> Change[Cart]:
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


def _put(cart: Cart, command: AddToCart | SetCartQuantity, sellable: int, means: _Means) -> Change[Cart]:
    put = cart.add if isinstance(command, AddToCart) else cart.set
    return put(command.line, sellable=sellable, limits=means.rules.limits, at=means.clock.now())


async def _saved(work: CartingWork, change: Change[Cart], means: _Means, seen: Survey | None = None) -> CartView:
    work.carts.save(change)
    return await _shown(work, change.state, means, seen)


async def _shown(work: CartingWork, cart: Cart, means: _Means, seen: Survey | None = None) -> CartView:
    wanted = [WantedLine(line.sku_id, line.quantity) for line in cart.lines]
    at, owner = means.clock.now(), cart.owner.member_id
    seen = seen or await survey(work, cart.quantities, owner, at, means.rules)
    chosen = await seen.chosen(work, wanted)
    basket = means.rules.price(chosen.request(), chosen.seen.book, at)
    return CartView(cart_id=cart.id, basket=basket, unavailable=chosen.unavailable)
