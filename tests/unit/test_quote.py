"""Quotes (CRT-R4, CRT-R7), the pipeline as a value, and what cannot be sold."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import AddressId, MemberId, QuoteId
from retail_domain.kernel.limits import Limits
from retail_domain.kernel.money import MINOR_MAX
from retail_domain.pricing import (
    Adjustment,
    FreightZone,
    Outcome,
    Pipeline,
    PricingRequest,
    Quote,
    QuoteDelivery,
    QuoteEmpty,
    QuoteExpired,
    QuoteHashMismatch,
    QuoteNotFound,
    QuotePriceChanged,
    QuoteQuantityTooLarge,
    QuoteTerms,
    QuoteTooLarge,
    QuoteTooManyLines,
    Reason,
    RejectedOffer,
    SaleLine,
    Source,
    Stage,
    Step,
    WantedLine,
    Wish,
    draw_up,
    merged,
    price,
    sort_out,
)
from retail_domain.pricing.model.steps import base_price
from retail_domain.testing.baskets import NOON, SHENZHEN, a_book, a_request, a_template, goods, sku

ALICE, BOB = MemberId(UUID(int=71)), MemberId(UUID(int=72))
HOME = QuoteDelivery(address_id=AddressId(UUID(int=81)), region_code=SHENZHEN)
BOOK = a_book(a_template(1, default=True))


def a_quote(*lines: SaleLine, delivery: QuoteDelivery = HOME, book=BOOK, pipeline: Pipeline = price) -> Quote:
    basket = pipeline(a_request(*(lines or (SaleLine(goods(), 2),)), region=delivery.region_code), book, NOON)
    return draw_up(QuoteId(UUID(int=91)), basket, terms(delivery), ()).state


def terms(delivery: QuoteDelivery = HOME) -> QuoteTerms:
    end = NOON + timedelta(minutes=15)
    return QuoteTerms(member_id=ALICE, delivery=delivery, offers_version=3, created_at=NOON, expires_at=end)


def test_a_member_accepts_exactly_what_was_quoted_in_time() -> None:
    """CRT-R7, CRT-I2"""
    quote = a_quote()

    accepted = quote.accept(ALICE, quote.hash, at=quote.expires_at - timedelta(microseconds=1))

    assert accepted.payable == quote.payable


def test_a_quote_has_expired_when_its_end_is_reached() -> None:
    """CRT-R7, GEN-R6: half-open."""
    quote = a_quote()

    with pytest.raises(QuoteExpired):
        quote.accept(ALICE, quote.hash, at=quote.expires_at)


def test_another_hash_is_refused() -> None:
    """CRT-R7, R7"""
    with pytest.raises(QuoteHashMismatch):
        a_quote().accept(ALICE, a_quote(SaleLine(goods(), 3)).hash, at=NOON)


def test_a_quote_of_somebody_else_is_not_found() -> None:
    """GEN-R14, R33"""
    quote = a_quote()

    with pytest.raises(QuoteNotFound):
        quote.accept(BOB, quote.hash, at=NOON)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(lambda: a_quote(SaleLine(goods(2), 2)), id="other goods"),
        pytest.param(lambda: a_quote(SaleLine(goods(), 3)), id="another quantity"),
        pytest.param(lambda: a_quote(SaleLine(goods(price_minor=999), 2)), id="another price"),
        pytest.param(lambda: a_quote(SaleLine(evolve(goods(), price_version=2), 2)), id="another version of the same price"),
        pytest.param(lambda: a_quote(book=a_book()), id="another freight"),
        pytest.param(lambda: a_quote(delivery=evolve(HOME, region_code="110101")), id="another region"),
        pytest.param(lambda: a_quote(pipeline=price.with_step(Step(Stage.COUPON, one_cent_off))), id="a benefit"),
        pytest.param(lambda: a_quote(pipeline=price.with_step(Step(Stage.COUPON, a_claim))), id="a coupon to lock"),
    ],
)
def test_the_hash_changes_with_anything_the_member_agrees_to(other) -> None:
    """CRT-R7: lines, prices, benefits, freight, region."""
    assert other().hash != a_quote().hash


def test_the_hash_does_not_depend_on_the_order_of_lines() -> None:
    """CRT-R7, PRC-I3"""
    one, other = SaleLine(goods(1), 1), SaleLine(goods(2), 2)

    assert a_quote(one, other).hash == a_quote(other, one).hash


def test_a_quote_cannot_say_other_than_its_hash() -> None:
    """CRT-I2: what was consented to is what is stored."""
    quote = a_quote()

    with pytest.raises(ValueError):
        evolve(quote, basket=price(a_request(SaleLine(goods(), 3)), BOOK, NOON))


@pytest.mark.parametrize(
    ("prices", "offers", "changed"),
    [
        pytest.param({sku(1): 2}, 3, (sku(1),), id="a price, up or down"),
        pytest.param({}, 3, (sku(1),), id="goods that are gone"),
        pytest.param({sku(1): 1}, 4, (), id="the price book"),
    ],
)
def test_any_difference_since_the_quote_is_a_changed_price(prices, offers: int, changed) -> None:
    """CRT-R4, R7"""
    with pytest.raises(QuotePriceChanged) as refused:
        a_quote().check_prices(prices, offers)

    assert refused.value.sku_ids == changed


def test_unchanged_versions_let_the_quote_stand() -> None:
    """CRT-R4"""
    quote = a_quote()

    quote.check_prices({sku(1): 1, sku(9): 4}, 3)
    quote.check_region(SHENZHEN)

    assert quote.price_versions == {sku(1): 1}


@pytest.mark.parametrize("region", ["110101", None])
def test_an_address_that_moved_is_a_changed_price(region: str | None) -> None:
    """CRT-R7: the region is part of what was agreed."""
    with pytest.raises(QuotePriceChanged):
        a_quote().check_region(region)


def test_nothing_to_sell_is_no_quote_and_says_why() -> None:
    nowhere = a_book(a_template(1, FreightZone(delivers=False), default=True))
    basket = price(a_request(SaleLine(goods(), 1)), nowhere, NOON)

    with pytest.raises(QuoteEmpty) as refused:
        draw_up(QuoteId(UUID(int=1)), basket, terms(), ())

    assert [(line.sku_id, line.reason) for line in refused.value.unavailable] == [(sku(1), Reason.UNDELIVERABLE)]


def test_a_sum_beyond_what_the_shop_handles_is_refused_and_not_an_accident() -> None:
    """R4, R47"""
    basket = price(a_request(SaleLine(goods(price_minor=MINOR_MAX), 2)), BOOK, NOON)

    with pytest.raises(QuoteTooLarge):
        draw_up(QuoteId(UUID(int=1)), basket, terms(), ())


def test_two_lines_of_one_sku_are_one_line_of_their_sum() -> None:
    """R2, CRT-R1"""
    assert merged([WantedLine(sku(1), 2), WantedLine(sku(2), 1), WantedLine(sku(1), 3)], Limits()) == (
        WantedLine(sku(1), 5),
        WantedLine(sku(2), 1),
    )


def test_the_limits_hold_for_the_sum() -> None:
    """CRT-R1, R2"""
    limits = Limits(lines_max=2, quantity_max=5)

    with pytest.raises(QuoteQuantityTooLarge):
        merged([WantedLine(sku(1), 3), WantedLine(sku(1), 3)], limits)
    with pytest.raises(QuoteTooManyLines):
        merged([WantedLine(sku(number), 1) for number in range(3)], limits)


@pytest.mark.parametrize(
    ("fact", "left", "reason"),
    [
        pytest.param(None, 9, Reason.UNKNOWN, id="goods nobody knows"),
        pytest.param(evolve(goods(), on_sale=False), 9, Reason.OFF_SALE, id="delisted"),
        pytest.param(goods(), 0, Reason.SOLD_OUT, id="sold out"),
        pytest.param(goods(), 4, Reason.NOT_ENOUGH, id="too few left"),
        pytest.param(goods(), 5, None, id="just enough"),
    ],
)
def test_what_cannot_be_sold_is_set_apart_with_its_reason(fact, left: int, reason: Reason | None) -> None:
    """CRT-R4, CRT-R2"""
    good, bad = sort_out([WantedLine(sku(1), 5)], {sku(1): fact} if fact else {}, {sku(1): left})

    assert [line.reason for line in bad] == ([reason] if reason else [])
    assert len(good) + len(bad) == 1


LIMITED = goods(1).product_id


@pytest.mark.parametrize(
    ("wanted", "allowed", "good", "beyond"),
    [
        pytest.param({1: 2, 2: 1}, 3, {1, 2, 3}, set(), id="as many as allowed, over both kinds"),
        pytest.param({1: 2, 2: 2}, 3, {3}, {1, 2}, id="one too many: which kind stays is the buyer's choice"),
        pytest.param({1: 1}, 0, {3}, {1}, id="the limit is used up"),
        pytest.param({1: 3, 2: 9}, 3, {1, 3}, set(), id="what is not in stock does not count"),
    ],
)
def test_more_than_the_purchase_limit_leaves_is_set_apart(
    wanted: dict[int, int], allowed: int, good: set[int], beyond: set[int]
) -> None:
    """GEN-R9, CRT-R2, CRT-R4: judged on the product, over all its kinds; other goods stay."""
    facts = {sku(1): goods(1), sku(2): evolve(goods(2), product_id=LIMITED), sku(3): goods(3)}
    lines = [WantedLine(sku(number), quantity) for number, quantity in {**wanted, 3: 8}.items()]

    kept, bad = sort_out(lines, facts, {sku(1): 9, sku(2): 4, sku(3): 9}, {LIMITED: allowed})

    assert {line.goods.sku_id for line in kept} == {sku(number) for number in good}
    apart = [line for line in bad if line.reason is Reason.LIMIT_REACHED]
    assert {line.sku_id for line in apart} == {sku(number) for number in beyond}
    assert {line.sellable for line in apart} <= {allowed}


def test_a_step_is_plugged_in_after_those_of_its_stage() -> None:
    """PRC-R5: the order of calculation is one list."""
    coupon, tax = Step(Stage.COUPON, one_cent_off), Step(Stage.TAX, included_tax)

    assert [step.stage for step in price.with_step(tax).with_step(coupon).steps] == [
        Stage.BASE, Stage.LINE_PRICE, Stage.FULL_REDUCTION, Stage.COUPON, Stage.COUPON, Stage.POINTS, Stage.FREIGHT,
        Stage.FREIGHT, Stage.TAX,
    ]  # fmt: skip


def test_a_pipeline_out_of_order_cannot_be_built() -> None:
    """GEN-R13"""
    with pytest.raises(ValueError):
        Pipeline(tuple(reversed(price.with_step(Step(Stage.COUPON, one_cent_off)).steps)))
    with pytest.raises(ValueError):
        Pipeline((Step(Stage.COUPON, one_cent_off),))


def test_a_step_that_adds_to_a_price_is_stopped() -> None:
    """PRC-I5, R47"""
    with pytest.raises(ValueError):
        a_quote(pipeline=price.with_step(Step(Stage.COUPON, a_surcharge)))


def test_a_step_that_goes_below_a_floor_is_stopped() -> None:
    """PRC-R3, R47"""
    with pytest.raises(ValueError):
        a_quote(SaleLine(goods(floor_minor=1_000), 1), pipeline=price.with_step(Step(Stage.COUPON, one_cent_off)))


def test_included_tax_is_shown_and_not_charged() -> None:
    """PRC-R9: prices include tax."""
    quote = a_quote(pipeline=price.with_step(Step(Stage.TAX, included_tax)))

    assert quote.lines[0].included_tax_minor == 230
    assert quote.payable == a_quote().payable


def test_a_wish_that_no_step_knows_is_rejected_with_a_reason() -> None:
    """PRC-R2"""
    request = PricingRequest(currency="CNY", lines=(SaleLine(goods(), 1),), wishes=(Wish("song", "x"), Wish("points", "", 5)))

    assert price(request, BOOK, NOON).rejected_offers == (
        RejectedOffer("points", "", "not_accepted"),
        RejectedOffer("song", "x", "not_offered"),
    )
    claimed = price.with_step(Step(Stage.COUPON, a_claim))(request, BOOK, NOON)
    assert claimed.rejected_offers == (RejectedOffer("points", "", "not_accepted"),)


def test_the_base_step_alone_prices_a_basket_that_travels_nowhere() -> None:
    """PRC-R4: source kind, id and amount, per line and step."""
    basket = Pipeline((Step(Stage.BASE, base_price),))(a_request(SaleLine(goods(), 3), region=None), BOOK, NOON)

    assert [(s.stage, s.source_kind, s.amount_minor) for s in basket.lines[0].shares] == [(Stage.BASE, "sale_price", 3_000)]
    assert basket.freight.minor == 0


def one_cent_off(sheet) -> Outcome:
    return Outcome(adjustments=(Adjustment(source=Source("test", "1"), goods=dict.fromkeys(sheet.payable, -1)),))


def a_surcharge(sheet) -> Outcome:
    return Outcome(adjustments=(Adjustment(source=Source("test"), goods=dict.fromkeys(sheet.payable, 1)),))


def a_claim(sheet) -> Outcome:
    return Outcome(grounds=(Ground("song", "x"),))


def included_tax(sheet) -> Outcome:
    taxes = {key: amount * 13 // 113 for key, amount in sheet.payable.items()}
    return Outcome(adjustments=(Adjustment(source=Source("vat"), included_tax=taxes),))
