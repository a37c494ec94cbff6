"""The examination every reader of the catalogue passes: search, filters, order, pages, and what members may see.

A subclass brings the fixtures `begin`, units of work on an empty store, and `reader`, which reads the same store.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from retail_domain.catalog import (
    Brand,
    CatalogReader,
    CatalogWork,
    Listing,
    Product,
    ProductCard,
    ProductNotFound,
    ProductSearch,
    Query,
    Sort,
)
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.units import Begin
from retail_domain.testing.contracts.catalog import kept, shelved
from retail_domain.testing.goods import NOON, a_category, a_kind, a_product, brand_id, category_id, product_id, sku_id

LATER = NOON + timedelta(hours=1)
EVERYTHING = ProductSearch()


def titled(number: int, title: str, *, price_minor: int = 1_000, **about: object) -> Change[Product]:
    """Goods of a title."""
    listing = Listing(title=title, **about)  # type: ignore[arg-type]
    return a_product(number, a_kind(number, price_minor=price_minor), listing=listing)


async def numbers(reader: CatalogReader, search: ProductSearch, limit: int = 100) -> list[int]:
    """Which products a search finds, in its order."""
    page = await reader.search(search, PageRequest(limit))
    return [card.id.int - product_id(0).int for card in page.items]


@pytest.mark.asyncio
class SearchContract:
    """What every reader of the catalogue promises."""

    async def test_words_inside_titles_are_found_and_titles_come_first(
        self, begin: Begin[CatalogWork], reader: CatalogReader
    ) -> None:
        """Two-character Chinese words, the beginnings of Latin words, and codes."""
        await kept(
            begin,
            titled(1, "轻奢纯棉刺绣水洗四件套"),
            titled(2, "Apple iPhone 8 手机壳", subtitle="刺绣图案"),
            titled(3, "澳洲羊毛被"),
        )

        for query, found in {
            "刺绣": [1, 2], "绣水": [1], "四件套": [1], "四件": [1], "iphone": [2], "IPH": [2], "phone": [], "羊毛 被": [3],
            "毛羊": [], "被": [3], "product": [3, 2, 1], "sku 3": [3], "sku3": [3],
            "刺绣 手机": [2], "": [3, 2, 1], "100%_": [], "%": [], "_": [], "\U0001f600": [], "iphone8": [2], "８": [2],
            " ": [3, 2, 1],
        }.items():  # fmt: skip
            assert await numbers(reader, ProductSearch(words=Query.parse(query))) == found, query

    async def test_spellings_of_one_word_meet(self, begin: Begin[CatalogWork], reader: CatalogReader) -> None:
        """CAT-R5: letters beside digits, accents, what joins words, and width."""
        await kept(
            begin,
            titled(1, "Apple iPhone15 Pro"),
            titled(2, "iPhone 16"),
            titled(3, "Café Levi's"),
            titled(4, "114570-10 滤芯"),
            titled(5, "11457010 滤芯"),
        )

        for query, found in {
            "iphone 15": [1], "iphone15": [1], "iphone16": [2], "iphone-16": [2], "iphone": [2, 1], "cafe": [3], "CAFÉ": [3],
            "levis": [3], "levi’s": [3], "11457010": [5, 4], "114570-10": [5, 4], "ｉｐｈｏｎｅ　１６": [2], "iphone 17": [],
        }.items():  # fmt: skip
            assert await numbers(reader, ProductSearch(words=Query.parse(query))) == found, query

    async def test_a_title_as_long_as_titles_get_finds_itself(self, begin: Begin[CatalogWork], reader: CatalogReader) -> None:
        """CAT-R5: bounds agree."""
        title = f"{'a' * 150} {'b' * 49}"
        await kept(begin, titled(1, title), titled(2, title[:-1] + "c"))

        assert await numbers(reader, ProductSearch(words=Query.parse(title))) == [1]

    async def test_what_is_no_longer_in_the_title_is_no_longer_found(
        self, begin: Begin[CatalogWork], reader: CatalogReader
    ) -> None:
        (product,) = await kept(begin, titled(1, "羊毛被"))
        await kept(begin, product.edit(Listing(title="羽绒被"), at=LATER))

        found = {word: await numbers(reader, ProductSearch(words=Query.parse(word))) for word in ("羊毛", "羽绒", "绒被")}

        assert found == {"羊毛": [], "羽绒": [1], "绒被": [1]}

    async def test_lists_are_sorted_as_asked(self, begin: Begin[CatalogWork], reader: CatalogReader) -> None:
        prices = {1: 300, 2: 100, 3: 200, 4: 100}
        await kept(begin, *(titled(number, "被", price_minor=price) for number, price in prices.items()))
        async with begin() as work:
            work.sales.note({product_id(2): 7, product_id(3): 9})
            await work.commit()
        async with begin() as work:
            await work.sales.add_up(10)
            await work.commit()

        for sort, order in {
            Sort.NEWEST: [4, 3, 2, 1], Sort.RELEVANCE: [4, 3, 2, 1], Sort.PRICE_ASC: [4, 2, 3, 1],
            Sort.PRICE_DESC: [1, 3, 4, 2], Sort.SALES: [3, 2, 4, 1],
        }.items():  # fmt: skip
            assert await numbers(reader, ProductSearch(sort=sort)) == order, sort

    @pytest.mark.parametrize("sort", list(Sort))
    async def test_pages_follow_each_other_without_gap_or_repeat(
        self, begin: Begin[CatalogWork], reader: CatalogReader, sort: Sort
    ) -> None:
        await kept(begin, *(titled(number, "羊毛被", price_minor=100 + number % 3) for number in range(1, 12)))
        search = ProductSearch(words=Query.parse("羊毛"), sort=sort)
        whole = await reader.search(search, PageRequest(100))

        seen: list[ProductCard] = []
        cursor: str | None = None
        for _ in range(4):
            page = await reader.search(search, PageRequest(3, cursor))
            seen += page.items
            cursor = page.next_cursor

        assert tuple(seen) == whole.items
        assert cursor is whole.next_cursor is None
        assert len(seen) == 11

    async def test_a_text_that_was_never_a_cursor_is_refused(self, begin: Begin[CatalogWork], reader: CatalogReader) -> None:
        """R37"""
        await kept(begin, *(titled(number, "被") for number in (1, 2)))
        other = (await reader.search(ProductSearch(sort=Sort.SALES), PageRequest(1))).next_cursor

        for cursor in ("x", "WyJhIl0", "🙂", other):
            with pytest.raises(InvalidInput):
                await reader.search(EVERYTHING, PageRequest(10, cursor))

    async def test_filters_narrow_the_list(self, begin: Begin[CatalogWork], reader: CatalogReader) -> None:
        root = a_category(1)
        leaf = a_category(2, below=root.state)
        await shelved(begin, root, leaf, a_category(3))
        async with begin() as work:
            work.brands.save(Brand.named(id=brand_id(1), name="MUJI"))
            await work.commit()
        await kept(
            begin,
            titled(1, "一", category_id=root.state.id, price_minor=100),
            titled(2, "二", category_id=leaf.state.id, brand_id=brand_id(1), price_minor=200),
            titled(3, "三", category_id=category_id(3), price_minor=300),
            titled(4, "四", price_minor=400),
        )

        for search, found in (
            (ProductSearch(category_id=root.state.id), [2, 1]),
            (ProductSearch(category_id=leaf.state.id), [2]),
            (ProductSearch(category_id=category_id(9)), []),
            (ProductSearch(brand_id=brand_id(1)), [2]),
            (ProductSearch(price_from_minor=200, price_to_minor=300), [3, 2]),
            (ProductSearch(price_from_minor=301), [4]),
            (ProductSearch(price_to_minor=99), []),
            (ProductSearch(category_id=root.state.id, price_from_minor=150), [2]),
        ):
            assert await numbers(reader, search) == found, search

    async def test_members_see_only_what_they_can_buy(self, begin: Begin[CatalogWork], reader: CatalogReader) -> None:
        """GEN-R6"""
        two_kinds = (a_kind(1, color="红"), a_kind(101, color="蓝", on_sale=False))
        await kept(
            begin,
            a_product(1, *two_kinds),
            a_product(2, on_sale=False),
            titled(3, "将来", sale_from=LATER),
            titled(4, "过去", sale_until=NOON),
            titled(5, "现在", sale_from=NOON, sale_until=LATER),
        )

        assert await numbers(reader, EVERYTHING) == [5, 4, 3, 2, 1]
        assert await numbers(reader, ProductSearch(on_sale_at=NOON)) == [5, 1]
        assert await numbers(reader, ProductSearch(on_sale_at=LATER)) == [3, 1]
        (card,) = (await reader.search(ProductSearch(on_sale_at=NOON, price_to_minor=9_999), PageRequest(1, None))).items[:1]
        assert card.id == product_id(5)
        shown = (await reader.product(product_id(1), on_sale_at=NOON)).card.skus
        assert [sku.id for sku in shown] == [sku_id(1)]
        for hidden in (2, 3, 4, 9):
            with pytest.raises(ProductNotFound):
                await reader.product(product_id(hidden), on_sale_at=NOON)
        wanted = [product_id(number) for number in (5, 9, 3, 1, 5)]
        assert [one.id for one in await reader.cards(wanted)] == [product_id(number) for number in (5, 3, 1)]
        chosen = await reader.cards(wanted, on_sale_at=NOON)
        assert chosen == (await reader.search(ProductSearch(on_sale_at=NOON), PageRequest(9))).items
        assert await reader.cards([]) == ()

    async def test_a_page_of_goods_tells_everything(self, begin: Begin[CatalogWork], reader: CatalogReader) -> None:
        """R32"""
        await shelved(begin, a_category(1))
        await kept(begin, titled(1, "被", description="很暖", category_id=category_id(1), purchase_limit=2))

        page = await reader.product(product_id(1))

        assert (page.description, page.category_name, page.brand_name) == ("很暖", "类目 1", None)
        assert (page.card.title, page.card.purchase_limit, page.card.sold, page.card.version) == ("被", 2, 0, 1)
        assert [(sku.price_minor, sku.available) for sku in page.card.skus] == [(1_000, 0)]
        assert (await reader.sku_facts([sku_id(1)])).keys() == {sku_id(1)}

    async def test_any_query_is_answered(self, begin: Begin[CatalogWork], reader: CatalogReader) -> None:
        """R37"""
        await kept(begin, titled(1, "羊毛被"))

        for text in ("'; DROP TABLE products --", "\x00", "%" * 100, "羊" * 500, "a" * 500, "\U0001f600", "ﷺ" * 50, "𠀀𠀁"):
            assert await numbers(reader, ProductSearch(words=Query.parse(text))) in ([], [1])
