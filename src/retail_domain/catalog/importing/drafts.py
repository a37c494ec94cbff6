"""What a row says: drafts of goods and categories, or everything that is wrong with the row."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

from attrs import define, field, frozen

from retail_domain.catalog.importing.mapping import NO, YES, CategoryColumns, CellSource, ImportMapping
from retail_domain.catalog.importing.rows import Row, RowProblem
from retail_domain.catalog.model import Listing, Option, Particulars, SkuWish, category_problems, product_problems
from retail_domain.kernel.money import parse_minor
from retail_domain.kernel.reading import CODE, LINE, LINES, TextKind, spelled_code

T = TypeVar("T")
_NO_OPTIONS: Final[tuple[Option, ...]] = ()
_POINT_NOTHING: Final = re.compile(r"(?<=[0-9])\.0+$")
_DIGITS_ALONE: Final = re.compile(r"\A([0-9]+)\.0+\Z", re.ASCII)
_DECIMAL: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)


@frozen(kw_only=True)
class SkuDraft:
    """One kind of goods as a row has it: only what the mapping speaks of."""

    code: str
    price_minor: int | None
    """None from those who may not set prices."""
    values: Mapping[str, Any]
    known: Mapping[str, Any] = field(factory=dict)
    """Of its particulars, what the mapping speaks of."""
    stock: int | None = None
    notes: Mapping[str, str] = field(factory=dict)

    @property
    def barcodes(self) -> tuple[str, ...]:
        """Those that the row names."""
        return tuple(map(spelled_code, self.known.get("barcodes", ())))

    def wish(self) -> SkuWish:
        """The kind as a new one."""
        return SkuWish(code=self.code, price_minor=self.price_minor, **self.values)


@frozen(kw_only=True)
class GoodsDraft:
    """Goods as their rows have them; category and brand still by the file's own names."""

    row: Row
    code: str
    values: Mapping[str, Any]
    skus: tuple[SkuDraft, ...]
    category_code: str | None = None
    category_path: tuple[str, ...] = ()
    brand_name: str | None = None
    on_sale: bool | None = None
    rows: int = 1
    """How many rows of the files it is made of."""
    notes: Mapping[str, str] = field(factory=dict)

    def listing(self) -> Listing:
        """The description of new goods, without category and brand."""
        return Listing(**self.values)


@frozen(kw_only=True)
class CategoryDraft:
    """A category as its row has it."""

    row: Row
    code: str
    name: str
    parent_code: str
    position: int


@define
class _Cells:
    """Reads the cells of one row and collects what is wrong with them."""

    row: Row
    problems: list[RowProblem] = field(factory=list)

    def text(self, source: CellSource | None, kind: TextKind = LINE) -> str:
        return kind.spelled(source.read(self.row)) if source else ""

    def parsed(self, source: CellSource | None, parse: Callable[[str], T], none: T) -> T:
        text = self.text(source)
        if source is None or not text:
            return none
        try:
            return parse(text)
        except (ValueError, RecursionError) as wrong:
            self.problems.append(self.row.problem(source.column, "unreadable", str(wrong)[:200]))
            return none

    def whole(self, source: CellSource | None) -> int | None:
        return self.parsed(source, _whole, None)

    def yes(self, source: CellSource | None) -> bool | None:
        return None if source is None else self.parsed(source, _yes, False)


