"""Checkout (下单): quotes become orders, many at a time, in one transaction (architecture 2.1 decision 10, rulings 24 to 26).

A single order is a batch of one. Everything a batch needs is claimed in rank order, then pure code decides each order in
order of arrival, all of it or none, then everything accepted is stored together with one commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from attrs import evolve, field, frozen

from retail_domain.accounts import DeliveryContacts
from retail_domain.catalog import PurchaseCounter, PurchaseCounters, PurchaseKey, SkuNotOnSale, SkuTerms
from retail_domain.inventory import (
    Reservation,
    Reservations,
    SoldOut,
    StockItem,
    StockItems,
    StockKey,
    allocate_whole,
    short_of,
)
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import AddressId, Ids, LocationId, Luck, MemberId, OrderId, QuoteId, ReservationId, SkuId
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Answers, KeyReused, Once
from retail_domain.kernel.units import Begin
from retail_domain.ordering import CartAlreadyOrdered, LineShare, Order, OrderLine, Orders, OrderTimers, Placement
from retail_domain.pricing import CartRef, PricedLine, Quote, QuoteNotFound, Quotes

NUMBER_DIGITS = 12
"""How many random digits follow the date in an order number, so that nobody can guess one."""


@frozen(kw_only=True)
class PlaceOrder:
    """A member accepts a quote: its id and hash say what was consented to (CRT-R7, R7)."""

    member_id: MemberId
    quote_id: QuoteId
    hash: str
    once: Once | None = None


@frozen(kw_only=True)
class Placed:
    """The order that came of it."""

    order_id: OrderId
    number: str
    status: str
    payable: Money
    pay_by: datetime


Answer: TypeAlias = Placed | DomainError
"""Each ask gets its own: the order, or why not."""


@frozen(kw_only=True)
class Terms:
    """On what terms some SKUs are sold, and the version of the price book in force; 0 when none of them is known."""

    goods: Mapping[SkuId, SkuTerms]
    offers_version: int


class SaleTerms(Protocol):
    """What consent rests on besides the quote: prices, windows of sale and limits, as they stand now (rulings 15)."""

    async def of(self, sku_ids: Iterable[SkuId]) -> Terms:
        """The terms of these SKUs, in one statement within the unit; unknown ones are absent."""
        ...


class CheckoutWork(Protocol):
    """The unit of work of a batch: everything is claimed with one statement, whatever the number of asks."""

    @property
    def answers(self) -> Answers: ...
    @property
    def quotes(self) -> Quotes: ...
    @property
    def orders(self) -> Orders: ...
    @property
    def sale_terms(self) -> SaleTerms: ...
    @property
    def delivery_contacts(self) -> DeliveryContacts: ...
    @property
    def purchase_counters(self) -> PurchaseCounters: ...
    @property
    def stock(self) -> StockItems: ...
    @property
    def reservations(self) -> Reservations: ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...


@frozen(kw_only=True)
class CheckoutRules:
    """Settings of checkout."""

    timers: OrderTimers = field(factory=OrderTimers)


@frozen(kw_only=True)
class Desk:
    """What a batch has claimed, as values: deciding an order gives the desk as it stands after it (rulings 26)."""

    terms: Terms
    regions: Mapping[AddressId, tuple[MemberId, str]]
    places: Sequence[LocationId]
    shelves: Mapping[StockKey, Change[StockItem]]
    counters: Mapping[PurchaseKey, Change[PurchaseCounter]]

    def shelves_of(self, sku_ids: Iterable[SkuId]) -> Mapping[StockKey, StockItem]:
        """The shelves of these SKUs as they stand; looked up, since a batch may hold hundreds of others."""
        keys = (StockKey(sku_id, place) for sku_id in sku_ids for place in self.places)
        return {key: self.shelves[key].state for key in keys if key in self.shelves}


@frozen(kw_only=True)
class Minted:
    """What an order needs from outside the domain: ids and a number (architecture 2.1 decision 5)."""

    order_id: OrderId
    number: str
    reservation_ids: tuple[ReservationId, ...]


@frozen(kw_only=True)
class Sale:
    """An accepted order and the promises made for it."""

    order: Change[Order]
    reservations: tuple[Change[Reservation], ...]
    address_id: AddressId


def check_out(desk: Desk, quote: Quote, minted: Minted, rules: CheckoutRules, at: datetime) -> tuple[Desk, Sale]:
    """Decide one order on what the desk holds: all of it or none (STK-R4).

    Raises QuotePriceChanged, SkuNotOnSale, PurchaseLimitReached, SoldOut; the desk given is never changed.
    """
    wanted = {line.goods.sku_id: line.quantity for line in quote.lines}
    _check_consent(desk, quote, at)
    counters = _count(desk, quote.member_id, wanted)
    shelves = desk.shelves_of(wanted)
    place = allocate_whole(wanted, shelves, desk.places)
    if place is None:
        raise SoldOut(sku_ids=short_of(wanted, shelves, desk.places))
    taken = {
        key: desk.shelves[key].then(lambda item, units=units: item.reserve(units, at=at))  # type: ignore[misc]
        for key, units in ((StockKey(sku_id, place), units) for sku_id, units in wanted.items())
    }
    order = Order.placed(_placement(desk, quote, minted, rules, place), at=at)
    reservations = tuple(
        _promise(order.state, id, StockKey(sku_id, place), units)
        for id, (sku_id, units) in zip(minted.reservation_ids, sorted(wanted.items()), strict=True)
    )
    after = evolve(desk, shelves={**desk.shelves, **taken}, counters={**desk.counters, **counters})
    return after, Sale(order=order, reservations=reservations, address_id=quote.delivery.address_id)


def _check_consent(desk: Desk, quote: Quote, at: datetime) -> None:
    goods = {line.goods.sku_id: desk.terms.goods.get(line.goods.sku_id) for line in quote.lines}
    versions = {sku_id: terms.price_version for sku_id, terms in goods.items() if terms is not None}
    quote.check_prices(versions, desk.terms.offers_version)
    owner, region = desk.regions.get(quote.delivery.address_id, (None, None))
    quote.check_region(region if owner == quote.member_id else None)
    gone = tuple(sku_id for sku_id, terms in goods.items() if terms is not None and not terms.is_on_sale(at))
    if gone:
        raise SkuNotOnSale(sku_ids=gone)


def _count(desk: Desk, member_id: MemberId, wanted: Mapping[SkuId, int]) -> Mapping[PurchaseKey, Change[PurchaseCounter]]:
    taken: dict[PurchaseKey, Change[PurchaseCounter]] = {}
    for key, (units, limit) in limited_units(member_id, wanted, desk.terms.goods).items():
        taken[key] = desk.counters[key].then(lambda counter, n=units, most=limit: counter.take(n, most))  # type: ignore[misc]
    return taken


def limited_units(
    member_id: MemberId, wanted: Mapping[SkuId, int], goods: Mapping[SkuId, SkuTerms]
) -> Mapping[PurchaseKey, tuple[int, int]]:
    """Units by product, summed over its SKUs, with the limit, for the products that have one (R2)."""
    units: dict[PurchaseKey, tuple[int, int]] = {}
    for sku_id, quantity in wanted.items():
        terms = goods.get(sku_id)
        if terms is not None and terms.purchase_limit is not None:
            key = PurchaseKey(member_id, terms.product_id)
            units[key] = (units.get(key, (0, 0))[0] + quantity, terms.purchase_limit)
    return units


def _placement(desk: Desk, quote: Quote, minted: Minted, rules: CheckoutRules, place: LocationId) -> Placement:
    return Placement(
        id=minted.order_id,
        number=minted.number,
        member_id=quote.member_id,
        quote_id=quote.id,
        lines=tuple(_line(desk, line, place) for line in quote.lines),
        freight_minor=quote.basket.freight_minor,
        currency=quote.basket.currency,
        region_code=quote.delivery.region_code,
        actor=Actor.member(quote.member_id),
        cart_id=quote.cart.cart_id if quote.cart else None,
        cart_version=quote.cart.version if quote.cart else None,
        timers=rules.timers,
    )


def _line(desk: Desk, line: PricedLine, place: LocationId) -> OrderLine:
    goods = line.goods
    return OrderLine(
        sku_id=goods.sku_id,
        product_id=goods.product_id,
        title=goods.title,
        options=", ".join(f"{name}: {value}" for name, value in goods.options),
        image_url=goods.image_url,
        quantity=line.quantity,
        unit_price_minor=goods.unit_price_minor,
        payable_minor=line.payable_minor,
        freight_minor=line.freight_minor,
        shares=tuple(LineShare(s.stage.value, s.source_kind, s.source_id, s.amount_minor) for s in line.shares),
        location_id=place,
        limited=desk.terms.goods[goods.sku_id].purchase_limit is not None,
    )


def _promise(order: Order, id: ReservationId, key: StockKey, units: int) -> Change[Reservation]:
    held = Reservation.held(id=id, order_id=order.id, member_id=order.member_id, key=key, quantity=units)
    return held if order.awaits_payment else held.then(lambda reservation: reservation.commit())


@frozen(kw_only=True)
class PlaceOrders:
    """Places a batch: answers each ask in its order of arrival, with one transaction for all of them."""

    begin: Begin[CheckoutWork]
    clock: Clock
    ids: Ids
    luck: Luck
    rules: CheckoutRules

    async def __call__(self, asks: Sequence[PlaceOrder]) -> Sequence[Answer]:
        """Carry it out. Only what concerns the whole batch is raised: Stale, Taken, Retry, Unavailable, CommitUnknown."""
        async with self.begin() as work:
            told = await told_before(work, asks)
            fresh = [ask for at, ask in enumerate(asks) if at not in told]
            quotes = _theirs(fresh, await work.quotes.claim({ask.quote_id for ask in fresh}))
            desk = await _claim(work, [quotes[ask.quote_id] for ask in fresh if ask.quote_id in quotes])
            placed = await placed_before(work, quotes.values())  # once the shelves are ours: a rival's order shows (R17)
            sales: list[Sale] = []
            answers: list[Answer] = []
            keys: dict[tuple[str, str, str], Once] = {}
            for at, ask in enumerate(asks):
                if at in told:
                    answers.append(told[at])
                    continue
                try:
                    _check_same_request(ask.once, keys)
                    desk, answer = self._decide(desk, ask, quotes, placed, sales)
                except DomainError as refused:
                    answers.append(refused)
                else:
                    _note(ask.once, keys)
                    work.answers.remember(ask.once, answer)
                    answers.append(answer)
            _save(work, desk, sales)
            await work.commit()
        return answers

    def _decide(
        self, desk: Desk, ask: PlaceOrder, quotes: Mapping[QuoteId, Quote], placed: PlacedBefore, sales: list[Sale]
    ) -> tuple[Desk, Placed]:
        quote = quotes.get(ask.quote_id)
        if quote is None:
            raise QuoteNotFound(quote_id=ask.quote_id)
        at = self.clock.now()
        again = placed.by_quote.get(quote.id)
        if again is not None and is_of(ask, quote, again):
            return desk, answer_of(again)  # the quote was ordered before: it is its own key (R18)
        quote.accept(ask.member_id, ask.hash, at=at)
        if quote.cart is not None and quote.cart in placed.by_cart:
            raise CartAlreadyOrdered(order_id=placed.by_cart[quote.cart].id)
        desk, sale = check_out(desk, quote, self._mint(quote, at), self.rules, at)
        sales.append(sale)
        placed.note(quote, sale.order.state)
        return desk, answer_of(sale.order.state)

    def _mint(self, quote: Quote, at: datetime) -> Minted:
        return Minted(
            order_id=OrderId(self.ids.new()),
            number=f"{at:%y%m%d}{self.luck.digits(NUMBER_DIGITS)}",
            reservation_ids=tuple(ReservationId(self.ids.new()) for _ in quote.lines),
        )


@frozen
class PlacedBefore:
    """Orders that came of these quotes, or of the same version of the same cart, before or within this batch (R18)."""

    by_quote: dict[QuoteId, Order]
    by_cart: dict[CartRef, Order]

    def note(self, quote: Quote, order: Order) -> None:
        """One more of this batch."""
        self.by_quote[quote.id] = order
        if quote.cart is not None:
            self.by_cart[quote.cart] = order


async def placed_before(work: CheckoutWork, quotes: Iterable[Quote]) -> PlacedBefore:
    """The orders that came of these quotes or their carts so far."""
    asked = list(quotes)
    carts = [(quote.cart.cart_id, quote.cart.version) for quote in asked if quote.cart is not None]
    found = await work.orders.placed_from([quote.id for quote in asked], carts)
    return PlacedBefore(
        by_quote={order.quote_id: order for order in found},
        by_cart={
            CartRef(order.cart_id, order.cart_version): order
            for order in found
            if order.cart_id is not None and order.cart_version is not None
        },
    )


async def told_before(work: CheckoutWork, asks: Sequence[PlaceOrder]) -> dict[int, Answer]:
    """The answers given before under the keys of these asks, by the place of the ask."""
    remembered = await work.answers.recall_all([ask.once for ask in asks if ask.once], Placed)
    return {at: remembered[ask.once] for at, ask in enumerate(asks) if ask.once and ask.once in remembered}


def _theirs(asks: Sequence[PlaceOrder], quotes: Mapping[QuoteId, Quote]) -> Mapping[QuoteId, Quote]:
    """The quotes asked for by those they were made for: for another's, no more is looked up than for a missing one (R33)."""
    owners = {(quote.id, quote.member_id) for quote in quotes.values()}
    return {ask.quote_id: quotes[ask.quote_id] for ask in asks if (ask.quote_id, ask.member_id) in owners}


