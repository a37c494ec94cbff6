"""The engine of offers against a naive one, and the laws of prices with offers (PRC-I1 to I6, I8, I9, PRC-R1 to R5, PRC-R8)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import example, given, settings, strategies as st

from retail_domain.kernel.ids import MemberId, OfferId, ProductId
from retail_domain.pricing import (
    MATRIX,
    Adjustment,
    Benefit,
    BuyerFacts,
    CountBy,
    Offer,
    OfferKind,
    OfferStep,
    OrderKind,
    Outcome,
    PriceBook,
    PricingRequest,
    SaleLine,
    Scope,
    Source,
    Stage,
    Step,
    TierTerms,
    price,
)
from retail_domain.testing.baskets import NOON, a_book, a_request, a_template, goods, sku
from tests.support.naive_offers import cheapest

LINES = (1, 2, 3, 4)


def offer_id(number: int) -> OfferId:
    """The offer of that number."""
    return OfferId(UUID(int=5_000 + number))


def an_offer(number: int, kind: OfferKind, **terms: object) -> Offer:
    """An offer."""
    return Offer(id=offer_id(number), name=f"活动{number}", name_en=f"Offer {number}", kind=kind, **terms)


def a_book_of(*offers: Offer) -> PriceBook:
    """A price book with these offers, and freight of 10.00 below 300.00."""
    book = a_book(a_template(1, default=True))
    return evolve(book, offers={one.id: one for one in offers})


@st.composite
def scopes(draw: st.DrawFn) -> Scope:
    skus = draw(st.lists(st.sampled_from(LINES), max_size=3, unique=True))
    products = draw(st.lists(st.sampled_from((1, 2)), max_size=1))
    out = draw(st.lists(st.sampled_from(LINES), max_size=1))
    return Scope(
        sku_ids=tuple(map(sku, skus)), product_ids=tuple(ProductId(UUID(int=one)) for one in products),
        except_sku_ids=tuple(map(sku, out)),
    )  # fmt: skip


@st.composite
def offers(draw: st.DrawFn, number: int) -> Offer:
    kind = draw(st.sampled_from((OfferKind.DISCOUNT, OfferKind.REDUCTION, OfferKind.REDUCTION, OfferKind.MEMBER_PRICE)))
    terms: dict[str, object] = {}
    if kind is OfferKind.DISCOUNT:
        terms = draw(st.sampled_from(({"off_bps": 100}, {"off_bps": 2_000}, {"off_minor": 150}, {"price_minor": 700})))
    elif kind is OfferKind.MEMBER_PRICE:
        terms = {"price_minor": draw(st.sampled_from((500, 900, 4_000)))}
    else:
        count_by = draw(st.sampled_from(CountBy))
        at = draw(st.integers(1, 6) if count_by is CountBy.QUANTITY else st.integers(500, 12_000))
        off = draw(st.sampled_from(({"off_minor": 800}, {"off_minor": 5_000}, {"off_bps": 3_000})))
        each = draw(st.booleans())
        more = () if each else draw(st.sampled_from(((), (OfferStep(threshold=at * 2, off_minor=2_000),))))
        steps = (OfferStep(threshold=at, **off), *more)
        terms = {"count_by": count_by, "steps": steps, "each": each, "times_max": 3 if each else 1}
    return an_offer(
        number, kind, scope=draw(scopes()), priority=draw(st.integers(0, 2)),
        exclusive=kind is not OfferKind.MEMBER_PRICE and draw(st.integers(0, 4)) == 0,
        tiers=draw(st.sampled_from(((), (), (), ("gold",), ("silver",)))), **terms,
    )  # fmt: skip


@st.composite
def books_of_offers(draw: st.DrawFn) -> PriceBook:
    return a_book_of(*(draw(offers(number)) for number in range(draw(st.integers(0, 5)))))


@st.composite
def baskets(draw: st.DrawFn) -> PricingRequest:
    numbers = draw(st.lists(st.sampled_from(LINES), min_size=1, unique=True))
    lines = [
        SaleLine(
            goods(
                one,
                price_minor=draw(st.integers(0, 6_000)),
                floor_minor=draw(st.sampled_from((0, 0, 300))),
                member_minor=draw(st.sampled_from((None, None, 0, 400, 3_000))),
            ),
            draw(st.integers(1, 3)),
        )
        for one in numbers
    ]
    tier = draw(st.sampled_from((None, TierTerms(code="gold", discount_bps=draw(st.sampled_from((0, 100, 1_500)))))))
    member = MemberId(UUID(int=7)) if draw(st.booleans()) else None
    buyer = BuyerFacts(member_id=member, known={"tier": tier} if tier and member else {})
    return evolve(a_request(*lines), buyer=buyer)


@settings(max_examples=400)
@given(baskets(), books_of_offers())
def test_the_engine_finds_what_all_subsets_of_all_offers_come_to_at_least(request: PricingRequest, book: PriceBook) -> None:
    """PRC-R8, PRC-R2, PRC-R5: equal to an engine that prices every subset."""
    assert price(request, book, NOON).goods_minor == cheapest(request, book, NOON)


@given(baskets(), books_of_offers(), st.data())
def test_one_more_offer_never_makes_a_basket_dearer(request: PricingRequest, book: PriceBook, data: st.DataObject) -> None:
    """PRC-I4: adding one never raises the payable, removing one never lowers it."""
    more = evolve(book, offers={**book.offers, offer_id(99): data.draw(offers(99))})

    assert price(request, more, NOON).payable.minor <= price(request, book, NOON).payable.minor


@given(baskets(), books_of_offers())
def test_lines_shares_and_floors_hold_with_offers(request: PricingRequest, book: PriceBook) -> None:
    """PRC-I1, PRC-I2, PRC-I5, PRC-R3, PRC-R4"""
    basket = price(request, book, NOON)

    for line in basket.lines:
        discounts = [share.amount_minor for share in line.shares if share.stage is not Stage.BASE]
        assert line.base_minor + sum(discounts) == line.payable_minor >= line.floor_minor >= 0
        assert all(amount < 0 for amount in discounts)
        assert len([one for one in line.shares if one.stage is Stage.LINE_PRICE]) <= 1
        assert len([one for one in line.shares if one.stage is Stage.FULL_REDUCTION]) <= 1
    assert basket.payable.minor == sum(share.amount_minor for share in basket.by_source())


@given(baskets(), books_of_offers(), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing_with_offers(request: PricingRequest, book: PriceBook, random) -> None:
    """PRC-I3, PRC-I8"""
    shuffled = list(request.lines)
    random.shuffle(shuffled)

    one, other = price(request, book, NOON), price(evolve(request, lines=tuple(shuffled)), book, NOON)

    assert {line.goods.sku_id: line for line in one.lines} == {line.goods.sku_id: line for line in other.lines}
    assert one.rejected_offers == other.rejected_offers
    assert one == price(request, book, NOON)


@given(baskets(), books_of_offers())
def test_an_offer_either_takes_something_off_or_says_why_not(request: PricingRequest, book: PriceBook) -> None:
    """PRC-R2: whatever is about the basket and did not apply is reported with its reason."""
    basket = price(request, book, NOON)

    applied = {share.source_id for line in basket.lines for share in line.shares if share.source_kind == "offer"}
    told = {one.source_id: one for one in basket.rejected_offers}
    for offer in book.offers.values():
        about = any(offer.scope.covers(line.goods) for line in basket.lines)
        if about and offer.kind is not OfferKind.MEMBER_PRICE and str(offer.id) not in applied:
            assert told[str(offer.id)].reason in ("threshold", "tier", "dearer", "exclusive")


@given(st.integers(1, 20_000), st.integers(1, 20_000))
@example(9_901, 10_000).via("mall: 0.99 short")
@example(9_900, 9_999).via("the same yuan")
@example(10_000, 10_000).via("just enough")
def test_a_step_is_reached_in_minor_units_and_what_is_missing_is_told(cost: int, at: int) -> None:
    """PRC-I6: one cent short is short, and one cent more is enough."""
    book = a_book_of(an_offer(1, OfferKind.REDUCTION, steps=(OfferStep(threshold=at, off_minor=1),)))
    basket = price(a_request(SaleLine(goods(1, price_minor=cost), 1)), book, NOON)

    assert basket.goods_minor == (cost - 1 if cost >= at else cost)
    assert [one.missing_minor for one in basket.rejected_offers] == ([] if cost >= at else [at - cost])


def test_a_discount_that_would_lose_a_full_reduction_is_left_out() -> None:
    """PRC-R8: 100.00 with 50.00 off from 100.00 on and one percent off costs 50.00, not 99.00."""
    reduction = an_offer(1, OfferKind.REDUCTION, steps=(OfferStep(threshold=10_000, off_minor=5_000),))
    discount = an_offer(2, OfferKind.DISCOUNT, off_bps=100)

    basket = price(a_request(SaleLine(goods(1, price_minor=10_000), 1)), a_book_of(reduction, discount), NOON)

    assert basket.goods_minor == 5_000
    assert [(one.source_id, one.reason) for one in basket.rejected_offers] == [(str(discount.id), "dearer")]


def test_a_tier_price_is_left_out_where_it_would_lose_a_full_reduction() -> None:
    """PRC-R8: shop-wide line prices are a switch."""
    reduction = an_offer(1, OfferKind.REDUCTION, steps=(OfferStep(threshold=10_000, off_minor=5_000),))
    request = a_request(SaleLine(goods(1, price_minor=10_000), 1), SaleLine(goods(2, price_minor=1_000), 1))
    request = evolve(
        request, buyer=BuyerFacts(member_id=MemberId(UUID(int=7)), known={"tier": TierTerms(code="gold", discount_bps=1_000)})
    )
    only_first = evolve(reduction, scope=Scope(sku_ids=(sku(1),)))

    assert [line.payable_minor for line in price(request, a_book_of(only_first), NOON).lines] == [5_000, 900]
    both = evolve(reduction, scope=Scope(sku_ids=(sku(1), sku(2))), steps=(OfferStep(threshold=11_000, off_minor=5_500),))
    assert [line.payable_minor for line in price(request, a_book_of(both), NOON).lines] == [5_000, 500]


def test_reductions_stop_at_the_floors_of_their_goods() -> None:
    """PRC-R3: on one line and on several, whichever way they are worked out."""
    reduction = an_offer(1, OfferKind.REDUCTION, steps=(OfferStep(threshold=1_000, off_minor=1_000),))
    one, two = (SaleLine(goods(n, price_minor=1_000, floor_minor=700), 1) for n in (1, 2))

    assert price(a_request(one), a_book_of(reduction), NOON).goods_minor == 700
    assert [line.payable_minor for line in price(a_request(one, two), a_book_of(reduction), NOON).lines] == [700, 700]

    alone = evolve(reduction, scope=Scope(sku_ids=(sku(1),)), exclusive=True)
    less = an_offer(2, OfferKind.REDUCTION, steps=(OfferStep(threshold=1_000, off_minor=700),))
    free = SaleLine(goods(2, price_minor=1_000), 1)
    assert price(a_request(one, free), a_book_of(alone, less), NOON).goods_minor == 1_300


def test_an_exclusive_offer_stands_alone_or_not_at_all() -> None:
    """PRC-R2: both are computed, the cheaper one is kept, and the loser says why."""
    small = an_offer(1, OfferKind.REDUCTION, exclusive=True, steps=(OfferStep(threshold=100, off_minor=300),))
    large = an_offer(2, OfferKind.DISCOUNT, off_minor=500)
    request = a_request(SaleLine(goods(1, price_minor=1_000), 1))

    kept = price(request, a_book_of(small, large), NOON)
    other = price(request, a_book_of(evolve(small, steps=(OfferStep(threshold=100, off_minor=600),)), large), NOON)

    assert (kept.goods_minor, [(one.source_id, one.reason) for one in kept.rejected_offers]) == (
        500, [(str(small.id), "exclusive")],
    )  # fmt: skip
    assert (other.goods_minor, [(one.source_id, one.reason) for one in other.rejected_offers]) == (
        400, [(str(large.id), "exclusive")],
    )  # fmt: skip


def test_of_two_that_come_to_the_same_the_higher_priority_is_kept_then_the_lower_id() -> None:
    """PRC-R8: ties by priority, then by id."""
    one, other = (an_offer(n, OfferKind.REDUCTION, steps=(OfferStep(threshold=1, off_minor=100),)) for n in (1, 2))
    request = a_request(SaleLine(goods(1), 1))

    def kept(*offers: Offer) -> str:
        (line,) = price(request, a_book_of(*offers), NOON).lines
        return line.shares[-1].source_id

    assert kept(one, other) == kept(other, one) == str(one.id)
    assert kept(one, evolve(other, priority=1)) == str(other.id)


def test_an_offer_holds_in_its_window_only() -> None:
    """PRC-R5: the end does not belong to it; what begins later says when."""
    offer = an_offer(1, OfferKind.DISCOUNT, off_bps=5_000, starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    request, book = a_request(SaleLine(goods(1, price_minor=1_000), 1)), a_book_of(offer)

    costs = [price(request, book, NOON + timedelta(seconds=s)).goods_minor for s in (-1, 0, 3_599, 3_600)]
    (waiting,) = price(request, book, NOON - timedelta(seconds=1)).rejected_offers

    assert costs == [1_000, 500, 500, 1_000]
    assert (waiting.reason, waiting.starts_at) == ("not_yet", NOON)


def test_offers_make_freight_free_by_what_their_goods_cost_before_anything_is_taken_off() -> None:
    """MSC-R5; an offer nobody reaches says what is missing."""
    free = an_offer(1, OfferKind.FREE_FREIGHT, from_minor=2_000)
    half = an_offer(2, OfferKind.DISCOUNT, off_bps=5_000)
    below, above = (a_request(SaleLine(goods(1, price_minor=cost), 1)) for cost in (1_999, 2_000))

    assert price(above, a_book_of(free, half), NOON).payable.minor == 1_000
    short = price(below, a_book_of(free, half), NOON)
    assert short.freight_minor == 1_000
    assert [(one.reason, one.missing_minor) for one in short.rejected_offers] == [("threshold", 1)]


CELLS = [(kind, benefit) for kind in OrderKind for benefit in Benefit]
COUPON = Step(
    Stage.COUPON,
    lambda sheet: Outcome(adjustments=(Adjustment(source=Source("coupon"), goods=dict.fromkeys(sheet.lines, -1)),)),
)
POINTS = Step(
    Stage.POINTS,
    lambda sheet: Outcome(adjustments=(Adjustment(source=Source("points"), goods=dict.fromkeys(sheet.lines, -1)),)),
)
WORTH = {
    Benefit.TIER_PRICE: (Stage.LINE_PRICE, "tier"),
    Benefit.TIMED_DISCOUNT: (Stage.LINE_PRICE, "offer"),
    Benefit.FULL_REDUCTION: (Stage.FULL_REDUCTION, "offer"),
    Benefit.COUPON: (Stage.COUPON, "coupon"),
    Benefit.POINTS_OFFSET: (Stage.POINTS, "points"),
}


@pytest.mark.parametrize(("kind", "benefit"), CELLS, ids=[f"{kind.value}-{benefit.value}" for kind, benefit in CELLS])
def test_every_cell_of_the_exclusion_matrix(kind: OrderKind, benefit: Benefit) -> None:
    """PRC-R1, PRC-I9: an activity order has no part of the matrix, unless its campaign says so."""
    everything = a_book_of(
        an_offer(1, OfferKind.REDUCTION, steps=(OfferStep(threshold=1, off_minor=1),), order_kinds=tuple(OrderKind)),
        *(
            [an_offer(2, OfferKind.DISCOUNT, off_bps=1_000, order_kinds=tuple(OrderKind))]
            if benefit is not Benefit.TIER_PRICE
            else []
        ),
    )
    tier = TierTerms(code="gold", discount_bps=100)
    buyer = BuyerFacts(member_id=MemberId(UUID(int=7)), known={"tier": tier})
    request = evolve(a_request(SaleLine(goods(1, price_minor=1_000), 1)), buyer=buyer, kind=kind)
    pipeline = price.with_step(COUPON).with_step(POINTS)

    def has(asked: PricingRequest) -> bool:
        (line,) = pipeline(asked, everything, NOON).lines
        shares = {(one.stage, one.source_kind) for one in line.shares}
        return WORTH[benefit] in shares if benefit in WORTH else asked.may(benefit)

    assert has(request) is (kind is OrderKind.ORDINARY) is (benefit in MATRIX[kind])
    assert has(evolve(request, allows=frozenset({benefit})))
    assert not has(evolve(request, allows=frozenset(Benefit) - {benefit}))


@given(st.sampled_from([kind for kind in OrderKind if kind is not OrderKind.ORDINARY]), baskets(), books_of_offers())
def test_an_activity_order_costs_its_activity_price_and_nothing_else(kind, request: PricingRequest, book: PriceBook) -> None:
    """PRC-I9, PRC-R3: the activity price, down to the floor and never above the usual price."""
    request = evolve(request, kind=kind, activity_prices={line.goods.sku_id: 200 for line in request.lines})

    for line in price(request, book, NOON).lines:
        assert {share.source_kind for share in line.shares} <= {"sale_price", "activity"}
        assert line.payable_minor == max(line.floor_minor, min(line.base_minor, 200 * line.quantity))
