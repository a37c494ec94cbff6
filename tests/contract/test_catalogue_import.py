"""Importing a catalogue: all of it or nothing, row numbers and reasons, updates by code; on every store (R32)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from attrs import evolve

from retail_adapters.memory.reads import MemoryReads
from retail_adapters.sql.reads import SqlReads
from retail_adapters.system.ids import UuidSevenIds
from retail_domain import catalog, inventory, notes
from retail_domain.accounts import StaffForbidden
from retail_domain.catalog import CatalogueFlawed, ImportCatalogue, ImportReport, ProductCard, ProductSearch, Query, RowProblem
from retail_domain.catalog.importing.storing import PORTION
from retail_domain.catalog.model import Particulars
from retail_domain.inventory import Location, LocationNotFound
from retail_domain.kernel.change import Change
from retail_domain.kernel.effects import EVERYTHING, Effect
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.frames import bound, deciding
from retail_domain.kernel.ids import LocationId
from retail_domain.kernel.paging import PageRequest
from retail_domain.notes import ThingSort
from retail_domain.processes.delivery.catalogue_import import import_catalogue, store_judged
from retail_domain.testing.goods import NOON, sku_id
from retail_domain.testing.means import means_of
from tests.support.catalogues import Pages, a_mapping, lines
from tests.support.stores import STORES, HandClock, Place, Surroundings, open_store, place_of

pytestmark = pytest.mark.asyncio


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


class Desk:
    """A shop that can import and be looked at."""

    def __init__(self, place: Place, store: Any) -> None:
        self.store = store
        self.reads = MemoryReads(store.memory) if place.kind == "memory" else SqlReads(store.database)
        store_all = deciding(store.begin, store_judged, means_of(HandClock(), UuidSevenIds()))
        self.take_all = bound(import_catalogue, store_all, "CNY")

    async def take(self, pages: Pages, **more: Any) -> ImportReport:
        """Import."""
        return await self.take_all(ImportCatalogue(mapping=pages.mapping, source=pages, **more))

    async def cards(self) -> dict[str, ProductCard]:
        """Everything in the catalogue by code."""
        page = await self.reads.catalog.search(ProductSearch(), PageRequest(100))
        return {card.code: card for card in page.items}

    async def open(self, code: str) -> None:
        """Open a warehouse."""
        async with self.store.begin() as work:
            work.locations.save(Change(None, Location(id=LocationId(sku_id(999)), code=code, name="仓")))
            await work.commit()


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    async with open_store(place, Surroundings((*catalog.EVENTS, *inventory.EVENTS, *notes.EVENTS))) as store:
        yield Desk(place, store)


NOTED = {
    "notes": {"erp.group": "group"},
    "sku_notes": {"erp.code": {"column": "erp", "prefix": "E-"}, "wms.shelf": {"value": "B"}},
}
NOTED_COLUMNS = ("code", "title", "price", "group", "erp")


async def noted_on(desk: Desk, code: str = "A") -> tuple[Any, Any]:
    """The notes on a product and on its only kind."""
    card = (await desk.cards())[code]
    async with desk.store.begin() as work:
        goods = (await work.notes.of(ThingSort.PRODUCT, [card.id])).get(card.id)
        kind = (await work.notes.of(ThingSort.SKU, [card.skus[0].id])).get(card.skus[0].id)
    return goods and goods.values, kind and kind.values


async def test_columns_become_notes_which_an_empty_cell_leaves_alone(desk: Desk) -> None:
    """NTE-R2: also of goods that are known and stay as they are."""
    rows = lines(("A", "羊毛被", "19.9", "bed", "7"), columns=NOTED_COLUMNS)
    await desk.take(Pages(rows, a_mapping(**NOTED)))
    first = await noted_on(desk)
    report = await desk.take(Pages(lines(("A", "羊毛被", "19.9", "", "8"), columns=NOTED_COLUMNS), a_mapping(**NOTED)))

    assert first == ({"erp.group": "bed"}, {"erp.code": "E-7", "wms.shelf": "B"})
    assert report.products_unchanged == 1
    assert await noted_on(desk) == ({"erp.group": "bed"}, {"erp.code": "E-8", "wms.shelf": "B"})


@pytest.mark.parametrize(
    ("section", "field"),
    [
        ({"notes": {"group": "group"}}, "values.group"),
        ({"notes": {"erp.a": "nowhere"}}, "notes.erp.a"),
        ({"notes": 1}, "notes"),
    ],
)
async def test_notes_that_are_none_are_named_before_anything_is_stored(desk: Desk, section: Any, field: str) -> None:
    """NTE-R1"""
    with pytest.raises(InvalidInput) as refused:
        await desk.take(Pages(lines(("A", "茶", "1", "g", "7"), columns=NOTED_COLUMNS), a_mapping(**section)))
    assert refused.value.problems[0].field == field and await desk.cards() == {}


async def test_more_notes_than_goods_may_carry_keep_the_whole_import_out(desk: Desk) -> None:
    """NTE-R1"""
    rows = lines(("A", "茶", "1", "x", "7"), ("B", "茶", "1", "x" * 5_000, "7"), columns=NOTED_COLUMNS)
    with pytest.raises(InvalidInput):
        await desk.take(Pages(rows, a_mapping(**NOTED)))
    assert await desk.cards() == {}


async def test_who_may_not_note_brings_in_no_notes(desk: Desk) -> None:
    """R35, NTE-R3: and is told, rather than half obeyed."""
    pages = Pages(lines(("A", "茶", "1", "g", "7"), columns=NOTED_COLUMNS), a_mapping(**NOTED))
    with pytest.raises(StaffForbidden) as refused:
        await desk.take(pages, granted=EVERYTHING - {Effect.NOTES})
    assert refused.value.permission == "notes.change" and await desk.cards() == {}


async def test_good_rows_become_goods_on_sale(desk: Desk) -> None:
    report = await desk.take(Pages(lines(("A", "羊毛被", "19.9"), ("B", "四件套", "899")), a_mapping()))

    cards = await desk.cards()
    assert {code: (card.title, card.status.value, card.skus[0].price_minor) for code, card in cards.items()} == {
        "A": ("羊毛被", "on_sale", 1_990),
        "B": ("四件套", "on_sale", 89_900),
    }
    assert (report.stored, report.rows_read, report.products_created, report.skus_created) == (True, 2, 2, 2)
    found = await desk.reads.catalog.search(ProductSearch(words=Query.parse("羊毛")), PageRequest())
    assert [card.code for card in found.items] == ["A"]


async def test_one_wrong_row_keeps_everything_out_and_every_wrong_field_is_told(desk: Desk) -> None:
    """CAT-R2, R38: what cannot be imported is listed by row, field and reason."""
    rows = lines(("A", "羊毛被", "19.9"), ("", "x" * 201, "1"), ("C", "被", "abc"), ("D", "被\x07", "0.001"), ("A", "重", "1"))

    with pytest.raises(CatalogueFlawed) as refused:
        await desk.take(Pages(rows, a_mapping()))

    assert await desk.cards() == {}
    told = [(problem.row, problem.field, problem.rule) for problem in refused.value.problems if isinstance(problem, RowProblem)]
    assert told == [
        (3, "code", "required"), (3, "title", "too_long"), (3, "skus[0].code", "required"), (4, "price", "unreadable"),
        (5, "price", "unreadable"), (6, "code", "unique"), (6, "skus", "unique"),
    ]  # fmt: skip
    assert (refused.value.rows_read, refused.value.bad_rows, refused.value.problem_count) == (5, 4, 7)


async def test_with_skip_bad_the_good_rows_come_in_and_the_wrong_ones_are_listed(desk: Desk) -> None:
    report = await desk.take(Pages(lines(("A", "羊毛被", "19.9"), ("B", "被", "-1")), a_mapping()), skip_bad=True)

    assert set(await desk.cards()) == {"A"}
    assert (report.bad_rows, [problem.row for problem in report.problems]) == (1, [3])


async def test_of_many_wrong_rows_the_first_hundred_are_told_and_all_are_counted(desk: Desk) -> None:
    rows = lines(*((str(number), "被", "x") for number in range(150)))

    with pytest.raises(CatalogueFlawed) as refused:
        await desk.take(Pages(rows, a_mapping()))

    assert (len(refused.value.problems), refused.value.bad_rows) == (100, 150)


async def test_a_flaw_that_only_the_shop_knows_keeps_everything_out_too(desk: Desk) -> None:
    """GEN-R10: the kind belongs to other goods of the shop; portions already written are taken back."""
    await desk.take(Pages(lines(("A", "羊毛被", "19.9")), a_mapping()))
    many = [("N" + str(number), "被", "1") for number in range(PORTION)]
    other = a_mapping(product={"code": {"column": "code", "prefix": "x-"}, "title": "title"})

    with pytest.raises(CatalogueFlawed) as refused:
        await desk.take(Pages(lines(*many, ("A", "抢", "5")), other))

    assert [problem.row for problem in refused.value.problems if isinstance(problem, RowProblem)] == [PORTION + 2]
    assert set(await desk.cards()) == {"A"}


async def test_a_trial_tells_all_that_would_become_of_a_file_and_stores_nothing(desk: Desk) -> None:
    """CAT-R2: what only the shop knows is found too, and what was tried is as new afterwards."""
    await desk.take(Pages(lines(("A", "羊毛被", "19.9")), a_mapping()))
    before = await desk.cards()
    pages = Pages(lines(*((f"N{number}", "被", "1") for number in range(PORTION + 1)), ("A", "羊毛被子", "18")), a_mapping())

    tried = await desk.take(pages, dry_run=True)

    assert (tried.stored, tried.products_created, tried.products_updated) == (False, PORTION + 1, 1)
    assert await desk.cards() == before
    done = await desk.take(pages)
    assert done == evolve(tried, stored=True)
    other = a_mapping(product={"code": {"column": "code", "prefix": "x-"}, "title": "title"})
    with pytest.raises(CatalogueFlawed):
        await desk.take(Pages(lines(("A", "抢", "5")), other), dry_run=True)


async def test_importing_again_changes_nothing(desk: Desk) -> None:
    """GEN-R7: repeating it emits nothing."""
    pages = Pages(lines(("A", "羊毛被", "19.9"), ("B", "四件套", "899")), a_mapping())
    await desk.take(pages)
    before = await desk.cards()

    report = await desk.take(pages)

    assert (report.products_created, report.products_updated, report.products_unchanged) == (0, 0, 2)
    assert await desk.cards() == before


async def test_importing_again_updates_by_code_and_prices_get_a_new_version(desk: Desk) -> None:
    """CAT-R1"""
    await desk.take(Pages(lines(("A", "羊毛被", "19.9"), ("B", "四件套", "899")), a_mapping()))

    report = await desk.take(Pages(lines(("A", "羊毛被", "18"), ("B", "新四件套", "899"), ("C", "新", "1")), a_mapping()))

    assert (report.products_created, report.products_updated, report.skus_repriced) == (1, 2, 1)
    cards = await desk.cards()
    facts = await desk.reads.catalog.sku_facts([sku.id for card in cards.values() for sku in card.skus])
    assert {fact.code: (fact.title, fact.price_minor, fact.price_version) for fact in facts.values()} == {
        "A": ("羊毛被", 1_800, 2),
        "B": ("新四件套", 89_900, 1),
        "C": ("新", 100, 1),
    }


async def test_what_the_mapping_does_not_speak_of_stays_as_staff_left_it(desk: Desk) -> None:
    named = a_mapping(product={"code": "code", "title": "title", "subtitle": "subtitle"})
    columns = ("code", "title", "price", "subtitle")
    await desk.take(Pages(lines(("A", "羊毛被", "19.9", "暖"), columns=columns), named))

    await desk.take(Pages(lines(("A", "羊毛被", "20")), a_mapping()))

    assert (await desk.cards())["A"].subtitle == "暖"


async def test_kinds_come_from_a_file_of_their_own_in_any_order(desk: Desk) -> None:
    mapping = a_mapping(
        sku={
            "file": "skus.csv", "product": "product", "code": "sku", "price": {"column": "fen", "unit": "minor"},
            "options": {"column": "options", "names": ["规格", "颜色"]},
        }
    )  # fmt: skip
    goods = lines(("A", "四件套", ""), ("B", "被", ""))
    sku_columns = ("product", "sku", "fen", "options")
    skus = lines(
        ("A", "1", "100", '["1.5m", "红"]'), ("B", "3", "300", "[]"), ("A", "2", "200", '["1.8m", "红"]'), columns=sku_columns
    )

    report = await desk.take(Pages(goods, mapping, sku_rows=skus))

    assert [(sku.code, sku.options) for sku in (await desk.cards())["A"].skus] == [
        ("1", (("规格", "1.5m"), ("颜色", "红"))),
        ("2", (("规格", "1.8m"), ("颜色", "红"))),
    ]
    assert report.skus_created == 3

    lone = lines(
        ("A", "1", "100", '["1.5m", "红"]'), ("Z", "9", "1", "[]"), ("B", "3", "3", '["a","b","c"]'),
        ("B", "4", "4", "[" * 3_000), columns=sku_columns,
    )  # fmt: skip
    with pytest.raises(CatalogueFlawed) as refused:
        await desk.take(Pages(goods, mapping, sku_rows=lone))
    told = [(one.file, one.row, one.rule) for one in refused.value.problems if isinstance(one, RowProblem)]
    assert told == [("skus.csv", 4, "unreadable"), ("skus.csv", 5, "unreadable"), ("skus.csv", 3, "unknown")]


async def test_kinds_may_swap_their_options_when_imported_again(desk: Desk) -> None:
    mapping = a_mapping(sku={"file": "skus.csv", "product": "product", "code": "sku", "price": "price", "options": "options"})
    columns = ("product", "sku", "price", "options")
    for first, second in (("红", "蓝"), ("蓝", "红")):
        skus = lines(("A", "1", "1", f"颜色:{first}"), ("A", "2", "1", f"颜色：{second}"), columns=columns)
        await desk.take(Pages(lines(("A", "被", "")), mapping, sku_rows=skus))

    assert [sku.options for sku in (await desk.cards())["A"].skus] == [(("颜色", "蓝"),), (("颜色", "红"),)]


async def test_categories_come_from_a_file_or_from_paths(desk: Desk) -> None:
    columns = ("code", "title", "price", "where")
    by_code = a_mapping(
        product={"code": "code", "title": "title", "category": {"column": "where", "none": ["0"]}},
        categories={"file": "c.csv", "code": "id", "name": "name", "parent": {"column": "parent", "none": ["0"]}},
    )
    tree = lines(("2", "手机", "1"), ("1", "数码", "0"), columns=("id", "name", "parent"))
    by_path = a_mapping(product={"code": "code", "title": "title", "category_path": {"column": "where", "separator": ">"}})

    await desk.take(Pages(lines(("A", "壳", "1", "2"), ("B", "壳", "1", "0"), columns=columns), by_code, category_rows=tree))
    await desk.take(Pages(lines(("C", "被", "1", "居家 > 床品"), ("D", "枕", "1", "居家"), columns=columns), by_path))

    views = {view.id: view for view in await desk.reads.catalog.categories()}
    names = {code: views[card.category_id].name if card.category_id else None for code, card in (await desk.cards()).items()}
    assert names == {"A": "手机", "B": None, "C": "床品", "D": "居家"}
    assert {view.name: view.depth for view in views.values()} == {"数码": 1, "手机": 2, "居家": 1, "床品": 2}


async def test_categories_that_lead_to_no_root_are_listed_and_goods_in_them_too(desk: Desk) -> None:
    mapping = a_mapping(
        product={"code": "code", "title": "title", "category": "where"},
        categories={"file": "c.csv", "code": "id", "name": "name", "parent": "parent"},
    )
    ring = lines(("1", "甲", "2"), ("2", "乙", "1"), ("3", "丙", ""), ("3", "丁", ""), columns=("id", "name", "parent"))
    goods = lines(("A", "被", "1", "1"), ("B", "被", "1", "3"), columns=("code", "title", "price", "where"))

    report = await desk.take(Pages(goods, mapping, category_rows=ring), skip_bad=True)

    assert [(one.file, one.row, one.rule) for one in report.problems] == [
        ("categories.csv", 5, "unique"), ("categories.csv", 2, "tree"), ("categories.csv", 3, "tree"),
        ("goods.csv", 2, "unknown"),
    ]  # fmt: skip
    assert set(await desk.cards()) == {"B"}


async def test_new_goods_bring_their_stock_once(desk: Desk) -> None:
    """STK-R3: received with a note; importing again receives nothing."""
    await desk.open("SZ")
    mapping = a_mapping(sku={"code": "code", "price": "price", "stock": "stock"})
    pages = Pages(lines(("A", "被", "1", "7"), ("B", "被", "1", "0"), columns=("code", "title", "price", "stock")), mapping)

    report = await desk.take(pages, location="SZ")
    again = await desk.take(pages, location="SZ")

    assert (report.units_received, again.units_received) == (7, 0)
    assert {code: card.skus[0].available for code, card in (await desk.cards()).items()} == {"A": 7, "B": 0}
    with pytest.raises(LocationNotFound):
        await desk.take(pages, location="BJ")


async def test_goods_marked_off_sale_come_off_sale_and_back(desk: Desk) -> None:
    mapping = a_mapping(product={"code": "code", "title": "title", "on_sale": "on", "brand": "brand"})
    columns = ("code", "title", "price", "on", "brand")
    for flag, status in (("0", "off_sale"), ("是", "on_sale"), ("no", "off_sale")):
        await desk.take(Pages(lines(("A", "被", "1", flag, "MUJI"), columns=columns), mapping))
        assert (await desk.cards())["A"].status.value == status

    assert [brand.name for brand in await desk.reads.catalog.brands()] == ["MUJI"]


async def test_a_column_that_no_file_has_is_refused_before_anything_is_read(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as refused:
        await desk.take(Pages(lines(("A", "被"), columns=("code", "title")), a_mapping()))

    assert [problem.field for problem in refused.value.problems] == ["sku.price"]


async def test_a_portion_is_no_border(desk: Desk) -> None:
    """More rows than one portion holds are one import."""
    rows = lines(*((f"N{number:04}", "被", "1") for number in range(PORTION * 2 + 1)))
    told: list[tuple[str, int]] = []

    report = await desk.take(Pages(rows, a_mapping()), progress=lambda phase, done: told.append((phase, done)))

    assert report.products_created == PORTION * 2 + 1
    assert [one for one in told if one[0] == "storing"] == [("storing", n) for n in (PORTION, PORTION * 2, PORTION * 2 + 1)]


async def test_who_may_not_set_prices_leaves_what_the_delivery_of_known_goods_is_charged_by(desk: Desk) -> None:
    """R35: a file of weights is a door to what buyers are asked for; of goods without a price it is none yet."""
    kind = {"code": {"column": "code"}, "price": {"column": "price"}, "weight_grams": {"column": "weight"}}

    def pages(weight: str) -> Pages:
        rows = [{"code": "A", "title": "羊毛被", "price": "19.9", "weight": weight}]
        return Pages(rows, a_mapping(sku=kind))

    async def weighs() -> int:
        found = await desk.reads.catalog.product((await desk.cards())["A"].id)
        return found.card.skus[0].weight_grams

    may_not = EVERYTHING - {Effect.SELLING_PRICE}
    weights = []
    for weight, granted in (("500", may_not), ("400", may_not), ("400", EVERYTHING), ("1", may_not), ("300", EVERYTHING)):
        await desk.take(pages(weight), granted=granted)
        weights.append(await weighs())

    assert weights == [500, 400, 400, 400, 300]


async def known_better(desk: Desk, **about: Any) -> None:
    """The only kind of goods A, with these particulars."""
    card = (await desk.cards())["A"]
    async with desk.store.begin() as work:
        product = (await work.products.claim([card.id]))[card.id]
        work.products.save(product.describe_sku(product.skus[0].id, Particulars(**about), None, at=NOON))
        await work.commit()


async def test_a_file_may_name_kinds_by_their_barcodes(desk: Desk) -> None:
    """CAT-R7: the kind keeps its code; a barcode of other goods, or a kind that is named twice, is a flaw of its row."""
    columns = ("code", "title", "sku", "price")
    mapping = a_mapping(sku={"code": "sku", "price": "price"})
    await desk.take(Pages(lines(("A", "茶", "A-1", "10"), ("B", "茶", "B-1", "10"), columns=columns), mapping))
    await known_better(desk, barcodes=("036000291452",))

    report = await desk.take(Pages(lines(("A", "茶", "0036000291452", "9"), columns=columns), mapping))
    assert (report.skus_created, report.skus_repriced) == (0, 1)
    assert [(sku.code, sku.price_minor) for sku in (await desk.cards())["A"].skus] == [("A-1", 900)]
    with pytest.raises(CatalogueFlawed) as others:
        await desk.take(Pages(lines(("B", "茶", "036000291452", "9"), columns=columns), mapping))
    assert ("skus", "unique") in [(one.field, one.rule) for one in others.value.problems]  # type: ignore[attr-defined]


async def test_no_file_takes_a_price_below_the_floor_and_each_price_that_it_sets_is_kept(desk: Desk) -> None:
    """CAT-R8, CAT-R10"""
    await desk.take(Pages(lines(("A", "茶", "10")), a_mapping()))
    await known_better(desk, floor_minor=800)
    with pytest.raises(CatalogueFlawed) as low:
        await desk.take(Pages(lines(("A", "茶", "7.99")), a_mapping()))
    await desk.take(Pages(lines(("A", "茶", "8")), a_mapping()))

    assert [(one.field, one.rule) for one in low.value.problems] == [("price", "floor")]  # type: ignore[attr-defined]
    kept = await desk.reads.catalog.prices((await desk.cards())["A"].skus[0].id, PageRequest(10))
    assert [(one.before_minor, one.price_minor, one.reason) for one in kept.items] == [
        (1_000, 800, "catalogue import"), (None, 1_000, "catalogue import"),
    ]  # fmt: skip


WELL_KNOWN = {
    "product": {"code": "code", "title": "title", "parameters": "about"},
    "sku": {
        "code": "sku", "price": "price", "barcodes": "bars", "tax_code": "tax", "tax_rate": "rate",
        "cost": {"column": "cost", "none": ["-"]},
    },
}  # fmt: skip
KNOWN_COLUMNS = ("code", "title", "sku", "price", "about", "bars", "tax", "rate", "cost")
COTTON = ("A", "羊毛被", "A-1", "10", "材质：棉;产地：中国", "6901234567892;SHELF-7", "1030201", "13%", "6.5")


def well_known(*rows: tuple[str, ...]) -> Pages:
    """Rows that say all there is to say of goods."""
    return Pages(lines(*rows, columns=KNOWN_COLUMNS), a_mapping(**WELL_KNOWN))


async def is_known(desk: Desk, code: str = "A") -> tuple[Any, ...]:
    """What the shop knows of goods and their only kind: parameters, barcodes, tax, cost."""
    card = (await desk.cards())[code]
    sheet = await desk.reads.catalog.sku_sheet(card.skus[0].id)
    (cost,) = await desk.reads.catalog.costs(card.id)
    return dict(card.parameters), sheet.barcodes, sheet.tax_code, sheet.tax_rate_bp, cost.cost_minor


async def test_goods_move_in_with_their_barcodes_taxes_costs_and_parameters(desk: Desk) -> None:
    """CAT-R7, CAT-R8: what the mapping speaks of is so afterwards, an empty cell says that there is none."""
    await desk.take(well_known(COTTON))
    first = await is_known(desk)
    again = await desk.take(well_known(COTTON))
    await desk.take(well_known((*COTTON[:4], "", "036000291452.0", "", "9.5", "-")))

    about = {"材质": "棉", "产地": "中国"}
    assert first == (about, ("6901234567892", "SHELF-7"), "1030201", 1_300, 650)
    assert again.products_unchanged == 1
    assert await is_known(desk) == ({}, ("036000291452",), None, 950, None)
    await desk.take(Pages(lines(("A", "羊毛被", "9"), columns=("code", "title", "price")), named_by_its_kind()))
    assert (await is_known(desk))[1:] == (("036000291452",), None, 950, None), "what the mapping does not speak of stays"


def named_by_its_kind() -> Any:
    """A mapping of prices alone."""
    return a_mapping(sku={"code": {"value": "A-1"}, "price": "price"})


async def test_what_a_row_says_wrongly_of_its_kind_is_named_and_keeps_the_file_out(desk: Desk) -> None:
    """CAT-R7: digits that do not check, barcodes of other kinds of the file or of the shop, rates and costs that are none."""
    await desk.take(well_known(COTTON))
    wrong = [
        ("B", "6901234567893", "13", "1", "barcodes[0]", "check_digit"),
        ("C", "", "101", "1", "tax_rate_bp", "out_of_range"),
        ("D", "", "a lot", "1", "rate", "unreadable"),
        ("E", "", "13", "-1", "cost", "out_of_range"),
        ("F", "06901234567892", "13", "1", "barcodes", "unique"),
        ("G", "A-1", "13", "1", "barcodes", "unique"),
        ("H", "TWICE-1", "13", "1", None, None),
        ("I", "TWICE-1", "13", "1", "barcodes", "unique"),
        ("J", "K-1", "13", "1", None, None),
        ("K", "", "13", "1", "skus", "unique"),
    ]
    rows = [(code, "茶", f"{code}-1", "10", "", bars, "", rate, cost) for code, bars, rate, cost, *_ in wrong]
    report = await desk.take(well_known(*rows), skip_bad=True)

    told = [(one.row, one.field, one.rule) for one in report.problems]
    assert sorted(told) == [
        (at, field, rule) for at, (*_, field, rule) in enumerate(wrong, 2) if field is not None
    ]  # fmt: skip
    assert (await desk.cards()).keys() == {"A", "H", "J"}


async def test_who_may_not_set_costs_brings_in_none_and_is_told(desk: Desk) -> None:
    """R35, CAT-R8"""
    with pytest.raises(StaffForbidden) as refused:
        await desk.take(well_known(COTTON), granted=EVERYTHING - {Effect.COST})
    assert refused.value.permission == "costs.change" and await desk.cards() == {}