def _check_same_request(once: Once | None, keys: Mapping[tuple[str, str, str], Once]) -> None:
    if once is not None and keys.get((once.principal, once.operation, once.key), once) != once:
        raise KeyReused(key=once.key)  # two different requests under one key within one batch


def _note(once: Once | None, keys: dict[tuple[str, str, str], Once]) -> None:
    if once is not None:  # only now: what was refused has not used up its key (R17)
        keys[once.principal, once.operation, once.key] = once


async def _claim(work: CheckoutWork, quotes: Iterable[Quote]) -> Desk:
    wanted = [(quote, {line.goods.sku_id: line.quantity for line in quote.lines}) for quote in quotes]
    sku_ids = {sku_id for _, units in wanted for sku_id in units}
    if not sku_ids:
        return Desk(terms=Terms(goods={}, offers_version=0), regions={}, places=(), shelves={}, counters={})
    terms = await work.sale_terms.of(sku_ids)
    regions = await work.delivery_contacts.regions({quote.delivery.address_id for quote, _ in wanted})
    keys = {key for quote, units in wanted for key in limited_units(quote.member_id, units, terms.goods)}
    counters = await work.purchase_counters.claim(keys) if keys else {}
    online = await work.stock.claim_online(sku_ids)
    return Desk(
        terms=terms,
        regions=regions,
        places=online.places,
        shelves={key: Change(item, item) for key, item in online.items.items()},
        counters={key: Change(counter, counter) for key, counter in counters.items()},
    )


def _save(work: CheckoutWork, desk: Desk, sales: Sequence[Sale]) -> None:
    for counted in desk.counters.values():
        work.purchase_counters.save(counted)
    for shelf in desk.shelves.values():
        work.stock.save(shelf)
    for sale in sorted(sales, key=_place_in_line):
        work.orders.save(sale.order)
        work.delivery_contacts.copy_to_order(sale.address_id, sale.order.state.id)
        for reservation in sale.reservations:
            work.reservations.save(reservation)


def _place_in_line(sale: Sale) -> tuple[str, int]:
    """Entries of a unique key are locks too: two batches that hold the same carts write them in one order (rulings 22)."""
    order = sale.order.state
    return str(order.cart_id or ""), order.cart_version or 0


def is_of(ask: PlaceOrder, quote: Quote, order: Order) -> bool:
    """Whether the same member asked for this order before, with the same quote."""
    return order.member_id == ask.member_id and quote.hash == ask.hash


def answer_of(order: Order) -> Placed:
    """What is told of an order that was placed."""
    return Placed(order_id=order.id, number=order.number, status=order.status.value, payable=order.payable, pay_by=order.pay_by)
