"""Importing a catalogue: all of it or nothing, or the good rows; goods that are new bring their stock along.

Every row is read and judged before anything is written; then one unit of work stores them in portions, so that
memory stays bounded however long the file is, and no reader ever sees half a catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, Protocol

from attrs import define, evolve, field, frozen

from retail_domain.catalog.errors import CatalogueFlawed
from retail_domain.catalog.importing import (
    CategoryDraft,
    GoodsDraft,
    ImportCatalogue,
    ImportReport,
    Problems,
    Reader,
    Row,
    RowProblem,
    SkuDraft,
)
from retail_domain.catalog.model import DEPTH_MAX, Brand, Category, Listing, Product, Sku, brand_problems, product_problems
from retail_domain.catalog.ports import CatalogWork
from retail_domain.inventory.errors import LocationNotFound
from retail_domain.inventory.model import StockItem, StockKey
from retail_domain.inventory.ports import Locations, StockItems
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import BrandId, CategoryId, Ids, LocationId, ProductId, SkuId
from retail_domain.kernel.units import Begin

PORTION: Final = 200
PATH_SEPARATOR: Final = " > "


class ImportWork(CatalogWork, Protocol):
    """The unit of work of an import."""

    @property
    def stock(self) -> StockItems:
        """The shelves."""
        ...

    @property
    def locations(self) -> Locations:
        """Warehouses and stores."""
        ...

    async def flush(self) -> None:
        """Write what is staged so far within the unit and forget it; it lasts only if the unit commits."""
        ...


@frozen(kw_only=True)
class ImportCatalogueHandler:
    """Raises InvalidInput (mapping and files do not fit), CatalogueFlawed (nothing was stored), LocationNotFound."""

    begin: Begin[ImportWork]
    clock: Clock
    ids: Ids
    currency: str

    async def __call__(self, command: ImportCatalogue) -> ImportReport:
        """Judge every row, then store all or nothing; with `skip_bad`, the good ones."""
        source = command.source
        command.mapping.require_columns(source.goods_columns, source.sku_columns, source.category_columns)
        reader = Reader(command.mapping, self.currency)
        checked = _Check(reader, command)
        checked.run()
        _refuse(checked, command)
        async with self.begin() as work:
            storing = _Storing(work=work, handler=self, command=command, checked=checked)
            report = await storing.run()
            _refuse(checked, command)
            await work.commit()
        return report


def _refuse(checked: _Check, command: ImportCatalogue) -> None:
    found = checked.problems
    if found.bad_rows and not command.skip_bad:
        raise CatalogueFlawed(
            rows_read=checked.rows_read, bad_rows=found.bad_rows, problem_count=found.count, problems=tuple(found.shown)
        )


@define
class _Check:
    """The first reading: judges every row by itself and against the rest of the files."""

    reader: Reader
    command: ImportCatalogue
    problems: Problems = field(factory=Problems)
    rows_read: int = 0
    categories: dict[str, CategoryDraft] = field(factory=dict)
    good: bytearray = field(factory=bytearray)
    """One mark for each row of the goods file: whether it is to be stored."""
    _codes: set[str] = field(factory=set)
    _sku_codes: set[str] = field(factory=set)

    def run(self) -> None:
        """Read everything once."""
        self._read_categories()
        for row in self.command.source.goods():
            self.rows_read += 1
            draft = self.draft(row)
            found = draft if isinstance(draft, tuple) else tuple(self._against_the_rest(draft))
            if found:
                self.problems.note_row(found)
            elif isinstance(draft, GoodsDraft):
                self._codes.add(draft.code)
                self._sku_codes.update(sku.code for sku in draft.skus)
            self.good.append(not found)
            self.command.progress("checking", self.rows_read)
        for row in self.command.source.lone_skus():
            self.rows_read += 1
            self.problems.note_row([row.problem("product", "unknown", "the goods file has no such product")])

    def draft(self, row: Row) -> GoodsDraft | tuple[RowProblem, ...]:
        """What a row of the goods file says, with its rows of the SKU file."""
        mapping = self.command.mapping
        sku_rows = self.command.source.skus_of(mapping.key.read(row)) if mapping.sku.file else ()
        return self.reader.goods(row, sku_rows)

    def _against_the_rest(self, draft: GoodsDraft) -> Iterator[RowProblem]:
        row = draft.row
        if draft.code in self._codes:
            yield row.problem("code", "unique", f"{draft.code} stands in an earlier row")
        for sku in draft.skus:
            if sku.code in self._sku_codes:
                yield row.problem("skus", "unique", f"the kind {sku.code} stands in an earlier row")
        if draft.category_code and self.command.mapping.categories and draft.category_code not in self.categories:
            yield row.problem("category", "unknown", f"the categories file has no {draft.category_code}")
        if len(draft.category_path) > DEPTH_MAX:
            yield row.problem("category_path", "too_deep", f"categories are at most {DEPTH_MAX} levels deep")
        if any(len(name) > 40 for name in draft.category_path):
            yield row.problem("category_path", "too_long", "a category of a path has at most 40 characters")
        if draft.brand_name:
            yield from row.problems(brand_problems(draft.brand_name))

    def _read_categories(self) -> None:
        columns = self.command.mapping.categories
        if columns is None:
            return
        for row in self.command.source.categories():
            self.rows_read += 1
            draft = self.reader.category(row, columns)
            if isinstance(draft, tuple):
                self.problems.note_row(draft)
            elif draft.code in self.categories:
                self.problems.note_row([row.problem("code", "unique", f"{draft.code} stands in an earlier row")])
            else:
                self.categories[draft.code] = draft
        self._drop_rootless()

    def _drop_rootless(self) -> None:
        for draft in [one for one in self.categories.values() if _depth(one, self.categories) is None]:
            reason = f"its parents lead to no root within {DEPTH_MAX} levels"
            self.problems.note_row([draft.row.problem("parent", "tree", reason)])
            del self.categories[draft.code]


def _depth(draft: CategoryDraft, known: Mapping[str, CategoryDraft]) -> int | None:
    for depth in range(1, DEPTH_MAX + 1):
        if not draft.parent_code:
            return depth
        if draft.parent_code not in known:
            return None
        draft = known[draft.parent_code]
    return None


@define(kw_only=True)
class _Storing:
    """The second reading: stores the good rows in portions, within one unit of work."""

    work: ImportWork
    handler: ImportCatalogueHandler
    command: ImportCatalogue
    checked: _Check
    report: ImportReport = field(factory=lambda: ImportReport(stored=True, rows_read=0))
    _categories: dict[str, Category] = field(factory=dict)
    _brands: dict[str, BrandId] = field(factory=dict)
    _location: LocationId | None = None

    async def run(self) -> ImportReport:
        """Store everything; the caller commits."""
        self._location = await self._find_location()
        await self._store_categories()
        done = 0
        for portion in _portions(self._good_drafts()):
            await self._store(portion)
            await self.work.flush()
            done += len(portion)
            self.command.progress("storing", done)
        found = self.checked.problems
        return evolve(
            self.report,
            rows_read=self.checked.rows_read,
            bad_rows=found.bad_rows,
            problem_count=found.count,
            problems=tuple(found.shown),
        )

    def _good_drafts(self) -> Iterator[GoodsDraft]:
        for good, row in zip(self.checked.good, self.command.source.goods(), strict=True):
            draft = self.checked.draft(row) if good else ()
            if isinstance(draft, GoodsDraft):
                yield draft

    async def _find_location(self) -> LocationId | None:
        code = self.command.location
        if code is None:
            return None
        for location in await self.work.locations.all():
            if location.code == code:
                return location.id
        raise LocationNotFound(location=code)

    async def _store_categories(self) -> None:
        self._categories = {category.code: category for category in await self.work.categories.claim_tree()}
        for draft in sorted(self.checked.categories.values(), key=lambda one: _depth(one, self.checked.categories) or 0):
            stored = self._categories.get(draft.code)
            if stored is None:
                self._new_category(draft.code, draft.name, self._categories.get(draft.parent_code), draft.position)
            elif (stored.name, stored.position) != (draft.name, draft.position):
                change = stored.describe(name=draft.name, position=draft.position)
                self.work.categories.save(change)
                self._categories[draft.code] = change.state

    def _new_category(self, code: str, name: str, parent: Category | None, position: int = 0) -> Category:
        category_id = CategoryId(self.handler.ids.new())
        change = Category.below(parent, id=category_id, code=code, name=name, position=position)
        self.work.categories.save(change)
        self._categories[code] = change.state
        self._count(categories_created=1)
        return change.state

    async def _store(self, portion: Sequence[GoodsDraft]) -> None:
        await self._find_brands(portion)
        known = await self.work.products.claim_codes([draft.code for draft in portion])
        owners = await self.work.products.owners_of_sku_codes([sku.code for draft in portion for sku in draft.skus])
        for draft in portion:
            product = known.get(draft.code)
            problems = tuple(self._against_the_shop(draft, product, owners))
            if problems:
                self.checked.problems.note_row(problems)
            else:
                self._store_goods(draft, product)

    async def _find_brands(self, portion: Sequence[GoodsDraft]) -> None:
        names = sorted({draft.brand_name for draft in portion if draft.brand_name} - self._brands.keys())
        known = await self.work.brands.of_names(names) if names else {}
        for name in names:
            if name in known:
                self._brands[name] = known[name].id
            else:
                change = Brand.named(id=BrandId(self.handler.ids.new()), name=name)
                self.work.brands.save(change)
                self._brands[name] = change.state.id
                self._count(brands_created=1)

    def _against_the_shop(
        self, draft: GoodsDraft, product: Product | None, owners: Mapping[str, ProductId]
    ) -> Iterator[RowProblem]:
        row, own = draft.row, product.id if product else None
        for sku in draft.skus:
            if owners.get(sku.code, own) != own:
                yield row.problem("skus", "unique", f"the kind {sku.code} belongs to other goods of the shop")
        if draft.category_code and draft.category_code not in self._categories:
            yield row.problem("category", "unknown", f"the shop has no category {draft.category_code}")
        if product is not None:
            added = [sku.wish() for sku in _new_skus(draft, product)]
            kept = [_merged(sku, draft).wish for sku in product.skus]
            yield from row.problems(product_problems(draft.code, draft.listing(), (*kept, *added)))

    def _store_goods(self, draft: GoodsDraft, product: Product | None) -> None:
        change = self._new_goods(draft) if product is None else self._same_goods(draft, product)
        if product is not None and change.state == product:
            self._count(products_unchanged=1)
            return
        self.work.products.save(change)
        self._count(products_created=product is None, products_updated=product is not None)
        self._receive(draft, change)

    def _new_goods(self, draft: GoodsDraft) -> Change[Product]:
        at = self.handler.clock.now()
        skus = [self._new_sku(sku) for sku in draft.skus]
        listing = self._shelved(draft, draft.listing())
        id = ProductId(self.handler.ids.new())
        change = Product.created(id=id, code=draft.code, listing=listing, skus=skus, at=at)
        is_for_sale = draft.on_sale is not False and any(sku.on_sale for sku in skus)
        return change.then(lambda product: product.put_on_sale(at=at)) if is_for_sale else change

    def _same_goods(self, draft: GoodsDraft, product: Product) -> Change[Product]:
        at = self.handler.clock.now()
        skus = [_merged(sku, draft) for sku in product.skus]
        self._count(
            skus_repriced=sum(after.price_minor != before.price_minor for after, before in zip(skus, product.skus, strict=True))
        )
        skus += [self._new_sku(sku) for sku in _new_skus(draft, product)]
        change = product.revise(self._shelved(draft, evolve(product.listing, **draft.values)), skus, at=at)
        if draft.on_sale is False:
            return change.then(lambda now: now.take_off_sale(at=at))
        is_for_sale = bool(draft.on_sale) and any(sku.on_sale for sku in skus)
        return change.then(lambda now: now.put_on_sale(at=at)) if is_for_sale else change

    def _new_sku(self, draft: SkuDraft) -> Sku:
        self._count(skus_created=1)
        return Sku.wished(SkuId(self.handler.ids.new()), draft.wish())

    def _shelved(self, draft: GoodsDraft, listing: Listing) -> Listing:
        columns = self.command.mapping.product
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

    def _receive(self, draft: GoodsDraft, change: Change[Product]) -> None:
        location, before = self._location, change.before
        if location is None:
            return
        units = {sku.code: sku.stock for sku in draft.skus}
        known = {sku.id for sku in before.skus} if before else set()
        for sku in change.state.skus:
            stock = units.get(sku.code)
            if sku.id not in known and stock:
                self._receive_units(StockKey(sku.id, location), stock)

    def _receive_units(self, key: StockKey, units: int) -> None:
        at = self.handler.clock.now()
        opened = StockItem.opened(key)
        self.work.stock.save(opened.then(lambda item: item.receive(units, reference="catalogue import", at=at)))
        self._count(units_received=units)

    def _count(self, **more: int) -> None:
        self.report = evolve(self.report, **{name: getattr(self.report, name) + int(n) for name, n in more.items()})


def _new_skus(draft: GoodsDraft, product: Product) -> list[SkuDraft]:
    known = {sku.code for sku in product.skus}
    return [sku for sku in draft.skus if sku.code not in known]


def _merged(sku: Sku, draft: GoodsDraft) -> Sku:
    for wanted in draft.skus:
        if wanted.code == sku.code:
            return sku.as_wished(evolve(sku.wish, **wanted.values)).at_price(wanted.price_minor)
    return sku


def _portions(drafts: Iterable[GoodsDraft]) -> Iterator[Sequence[GoodsDraft]]:
    running = iter(drafts)
    while portion := list(islice(running, PORTION)):
        yield portion
