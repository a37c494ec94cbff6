"""Freight templates (MSC-R5) and the price book."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import InvalidInput
from retail_domain.pricing import (
    TEMPLATES_MAX,
    Adjustment,
    ChargeBy,
    ComingFreight,
    FreightTemplateNotFound,
    FreightTemplateRemoved,
    FreightTemplateStored,
    FreightZone,
    Outcome,
    PriceBook,
    Reason,
    SaleLine,
    Source,
    Stage,
    Step,
    TooManyFreightTemplates,
    price,
)
from retail_domain.testing.baskets import NOON, a_book, a_request, a_template, goods, sku, template_id

CLERK = Actor.system("clerk")


@pytest.mark.parametrize(
    ("by", "quantity", "freight"),
    [
        pytest.param(ChargeBy.PIECE, 1, 1_000, id="one piece: the first unit"),
        pytest.param(ChargeBy.PIECE, 4, 1_600, id="four pieces: three further ones"),
        pytest.param(ChargeBy.WEIGHT, 3, 60_800, id="300 g: 299 further grams"),
        pytest.param(ChargeBy.VOLUME, 1, 40_800, id="200 cm3: 199 further ones"),
    ],
)
def test_freight_counts_pieces_grams_or_cubic_centimetres(by: ChargeBy, quantity: int, freight: int) -> None:
    """MSC-R5"""
    book = a_book(a_template(1, by=by, default=True))

    assert price(a_request(SaleLine(goods(), quantity)), book, NOON).freight.minor == freight


@pytest.mark.parametrize(("grams", "charge"), [(0, 800), (1_000, 800), (1_001, 1_000), (1_500, 1_000), (1_501, 1_200)])
def test_whole_multiples_are_rounded_up(grams: int, charge: int) -> None:
    """MSC-R5: 8.00 for the first kilogram, 2.00 for every further half."""
    zone = FreightZone(first_units=1_000, first_minor=800, next_units=500, next_minor=200)

    assert zone.charge(grams) == charge


@pytest.mark.parametrize(
    ("region", "freight"),
    [
        pytest.param("440305", 100, id="the district itself"),
        pytest.param("440306", 200, id="another district of the city"),
        pytest.param("441900", 300, id="another city of the province"),
        pytest.param("110101", 400, id="anywhere else"),
        pytest.param("650102", None, id="a province without delivery"),
        pytest.param("650200", 500, id="a city of it with delivery"),
    ],
)
def test_the_most_specific_region_wins(region: str, freight: int | None) -> None:
    """MSC-R5"""
    zones = [
        FreightZone(regions=(prefix,), first_minor=minor)
        for prefix, minor in (("", 400), ("44", 300), ("4403", 200), ("440305", 100), ("6502", 500))
    ]
    template = a_template(1, *zones, FreightZone(regions=("65",), delivers=False), default=True)

    basket = price(a_request(SaleLine(goods(), 1), region=region), a_book(template), NOON)

    assert (basket.freight.minor if basket.lines else None) == freight


def test_a_line_that_cannot_be_delivered_is_set_apart_with_its_reason_and_costs_nothing() -> None:
    """MSC-R5"""
    far = a_template(1, FreightZone(regions=("44",), first_minor=500))
    book = a_book(far, a_template(2, FreightZone(first_minor=700)))
    lines = SaleLine(goods(1, template=1), 2), SaleLine(goods(2, template=2), 1)

    basket = price(a_request(*lines, region="110101"), book, NOON)

    assert [line.goods.sku_id for line in basket.lines] == [sku(2)]
    assert [(line.sku_id, line.quantity, line.reason) for line in basket.undeliverable] == [(sku(1), 2, Reason.UNDELIVERABLE)]
    assert basket.payable.minor == 1_000 + 700


def test_nothing_that_is_taken_off_costs_free_freight() -> None:
    """PRC-I4: the threshold looks at what goods cost before anything is taken off, so no offer makes a basket dearer."""
    book = a_book(a_template(1, FreightZone(first_minor=1_000, free_from_minor=900), default=True))
    line = SaleLine(goods(price_minor=1_000), 1)

    with_points = price.with_step(_off(Stage.POINTS, 500))(a_request(line), book, NOON)
    with_coupon = price.with_step(_off(Stage.COUPON, 500))(a_request(line), book, NOON)

    assert (with_points.payable.minor, with_points.freight.minor) == (500, 0)
    assert (with_coupon.payable.minor, with_coupon.freight.minor) == (500, 0)


def test_goods_without_a_weight_share_the_freight_by_their_pieces() -> None:
    """MSC-R5, GEN-I1: there is always somebody to bear the freight."""
    book = a_book(a_template(1, by=ChargeBy.WEIGHT, default=True))
    lines = SaleLine(goods(1, grams=0), 1), SaleLine(goods(2, grams=0), 3)

    basket = price(a_request(*lines), book, NOON)

    assert [line.freight_minor for line in basket.lines] == [250, 750]


def test_goods_travel_by_their_own_template_else_by_the_default_else_free() -> None:
    own, usual = a_template(1), a_template(2, default=True)
    named, unnamed = goods(1, template=1), goods(2)

    book = a_book(own, usual)

    assert book.template_of(named, NOON).id == own.id
    assert book.template_of(unnamed, NOON).id == usual.id
    assert book.remove_template(own.id, actor=CLERK, at=NOON).state.template_of(named, NOON).id == usual.id
    assert a_book(own).template_of(unnamed, NOON) is None


def test_a_new_default_takes_over_from_the_old_one() -> None:
    book = a_book(a_template(1, default=True))

    change = book.store_template(a_template(2, default=True), actor=CLERK, at=NOON)

    assert change.state.default_template.id == template_id(2)
    assert change.events == (FreightTemplateStored(at=NOON, template_id=template_id(2), edition=1, actor=CLERK),)


def test_rewriting_a_template_makes_a_new_edition() -> None:
    book = a_book(a_template(1))

    change = book.store_template(evolve(a_template(1), name="Heavy"), actor=CLERK, at=NOON)

    assert change.state.template(template_id(1)).name == "Heavy"
    assert change.state.template(template_id(1)).edition == 2


def test_what_is_coming_charges_from_its_moment_on_and_until_then_nothing_is_other() -> None:
    """MSC-R5, SET-R4"""
    soon = NOON + timedelta(hours=1)
    coming = ComingFreight(
        effective_at=soon, charge_by=ChargeBy.WEIGHT, zones=(FreightZone(regions=("44",), first_minor=9_900),)
    )
    book = a_book(evolve(a_template(1, default=True), coming=coming))
    here, far = (a_request(SaleLine(goods(), 4), region=region) for region in ("440305", "110101"))

    assert price(here, book, soon - timedelta(microseconds=1)).freight.minor == 1_600
    assert price(here, book, soon).freight.minor == 9_900
    assert price(far, book, NOON).freight.minor == 1_600
    assert [one.reason for one in price(far, book, soon).undeliverable] == [Reason.UNDELIVERABLE]
    agreed = price(here, book, NOON)
    assert (price.freight_of(agreed, "440306", book, NOON), price.freight_of(agreed, "440306", book, soon)) == (1_600, 9_900)


def test_what_is_written_takes_the_place_of_what_was_planned() -> None:
    """MSC-R5: also when the plan came true meanwhile, which is what the template says by then."""
    soon = NOON + timedelta(hours=1)
    zones = (FreightZone(first_minor=500),)
    planned = evolve(a_template(1), coming=ComingFreight(effective_at=soon, charge_by=ChargeBy.PIECE, zones=zones))
    book = a_book(planned)

    dropped = book.store_template(a_template(1), actor=CLERK, at=NOON).state.template(template_id(1))
    came_true = evolve(a_template(1), zones=zones)
    same = book.store_template(came_true, actor=CLERK, at=soon)

    assert (dropped.coming, dropped.edition) == (None, 2)
    assert book.template(template_id(1)).at(soon) == came_true and same.events == ()


@pytest.mark.parametrize("zones", [(), (FreightZone(), FreightZone())])
def test_what_is_coming_makes_sense_too(zones: tuple[FreightZone, ...]) -> None:
    """GEN-R13"""
    with pytest.raises(InvalidInput) as refused:
        ComingFreight(effective_at=NOON, charge_by=ChargeBy.PIECE, zones=zones)

    assert [one.field for one in refused.value.problems] == ["coming.zones"]


def test_removing_a_template_says_so_and_an_unknown_one_cannot_be_removed() -> None:
    book = a_book(a_template(1))

    change = book.remove_template(template_id(1), actor=CLERK, at=NOON)

    assert change.events == (FreightTemplateRemoved(at=NOON, template_id=template_id(1), actor=CLERK),)
    with pytest.raises(FreightTemplateNotFound):
        change.state.remove_template(template_id(1), actor=CLERK, at=NOON)


def test_the_book_holds_only_so_many_templates() -> None:
    """GEN-R13"""
    templates = {template.id: template for template in map(a_template, range(TEMPLATES_MAX))}
    book = PriceBook(templates=templates)

    with pytest.raises(TooManyFreightTemplates):
        book.store_template(a_template(TEMPLATES_MAX), actor=CLERK, at=NOON)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"regions": ()}, id="no region"),
        pytest.param({"regions": ("Guangdong",)}, id="no code"),
        pytest.param({"first_units": -1}, id="negative units"),
        pytest.param({"next_units": 0}, id="dividing by nothing"),
        pytest.param({"first_minor": -1}, id="negative freight"),
        pytest.param({"next_minor": -1}, id="negative further freight"),
        pytest.param({"free_from_minor": -1}, id="negative threshold"),
    ],
)
def test_a_zone_that_makes_no_sense_cannot_be_built(facts: dict[str, object]) -> None:
    """GEN-R13, MSC-I2"""
    with pytest.raises(ValueError):
        FreightZone(**facts)


def test_a_region_belongs_to_one_zone_only() -> None:
    """GEN-R13"""
    with pytest.raises(ValueError):
        a_template(1, FreightZone(regions=("44",)), FreightZone(regions=("44", "11")))


def _off(stage: Stage, minor: int) -> Step:
    def work_out(sheet) -> Outcome:
        return Outcome(adjustments=(Adjustment(source=Source("test"), goods=dict.fromkeys(sheet.payable, -minor)),))

    return Step(stage, work_out)


def test_the_freight_of_agreed_prices_is_that_of_a_fresh_quote_and_none_where_some_cannot_go() -> None:
    """ORD-R5, MSC-R5: only freight is worked out anew; free freight looks at what was agreed, not at today's prices."""
    zones = (
        FreightZone(regions=("",), first_minor=800, free_from_minor=2_000),
        FreightZone(regions=("31",), first_minor=500),
        FreightZone(regions=("65",), delivers=False),
    )
    book = a_book(a_template(1, *zones, default=True))
    agreed = price(a_request(SaleLine(goods(price_minor=900), 2)), book, NOON)
    (line,) = agreed.lines
    dearer_now = evolve(agreed, lines=(evolve(line, goods=evolve(line.goods, unit_price_minor=90_000)),))

    for basket in (agreed, dearer_now):
        there = {region: price.freight_of(basket, region, book, NOON) for region in ("310101", "440305", "650100")}
        assert there == {"310101": 500, "440305": agreed.freight_minor, "650100": None}
    assert agreed.freight_minor == 800
