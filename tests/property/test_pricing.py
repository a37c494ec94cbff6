"""The laws of prices: PRC-I1, I2, I3, I5, I8, MSC-I2, R4, R7."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from attrs import evolve
from hypothesis import given, strategies as st

from retail_domain.kernel.ids import AddressId, MemberId, QuoteId
from retail_domain.kernel.limits import Limits
from retail_domain.kernel.money import Rate, spread_discount
from retail_domain.pricing import (
    Adjustment,
    FreightZone,
    Outcome,
    PriceBook,
    PricedBasket,
    PricingRequest,
    Quote,
    QuoteDelivery,
    QuoteTerms,
    SaleLine,
    Sheet,
    Source,
    Stage,
    Step,
    WantedLine,
    draw_up,
    merged,
    price,
)
from retail_domain.testing.baskets import NOON, a_book, a_request, a_template, books, goods, requests, sku, zones
from tests.support.histories import GIFTS


def percent_off(bps: int):
    """A step that takes a share off the whole basket, down to the floors."""

    def work_out(sheet: Sheet) -> Outcome:
        off = Rate(bps).of(sum(sheet.payable.values()))
        shares = spread_discount(sheet.payable, off, sheet.floors)
        return Outcome(adjustments=(Adjustment(source=Source("test"), goods={key: -part for key, part in shares.items()}),))

    return work_out


def _with_gifts(request: PricingRequest, lines: tuple[SaleLine, ...]) -> PricingRequest:
    """Every line with one more of the same beside it, which has no floor."""
    gifts = (SaleLine(evolve(line.goods, floor_minor=0), 1, nth=2, gift=True) for line in lines)
    return evolve(request, lines=(*lines, *gifts))


def _quoted(basket: PricedBasket) -> Quote:
    home = QuoteDelivery(address_id=AddressId(UUID(int=81)), region_code="440305")
    terms = QuoteTerms(
        member_id=MemberId(UUID(int=71)), delivery=home, offers_version=1, created_at=NOON, expires_at=NOON + timedelta(1)
    )
    return draw_up(QuoteId(UUID(int=91)), basket, terms, ()).state


@st.composite
def pipelines(draw: st.DrawFn):
    """The shop's pipeline, with up to three discounts plugged in at various stages."""
    pipeline = price
    for _ in range(draw(st.integers(0, 3))):
        stage = draw(st.sampled_from((Stage.LINE_PRICE, Stage.FULL_REDUCTION, Stage.COUPON, Stage.POINTS)))
        pipeline = pipeline.with_step(Step(stage, percent_off(draw(st.integers(0, 10_000)))))
    return pipeline


@given(requests(), books(), pipelines())
def test_a_line_costs_its_base_less_its_discounts_and_never_less_than_its_floor(request, book, pipeline) -> None:
    """PRC-I1, PRC-R3, PRC-R4"""
    basket = pipeline(request, book, NOON)

    for line in basket.lines:
        discounts = [share.amount_minor for share in line.shares if share.stage is not Stage.BASE]
        floor = min(line.goods.floor_minor * line.quantity, line.base_minor)
        assert line.base_minor == line.goods.unit_price_minor * line.quantity
        assert line.payable_minor == line.base_minor + sum(discounts)
        assert line.payable_minor >= floor >= 0


@given(requests(), books(), pipelines())
def test_a_basket_costs_its_lines_and_its_freight_to_the_cent(request: PricingRequest, book, pipeline) -> None:
    """PRC-I2, R4"""
    basket = pipeline(request, book, NOON)

    assert basket.payable.minor == sum(line.payable_minor for line in basket.lines) + basket.freight.minor
    assert basket.payable.minor == sum(share.amount_minor for share in basket.by_source())
    assert basket.freight.minor == sum(line.freight_minor for line in basket.lines) >= 0


