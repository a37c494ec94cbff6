"""The first reading of a catalogue: every row is judged before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import define, field

from retail_domain.catalog.errors import CatalogueFlawed
from retail_domain.catalog.importing.command import ImportCatalogue
from retail_domain.catalog.importing.drafts import CategoryDraft, GoodsDraft, Reader
from retail_domain.catalog.importing.rows import Problems, Row, RowProblem
from retail_domain.catalog.model import DEPTH_MAX, barcode_key, brand_problems
from retail_domain.kernel.once import Once
from retail_domain.kernel.progress import CHECKING


@define
class Judgement:
    """What was found of every row, judged by itself and against the rest of the files."""

    reader: Reader
    command: ImportCatalogue
    problems: Problems = field(factory=Problems)
    rows_read: int = 0
    blank_rows: int = 0
    categories: dict[str, CategoryDraft] = field(factory=dict)
    good: bytearray = field(factory=bytearray)
    """One mark for each row of the goods file: whether it is to be stored."""
    _codes: set[str] = field(factory=set)
    _sku_codes: set[str] = field(factory=set)
    _barcodes: dict[str, str] = field(factory=dict)
    """By their keys, and the code of the kind that each is of."""

    @property
    def once(self) -> Once | None:
        """The key of the import: what is stored under it is stored once (R17)."""
        return self.command.once

    async def run(self) -> None:
        """Read everything once; whoever follows is told of it between the rows."""
        self._read_categories()
        for row in self.command.source.goods():
            if row.is_blank:
                self.blank_rows += 1
                self.good.append(False)
                continue
            rows = self.rows_of(row)
            self.rows_read += len(rows)
            draft = self.reader.goods(row, rows)
            found = draft if isinstance(draft, tuple) else tuple(self._against_the_rest(draft))
            if found:
                self.problems.note_row(found, len(rows))
            elif isinstance(draft, GoodsDraft):
                self._codes.add(draft.code)
                self._sku_codes.update(sku.code for sku in draft.skus)
                self._barcodes.update({barcode_key(one): sku.code for sku in draft.skus for one in sku.barcodes})
            self.good.append(not found)
            self.command.progress(CHECKING, self.rows_read)
            await self.command.follow(CHECKING, self.rows_read)
        for row in self.command.source.lone_skus():
            if row.is_blank:
                self.blank_rows += 1
                continue
            self.rows_read += 1
            self.problems.note_row([row.problem("product", "unknown", "the goods file has no such product")])

    def check(self, *, is_any_good: bool | None = None) -> None:
        """Raises CatalogueFlawed when a row is bad and bad ones are not to be skipped, or no good one is left."""
        found = self.problems
        is_any_good = any(self.good) if is_any_good is None else is_any_good
        if found.bad_rows and not (self.command.skip_bad and is_any_good):
            raise CatalogueFlawed(
                rows_read=self.rows_read, bad_rows=found.bad_rows, problem_count=found.count, problems=tuple(found.shown)
            )

    def rows_of(self, row: Row) -> Sequence[Row]:
        """A row of the goods file and those that belong to it, of the SKU file or of its own."""
        mapping = self.command.mapping
        key = mapping.key.read(row)
        if mapping.product.group is not None:
            return self.command.source.skus_of(key) if key and not row.flaw else (row,)
        return (row, *self.command.source.skus_of(key)) if mapping.sku.file else (row,)

    def draft(self, row: Row) -> GoodsDraft | tuple[RowProblem, ...]:
        """What a row of the goods file says, with the rows that belong to it."""
        return self.reader.goods(row, self.rows_of(row))

    def _against_the_rest(self, draft: GoodsDraft) -> Iterator[RowProblem]:
        row = draft.row
        if draft.code in self._codes:
            yield row.problem("code", "unique", f"{draft.code} stands in an earlier row")
        for sku in draft.skus:
            if sku.code in self._sku_codes:
                yield row.problem("skus", "unique", f"the kind {sku.code} stands in an earlier row")
        yield from self._barcode_problems(draft)
        if draft.category_code and self.command.mapping.categories and draft.category_code not in self.categories:
            yield row.problem("category", "unknown", f"the categories file has no {draft.category_code}")
        if len(draft.category_path) > DEPTH_MAX:
            yield row.problem("category_path", "too_deep", f"categories are at most {DEPTH_MAX} levels deep")
        if any(len(name) > 40 for name in draft.category_path):
            yield row.problem("category_path", "too_long", "a category of a path has at most 40 characters")
        if draft.brand_name:
            yield from row.problems(brand_problems(draft.brand_name))

    def _barcode_problems(self, draft: GoodsDraft) -> Iterator[RowProblem]:
        """A barcode is of one kind in the whole file, and no other one's code."""
        own: dict[str, str] = {}
        codes = {sku.code for sku in draft.skus}
        for sku in draft.skus:
            if self._barcodes.get(barcode_key(sku.code), sku.code) != sku.code:
                yield draft.row.problem("skus", "unique", f"{sku.code} is a barcode in an earlier row")
            for one in sku.barcodes:
                is_twice = own.setdefault(barcode_key(one), sku.code) != sku.code or barcode_key(one) in self._barcodes
                if is_twice or (one != sku.code and (one in codes or one in self._sku_codes)):
                    yield draft.row.problem("barcodes", "unique", f"{one} is of another kind in this file")

    def _read_categories(self) -> None:
        columns = self.command.mapping.categories
        if columns is None:
            return
        for row in self.command.source.categories():
            if row.is_blank:
                self.blank_rows += 1
                continue
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
        for draft in [one for one in self.categories.values() if depth_of(one, self.categories) is None]:
            reason = f"its parents lead to no root within {DEPTH_MAX} levels"
            self.problems.note_row([draft.row.problem("parent", "tree", reason)])
            del self.categories[draft.code]


def depth_of(draft: CategoryDraft, known: Mapping[str, CategoryDraft]) -> int | None:
    """The level of a category in its file, 1 at the root; None when its parents lead to no root."""
    for depth in range(1, DEPTH_MAX + 1):
        if not draft.parent_code:
            return depth
        if draft.parent_code not in known:
            return None
        draft = known[draft.parent_code]
    return None
