"""The second reading of a catalogue: the good rows become categories, brands and goods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from attrs import define, evolve, field, frozen

from retail_domain.catalog.importing.drafts import GoodsDraft, SkuDraft
from retail_domain.catalog.importing.judging import Judgement, depth_of
from retail_domain.catalog.importing.rows import ImportReport, Row, RowProblem
from retail_domain.catalog.model import Brand, Category, Listing, Product, Sku, barcode_key, product_problems
from retail_domain.catalog.ports import CatalogWork
from retail_domain.catalog.use_cases.checks import charged_as_before
from retail_domain.catalog.use_cases.storing_prices import Told, store
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import BrandId, CategoryId, Ids, ProductId, SkuId
from retail_domain.kernel.reading import CODE

PORTION: Final = 200
PATH_SEPARATOR: Final = " > "


@frozen
class NewGoods:
    """Goods that came to be, and how many units of them the files say there are."""

    sku_id: SkuId
    units: int


@define(kw_only=True)
class Storing:
    """Stages the good rows, portion by portion; the caller writes what is staged and commits."""

    work: CatalogWork
    clock: Clock
    ids: Ids
    judged: Judgement
    told: Told
    report: ImportReport = field(factory=lambda: ImportReport(stored=True, rows_read=0))
    product_notes: dict[ProductId, Mapping[str, str]] = field(factory=dict)
    """What the rows say that others find again, for whoever takes it away after each portion."""
    sku_notes: dict[SkuId, Mapping[str, str]] = field(factory=dict)
    _categories: dict[str, Category] = field(factory=dict)
    _brands: dict[str, BrandId] = field(factory=dict)

    def _good_drafts(self) -> Iterator[GoodsDraft]:
        for good, row in zip(self.judged.good, self.judged.command.source.goods(), strict=True):
            draft = self.judged.draft(row) if good else ()
            if isinstance(draft, GoodsDraft):
                yield draft

    def portions(self) -> Iterator[Sequence[GoodsDraft]]:
        """The good rows, read again."""
        drafts = iter(self._good_drafts())
        while portion := list(islice(drafts, PORTION)):
            yield portion

    def reported(self) -> ImportReport:
        """What was done so far, and what was found wrong."""
        found = self.judged.problems
        assert self.report.rows_stored + found.bad_rows == self.judged.rows_read, "every row is stored or told of"
        return evolve(
            self.report,
            rows_read=self.judged.rows_read,
            blank_rows=self.judged.blank_rows,
            bad_rows=found.bad_rows,
            problem_count=found.count,
            problems=tuple(found.shown),
        )

    async def store_categories(self) -> None:
        """Those of the categories file, parents first."""
        self._categories = {CODE.spelled(category.code): category for category in await self.work.categories.claim_tree()}
        for draft in sorted(self.judged.categories.values(), key=lambda one: depth_of(one, self.judged.categories) or 0):
            self.count(rows_stored=1)
            stored = self._categories.get(draft.code)
            if stored is None:
                self._new_category(draft.code, draft.name, self._categories.get(draft.parent_code), draft.position)
            elif (stored.name, stored.position) != (draft.name, draft.position):
                change = stored.describe(name=draft.name, position=draft.position)
                self.work.categories.save(change)
                self._categories[draft.code] = change.state

    def _new_category(self, code: str, name: str, parent: Category | None, position: int = 0) -> Category:
        category_id = CategoryId(self.ids.new())
        change = Category.below(parent, id=category_id, code=code, name=name, position=position)
        self.work.categories.save(change)
        self._categories[code] = change.state
        self.count(categories_created=1)
        return change.state

    async def store(self, portion: Sequence[GoodsDraft]) -> Sequence[NewGoods]:
        """Answers the goods that are new with what there is of them; what does not fit the shop is a problem of its row."""
        fresh: list[NewGoods] = []
        await self._find_brands(portion)
        known = await self.work.products.claim_codes([draft.code for draft in portion])
        codes = {sku.code for draft in portion for sku in draft.skus}
        barcodes = {one for draft in portion for sku in draft.skus for one in sku.barcodes}
        owners = await self.work.products.owners_of_sku_codes(codes | barcodes)
        others = barcodes | (codes - owners.keys())
        barred = await self.work.products.skus_barred(others) if others else {}
        for named in portion:
            product = known.get(named.code)
            draft = _by_codes(named, product, barred)
            problems = tuple(self._against_the_shop(draft, product, owners, barred))
            if problems:
                self.judged.problems.note_row(problems, draft.rows)
            else:
                fresh += self._store_goods(draft, product)
                self.count(rows_stored=draft.rows)
        return fresh

    async def _find_brands(self, portion: Sequence[GoodsDraft]) -> None:
        names = sorted({draft.brand_name for draft in portion if draft.brand_name} - self._brands.keys())
        known = await self.work.brands.of_names(names) if names else {}
        for name in names:
            if name in known:
                self._brands[name] = known[name].id
            else:
                change = Brand.named(id=BrandId(self.ids.new()), name=name)
                self.work.brands.save(change)
                self._brands[name] = change.state.id
                self.count(brands_created=1)

    def _against_the_shop(
        self, draft: GoodsDraft, product: Product | None, owners: Mapping[str, ProductId], barred: Mapping[str, SkuId]
    ) -> Iterator[RowProblem]:
        row, own = draft.row, product.id if product else None
        kinds = {sku.code: sku for sku in product.skus} if product else {}
        for sku in draft.skus:
            if owners.get(sku.code, own) != own:
                yield row.problem("skus", "unique", f"the kind {sku.code} belongs to other goods of the shop")
            if sku.code not in kinds and barcode_key(sku.code) in barred:
                yield row.problem("skus", "unique", f"{sku.code} is the barcode of other goods of the shop")
            for one in _taken(sku, kinds.get(sku.code), owners, barred):
                yield row.problem("barcodes", "unique", f"{one} belongs to another kind of goods of the shop")
        if len({sku.code for sku in draft.skus}) < len(draft.skus):
            yield row.problem("skus", "unique_code", "a kind is named twice, by its code and by a barcode")
        if draft.category_code and draft.category_code not in self._categories:
            yield row.problem("category", "unknown", f"the shop has no category {draft.category_code}")
        low = [one for sku in draft.skus for one in _floor_problems(row, kinds.get(sku.code), sku)]
        yield from low
        if product is not None and not low:
            added = [sku.wish() for sku in _new_skus(draft, product)]
            kept = [self._merged(sku, draft).wish for sku in product.skus]
            yield from row.problems(product_problems(draft.code, draft.listing(), (*kept, *added)))

    def _store_goods(self, draft: GoodsDraft, product: Product | None) -> Sequence[NewGoods]:
        change = self._new_goods(draft) if product is None else self._same_goods(draft, product)
        self._note(draft, change.state)
        if product is not None and change.state == product:
            self.count(products_unchanged=1)
            return ()
        store(self.work, change, self.told)
        self.count(products_created=product is None, products_updated=product is not None)
        units = {sku.code: sku.stock for sku in draft.skus}
        known = {sku.id for sku in product.skus} if product else set()
        return [NewGoods(sku.id, n) for sku in change.state.skus if sku.id not in known and (n := units.get(sku.code))]

    def _note(self, draft: GoodsDraft, product: Product) -> None:
        if draft.notes:
            self.product_notes[product.id] = draft.notes
        by_code = {sku.code: sku.notes for sku in draft.skus if sku.notes}
        self.sku_notes.update({sku.id: by_code[sku.code] for sku in product.skus if sku.code in by_code})

    def _new_goods(self, draft: GoodsDraft) -> Change[Product]:
        at = self.clock.now()
        skus = [self._new_sku(sku) for sku in draft.skus]
        listing = self._shelved(draft, draft.listing())
        id = ProductId(self.ids.new())
        change = Product.created(id=id, code=draft.code, listing=listing, skus=skus, at=at)
        is_for_sale = draft.on_sale is not False and any(sku.on_sale for sku in skus)
        return change.then(lambda product: product.put_on_sale(at=at)) if is_for_sale else change

    def _same_goods(self, draft: GoodsDraft, product: Product) -> Change[Product]:
        at = self.clock.now()
        skus = [self._merged(sku, draft) for sku in product.skus]
        self.count(
            skus_repriced=sum(after.price_minor != before.price_minor for after, before in zip(skus, product.skus, strict=True))
        )
        skus += [self._new_sku(sku) for sku in _new_skus(draft, product)]
        change = product.revise(self._shelved(draft, evolve(product.listing, **draft.values)), skus, at=at)
        if draft.on_sale is False:
            return change.then(lambda now: now.take_off_sale(at=at))
        is_for_sale = bool(draft.on_sale) and any(sku.on_sale for sku in skus)
        return change.then(lambda now: now.put_on_sale(at=at)) if is_for_sale else change

    def _new_sku(self, draft: SkuDraft) -> Sku:
        self.count(skus_created=1)
        self.count(skus_unpriced=draft.price_minor is None)
        sku = Sku.wished(SkuId(self.ids.new()), draft.wish())
        return evolve(sku, particulars=evolve(sku.particulars, **draft.known))

    def _merged(self, sku: Sku, draft: GoodsDraft) -> Sku:
        for wanted in draft.skus:
            if wanted.code == sku.code:
                values = charged_as_before(sku.wish, wanted.values, self.judged.command.granted)
                kept = sku.as_wished(evolve(sku.wish, **values))
                kept = evolve(kept, particulars=evolve(kept.particulars, **wanted.known))
                return kept if wanted.price_minor is None else kept.at_price(wanted.price_minor).offered(sku)
        return sku

    def _shelved(self, draft: GoodsDraft, listing: Listing) -> Listing:
        columns = self.judged.command.mapping.product
        if columns.category or columns.category_path:
            listing = evolve(listing, category_id=self._category_of(draft))
        if columns.brand:
            listing = evolve(listing, brand_id=self._brands.get(draft.brand_name or ""))
        return listing

    def _category_of(self, draft: GoodsDraft) -> CategoryId | None:
        if draft.category_code:
            return self._categories[draft.category_code].id
        category: Category | None = None
        for depth, name in enumerate(draft.category_path, 1):
            code = PATH_SEPARATOR.join(draft.category_path[:depth])
            category = self._categories.get(code) or self._new_category(code, name, category)
        return category.id if category else None

    def count(self, **more: int) -> None:
        """So many more, in the report."""
        self.report = evolve(self.report, **{name: getattr(self.report, name) + int(n) for name, n in more.items()})


def _by_codes(draft: GoodsDraft, product: Product | None, barred: Mapping[str, SkuId]) -> GoodsDraft:
    """With the codes of kinds that the file names by a barcode."""
    if product is None or not barred:
        return draft
    codes = {sku.id: sku.code for sku in product.skus}
    told = {sku.code: codes.get(barred[key]) for sku in draft.skus if (key := barcode_key(sku.code)) in barred}
    return evolve(draft, skus=tuple(evolve(sku, code=told.get(sku.code) or sku.code) for sku in draft.skus))


def _taken(wanted: SkuDraft, sku: Sku | None, owners: Mapping[str, ProductId], barred: Mapping[str, SkuId]) -> Iterator[str]:
    """Barcodes of a row that are another kind's, or its code."""
    for one in wanted.barcodes:
        of = barred.get(barcode_key(one))
        if (of is not None and (sku is None or of != sku.id)) or (one in owners and one != wanted.code):
            yield one


def _floor_problems(row: Row, sku: Sku | None, wanted: SkuDraft) -> Iterator[RowProblem]:
    floor_minor = sku.particulars.floor_minor if sku else None
    if floor_minor is not None and wanted.price_minor is not None and wanted.price_minor < floor_minor:
        yield row.problem("price", "floor", f"{wanted.code} is never sold for less than {floor_minor}")


def _new_skus(draft: GoodsDraft, product: Product) -> list[SkuDraft]:
    known = {sku.code for sku in product.skus}
    return [sku for sku in draft.skus if sku.code not in known]
