"""Checkout (下单): quotes become orders, many at a time, in one transaction (decision 0016, GEN-R18, GEN-R19).

A single order is a batch of one. Everything a batch needs is claimed in rank order, then pure code decides each order in
order of arrival, all of it or none, then everything accepted is stored together with one commit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol, TypeAlias

from attrs import define, field, frozen

from retail_domain.accounts import AuditTrail, DeliveryContacts, StaffAction
from retail_domain.catalog import SkuNotOnSale, SkuTerms
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.by_name import made_by_name
from retail_domain.kernel.change import Change, with_new
from retail_domain.kernel.checked import checked
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import AddressId, MemberId, OrderId, QuoteId, SkuId
from retail_domain.kernel.limits import OPEN_ORDERS_MAX
from retail_domain.kernel.means import Means
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Answers, Once
from retail_domain.kernel.reading import LINES
from retail_domain.kernel.settings import InForce
from retail_domain.ordering import (
    SYSTEM,
    Asked,
    CartAlreadyOrdered,
    LineShare,
    Order,
    OrderLine,
    OrderNeedsItsMember,
    OrderNotToBeHad,
    Orders,
    OrderTimers,
    Placement,
    ToAddress,
    refund_order_under,
    timers_under,
)
from retail_domain.payments import GATEWAY
from retail_domain.pricing import CartRef, PricedLine, Quote, QuoteNotFound, Quotes, Share, check_served
from retail_domain.processes.takings import Demand, Given, Minted, Own, Paid, Shared, Takings, TakingsWork
from retail_domain.settings import NO_CHANGES, Timetable

NUMBER_DIGITS = 12
"""How many random digits follow the day in an order number, so that nobody can guess one."""

REMARK_LETTERS_MAX = 200
"""So long may be what a buyer tells the shop with an order."""


def _read_remark(text: object) -> str:
    return LINES.read(text, "remark", REMARK_LETTERS_MAX)


@frozen(kw_only=True)
@checked
class PlaceOrder(Asked):
    """A member accepts a quote: its id and hash say what was consented to (CRT-R7, R7). Raises InvalidInput."""

    hash: str
    remark: str = field(default="", converter=_read_remark, repr=False)
    placed_by: Actor | None = None
    """Who of staff places it for the member; no door of members fills it. Then it waits for the member's money (ORD-R16)."""
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
    """On what terms some SKUs are sold, and the version of the price book in force; 0 when none of them is known.

    With them come the settings of that moment (SET-R4).
    """

    goods: Mapping[SkuId, SkuTerms]
    offers_version: int
    timetable: Timetable = NO_CHANGES


class SaleTerms(Protocol):
    """What consent rests on besides the quote: prices, windows of sale, limits and settings, as they stand now (CRT-R4)."""

    async def of(self, sku_ids: Iterable[SkuId]) -> Terms:
        """The terms of these SKUs, in one statement within the unit; unknown ones are absent."""
        ...


class CheckoutWork(TakingsWork, Protocol):
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
    def audit_trail(self) -> AuditTrail: ...
    @property
    def delivery_contacts(self) -> DeliveryContacts: ...


@frozen(kw_only=True)
class CheckoutRules:
    """Settings of checkout."""

    timers: OrderTimers = field(factory=OrderTimers)
    split: bool = False
    """Whether an order may come from several places when no single one has all of it (STK-R5)."""
    open_orders_max: int = OPEN_ORDERS_MAX
    """So many unpaid orders may a member have at once (STK-R12)."""
    refund_order: tuple[str, ...] = (GATEWAY,)
    """Whose money goes back first where several tenders paid (PAY-R10); kept with each order when it is placed."""


@frozen(kw_only=True)
class Claims:
    """What a batch has claimed, as values: deciding an order gives what is left of it after that order."""

    terms: Terms
    regions: Mapping[AddressId, tuple[MemberId, str]]
    demands: Mapping[QuoteId, Demand]
    takings: Takings
    shared: Shared


_holding: Final = with_new(Claims, "shared")


@frozen(kw_only=True)
class Sale:
    """An accepted order and what was taken for it."""

    order: Change[Order]
    own: Own
    address_id: AddressId
    placed_by: Actor | None


