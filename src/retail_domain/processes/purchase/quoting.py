"""Quoting (询价): goods, stock, addresses, the cart and the price book come together in a quote (CRT-R7)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from attrs import evolve, field, frozen

from retail_domain.cart import CartNotFound, CartOwner, Carts
from retail_domain.catalog import Products, PurchaseCounters, SkuFacts
from retail_domain.kernel.checked import checked
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.frames import Answered
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import AddressId, MemberId, ProductId, QuoteId, SkuId
from retail_domain.kernel.limits import Limits
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.kernel.settings import InForce
from retail_domain.pricing import (
    BuyerFacts,
    CartRef,
    ForgetExpiredQuotes,
    FreightTemplate,
    GoodsFact,
    Pipeline,
    PriceBook,
    PricingRequest,
    PricingWork,
    Quote,
    QuoteAddressNotFound,
    QuoteDelivery,
    QuoteTerms,
    RemoveFreightTemplate,
    SaleLine,
    ShowQuote,
    StoreFreightTemplate,
    UnavailableLine,
    WantedLine,
    Wish,
    check_served,
    check_size,
    draw_up,
    gifts_for,
    lasts_under,
    limits_under,
    merged,
    price,
    sort_out,
)
from retail_domain.processes.purchase.window import ShopWindow
from retail_domain.processes.takings import Asking, Known, Takings, our_takings


class AddressRegions(Protocol):
    """Where addresses lie, as far as freight cares."""

    async def regions(self, ids: Iterable[AddressId]) -> Mapping[AddressId, tuple[MemberId, str]]:
        """The owner and the region code of each of these addresses; unknown ones are absent."""
        ...


class BasketWork(Protocol):
    """What it takes to say which of the wanted goods can be sold now, read in one transaction."""

    @property
    def carts(self) -> Carts:
        """The carts."""
        ...

    @property
    def purchase_counters(self) -> PurchaseCounters:
        """How much members have of goods with a purchase limit."""
        ...

    @property
    def window(self) -> ShopWindow:
        """Goods, stock and price book as buyers see them."""
        ...


class QuotingWork(PricingWork, BasketWork, Protocol):
    """The unit of work of quoting: everything a price depends on."""

    @property
    def delivery_contacts(self) -> AddressRegions:
        """Where addresses lie."""
        ...


Beside: TypeAlias = Callable[[Sequence[SaleLine]], Sequence[SaleLine]]
"""Lines that come along with others, such as gifts: `SaleLine(goods, units, nth=2, gift=True)`. Pure.