@given(requests(), books(), pipelines(), st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_move_a_cent_on_any_line(request: PricingRequest, book, pipeline, random) -> None:
    """PRC-I3"""
    shuffled = list(request.lines)
    random.shuffle(shuffled)

    one, other = pipeline(request, book, NOON), pipeline(evolve(request, lines=tuple(shuffled)), book, NOON)

    assert _by_sku(one) == _by_sku(other)


@given(requests(), books(), pipelines(), st.randoms(use_true_random=False))
def test_nor_does_it_with_gifts_beside_them_and_the_quote_is_the_same(request, book, pipeline, random) -> None:
    """PRC-I3, CRT-R7: two lines of one SKU have a place of their own in every tie, whatever was typed first."""
    request = evolve(request, region_code="440305", lines=tuple(_untemplated(line) for line in request.lines))
    book, pipeline = a_book(a_template(1, default=True)), pipeline.with_step(GIFTS)
    shuffled = list(request.lines)
    random.shuffle(shuffled)

    one, other = (_quoted(pipeline(_with_gifts(request, lines), book, NOON)) for lines in (request.lines, tuple(shuffled)))

    assert {(line.goods.sku_id, line.nth): line for line in one.lines} == {
        (line.goods.sku_id, line.nth): line for line in other.lines
    }
    assert one.hash == other.hash
    gifts = [line for line in one.lines if line.gift]
    assert [line.payable_minor for line in gifts] == [0] * len(gifts)
    assert {line.sku_id for line in one.wanted} == {line.goods.sku_id for line in request.lines}


@given(requests(), books(), pipelines())
def test_no_discount_ever_turns_into_a_surcharge(request: PricingRequest, book, pipeline) -> None:
    """PRC-I5"""
    basket = pipeline(request, book, NOON)

    assert all(line.payable_minor <= line.base_minor for line in basket.lines)
    assert all(share.amount_minor <= 0 for line in basket.lines for share in line.shares if share.stage is not Stage.BASE)


@given(requests(), books(), pipelines())
def test_the_same_question_gets_the_same_answer(request: PricingRequest, book, pipeline) -> None:
    """PRC-I8, PRC-R5"""
    assert pipeline(request, book, NOON) == pipeline(request, book, NOON)


@given(requests(), books())
def test_every_line_is_either_priced_or_named_as_undeliverable(request: PricingRequest, book: PriceBook) -> None:
    """MSC-R5: a region without delivery refuses the line, and nothing is silently dropped."""
    basket = price(request, book, NOON)

    priced = {line.goods.sku_id for line in basket.lines}
    refused = {line.sku_id for line in basket.undeliverable}
    assert priced | refused == {line.goods.sku_id for line in request.lines}
    assert not priced & refused
    for line in request.lines:
        template = book.template_of(line.goods, NOON)
        delivered = template is None or request.region_code is None or template.zone_for(request.region_code) is not None
        assert (line.goods.sku_id in priced) == delivered


@given(zones([""]), st.integers(0, 10_000), st.integers(0, 10_000))
def test_freight_never_falls_as_a_parcel_grows_and_is_never_negative(zone: FreightZone, fewer: int, more: int) -> None:
    """MSC-I2"""
    fewer, more = sorted((fewer, more))

    assert 0 <= zone.charge(fewer) <= zone.charge(more)


@given(requests(), books(), st.data())
def test_one_more_unit_never_makes_template_freight_cheaper(request: PricingRequest, book: PriceBook, data) -> None:
    """MSC-I2, before free-freight rules."""
    grown = data.draw(st.sampled_from(request.lines))
    lines = tuple(SaleLine(line.goods, line.quantity + 1) if line is grown else line for line in request.lines)

    before, after = price(request, book, NOON), price(evolve(request, lines=lines), book, NOON)

    assert 0 <= _template_freight(before) <= _template_freight(after)


@given(requests(), books(), st.data())
def test_asking_for_a_sku_on_two_lines_is_asking_for_it_on_one(request: PricingRequest, book: PriceBook, data) -> None:
    """MSC-I2, R2, CRT-R1: lines of one SKU are one line before anything is priced."""
    wanted = [WantedLine(line.goods.sku_id, line.quantity) for line in request.lines]
    cut = [part for line in wanted for part in _cut(line, data.draw(st.integers(0, line.quantity)))]

    once = merged(data.draw(st.permutations(cut)), Limits())

    assert {line.sku_id: line.quantity for line in once} == {line.sku_id: line.quantity for line in wanted}
    again = tuple(SaleLine(_fact(request, line), line.quantity) for line in once)
    assert price(evolve(request, lines=again), book, NOON).payable == price(request, book, NOON).payable


@given(requests(), st.integers(0, 50_000))
def test_freight_is_free_from_the_threshold_on_and_not_one_cent_below(request: PricingRequest, threshold: int) -> None:
    """PRC-I6 for free freight: reached iff goods >= threshold in minor units."""
    request = evolve(request, region_code="440305", lines=tuple(_untemplated(line) for line in request.lines))
    book = a_book(a_template(1, FreightZone(first_minor=700, next_minor=100, free_from_minor=threshold), default=True))

    basket = price(request, book, NOON)

    assert (basket.freight.minor == 0) == (basket.goods_minor >= threshold)


@given(requests(), books())
def test_only_goods_quantity_and_region_decide_the_price(request: PricingRequest, book: PriceBook) -> None:
    """R7: what a client can name is a SKU and a number; the unit price always comes from the catalogue's facts."""
    basket = price(request, book, NOON)

    for line in basket.lines:
        asked = next(other for other in request.lines if other.goods.sku_id == line.goods.sku_id)
        assert line.goods == asked.goods
        assert line.shares[:1] == () or line.shares[0].amount_minor == asked.goods.unit_price_minor * asked.quantity
    assert not {"price", "unit_price_minor", "amount_minor"} & set(WantedLine.__slots__)


def test_two_templates_add_up_once_each_and_not_once_per_line() -> None:
    """MSC-R5"""
    book = a_book(a_template(1), a_template(2, FreightZone(first_minor=500)))
    lines = [SaleLine(goods(number, template=template), 1) for number, template in ((1, 1), (2, 1), (3, 2), (4, 2))]

    basket = price(a_request(*lines), book, NOON)

    assert basket.freight.minor == (1_000 + 200) + 500
    by_sku = {line.goods.sku_id: line.freight_minor for line in basket.lines}
    assert by_sku == {sku(1): 600, sku(2): 600, sku(3): 250, sku(4): 250}


def _by_sku(basket: PricedBasket):
    return {line.goods.sku_id: line for line in basket.lines}, {line.sku_id for line in basket.undeliverable}, basket.payable


def _template_freight(basket: PricedBasket) -> int:
    return sum(share.amount_minor for share in basket.by_source() if share.source_kind == "freight_template")


def _untemplated(line: SaleLine) -> SaleLine:
    return SaleLine(evolve(line.goods, freight_template_id=None), line.quantity)


def _cut(line: WantedLine, first: int) -> list[WantedLine]:
    return [WantedLine(line.sku_id, quantity) for quantity in (first, line.quantity - first) if quantity]


def _fact(request: PricingRequest, wanted: WantedLine):
    return next(line.goods for line in request.lines if line.goods.sku_id == wanted.sku_id)