def check_out(desk: Claims, ask: PlaceOrder, minted: Minted, rules: CheckoutRules, at: datetime) -> tuple[Claims, Sale]:
    """Decide one order on what was claimed: all of it or none (STK-R4). What costs nothing is paid at once (T3).

    Raises QuotePriceChanged, SkuNotOnSale, QuoteRegionNotServed and what each kind of taking raises; what was given is never
    changed. All that is set is of one moment, that of the order (SET-R4).
    """
    demand, in_force = desk.demands[ask.quote_id], desk.terms.timetable.at(at)
    quote = demand.quote
    _check_consent(desk, demand, in_force, at)
    shared, own, given = desk.takings.take(desk.shared, demand, minted, at)
    placement = _placement(
        ask,
        member_id=quote.member_id,  # the same, as the store gave it: it need not be made bytes again for each row
        id=minted.order_id,
        number=minted.number,
        cart_id=quote.cart.cart_id if quote.cart else None,
        cart_version=quote.cart.version if quote.cart else None,
        goes=ToAddress(quote.delivery.region_code),
        lines=tuple(_line(number, line, given) for number, line in enumerate(quote.lines, 1)),
        freight_minor=quote.basket.freight_minor,
        currency=quote.basket.currency,
        timers=timers_under(in_force, rules.timers),
        took=frozenset(own) | given.brings,
        refund_order=refund_order_under(in_force, rules.refund_order),
        open_slot=given.open_slot,
        points_rate=given.points_rate,
    )
    actor = ask.placed_by or Actor.member(quote.member_id)
    order = Order.placed(placement, actor=actor, at=at, held_until=given.pay_by)
    if not order.state.payable_minor:
        if ask.placed_by is not None:
            raise OrderNeedsItsMember(quote_id=quote.id)
        shared, own, order = _paid_with_nothing(desk.takings, shared, own, order, at)
    return _holding(desk, shared), Sale(
        order=order, own=own, address_id=quote.delivery.address_id, placed_by=ask.placed_by
    )  # fmt: skip


_placement: Final = made_by_name(
    Placement, Asked, "member_id",
    "id", "number", "cart_id", "cart_version", "goes", "lines", "freight_minor", "currency", "timers", "took", "refund_order",
    "open_slot", "points_rate",
)  # fmt: skip
"""What the member asks for stays as it was asked; the rest is said by the quote, the shop, and what was taken."""


def _check_consent(desk: Claims, demand: Demand, in_force: InForce, at: datetime) -> None:
    quote = demand.quote
    goods = {line.goods.sku_id: desk.terms.goods.get(line.goods.sku_id) for line in quote.lines}
    versions = {sku_id: terms.price_version for sku_id, terms in goods.items() if terms is not None}
    quote.check_prices(versions, desk.terms.offers_version)
    told = [ground for terms in goods.values() if terms is not None for ground in terms.grounds]
    quote.check_grounds(desk.takings.present(desk.shared, demand) | _beyond(quote, told))
    owner, region = desk.regions.get(quote.delivery.address_id, (None, None))
    quote.check_region(region if owner == quote.member_id else None)
    gone = tuple(sku_id for sku_id, terms in goods.items() if terms is not None and not terms.is_on_sale(at))
    if gone:
        raise SkuNotOnSale(sku_ids=gone)
    check_served(in_force, quote.delivery.region_code)


def _beyond(quote: Quote, told: Collection[Ground]) -> frozenset[Ground]:
    """What came up since: of what the quote rests on already, the kinds alone know how it is, since they locked it."""
    if not told:
        return frozenset()
    named = {(ground.kind, ground.id) for ground in quote.basket.grounds}
    return frozenset(ground for ground in told if (ground.kind, ground.id) not in named)


def _paid_with_nothing(
    takings: Takings, shared: Shared, own: Own, order: Change[Order], at: datetime
) -> tuple[Shared, Own, Change[Order]]:
    shared, own, said = takings.paid(shared, own, order.state, at)
    if said is Paid.REFUSED:
        raise OrderNotToBeHad(order_id=order.state.id)
    paid = order.state.pay(order.state.payable, actor=SYSTEM, at=at, waits=said is Paid.WAITS)
    shared, own = takings.follow(shared, own, paid, at)
    return shared, own, order.then(lambda _: paid)


def _line(number: int, line: PricedLine, given: Given) -> OrderLine:
    goods = line.goods
    return OrderLine(
        number=number,
        sku_id=goods.sku_id,
        product_id=goods.product_id,
        title=goods.title,
        options=", ".join(f"{name}: {value}" for name, value in goods.options),
        image_url=goods.image_url,
        quantity=line.quantity,
        unit_price_minor=goods.unit_price_minor,
        payable_minor=line.payable_minor,
        freight_minor=line.freight_minor,
        shares=_shares(line.shares),
        freight_shares=_shares(line.freight_shares),
        included_tax_minor=line.included_tax_minor,
        limited=goods.sku_id in given.limited,
        gift=line.gift,
    )


