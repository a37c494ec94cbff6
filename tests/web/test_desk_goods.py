"""Goods at the console: new ones, and many at once by a table that is tried first (CAT-R1, CAT-R2, CAT-R12)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from retail_adapters.files.catalogue_files import typed_mapping, usual_mapping
from retail_domain.catalog import Query
from retail_domain.catalog.queries import ProductSearch
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.web.desk.goods.adding import options_typed
from tests.e2e.whole_shop import WholeShop, open_whole_shop
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import Place
from tests.web.at_the_desk import at_the_desk
from tests.web.paper import PaperBrowser, Sheet, with_pages
from tests.web.test_every_page import check

GOODS = (
    "编码,名称,价格,规格编码,规格,分类,库存\n"
    "CAKE,桂花糕,12.5,CAKE-S,大小:小,点心 > 糕,10\n"
    "CAKE,桂花糕,22.5,CAKE-L,大小:大,点心 > 糕,5\n"
)  # fmt: skip
BROKEN = GOODS + "PIE,酥饼,一块,,,点心 > 饼,\n,无名,3,,,,\n"


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[WholeShop]:
    async with open_whole_shop(Place("memory"), PretendGateway()) as opened:
        yield with_pages(opened)


async def known(shop: WholeShop, words: str) -> list[str]:
    found = await shop.retail.catalog.show.search(ProductSearch(words=Query.parse(words)), PageRequest(9))
    return [sku.code for one in found.items for sku in one.skus]


def _wrong(sheet: Sheet) -> set[str]:
    return {one.get("name") for one in sheet.root.all("input", "textarea", "select") if one.get("aria-invalid") == "true"}


async def test_goods_that_are_new_have_a_kind_and_get_more_of_them(shop: WholeShop) -> None:
    """CAT-R1: a code that is taken, an amount that is none and an option without a value are said at their fields."""
    async with at_the_desk(shop) as admin:
        form = await admin.open("/desk/goods/new")
        for field, typed in (("price", "cheap"), ("options", "红"), ("weight_grams", "heavy"), ("code", "x" * 150)):
            refused = await admin.submit(form, "/new", (), "", **{"title": "糕", "code": "CAKE", field: typed})
            assert (refused.answer.status_code, _wrong(refused)) == (422, {field}), refused.text
            check(refused)
        taken = await admin.submit(form, "/new", title="糕", code="TEA", price="3")
        assert taken.answer.status_code == 409
        made = await admin.submit(form, "/new", title="桂花糕", code="CAKE", price="12.50", options="大小：小")
        assert "商品已创建" in made.saying and "CAKE" in made.text and "¥12.50" in made.text
        bad = await admin.submit(made, "/skus", sku="CAKE-L", price="nothing")
        assert (bad.answer.status_code, _wrong(bad)) == (422, {"price"})
        check(bad)
        more = await admin.submit(made, "/skus", sku="CAKE-L", price="22.5", options="大小:大")
        assert more.saying == "商品已更新" and sorted(await known(shop, "桂花糕")) == ["CAKE", "CAKE-L"]


async def test_whoever_may_set_no_price_enters_goods_without_one(shop: WholeShop) -> None:
    """R35: the form asks for none, and one that is sent all the same is no price."""
    async with at_the_desk(shop, "the-clerk") as clerk:
        form = await clerk.open("/desk/goods/new")
        assert "price" not in {one.get("name") for one in form.root.all("input")}
        made = await clerk.submit(form, "/new", title="桂花糕", code="CAKE")
        assert "商品已创建" in made.saying
        assert (await clerk.open("/desk/goods/prices")).answer.status_code == 403


async def worked(shop: WholeShop, desk: PaperBrowser, job: Sheet) -> Sheet:
    """A worker does what was handed in, and whoever did so looks again."""
    assert job.path.startswith("/desk/jobs/"), job.text
    await shop.retail.background.timers["do_jobs"]()
    return await desk.open(job.path)


async def test_a_catalogue_is_tried_row_by_row_before_anything_is_stored(shop: WholeShop) -> None:
    """CAT-R2, JOB-R1: broken rows are shown with what is wrong; the good ones come in if that is wished, and nothing before."""
    async with at_the_desk(shop) as admin:
        form = await admin.open("/desk/goods/import")
        waiting = await admin.submit(form, "/look", table=BROKEN)
        assert "等待中" in waiting.text and "（试算）" in waiting.text
        check(waiting)
        broken = await worked(shop, admin, waiting)
        check(broken)
        rows = {row.text.split()[0] for row in broken.root.all("tr") if row.get("class") == "bad"}
        assert rows == {"4", "5"} and not [f for f in broken.root.all("form") if f.get("action").endswith("/do")]
        assert "部分" in broken.text and "未通过" in broken.text
        asked = await admin.submit(form, "/look", [BROKEN.encode("gb18030")], skip_bad="on", location="SH")
        tried = await worked(shop, admin, asked)
        assert await known(shop, "桂花糕") == [], "a trial run stores nothing"
        assert "新增商品 1" in tried.text and "新增规格 2" in tried.text
        done = await worked(shop, admin, await admin.submit(tried, "/do"))
        check(done)
        assert "已完成" in done.text and "/desk/goods" in done.links()
        assert sorted(await known(shop, "桂花糕")) == ["CAKE-L", "CAKE-S"] and await known(shop, "酥饼") == []
        tried = await admin.open(tried.path)
        assert done.path in tried.links() and not [f for f in tried.root.all("form") if f.get("action").endswith("/do")]
        second = await worked(shop, admin, await admin.submit(form, "/look", table=GOODS))
        again = await worked(shop, admin, await admin.submit(second, "/do"))
        assert "未变商品 1" in again.text
        assert "点心" in [one.name for one in await shop.retail.catalog.show.categories()]


async def test_what_is_no_catalogue_is_said_at_the_field_it_came_by(shop: WholeShop) -> None:
    """CAT-R2, R37"""
    mapping = '[product]\ncode = "A"\ntitle = "B"\n[sku]\ncode = "A"\nprice = "C"\n'
    async with at_the_desk(shop) as admin:
        form = await admin.open("/desk/goods/import")
        for table, own, field in (
            ("", "", "table"), ("a,b\n1,2\n", "", "table"), ("A,B,C\nX,x,1\n", "[product", "mapping"),
            ("A,B\nX,x\n", mapping, "table"),
            ("A,B,C\nX,x,1\n", mapping + 'file = "../secret.csv"\nproduct = "A"\n', "mapping"),
        ):  # fmt: skip
            refused = await admin.submit(form, "/look", table=table, mapping=own)
            assert (refused.answer.status_code, _wrong(refused)) == (422, {field}), (table, own, refused.text)
            check(refused)
        tried = await worked(shop, admin, await admin.submit(form, "/look", table="A,B,C\nX,x,1\n", mapping=mapping))
        assert "新增商品 1" in tried.text


async def test_prices_and_counts_come_by_a_table_too(shop: WholeShop) -> None:
    """CAT-R12: all rows or none, shown with what was before; from the lists where one would look for them."""
    async with at_the_desk(shop) as admin:
        assert "/desk/goods/prices" in (await admin.open("/desk/goods")).links()
        form = await admin.open("/desk/goods/prices")
        asked = await admin.submit(form, "/look", table="sku,price\nTEA-100,99\nNOTHING,1\n")
        flawed = await worked(shop, admin, asked)
        assert [row.text.split()[0] for row in flawed.root.all("tr") if row.get("class") == "bad"] == ["3"]
        asked = await admin.submit(form, "/look", table="sku,price\nTEA-100,99\nTEA-250,198\n", reason="春")
        tried = await worked(shop, admin, asked)
        assert "88.00" in tried.text and "99.00" in tried.text and "¥99" not in (await admin.open("/desk/goods")).text
        done = await worked(shop, admin, await admin.submit(tried, "/do"))
        check(done)
        assert "¥99" in (await admin.open("/desk/goods")).text
        assert "/desk/stock/counts" in (await admin.open("/desk/stock")).links()
        counts = await admin.open("/desk/stock/counts")
        assert _wrong(await admin.submit(counts, "/look", table="sku,stock\nTEA-100,7\n", reason=" ")) == {"reason"}
        asked = await admin.submit(counts, "/look", table="sku,stock\nTEA-100,207\n", location="SH", reason="盘点")
        counted = await worked(shop, admin, asked)
        assert "207" in (await worked(shop, admin, await admin.submit(counted, "/do"))).text


def test_columns_are_known_by_their_usual_names_and_options_as_they_are_typed() -> None:
    """CAT-R2, GEN-R23"""
    assert usual_mapping(["code", "title", "price"], "table").sku.code.column == "code"
    assert usual_mapping(["编码", "名称", "售价", "规格编码"], "table").product.group is not None
    with pytest.raises(InvalidInput):
        usual_mapping(["编码", "名称"], "table")
    with pytest.raises(InvalidInput):
        typed_mapping(Path("examples/catalogues/yanxuan.toml").read_text("utf-8"), "mapping")
    assert options_typed(" 颜色：红；尺寸: L;") == (("颜色", "红"), ("尺寸", "L"))