What the catalogue says of their goods now takes the place of what they say. Those that are not on sale, of which too few are
left, or more than the buyer may have, are left out.
"""


def nothing_beside(lines: Sequence[SaleLine]) -> Sequence[SaleLine]:
    """Nothing comes along."""
    return ()


@frozen(kw_only=True)
class QuotingRules:
    """Settings of quoting: currency, how long a quote lasts, how much fits in, the pipeline of prices, and what it looks at."""

    currency: str = "CNY"
    lasts: timedelta = timedelta(minutes=15)
    limits: Limits = field(factory=Limits)
    price: Pipeline = price
    takings: Takings = field(factory=our_takings)
    """Whose kinds tell the steps of the price what they know."""
    split: bool = False
    """Whether a line may come from several places (STK-R5)."""
    beside: Beside = nothing_beside
    """What comes along with the lines that can be had."""


@frozen(kw_only=True)
@checked
class QuoteBasket:
    """A member asks what a basket costs: the lines named here, or those of the cart."""

    member_id: MemberId
    address_id: AddressId
    lines: tuple[WantedLine, ...] = ()
    from_cart: bool = False
    wishes: tuple[Wish, ...] = ()
    once: Once | None = None


@frozen(kw_only=True)
@checked
class QuoteAgain:
    """A member wants a fresh quote of what an older one was about (CRT-R4)."""

    member_id: MemberId
    quote_id: QuoteId


@frozen
class QuoteGiven:
    """What is remembered of a quote under an idempotency key: which one it was; quotes never change."""

    quote_id: QuoteId


async def quote_basket(work: QuotingWork, command: QuoteBasket, means: Means, rules: QuotingRules) -> Answered[Quote]:
    """Answers a quote.

    Raises QuoteAddressNotFound, CartNotFound, QuoteEmpty, QuoteTooManyLines, QuoteQuantityTooLarge, QuoteTooLarge,
    QuoteRegionNotServed, InvalidInput.
    """
    if command.from_cart == bool(command.lines):
        raise InvalidInput.of("lines", "lines_or_cart", "name the lines, or say that they come from the cart")
    told = await work.answers.recall(command.once, QuoteGiven)
    if told is not None:
        return Answered.unchanged(await work.quotes.get(told.quote_id))
    basket = await _basket_of(work, command)
    quote = await _draw_up(work, basket, means, rules)
    return Answered(quote, remembered=QuoteGiven(quote.id))


async def quote_again(work: QuotingWork, command: QuoteAgain, means: Means, rules: QuotingRules) -> Quote:
    """Answers a fresh quote of the same lines, address and wishes.

    Raises QuoteNotFound, QuoteAddressNotFound, QuoteEmpty, QuoteTooManyLines, QuoteQuantityTooLarge, QuoteTooLarge,
    QuoteRegionNotServed.
    """
    old = (await work.quotes.get(command.quote_id)).owned_by(command.member_id)
    basket = _Basket(old.member_id, old.delivery.address_id, old.wanted, old.cart, old.wishes)
    return await _draw_up(work, basket, means, rules)


@frozen
class _Basket:
    member_id: MemberId
    address_id: AddressId
    wanted: tuple[WantedLine, ...]
    cart: CartRef | None
    wishes: tuple[Wish, ...]


async def _basket_of(work: QuotingWork, command: QuoteBasket) -> _Basket:
    wanted, ref = command.lines, None
    if command.from_cart:
        cart = await work.carts.of(CartOwner.member(command.member_id))
        if cart is None:
            raise CartNotFound()
        wanted = tuple(WantedLine(line.sku_id, line.quantity) for line in cart.lines)
        ref = CartRef(cart.id, cart.version)
    return _Basket(command.member_id, command.address_id, wanted, ref, command.wishes)


async def _draw_up(work: QuotingWork, basket: _Basket, means: Means, rules: QuotingRules) -> Quote:
    at = means.clock.now()
    wanted = merged(basket.wanted, rules.limits)
    region = await _region(work, basket)
    seen = await survey(work, [line.sku_id for line in wanted], basket.member_id, at, rules)
    check_size(wanted, seen.limits)  # what is set now may be less than what nobody can go beyond
    check_served(seen.in_force, region)
    chosen = await seen.chosen(work, wanted, basket.wishes)
    request = chosen.request(region_code=region, wishes=basket.wishes)
    terms = QuoteTerms(
        member_id=basket.member_id,
        delivery=QuoteDelivery(address_id=basket.address_id, region_code=region),
        offers_version=seen.book.version,
        created_at=at,
        expires_at=at + lasts_under(seen.in_force, rules.lasts),
        cart=basket.cart,
        wishes=basket.wishes,
    )
    change = draw_up(QuoteId(means.ids.new()), rules.price(request, chosen.seen.book, at), terms, chosen.unavailable)
    work.quotes.save(change)
    return change.state


async def _region(work: QuotingWork, basket: _Basket) -> str:
    found = await work.delivery_contacts.regions((basket.address_id,))
    owner, region = found.get(basket.address_id, (None, ""))
    if owner != basket.member_id:  # somebody else's address is as good as none (GEN-R14)
        raise QuoteAddressNotFound(address_id=basket.address_id)
    return region


@frozen(kw_only=True)
class Survey:
    """What the catalogue, the stock, the price book and the limits said about the goods asked for, for one buyer."""

    asked: frozenset[SkuId]
    member_id: MemberId | None
    at: datetime
    facts: Mapping[SkuId, GoodsFact]
    sellable: Mapping[SkuId, int]
    allowed: Mapping[ProductId, int]
    grounds: Mapping[SkuId, tuple[Ground, ...]]
    book: PriceBook
    in_force: InForce
    """What is set now, all of it of one moment (SET-R4)."""
    rules: QuotingRules

    @property
    def limits(self) -> Limits:
        """How much fits into a basket now."""
        return limits_under(self.in_force, self.rules.limits)

    @property
    def most(self) -> Mapping[SkuId, int]:
        """How many units this buyer may still have of the goods with a purchase limit."""
        return {id: self.allowed[fact.product_id] for id, fact in self.facts.items() if fact.product_id in self.allowed}

    async def chosen(self, work: BasketWork, wanted: Sequence[WantedLine], wishes: tuple[Wish, ...] = ()) -> Chosen:
        """What of it this buyer can have now, with what comes along, and what not, with the reason (CRT-R4).

        The kinds of taking are asked about exactly the goods that are had: a quote rests on nothing else.
        """
        good, bad = sort_out(wanted, self.facts, self.sellable, self.allowed)
        beside = [*self.rules.beside(good), *self._gifts(good)]
        seen = await self._and(work, {line.goods.sku_id for line in beside} - self.asked)
        lines = (*good, *seen._left_of(beside, good))
        goods = tuple({line.goods.sku_id: None for line in lines})
        known = await self._known(work, goods, wishes) if goods else {}
        return Chosen(lines=lines, unavailable=bad, seen=seen, known=known)

    def _gifts(self, good: Sequence[SaleLine]) -> Sequence[SaleLine]:
        """What offers let come along with these lines (MSC-R3)."""
        offers = self.book.gift_offers
        if not offers or not good:
            return ()
        request = PricingRequest(currency=self.rules.currency, lines=tuple(good), buyer=BuyerFacts(member_id=self.member_id))
        return gifts_for(offers, good, request, self.at)

    async def _known(self, work: BasketWork, goods: Collection[SkuId], wishes: tuple[Wish, ...]) -> Mapping[str, Known]:
        """Of a guest nothing is known."""
        if self.member_id is None:
            return {}
        asking = Asking(
            member_id=self.member_id, sku_ids=goods, at=self.at, in_force=self.in_force, wishes=wishes,
            book=self.book,
        )  # fmt: skip
        return await self.rules.takings.known(work, asking)

    async def _and(self, work: BasketWork, sku_ids: Collection[SkuId]) -> Survey:
        if not sku_ids:
            return self
        more = await survey(work, sku_ids, self.member_id, self.at, self.rules)
        return evolve(
            self, asked=self.asked | more.asked, facts={**self.facts, **more.facts},
            sellable={**self.sellable, **more.sellable}, allowed={**self.allowed, **more.allowed},
            grounds={**self.grounds, **more.grounds},
        )  # fmt: skip

    def _left_of(self, beside: Sequence[SaleLine], good: Sequence[SaleLine]) -> Iterable[SaleLine]:
        """What comes along, as far as it is left once everything asked for is had: nobody is refused for a gift."""
        had: list[SaleLine] = list(good)
        for line in beside:
            goods, more = self.facts.get(line.goods.sku_id), line.quantity
            if goods is None or not goods.on_sale:
                continue
            of_sku = more + sum(one.quantity for one in had if one.goods.sku_id == goods.sku_id)
            of_product = more + sum(one.quantity for one in had if one.goods.product_id == goods.product_id)
            is_left = of_sku <= self.sellable.get(goods.sku_id, 0)
            if is_left and of_product <= self.allowed.get(goods.product_id, of_product):
                free = evolve(goods, unit_price_minor=0, floor_minor=0) if line.gift_of else goods
                had.append(evolve(line, goods=free))
                yield had[-1]


@frozen(kw_only=True)
class Chosen:
    """The lines that a buyer can have, and everything known that their prices may rest on."""

    lines: tuple[SaleLine, ...]
    unavailable: tuple[UnavailableLine, ...]
    seen: Survey
    known: Mapping[str, Known]

    def request(self, *, region_code: str | None = None, wishes: tuple[Wish, ...] = ()) -> PricingRequest:
        """What is to be priced, and what is known to matter."""
        seen = self.seen
        goods = {line.goods.sku_id: None for line in self.lines}
        grounds = [ground for id in goods for ground in seen.grounds.get(id, ())]
        grounds += [ground for one in self.known.values() for ground in one.grounds]
        buyer = BuyerFacts(member_id=seen.member_id, known={kind: one.value for kind, one in self.known.items()})
        return PricingRequest(
            currency=seen.rules.currency, lines=self.lines, buyer=buyer, region_code=region_code, wishes=wishes,
            grounds=tuple(grounds),
        )  # fmt: skip


async def survey(
    work: BasketWork, sku_ids: Collection[SkuId], member_id: MemberId | None, at: datetime, rules: QuotingRules
) -> Survey:
    """Ask about these goods, once for all of them; a guest has used up no limit yet."""
    seen = await work.window.look(sku_ids, split=rules.split)
    allowed = await still_allowed(work.purchase_counters, member_id, seen.facts) if member_id is not None else {}
    return Survey(
        asked=frozenset(sku_ids), member_id=member_id, at=at, facts=facts_of(seen.facts, at), sellable=seen.sellable,
        allowed=allowed, grounds=seen.grounds, book=seen.book, in_force=seen.timetable.at(at), rules=rules,
    )  # fmt: skip


async def goods_facts(products: Products, sku_ids: Iterable[SkuId], at: datetime) -> Mapping[SkuId, GoodsFact]:
    """What the catalogue says about goods at a time, in the words of pricing; unknown goods are absent."""
    return facts_of(await products.skus_for_placing(sku_ids), at)


async def still_allowed(
    counters: PurchaseCounters, member_id: MemberId, known: Mapping[SkuId, SkuFacts]
) -> Mapping[ProductId, int]:
    """How many units a member may still have of the goods with a purchase limit (GEN-R9); placing decides (ORD-I5)."""
    limits = {fact.product_id: fact.purchase_limit for fact in known.values() if fact.purchase_limit is not None}
    taken = await counters.taken(member_id, limits) if limits else {}
    return {product_id: max(0, limit - taken.get(product_id, 0)) for product_id, limit in limits.items()}


def facts_of(known: Mapping[SkuId, SkuFacts], at: datetime) -> Mapping[SkuId, GoodsFact]:
    """The same in the words of pricing."""
    return {
        sku_id: GoodsFact(
            sku_id=sku_id,
            product_id=facts.product_id,
            sku_code=facts.code,
            title=facts.title,
            options=facts.options,
            image_url=facts.image,
            unit_price_minor=facts.price_minor,
            price_version=facts.price_version,
            weight_grams=facts.weight_grams,
            volume_cm3=facts.volume_cm3,
            category_id=facts.category_id,
            brand_id=facts.brand_id,
            freight_template_id=facts.freight_template_id,
            floor_minor=facts.floor_minor or 0,
            member_price_minor=facts.member_price_minor,
            on_sale=facts.is_on_sale(at),
        )
        for sku_id, facts in known.items()
    }


@frozen(kw_only=True)
class Quoting:
    """Quotes and what they rest on (询价), as embedders call them."""

    quote: Callable[[QuoteBasket], Awaitable[Quote]]
    again: Callable[[QuoteAgain], Awaitable[Quote]]
    show: Callable[[ShowQuote], Awaitable[Quote]]
    store_freight_template: Callable[[StoreFreightTemplate], Awaitable[FreightTemplate]]
    remove_freight_template: Callable[[RemoveFreightTemplate], Awaitable[None]]
    freight_templates: Callable[[], Awaitable[tuple[FreightTemplate, ...]]]
    forget_expired: Callable[[ForgetExpiredQuotes], Awaitable[int]]