def _shares(shares: Iterable[Share]) -> tuple[LineShare, ...]:
    return tuple(LineShare(s.stage.value, s.source_kind, s.source_id, s.amount_minor) for s in shares)


async def place_orders(
    work: CheckoutWork, asks: Sequence[PlaceOrder], means: Means, rules: CheckoutRules, takings: Takings
) -> Placing:
    """Places a batch of orders: everything that its asks need is claimed, with one statement each for all of them."""
    quotes = _theirs(asks, await work.quotes.claim({ask.quote_id for ask in asks}))
    wanted = [quotes[ask.quote_id] for ask in asks if ask.quote_id in quotes]
    desk = await _claim(work, wanted, takings, means.clock.now())
    placed = await placed_before(work, quotes.values())  # once the shelves are ours: a rival's order shows (R17)
    return Placing(work=work, means=means, rules=rules, quotes=quotes, placed=placed, desk=desk)


@define(kw_only=True, eq=False)
class Placing:
    """A batch that is being placed: what is left of the claims after what was decided so far, and what was sold."""

    work: CheckoutWork
    means: Means
    rules: CheckoutRules
    quotes: Mapping[QuoteId, Quote]
    placed: PlacedBefore
    desk: Claims
    sales: list[Sale] = field(factory=list)

    def decide(self, ask: PlaceOrder) -> Placed:
        """The order. Raises QuoteNotFound, QuoteExpired, QuoteHashMismatch, CartAlreadyOrdered, what `check_out` raises."""
        quote = self.quotes.get(ask.quote_id)
        if quote is None:
            raise QuoteNotFound(quote_id=ask.quote_id)
        at = self.means.clock.now()
        again = self.placed.by_quote.get(quote.id)
        if again is not None and is_of(ask, quote, again):
            return answer_of(again)  # the quote was ordered before: it is its own key (R18)
        quote.accept(ask.member_id, ask.hash, at=at)
        if quote.cart is not None and quote.cart in self.placed.by_cart:
            raise CartAlreadyOrdered(order_id=self.placed.by_cart[quote.cart].id)
        self.desk, sale = check_out(self.desk, ask, _mint(self.means, at), self.rules, at)
        self.sales.append(sale)
        self.placed.note(quote, sale.order.state)
        return answer_of(sale.order.state)

    def save(self) -> None:
        """Stage what was taken and what was sold."""
        in_line = sorted(self.sales, key=_place_in_line)
        self.desk.takings.save(self.work, self.desk.shared, [sale.own for sale in in_line])
        for sale in in_line:
            self.work.orders.save(sale.order)
            self.work.delivery_contacts.copy_to_order(sale.address_id, sale.order.state.id)
            if sale.placed_by is not None:
                self.work.audit_trail.note(_noted(sale.order.state, sale.placed_by))


def _noted(order: Order, by: Actor) -> StaffAction:
    return StaffAction(actor=by, action="orders.place", object=f"{order.id} {order.member_id}", at=order.placed_at)


def _mint(means: Means, at: datetime) -> Minted:
    return Minted(
        order_id=OrderId(means.ids.new()),
        number=f"{means.calendar.day_of(at):%y%m%d}{means.luck.digits(NUMBER_DIGITS)}",
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


async def _claim(work: CheckoutWork, quotes: Sequence[Quote], takings: Takings, at: datetime) -> Claims:
    sku_ids = {line.goods.sku_id for quote in quotes for line in quote.lines}
    terms = Terms(goods={}, offers_version=0)
    regions: Mapping[AddressId, tuple[MemberId, str]] = {}
    if sku_ids:
        terms = await work.sale_terms.of(sku_ids)
        regions = await work.delivery_contacts.regions({quote.delivery.address_id for quote in quotes})
    demands = {quote.id: Demand(quote, terms.goods, terms.timetable, at) for quote in quotes}
    shared = await takings.claim(work, tuple(demands.values()))
    return Claims(terms=terms, regions=regions, demands=demands, takings=takings, shared=shared)


def _place_in_line(sale: Sale) -> tuple[str, int]:
    """Entries of a unique key are locks too: two batches that hold the same carts write them in one order (GEN-R16)."""
    order = sale.order.state
    return str(order.cart_id or ""), order.cart_version or 0


def is_of(ask: PlaceOrder, quote: Quote, order: Order) -> bool:
    """Whether the same member asked for this order before, with the same quote."""
    return order.member_id == ask.member_id and quote.hash == ask.hash


def answer_of(order: Order) -> Placed:
    """What is told of an order that was placed."""
    return Placed(order_id=order.id, number=order.number, status=order.status.value, payable=order.payable, pay_by=order.pay_by)