@frozen
class Reader:
    """Reads rows as the mapping says, amounts in the shop's currency; no prices where none may be set."""

    mapping: ImportMapping
    currency: str
    may_price: bool = True

    def goods(self, first: Row, rows: Sequence[Row]) -> GoodsDraft | tuple[RowProblem, ...]:
        """The goods of a row and of the rows that belong to it, itself among them; or everything that is wrong."""
        flawed = tuple(one.problem("", "columns", one.flaw) for one in rows if one.flaw)
        if flawed:
            return flawed
        columns = self.mapping.product
        kinds = self._kinds(first, rows)
        row = self._main(first, rows, kinds)
        cells = _Cells(row)
        skus = [self._sku(one, cells.problems, row) for one in kinds]
        draft = GoodsDraft(
            row=row,
            code=cells.text(columns.code, CODE),
            values=self._listing_values(cells, rows if columns.group else (row,)),
            skus=tuple(sku for sku in skus if sku is not None),
            category_code=cells.text(columns.category, CODE) or None,
            category_path=tuple(map(CODE.spelled, columns.category_path.read_all(row) if columns.category_path else ())),
            brand_name=cells.text(columns.brand, CODE) or None,
            on_sale=cells.yes(columns.on_sale),
            rows=len(rows),
            notes=_notes_of(self.mapping.notes, row),
        )
        if not cells.problems:
            wishes = tuple(sku.wish() for sku in draft.skus)
            cells.problems += row.problems(product_problems(draft.code, draft.listing(), wishes))
        return tuple(cells.problems) or draft

    def category(self, row: Row, columns: CategoryColumns) -> CategoryDraft | tuple[RowProblem, ...]:
        """The category of a row, or everything that is wrong."""
        if row.flaw:
            return (row.problem("", "columns", row.flaw),)
        cells = _Cells(row)
        draft = CategoryDraft(
            row=row,
            code=cells.text(columns.code, CODE),
            name=cells.text(columns.name),
            parent_code=cells.text(columns.parent, CODE),
            position=cells.whole(columns.position) or 0,
        )
        cells.problems += row.problems(category_problems(draft.code, draft.name, draft.position))
        return tuple(cells.problems) or draft

    def _kinds(self, first: Row, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows that are kinds of goods."""
        if self.mapping.sku.file:
            return [row for row in rows if row is not first]
        if self.mapping.product.group is None:
            return rows
        columns = self.mapping.sku
        if columns.rows is not None:
            return [row for row in rows if columns.rows.read(row).casefold() not in NO]
        return [row for row in rows if any(row.fields.get(one.column, "").strip() for one in (columns.code, columns.price))]

    def _main(self, first: Row, rows: Sequence[Row], kinds: Sequence[Row]) -> Row:
        """The row that describes the goods: of several the first with a title that is no kind, else the first with a title."""
        if self.mapping.product.group is None:
            return first
        titled = [row for row in rows if self.mapping.product.title.read(row)]
        return next((row for row in titled if row not in kinds), titled[0] if titled else first)

    def _listing_values(self, cells: _Cells, rows: Sequence[Row]) -> Mapping[str, Any]:
        columns = self.mapping.product
        values: dict[str, Any] = {"title": cells.text(columns.title)}
        for name in ("subtitle", "description", "unit"):
            source = getattr(columns, name)
            text = cells.text(source, LINES if name == "description" else LINE)
            if source is not None and (text or name != "unit"):
                values[name] = text
        if columns.images is not None:
            values["images"] = tuple(dict.fromkeys(image for row in rows for image in _images(columns.images, row)))
        if columns.purchase_limit is not None:
            values["purchase_limit"] = cells.whole(columns.purchase_limit)
        if (source := columns.parameters) is not None:
            paired = _paired(source, cells.row, cells.row) if source.pairs else _NO_OPTIONS
            values["parameters"] = paired or cells.parsed(source, _options(source, "parameters"), _NO_OPTIONS)
        return values

    def _sku(self, row: Row, problems: list[RowProblem], main: Row) -> SkuDraft | None:
        cells, columns = _Cells(row), self.mapping.sku
        price = self._price(cells, columns.price) if self.may_price else None
        if price is None and self.may_price and not cells.problems:
            cells.problems.append(row.problem(columns.price.column, "required", "there is no price"))
        draft = SkuDraft(
            code=cells.text(columns.code, CODE),
            price_minor=(price or 0) if self.may_price else None,
            values=self._sku_values(cells, main),
            known=self._known(cells),
            stock=self._stock(cells),
            notes=_notes_of(self.mapping.sku_notes, row),
        )
        problems += cells.problems
        return None if cells.problems else draft

    def _sku_values(self, cells: _Cells, main: Row) -> Mapping[str, Any]:
        columns = self.mapping.sku
        values: dict[str, Any] = {}
        if columns.list_price is not None:
            values["list_price_minor"] = self._price(cells, columns.list_price)
        if columns.options is not None:
            paired = _paired(columns.options, cells.row, main) if columns.options.pairs else _NO_OPTIONS
            values["options"] = paired or cells.parsed(columns.options, _options(columns.options, "options"), _NO_OPTIONS)
        if columns.weight_grams is not None:
            read = _grams if columns.weight_grams.unit == "kg" else _whole
            values["weight_grams"] = cells.parsed(columns.weight_grams, read, None) or 0
        if columns.volume_cm3 is not None:
            values["volume_cm3"] = cells.whole(columns.volume_cm3) or 0
        if columns.image is not None:
            values["image"] = next(iter(_images(columns.image, cells.row)), None)
        return values

    def _known(self, cells: _Cells) -> Mapping[str, Any]:
        columns = self.mapping.sku
        known: dict[str, Any] = {}
        if columns.barcodes is not None:
            known["barcodes"] = tuple(_DIGITS_ALONE.sub(r"\1", one) for one in columns.barcodes.read_all(cells.row))
        if columns.tax_code is not None:
            known["tax_code"] = cells.text(columns.tax_code, CODE) or None
        if columns.tax_rate is not None:
            known["tax_rate_bp"] = cells.parsed(columns.tax_rate, _whole if columns.tax_rate.unit == "minor" else _rate, None)
        if columns.cost is not None:
            known["cost_minor"] = self._price(cells, columns.cost)
        if not cells.problems:
            cells.problems += cells.row.problems(Particulars(**known).problems())
        return known

    def _price(self, cells: _Cells, source: CellSource) -> int | None:
        read = _whole if source.unit == "minor" else lambda text: parse_minor(text, self.currency)
        return cells.parsed(source, read, None)

    def _stock(self, cells: _Cells) -> int | None:
        stock = cells.whole(self.mapping.sku.stock)
        if stock is not None and not 0 <= stock <= 10**8:
            source = self.mapping.sku.stock
            cells.problems.append(cells.row.problem(source.column if source else "", "out_of_range", "no such stock"))
        return stock


def _notes_of(columns: Mapping[str, CellSource], row: Row) -> Mapping[str, str]:
    """An empty cell leaves the note as it is."""
    return {key: text for key, source in columns.items() if (text := source.read(row))}


def _whole(text: str) -> int | None:
    text = _POINT_NOTHING.sub("", text)  # as spreadsheets write whole numbers
    digits = text[1:] if text.startswith("-") else text
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        raise ValueError(f"not a whole number: {text[:40]!r}")
    return int(text)


def _grams(text: str) -> int:
    try:
        grams = Decimal(text) * 1_000 if _DECIMAL.fullmatch(text) else None
    except ArithmeticError:
        grams = None
    if grams is None or grams != int(grams):
        raise ValueError(f"not a weight in kilograms: {text[:40]!r}")
    return int(grams)


def _rate(text: str) -> int:
    number = text.removesuffix("%").strip()
    basis_points = Decimal(number) * 100 if _DECIMAL.fullmatch(number) else None
    if basis_points is None or basis_points != int(basis_points):
        raise ValueError(f"not a rate in percent: {text[:40]!r}")
    return int(basis_points)


def _yes(text: str) -> bool:
    word = text.casefold()
    if word not in YES | NO:
        raise ValueError(f"neither yes nor no: {text[:40]!r}")
    return word in YES


def _images(source: CellSource, row: Row) -> tuple[str, ...]:
    return tuple(_address(source, text) for text in source.read_all(row))


def _address(source: CellSource, text: str) -> str:
    if text.startswith("/") and source.base:
        return source.base.rstrip("/") + text
    return f"https://{text[7:]}" if source.secure and text.startswith("http://") else text


def _paired(source: CellSource, row: Row, main: Row) -> tuple[Option, ...]:
    """Options in columns of their own; their names may stand in the main row of the goods alone."""
    found = []
    for name_column, value_column in zip(source.pairs[::2], source.pairs[1::2], strict=True):
        value = row.fields.get(value_column, "").strip()
        name = row.fields.get(name_column, "").strip() or main.fields.get(name_column, "").strip()
        if value and value not in source.none:
            found.append((name, value))
    return tuple(found)


def _options(source: CellSource, what: str) -> Callable[[str], tuple[Option, ...]]:
    def read(text: str) -> tuple[Option, ...]:
        if text.startswith(("[", "{")):
            try:
                return _json_options(json.loads(text), source.names, what)
            except RecursionError:
                raise ValueError(f"{what} lie too deep in each other") from None
        parts = [part.partition(":") for part in text.replace("：", ":").split(source.separator) if part.strip()]
        if all(colon for _, colon, _ in parts):
            return tuple((name.strip(), value.strip()) for name, _, value in parts)
        return _named([name.strip() for name, _, _ in parts], source.names, what)

    return read


def _json_options(found: object, names: Sequence[str], what: str) -> tuple[Option, ...]:
    if isinstance(found, Mapping):
        return tuple((str(name), str(value)) for name, value in found.items())
    if isinstance(found, list) and not any(isinstance(one, (list, dict)) for one in found):
        return _named([str(one) for one in found], names, what)
    raise ValueError(f"{what} are a JSON object, or a list of values")


def _named(values: Sequence[str], names: Sequence[str], what: str) -> tuple[Option, ...]:
    if len(values) > len(names):
        raise ValueError(f"{len(values)} {what}, but the mapping names {len(names)}")
    return tuple(zip(names, values, strict=False))
