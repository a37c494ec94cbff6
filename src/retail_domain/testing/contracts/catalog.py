"""The examination every store of goods passes: the promises of the catalogue's ports and of its reader as tests.

An adapter's author subclasses it with the fixtures `begin`, which opens units of work on an empty store, and `reader`,
which reads the same store:

    class TestMyGoods(GoodsContract):
        @pytest.fixture
        def begin(self) -> Begin[CatalogWork]: ...
        @pytest.fixture
        def reader(self) -> CatalogReader: ...
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.catalog import (
    Brand,
    CatalogReader,
    CatalogWork,
    Category,
    CategoryLoop,
    Listing,
    MoveCategory,
    Product,
    ProductNotFound,
    ProductSearch,
    PurchaseKey,
    Sku,
    SkuFacts,
    SkuNotFound,
    SkuWish,
)
from retail_domain.catalog.use_cases.arrange_shelves import move_category
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import Stale, Taken
from retail_domain.kernel.frames import deciding
from retail_domain.kernel.ids import FreightTemplateId, ProductId, SkuId
from retail_domain.kernel.units import Begin
from retail_domain.testing.goods import (
    NOON,
    a_category,
    a_kind,
    a_product,
    brand_id,
    category_id,
    member_id,
    product_id,
    sku_id,
)
from retail_domain.testing.means import means_of

LATER = NOON + timedelta(hours=1)
EVERYTHING = ProductSearch()
KEY = PurchaseKey(member_id(1), product_id(1))


async def kept(begin: Begin[CatalogWork], *changes: Change[Product]) -> list[Product]:
    """Products as they come back from the store."""
    async with begin() as work:
        for change in changes:
            work.products.save(change)
        await work.commit()
    async with begin() as work:
        return [await work.products.get(change.state.id) for change in changes]


async def shelved(begin: Begin[CatalogWork], *changes: Change[Category]) -> None:
    """Store categories."""
    async with begin() as work:
        for change in changes:
            work.categories.save(change)
        await work.commit()


@pytest.mark.asyncio
class ProductsContract:
    """What every store of products promises."""

    async def test_goods_come_back_as_they_were(self, begin: Begin[CatalogWork]) -> None:
        """R32: nothing is lost on the way."""
        await shelved(begin, a_category(1))
        async with begin() as work:
            work.brands.save(Brand.named(id=brand_id(1), name="MUJI 制造商"))
            await work.commit()
        listing = Listing(
            title="轻奢四件套 😀",
            subtitle="设计师款",
            description="第一行\n第二行",
            category_id=category_id(1),
            brand_id=brand_id(1),
            images=("https://images.example/1.jpg", "https://images.example/2.jpg"),
            unit="套",
            freight_template_id=FreightTemplateId(UUID(int=77)),
            purchase_limit=3,
            sale_from=NOON,
            sale_until=LATER,
        )
        wish = SkuWish(
            code="A-1", price_minor=999, list_price_minor=1_099, options=(("规格", "1.5m"), ("颜色", "红")), weight_grams=2_500,
            volume_cm3=9, image="https://images.example/3.jpg",
        )  # fmt: skip
        other = evolve(wish, code="A-2", options=(("规格", "1.8m"), ("颜色", "红")), image=None, on_sale=False)
        kinds = (Sku.wished(sku_id(2), wish), Sku.wished(sku_id(1), other))

        (product,) = await kept(begin, a_product(1, *kinds, listing=listing))

        assert product == evolve(a_product(1, *kinds, listing=listing).state, version=1)

    async def test_every_change_of_goods_is_kept(self, begin: Begin[CatalogWork]) -> None:
        (product,) = await kept(begin, a_product(1, a_kind(1, color="红"), a_kind(2, color="蓝")))

        change = product.reprice(sku_id(2), 1_500, at=LATER)
        change = change.then(lambda now: now.add_sku(a_kind(3, color="绿"), at=LATER))
        change = change.then(lambda now: now.edit(Listing(title="新名"), at=LATER))
        (after,) = await kept(begin, change.then(lambda now: now.take_off_sale(at=LATER)))

        assert after == evolve(change.then(lambda now: now.take_off_sale(at=LATER)).state, version=2)
        assert [sku.price_version for sku in after.skus] == [1, 2, 1]

    async def test_within_a_unit_the_staged_goods_are_seen_and_outside_they_are_not(self, begin: Begin[CatalogWork]) -> None:
        """GEN-R18"""
        change = a_product()
        async with begin() as work:
            work.products.save(change)
            assert await work.products.get(product_id(1)) == change.state
            assert await work.products.claim([product_id(1)]) == {product_id(1): change.state}
            assert await work.products.claim_codes(["product-1"]) == {"product-1": change.state}
            assert await work.products.owners_of_sku_codes(["sku-1"]) == {"sku-1": product_id(1)}
            assert await work.products.product_of(sku_id(1)) == product_id(1)

        async with begin() as work:
            with pytest.raises(ProductNotFound):
                await work.products.get(product_id(1))
            assert await work.products.claim_codes(["product-1"]) == {}
            assert await work.products.owners_of_sku_codes(["sku-1"]) == {}
            with pytest.raises(SkuNotFound):
                await work.products.product_of(sku_id(1))

    async def test_of_two_who_change_one_version_the_second_is_stale(self, begin: Begin[CatalogWork]) -> None:
        """GEN-R8: and nothing of it is stored, no price and no word."""
        (product,) = await kept(begin, a_product())
        await kept(begin, product.reprice(sku_id(1), 1_500, at=LATER))

        with pytest.raises(Stale):
            await kept(begin, product.reprice(sku_id(1), 900, at=LATER))

        async with begin() as work:
            assert (await work.products.get(product_id(1))).sku(sku_id(1)).price_minor == 1_500

    @pytest.mark.parametrize(
        ("second", "constraint"),
        [
            (evolve(a_product(2).state, code="product-1"), "products.code"),
            (evolve(a_product(2).state, skus=(evolve(a_kind(2), code="sku-1"),)), "skus.code"),
        ],
    )
    async def test_codes_are_unique(self, begin: Begin[CatalogWork], second: Product, constraint: str) -> None:
        """GEN-R10"""
        await kept(begin, a_product(1))

        with pytest.raises(Taken) as taken:
            await kept(begin, Change(None, second))

        assert taken.value.rule == constraint

    async def test_goods_are_found_by_their_codes_and_kinds(self, begin: Begin[CatalogWork]) -> None:
        first, second = await kept(begin, a_product(1), a_product(2))

        async with begin() as work:
            assert await work.products.claim([second.id, first.id, product_id(9)]) == {first.id: first, second.id: second}
            assert await work.products.claim_codes(["product-2", "nobody's"]) == {"product-2": second}
            assert await work.products.owners_of_sku_codes(["sku-1", "nobody's"]) == {"sku-1": first.id}
            assert await work.products.product_of(sku_id(2)) == second.id

    async def test_placing_learns_price_version_and_window_of_each_kind(self, begin: Begin[CatalogWork]) -> None:
        """CAT-R1"""
        listing = Listing(title="限购", purchase_limit=2, sale_until=LATER, images=("https://images.example/1.jpg",))
        kinds = (a_kind(1, color="红"), a_kind(2, color="蓝", on_sale=False))
        (product,) = await kept(begin, a_product(1, *kinds, listing=listing))
        await kept(begin, product.reprice(sku_id(1), 1_500, at=NOON))

        async with begin() as work:
            facts = await work.products.skus_for_placing([sku_id(1), sku_id(2), SkuId(UUID(int=9))])

        assert facts.keys() == {sku_id(1), sku_id(2)}
        assert facts[sku_id(1)] == SkuFacts(
            sku_id=sku_id(1), product_id=product_id(1), code="sku-1", title="限购", options=(("颜色", "红"),),
            image="https://images.example/1.jpg", unit="件", price_minor=1_500, price_version=2, list_price_minor=None,
            weight_grams=0, volume_cm3=0, category_id=None, brand_id=None, freight_template_id=None, purchase_limit=2,
            for_sale=True, sale_from=None, sale_until=LATER,
        )  # fmt: skip
        assert [facts[sku_id(1)].is_on_sale(at) for at in (NOON, LATER)] == [True, False]
        assert not facts[sku_id(2)].is_on_sale(NOON)

    async def test_goods_and_their_kinds_are_found_by_their_codes(
        self, begin: Begin[CatalogWork], reader: CatalogReader
    ) -> None:
        """GEN-R23: however a code is spelled; a code of the one is none of the other."""
        (product,) = await kept(begin, a_product())

        assert await reader.product_coded(product.code) == product.id
        assert [await reader.sku_coded(spelled) for spelled in ("sku-1", " ｓｋｕ－1 ")] == [sku_id(1)] * 2
        assert (await reader.sku_coded(product.code), await reader.product_coded("sku-1")) == (None, None)

    async def test_counting_what_was_sold_disturbs_nobody(self, begin: Begin[CatalogWork], reader: CatalogReader) -> None:
        (product,) = await kept(begin, a_product())

        await noted(begin, {product.id: 5})
        await added_up(begin)
        await noted(begin, {product.id: -2, ProductId(UUID(int=9)): 1})
        await added_up(begin)

        await kept(begin, product.reprice(sku_id(1), 1_500, at=LATER))
        assert (await reader.product(product.id)).card.sold == 3

    async def test_what_was_sold_counts_once_however_many_add_it_up(
        self, begin: Begin[CatalogWork], reader: CatalogReader
    ) -> None:
        """CAT-R6: also while more is sold; what is noted and not committed counts for nobody."""
        tea, cup = await kept(begin, a_product(), a_product(2))
        async with begin() as work:
            work.sales.note({tea.id: 100})
        selling = [noted(begin, {tea.id: number, cup.id: -number}) for number in range(1, 21)]

        await asyncio.gather(*selling, *(added_up(begin, most=3) for _ in range(6)))
        while await added_up(begin, most=7):
            continue

        async with begin() as work:
            assert not await work.sales.are_waiting()
        assert [(await reader.product(one.id)).card.sold for one in (tea, cup)] == [210, -210]

    async def test_what_was_sold_waits_until_it_is_added_up(self, begin: Begin[CatalogWork], reader: CatalogReader) -> None:
        """CAT-R6: so many notes at once as are asked for, and whoever changes his mind has added nothing up."""
        (product,) = await kept(begin, a_product())
        for _ in range(3):
            await noted(begin, {product.id: 1})
        async with begin() as work:
            assert (await work.sales.are_waiting(), await work.sales.add_up(2)) == (True, 2)

        assert (await reader.product(product.id)).card.sold == 0
        assert [await added_up(begin, most=2) for _ in range(3)] == [2, 1, 0]
        assert (await reader.product(product.id)).card.sold == 3


async def noted(begin: Begin[CatalogWork], sold: Mapping[ProductId, int]) -> None:
    """So many were sold."""
    async with begin() as work:
        work.sales.note(sold)
        await work.commit()


async def added_up(begin: Begin[CatalogWork], *, most: int = 100) -> int:
    """What was noted is shown from now on; how many notes it were. A rival who was faster is none of our business."""
    async with begin() as work:
        done = await work.sales.add_up(most)
        await work.commit()
    return done


@pytest.mark.asyncio
class ShelvesContract:
    """What every store of categories and brands promises."""

    async def test_the_tree_comes_back_parents_first(self, begin: Begin[CatalogWork], reader: CatalogReader) -> None:
        root = a_category(2)
        leaf = a_category(1, below=root.state)
        await shelved(begin, leaf, root)

        async with begin() as work:
            stored = await work.categories.claim_tree()
            assert await work.categories.all() == stored
            assert await work.categories.claim([leaf.state.id, category_id(9)]) == {leaf.state.id: stored[1]}

        assert stored == (evolve(root.state, version=1), evolve(leaf.state, version=1))
        views = await reader.categories()
        assert [(view.id, view.parent_id, view.depth) for view in views] == [
            (root.state.id, None, 1),
            (leaf.state.id, root.state.id, 2),
        ]

    async def test_codes_of_categories_and_names_of_brands_are_unique(self, begin: Begin[CatalogWork]) -> None:
        """GEN-R10"""
        await shelved(begin, a_category(1))
        with pytest.raises(Taken) as taken:
            await shelved(begin, Change(None, evolve(a_category(2).state, code="category-1")))
        assert taken.value.rule == "categories.code"

        for number, constraint in ((1, None), (2, "brands.name")):
            async with begin() as work:
                assert set(await work.brands.of_names(["MUJI", "别的"])) == (set() if constraint is None else {"MUJI"})
                work.brands.save(Brand.named(id=brand_id(number), name="MUJI"))
                if constraint is None:
                    await work.commit()
                else:
                    with pytest.raises(Taken) as taken:
                        await work.commit()
                    assert taken.value.rule == constraint

    async def test_two_who_hang_two_categories_below_each_other_make_no_ring(self, begin: Begin[CatalogWork]) -> None:
        """GEN-R10: whoever comes second is refused."""
        first, second = a_category(1).state.id, a_category(2).state.id
        await shelved(begin, a_category(1), a_category(2))
        move = deciding(begin, move_category, means_of())

        async def hang(what: MoveCategory) -> str:
            while True:
                try:
                    await move(what)
                    return "moved"
                except CategoryLoop:
                    return "refused"
                except Stale:
                    continue

        told = await asyncio.gather(
            hang(MoveCategory(category_id=first, parent_id=second)), hang(MoveCategory(category_id=second, parent_id=first))
        )

        assert sorted(told) == ["moved", "refused"]

    async def test_a_category_moves_with_everything_below_it(self, begin: Begin[CatalogWork]) -> None:
        root, elsewhere = a_category(1), a_category(9)
        middle = a_category(2, below=root.state)
        leaf = a_category(3, below=middle.state)
        await shelved(begin, root, middle, leaf, elsewhere)

        await deciding(begin, move_category, means_of())(MoveCategory(category_id=category_id(2), parent_id=category_id(9)))

        async with begin() as work:
            paths = {one.id: one.path for one in await work.categories.all()}
        assert paths[category_id(3)] == (category_id(9), category_id(2), category_id(3))
        assert paths[category_id(1)] == (category_id(1),)
