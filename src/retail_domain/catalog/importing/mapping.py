"""The column mapping of an import: which column means what, written by the shop as a TOML file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import NOTHING, field, fields_dict, frozen

from retail_domain.catalog.importing.plain_text import plain_text
from retail_domain.catalog.importing.rows import Row
from retail_domain.kernel.checked import checked
from retail_domain.kernel.errors import FieldProblem, InvalidInput

YES: Final = frozenset({"1", "yes", "true", "y", "on", "是", "上架", "active"})
NO: Final = frozenset({"", "0", "-1", "no", "false", "n", "off", "否", "下架", "draft", "archived"})


@frozen(kw_only=True)
@checked
class CellSource:
    """Where one field comes from: a column, or the same `value` for all; a bare text in the file is a column."""

    column: str = ""
    value: str = ""
    """What to take when there is no column, or nothing in it."""
    prefix: str = ""
    none: tuple[str, ...] = ()
    """Texts that mean nothing is there, such as `0`."""
    unit: str = "major"
    """Of an amount: `major` for 19.99, `minor` for 1999; of a rate: `major` for 13 or 13%, `minor` for basis points."""
    separator: str = ";"
    """Between several values; between the steps of a category path."""
    base: str = ""
    """Put before image addresses that begin with a slash."""
    secure: bool = False
    """Read http:// image addresses as https://."""
    names: tuple[str, ...] = ()
    """Of options that come as bare values: what they are called."""
    pairs: tuple[str, ...] = ()
    """Of options in columns of their own: the column of a name, the column of its value, and so on."""
    first: str = ""
    """Of several values in a cell: take what stands before this."""
    html: bool = False
    """Read HTML as plain text."""
    otherwise: CellSource | None = None
    """Where to look when there is nothing here."""

    def read(self, row: Row) -> str:
        """The text in this row, trimmed and prefixed; empty when nothing is there."""
        text = row.fields.get(self.column, "").strip() if self.column else ""
        if self.first:
            text = text.partition(self.first)[0].strip()
        if self.html:
            text = plain_text(text)
        if not text or text in self.none:
            text = self.value
        if not text and self.otherwise is not None:
            return self.otherwise.read(row)
        return f"{self.prefix}{text}" if text else ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that it reads."""
        own = (self.column,) if self.column else ()
        return (*own, *self.pairs, *(self.otherwise.columns if self.otherwise else ()))

    def read_all(self, row: Row) -> tuple[str, ...]:
        """Several values in one cell."""
        return tuple(part.strip() for part in self.read(row).split(self.separator) if part.strip())


@frozen(kw_only=True)
@checked
class ProductColumns:
    """Where the fields of a product come from; what is not mapped is left as it is when goods are imported again."""

    code: CellSource
    title: CellSource
    key: CellSource | None = None
    """What the SKU file calls the product; the column of `code` when not said."""
    group: CellSource | None = None
    """In a file with several rows a product: rows in which this is the same are one product."""
    subtitle: CellSource | None = None
    description: CellSource | None = None
    category: CellSource | None = None
    category_path: CellSource | None = None
    brand: CellSource | None = None
    images: CellSource | None = None
    unit: CellSource | None = None
    on_sale: CellSource | None = None
    purchase_limit: CellSource | None = None
    parameters: CellSource | None = None


@frozen(kw_only=True)
@checked
class SkuColumns:
    """Where the fields of a SKU come from: the goods file, one SKU a product, or a file of their own."""

    code: CellSource
    price: CellSource
    rows: CellSource | None = None
    """In a file with several rows a product: those where it says anything but no are kinds; if not given, those with a code
    or a price."""
    file: str = ""
    product: CellSource | None = None
    """In a file of their own: which product a row belongs to."""
    list_price: CellSource | None = None
    options: CellSource | None = None
    weight_grams: CellSource | None = None
    volume_cm3: CellSource | None = None
    image: CellSource | None = None
    stock: CellSource | None = None
    barcodes: CellSource | None = None
    tax_code: CellSource | None = None
    tax_rate: CellSource | None = None
    cost: CellSource | None = None


@frozen(kw_only=True)
@checked
class CategoryColumns:
    """Where categories come from when they have a file of their own."""

    file: str
    code: CellSource
    name: CellSource
    parent: CellSource | None = None
    position: CellSource | None = None


@frozen(kw_only=True)
@checked
class ImportMapping:
    """A whole mapping file."""

    product: ProductColumns
    sku: SkuColumns
    categories: CategoryColumns | None = None
    notes: Mapping[str, CellSource] = field(factory=dict)
    """Of products, what other programs find again: `namespace.key` -> where it comes from. The catalogue reads none of it."""
    sku_notes: Mapping[str, CellSource] = field(factory=dict)
    encoding: str = "utf-8"
    delimiter: str = ""
    """Empty: as the header shows it."""
    key: CellSource = field(init=False)

    def __attrs_post_init__(self) -> None:
        key = self.product.group or self.product.key or CellSource(column=self.product.code.column)
        object.__setattr__(self, "key", key)

    def looks_like_goods(self, row: Row) -> bool:
        """Whether what stands in a row reads as goods with a price: inside a cell of text, it is a row that was swallowed."""
        code, price = self.sku.code.read(row), row.fields.get(self.sku.price.column, "").strip()
        return bool(code) and price.replace(".", "", 1).isdecimal()

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> ImportMapping:
        """Read a parsed TOML document. Raises InvalidInput that names every entry it does not understand."""
        problems: list[FieldProblem] = []
        sections = {
            name: _section(kind, name, document.get(name), problems)
            for name, kind in _SECTIONS.items()
            if name != "categories" or name in document
        }
        texts = {name: document[name] for name in ("encoding", "delimiter") if name in document}
        notes: dict[str, Any] = {name: _notes(name, document[name], problems) for name in _NOTES if name in document}
        known = {*_SECTIONS, *_NOTES, "encoding", "delimiter"}
        problems += [_wrong(name, "no such section or entry") for name in document if name not in known]
        problems += [_wrong(name, "must be a text") for name, text in texts.items() if not isinstance(text, str)]
        if isinstance(texts.get("delimiter", ","), str) and len(texts.get("delimiter", ",")) != 1:
            problems.append(_wrong("delimiter", "must be one character"))
        if problems:
            raise InvalidInput(problems=tuple(problems))
        mapping = cls(**sections, **notes, **texts)
        _require(mapping._contradictions())
        return mapping

    def require_columns(self, goods: Sequence[str], skus: Sequence[str], categories: Sequence[str]) -> None:
        """Raise InvalidInput for every mapped column that the files do not have."""
        homes = (
            ("product", self.product, goods),
            ("sku", self.sku, skus if self.sku.file else goods),
            ("categories", self.categories, categories),
            ("notes", self.notes, goods),
            ("sku_notes", self.sku_notes, skus if self.sku.file else goods),
        )
        _require(
            _wrong(f"{section}.{name}", f"the file has no column {column!r}")
            for section, columns, header in homes
            for name, source in (columns.items() if isinstance(columns, Mapping) else _sources(columns))
            for column in source.columns
            if column not in header
        )

    def _contradictions(self) -> Iterator[FieldProblem]:
        if self.sku.file and self.sku.product is None:
            yield _wrong("sku.product", "a SKU file needs the column that names the product")
        if self.product.group and self.sku.file:
            yield _wrong("product.group", "either several rows a product or a SKU file")
        if self.product.category and self.product.category_path:
            yield _wrong("product.category_path", "either a category or a category path")
        amounts = {"price": self.sku.price, "list_price": self.sku.list_price, "cost": self.sku.cost}
        for name, source in amounts.items():
            if source and source.unit not in ("major", "minor"):
                yield _wrong(f"sku.{name}.unit", "either major (19.99) or minor (1999)")
        if self.sku.tax_rate and self.sku.tax_rate.unit not in ("major", "minor"):
            yield _wrong("sku.tax_rate.unit", "either major (13 or 13%) or minor (1300)")


_SECTIONS: Final[Mapping[str, type[Any]]] = {
    "product": ProductColumns,
    "sku": SkuColumns,
    "categories": CategoryColumns,
}


_NOTES: Final = ("notes", "sku_notes")


def _notes(name: str, entries: object, problems: list[FieldProblem]) -> Mapping[str, CellSource]:
    if not isinstance(entries, Mapping):
        problems.append(_wrong(name, "must be a table"))
        return {}
    return {entry: _entry(f"{name}.{entry}", "", value, problems) for entry, value in entries.items()}


def _section(kind: type[Any], name: str, entries: object, problems: list[FieldProblem]) -> Any:
    if not isinstance(entries, Mapping):
        problems.append(_wrong(name, "this section is missing"))
        return None
    known = fields_dict(kind)
    problems += [_wrong(f"{name}.{entry}", "no such entry") for entry in entries if entry not in known]
    missing = [entry for entry, about in known.items() if about.default is NOTHING and entry not in entries]
    problems += [_wrong(f"{name}.{entry}", "this entry is missing") for entry in missing]
    values = {entry: _entry(f"{name}.{entry}", entry, entries[entry], problems) for entry in entries if entry in known}
    return None if problems else kind(**values)


def _entry(path: str, name: str, value: object, problems: list[FieldProblem]) -> Any:
    if name == "file":
        if not isinstance(value, str) or not value:
            problems.append(_wrong(path, "must be the name of a file"))
        return value
    if isinstance(value, str):
        return CellSource(column=value)
    if not isinstance(value, Mapping):
        problems.append(_wrong(path, "must be the name of a column, or a table"))
        return None
    return _source(path, value, problems)


def _source(path: str, table: Mapping[str, object], problems: list[FieldProblem]) -> CellSource | None:
    before = len(problems)
    values: dict[str, Any] = {}
    for entry, value in table.items():
        about = fields_dict(CellSource).get(entry)
        if entry == "otherwise":
            values[entry] = _entry(f"{path}.{entry}", entry, value, problems)
        elif about is None:
            problems.append(_wrong(f"{path}.{entry}", "no such entry"))
        elif isinstance(about.default, tuple):
            if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                problems.append(_wrong(f"{path}.{entry}", "must be a list of texts"))
            else:
                values[entry] = tuple(value)
        elif type(value) is not type(about.default) or (entry == "separator" and not value):
            problems.append(_wrong(f"{path}.{entry}", f"must be a {'yes or no' if entry in ('secure', 'html') else 'text'}"))
        else:
            values[entry] = value
    if len(values.get("pairs", ())) % 2:
        problems.append(_wrong(f"{path}.pairs", "names and values come in pairs"))
    if not (values.get("column") or values.get("value") or values.get("pairs")):
        problems.append(_wrong(path, "needs a column or a value"))
    return CellSource(**values) if len(problems) == before else None


def _sources(columns: Any) -> Iterator[tuple[str, CellSource]]:
    for name in fields_dict(type(columns)) if columns is not None else ():
        source = getattr(columns, name)
        if isinstance(source, CellSource):
            yield name, source


def _wrong(path: str, message: str) -> FieldProblem:
    return FieldProblem(field=path, rule="mapping", message=message)


def _require(problems: Iterator[FieldProblem]) -> None:
    found = tuple(problems)
    if found:
        raise InvalidInput(problems=found)
