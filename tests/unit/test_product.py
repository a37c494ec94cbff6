"""Products and the kinds they come in."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.catalog import (
    Listing,
    NothingToSell,
    Product,
    ProductCreated,
    ProductEdited,
    ProductPutOnSale,
    ProductTakenOffSale,
    Sku,
    SkuAdded,
    SkuEdited,
    SkuNotFound,
    SkuRepriced,
    SkuWish,
)
from retail_domain.kernel.ids import SkuId
from retail_domain.testing.goods import NOON, a_kind, a_product, product_id, sku_id

LATER = NOON + timedelta(hours=1)
UNKNOWN = SkuId(UUID(int=1))


def test_new_goods_are_off_sale_and_say_which_kinds_came() -> None:
    change = a_product(1, a_kind(1, color="红"), a_kind(2, color="蓝", price_minor=2_000), on_sale=False)

    assert not change.state.is_on_sale(NOON)
    assert change.events == (
        ProductCreated(at=NOON, product_id=product_id(1), code="product-1"),
        SkuAdded(at=NOON, product_id=product_id(1), sku_id=sku_id(1), code="sku-1", price_minor=1_000),
        SkuAdded(at=NOON, product_id=product_id(1), sku_id=sku_id(2), code="sku-2", price_minor=2_000),
    )


def test_every_change_of_a_price_is_a_new_price_version() -> None:
    """CAT-R1: a quote knows which price it was made at."""
    product = a_product().state

    change = product.reprice(sku_id(1), 1_500, at=LATER)

    assert change.state.sku(sku_id(1)).price_version == 2
    assert change.events == (
        SkuRepriced(at=LATER, product_id=product.id, sku_id=sku_id(1), before_minor=1_000, price_minor=1_500, price_version=2),
    )
    back = change.state.reprice(sku_id(1), 1_000, at=LATER).state
    assert back.sku(sku_id(1)).price_version == 3


def test_asking_the_same_price_changes_nothing() -> None:
    product = a_product().state

    change = product.reprice(sku_id(1), 1_000, at=LATER)

    assert change.state is product
    assert change.events == ()


def test_a_kind_the_goods_do_not_come_in_cannot_be_repriced() -> None:
    with pytest.raises(SkuNotFound):
        a_product().state.reprice(UNKNOWN, 5, at=NOON)


def test_goods_are_sold_inside_their_window_and_its_end_is_outside() -> None:
    """GEN-R6: windows are half-open."""
    window = Listing(title="限时", sale_from=NOON, sale_until=LATER)
    product = a_product(1, listing=window).state

    assert [product.is_on_sale(at) for at in (NOON - timedelta(seconds=1), NOON, LATER - timedelta(seconds=1), LATER)] == [
        False,
        True,
        True,
        False,
    ]


def test_goods_without_a_kind_for_sale_cannot_go_on_sale() -> None:
    product = a_product(1, a_kind(1, on_sale=False), on_sale=False).state

    with pytest.raises(NothingToSell):
        product.put_on_sale(at=NOON)


def test_taking_the_last_kind_off_ends_the_sale() -> None:
    product = a_product().state

    change = product.edit_sku(sku_id(1), evolve(product.sku(sku_id(1)).wish, on_sale=False), at=LATER)

    assert not change.state.is_on_sale(LATER)
    assert [type(event) for event in change.events] == [SkuEdited, ProductTakenOffSale]


def test_putting_on_sale_twice_happens_once() -> None:
    off = a_product(on_sale=False).state

    on = off.put_on_sale(at=NOON)

    assert [type(event) for event in on.events] == [ProductPutOnSale]
    assert on.state.put_on_sale(at=LATER).events == ()
    assert on.state.take_off_sale(at=LATER).state == evolve(off, arrived_at=NOON)  # it has arrived for good (CAT-R11)


def test_a_new_description_is_one_fact_and_the_same_one_is_none() -> None:
    product = a_product().state

    assert [type(event) for event in product.edit(Listing(title="新名"), at=LATER).events] == [ProductEdited]
    assert product.edit(product.listing, at=LATER).events == ()


def test_all_kinds_may_change_their_options_at_once() -> None:
    """Two kinds that swap their colours never share one on the way."""
    product = a_product(1, a_kind(1, color="红"), a_kind(2, color="蓝")).state
    red, blue = product.skus

    change = product.revise(
        product.listing, (red.as_wished(evolve(red.wish, options=blue.options)), evolve(blue, options=red.options)), at=LATER
    )

    assert [sku.options for sku in change.state.skus] == [(("颜色", "蓝"),), (("颜色", "红"),)]
    assert [type(event) for event in change.events] == [SkuEdited, SkuEdited]


def test_a_kind_that_was_sold_once_never_disappears() -> None:
    product = a_product(1, a_kind(1, color="红"), a_kind(2, color="蓝")).state

    with pytest.raises(ValueError, match="stays known"):
        product.revise(product.listing, product.skus[:1], at=LATER)


def test_goods_come_in_two_hundred_kinds_at_most() -> None:
    kinds = tuple(a_kind(number, color=str(number)) for number in range(200))
    product = a_product(1, *kinds).state

    with pytest.raises(ValueError, match="1 to 200"):
        product.add_sku(a_kind(200, color="200"), at=NOON)


@pytest.mark.parametrize(
    ("skus", "why"),
    [
        ((), "1 to 200"),
        ((a_kind(1, color="红"), a_kind(2, color="红")), "same options"),
        ((a_kind(1, color="红"), a_kind(2)), "same options by name"),
        ((a_kind(1, color="红"), evolve(a_kind(2, color="蓝"), code="sku-1")), "code of its own"),
        ((a_kind(1, price_minor=-1),), "from 1"),
        ((a_kind(1, price_minor=10**9 + 1),), "from 1"),
        ((evolve(a_kind(1), image="http://images.example/a.jpg"),), "https"),
        ((evolve(a_kind(1), options=(("颜色", "红"), ("颜色", "蓝"))),), "named once"),
    ],
)
def test_goods_that_make_no_sense_do_not_exist(skus: tuple[Sku, ...], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Product(id=product_id(1), code="p", listing=Listing(title="商品"), skus=skus)


@pytest.mark.parametrize(
    ("listing", "field"),
    [
        (Listing(title="  "), "title"),
        (Listing(title="x" * 201), "title"),
        (Listing(title="bell\x07"), "title"),
        (Listing(title="line\nbreak"), "title"),
        (Listing(title="nul\x00"), "title"),
        (Listing(title="half \ud800"), "title"),
        (Listing(title="t", description="tab\x1b[31m"), "description"),
        (Listing(title="t", images=("javascript:alert(1)",)), "images[0]"),
        (Listing(title="t", images=("https://images.example/a b.jpg",)), "images[0]"),
        (Listing(title="t", images=('https://images.example/"onerror=',)), "images[0]"),
        (Listing(title="t", images=("https://images.example/x",) * 21), "images"),
        (Listing(title="t", purchase_limit=0), "purchase_limit"),
        (Listing(title="t", sale_from=LATER, sale_until=NOON), "sale_until"),
    ],
)
def test_a_description_names_the_field_that_is_wrong(listing: Listing, field: str) -> None:
    """CAT-R3, R37, R38, R39: what is stored can be shown anywhere, and images are https addresses."""
    assert [problem.field for problem in listing.problems()] == [field]


def test_a_description_may_have_lines() -> None:
    assert not list(Listing(title="t", description="第一行\n第二行").problems())


def test_every_field_to_blame_is_named_at_once() -> None:
    wish = SkuWish(code="", price_minor=-1, weight_grams=-1)

    assert [problem.field for problem in wish.problems("skus[0].")] == ["skus[0].code", "skus[0].price", "skus[0].weight_grams"]


def test_the_price_shown_is_that_of_the_cheapest_kind_for_sale() -> None:
    kinds = (a_kind(1, color="红", price_minor=500, on_sale=False), a_kind(2, color="蓝", price_minor=900))

    assert a_product(1, *kinds).state.price_from_minor == 900
