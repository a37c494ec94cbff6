"""Builders and strategies for goods, baskets, freight templates and price books; use them to test rules of your own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import strategies as st

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import FreightTemplateId, ProductId, SkuId
from retail_domain.pricing import ChargeBy, FreightTemplate, FreightZone, GoodsFact, PriceBook, PricingRequest, SaleLine

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
"""A time at which nothing in particular happens."""

SHENZHEN = "440305"
"""A district: Nanshan in Shenzhen in Guangdong."""

_REGIONS = ("", "11", "44", "4403", "440305", "65")


def sku(number: int) -> SkuId:
    """The SKU of that number."""
    return SkuId(UUID(int=number))


def template_id(number: int) -> FreightTemplateId:
    """The freight template of that number."""
    return FreightTemplateId(UUID(int=1_000_000 + number))


def goods(  # noqa: PLR0913 - one argument for each thing that tests differ in
    number: int = 1,
    *,
    price_minor: int = 1_000,
    floor_minor: int = 0,
    member_minor: int | None = None,
    grams: int = 100,
    template: int | None = None,
) -> GoodsFact:
    """Some goods on sale."""
    return GoodsFact(
        sku_id=sku(number),
        product_id=ProductId(UUID(int=number)),
        title=f"Goods {number}",
        unit_price_minor=price_minor,
        price_version=1,
        floor_minor=floor_minor,
        member_price_minor=member_minor,
        weight_grams=grams,
        volume_cm3=grams * 2,
        freight_template_id=None if template is None else template_id(template),
    )


def a_request(*lines: SaleLine, region: str | None = SHENZHEN) -> PricingRequest:
    """Somebody wants these lines delivered there."""
    return PricingRequest(currency="CNY", lines=lines, region_code=region)


def a_template(number: int = 1, *zones: FreightZone, by: ChargeBy = ChargeBy.PIECE, default: bool = False) -> FreightTemplate:
    """A template with these zones, or one that charges 10.00 for the first and 2.00 for every further unit."""
    usual = FreightZone(first_minor=1_000, next_minor=200)
    return FreightTemplate(
        id=template_id(number), name=f"Template {number}", charge_by=by, zones=zones or (usual,), is_default=default
    )


def a_book(*templates: FreightTemplate) -> PriceBook:
    """A price book with these templates."""
    book = PriceBook()
    for template in templates:
        book = book.store_template(template, actor=Actor.system("test"), at=NOON).state
    return book


@st.composite
def zones(draw: st.DrawFn, regions: Iterable[str]) -> FreightZone:
    """Any zone of these regions."""
    return FreightZone(
        regions=tuple(regions),
        delivers=draw(st.sampled_from((True, True, True, False))),
        first_units=draw(st.integers(0, 1_000)),
        first_minor=draw(st.integers(0, 3_000)),
        next_units=draw(st.integers(1, 500)),
        next_minor=draw(st.integers(0, 500)),
        free_from_minor=draw(st.none() | st.integers(0, 50_000)),
    )


@st.composite
def templates(draw: st.DrawFn, number: int, *, default: bool = False) -> FreightTemplate:
    """Any template of that number; some deliver everywhere, some do not."""
    prefixes = draw(st.lists(st.sampled_from(_REGIONS), min_size=1, unique=True))
    return FreightTemplate(
        id=template_id(number),
        name=f"Template {number}",
        charge_by=draw(st.sampled_from(ChargeBy)),
        zones=tuple(draw(zones([prefix])) for prefix in prefixes),
        is_default=default,
    )


@st.composite
def books(draw: st.DrawFn) -> PriceBook:
    """Any price book of up to three templates, with or without a default."""
    count = draw(st.integers(0, 3))
    has_default = draw(st.booleans())
    return a_book(*(draw(templates(number, default=has_default and number == 0)) for number in range(count)))


@st.composite
def sale_lines(draw: st.DrawFn, *, lines_max: int = 8) -> tuple[SaleLine, ...]:
    """Any lines of different goods, cheap and dear, some with a floor price."""
    numbers = draw(st.lists(st.integers(1, 40), min_size=1, max_size=lines_max, unique=True))
    return tuple(
        SaleLine(
            goods(
                number,
                price_minor=draw(st.integers(0, 20_000)),
                floor_minor=draw(st.sampled_from((0, 0, 1, 500, 30_000))),
                grams=draw(st.sampled_from((0, 1, 333, 5_000))),
                template=draw(st.none() | st.integers(0, 4)),
            ),
            draw(st.integers(1, 30)),
        )
        for number in numbers
    )


@st.composite
def requests(draw: st.DrawFn) -> PricingRequest:
    """Any basket going anywhere, or just looked at."""
    region = draw(st.none() | st.sampled_from(("110101", "440305", "441900", "650100")))
    return PricingRequest(currency="CNY", lines=draw(sale_lines()), region_code=region)
