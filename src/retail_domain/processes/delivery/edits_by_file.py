"""Prices and counts by file (批量调价、批量盘点): all rows of a file or none, shown before they are carried out (CAT-R12).

A row names a kind of goods by its code or a barcode and says what shall be so from now on, not by how much it changes: so the
same file twice changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Generic, Protocol, TypeVar

from attrs import define, field, frozen

from retail_domain.catalog import CatalogWork, PriceBelowFloor, Product, SkuWish
from retail_domain.catalog.use_cases.storing_prices import Told, store
from retail_domain.inventory import AdjustmentTooLarge, LocationNotFound, Locations, StockItem, StockItems, StockKey
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import checked
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import DomainError, FieldProblem, InvalidInput, Kind, refusal
from retail_domain.kernel.ids import LocationId, ProductId, SkuId
from retail_domain.kernel.means import Means
from retail_domain.kernel.money import parse_minor
from retail_domain.kernel.once import Once
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.kernel.reading import CODE, LINE, REFERENCE_LETTERS_MAX
from retail_domain.kernel.rows import PROBLEMS_SHOWN, Row, RowProblem
from retail_domain.kernel.second_person import ALONE, WRITE_OFF, NeedsSecondPerson, SecondPerson

V = TypeVar("V")

ROWS_MAX: Final = 5_000
UNITS_MAX: Final = 10**8
CODE_COLUMNS: Final = ("sku", "code", "编码")
BARCODE_COLUMNS: Final = ("barcode", "条码")
"""Sheets of real stocktaking have both: then each row names the same goods with either."""
PRICE_COLUMNS: Final = ("price", "价格", "售价")
COUNT_COLUMNS: Final = ("stock", "on_hand", "库存", "数量")
_ITSELF: Final = Actor.system("host")


@refusal
class EditsFlawed(DomainError):
    """Some rows of the file are wrong, so nothing was changed."""

    code = "catalog.edits_flawed"
    kind = Kind.INVALID
    rows_read: int
    problem_count: int
    problems: tuple[object, ...]
    """The first of the `RowProblem`s."""

    def __str__(self) -> str:
        return f"{self.sentence()} ({self.problem_count} problems in {self.rows_read} rows)"


@frozen(kw_only=True)
@checked
class EditPrices:
    """The price of every kind of goods in a file, from now on; with `dry_run` it is only told what would change."""

    rows: tuple[Row, ...]
    dry_run: bool = False
    reason: str = ""
    actor: Actor = _ITSELF
    once: Once | None = None


@frozen(kw_only=True)
@checked
class CountStock:
    """How many units of every kind of goods in a file were counted at one place; with `dry_run` it is only told."""

    rows: tuple[Row, ...]
    location: str
    reason: str
    dry_run: bool = False
    seconded_by: Actor | None = None
    actor: Actor = _ITSELF
    within: Places = EVERYWHERE
    """A place out of reach is not there, nor are its shelves."""
    once: Once | None = None


@frozen(kw_only=True)
class FileEdits:
    """What staff change by file."""

    prices: Callable[[EditPrices], Awaitable[EditsReport]]
    counts: Callable[[CountStock], Awaitable[EditsReport]]


@frozen(kw_only=True)
class EditedRow:
    """What a row changes: minor units of the shop's currency, or units of goods."""

    row: int
    sku_id: SkuId
    sku: str
    before: int | None
    """None: there was no price, or no shelf."""
    after: int


@frozen(kw_only=True)
class EditsReport:
    """What a file changed, or would change; rows that say what is so already are counted alone."""

    stored: bool
    rows_read: int
    unchanged: int
    changes: tuple[EditedRow, ...]
    unread: tuple[str, ...] = ()
    """The columns of the file that nobody reads, such as one of names."""


class StockEditsWork(CatalogWork, Protocol):
    """The unit of work of counting by file."""

    @property
    def stock(self) -> StockItems:
        """The shelves."""
        ...

    @property
    def locations(self) -> Locations:
        """Warehouses and stores."""
        ...


@frozen
class _Wanted(Generic[V]):
    row: Row
    sku_id: SkuId
    name: str
    value: V


@define
class _Flaws:
    rows_read: int
    found: list[RowProblem] = field(factory=list)

    def note(self, row: Row, column: str, rule: str, message: str) -> None:
        self.found.append(row.problem(column, rule, message))

    def check(self) -> None:
        """Raises EditsFlawed, if anything is wrong."""
        if self.found:
            raise EditsFlawed(
                rows_read=self.rows_read, problem_count=len(self.found), problems=tuple(self.found[:PROBLEMS_SHOWN])
            )


@brings(Effect.SELLING_PRICE)
async def edit_prices(work: CatalogWork, command: EditPrices, means: Means, currency: str) -> EditsReport:
    """All rows or none. Answers what changed, or would. Raises InvalidInput (the columns), EditsFlawed (rows)."""
    told = Told(command.actor, command.reason)
    rows, flaws = _rows_of(command.rows)
    columns = _Columns.of(rows, PRICE_COLUMNS)
    column = columns.value
    wanted = await _read(work, rows, flaws, (columns.names, lambda row: _minor(row, column, currency, flaws)))
    facts = await work.products.skus_for_placing([one.sku_id for one in wanted])
    products = await work.products.claim({fact.product_id for fact in facts.values()})
    changes: dict[ProductId, Change[Product]] = {id: Change(one, one) for id, one in products.items()}
    edited: list[EditedRow] = []
    for one in wanted:
        owner = facts[one.sku_id].product_id
        sku = changes[owner].state.sku(one.sku_id)
        try:
            changes[owner] = changes[owner].then(
                lambda product, one=one: product.reprice(one.sku_id, one.value, at=means.clock.now())  # type: ignore[misc]
            )
        except PriceBelowFloor as low:
            flaws.note(one.row, column, "floor", f"{sku.code} is never sold for less than {low.floor_minor}")
            continue
        if sku.price_minor != one.value:
            before = sku.price_minor or None
            edited.append(EditedRow(row=one.row.number, sku_id=sku.id, sku=sku.code, before=before, after=one.value))
    flaws.check()
    if not command.dry_run:
        for change in changes.values():
            if change.events:
                store(work, change, told)
    return _report(command.dry_run, rows, edited, columns)


@brings(Effect.STOCK)
async def count_stock(work: StockEditsWork, command: CountStock, means: Means, second: SecondPerson = ALONE) -> EditsReport:
    """All rows or none; a first count opens a shelf. Answers what changed, or would.

    Raises InvalidInput (the columns, the reason), LocationNotFound, EditsFlawed (rows, among them what two people decide).
    """
    reason = LINE.read(command.reason, "reason", REFERENCE_LETTERS_MAX, 1)
    rows, flaws = _rows_of(command.rows)
    columns = _Columns.of(rows, COUNT_COLUMNS)
    column = columns.value
    place = await _place(work, command.location)
    wanted = await _read(work, rows, flaws, (columns.names, lambda row: _units(row, column, flaws)))
    shelves = await work.stock.claim([StockKey(one.sku_id, place) for one in wanted])
    edited: list[EditedRow] = []
    changes: list[Change[StockItem]] = []
    for one in wanted:
        key = StockKey(one.sku_id, place)
        shelf = shelves.get(key)
        opened = Change(shelf, shelf) if shelf else StockItem.opened(key)
        more = one.value - opened.state.on_hand
        if more == 0:
            continue
        try:
            second.check(WRITE_OFF, -more, command)
            changes.append(
                opened.then(lambda item, more=more: item.adjust(more, reference=reason, at=means.clock.now()))  # type: ignore[misc]
            )
        except NeedsSecondPerson as large:
            flaws.note(one.row, column, "two_people", f"more than {large.limit} units are written off by two people, by hand")
        except AdjustmentTooLarge as wrong:
            flaws.note(one.row, column, "promised", f"{wrong.reserved} units of it are promised to orders")
        before = shelf.on_hand if shelf else None
        edited.append(EditedRow(row=one.row.number, sku_id=one.sku_id, sku=one.name, before=before, after=one.value))
    flaws.check()
    if not command.dry_run:
        for change in changes:
            work.stock.save(change)
    return _report(command.dry_run, rows, edited, columns)


def _report(dry_run: bool, rows: Sequence[Row], edited: Sequence[EditedRow], columns: _Columns) -> EditsReport:
    return EditsReport(
        stored=not dry_run, rows_read=len(rows), unchanged=len(rows) - len(edited), changes=tuple(edited), unread=columns.unread
    )


def _rows_of(rows: Iterable[Row]) -> tuple[Sequence[Row], _Flaws]:
    """Those in which something stands. Raises InvalidInput for none, and for more than one file may have."""
    found = [row for row in rows if not row.is_blank]
    if not 1 <= len(found) <= ROWS_MAX:
        raise InvalidInput.of("file", "rows", f"a file has 1 to {ROWS_MAX:,} rows below its header")
    return found, _Flaws(len(found))


@frozen(kw_only=True)
class _Columns:
    """How the file calls what is read of it; each thing is told by one column, so that none wins over another unseen."""

    names: tuple[str, ...]
    """Of codes, of barcodes, or both."""
    value: str
    unread: tuple[str, ...]

    @classmethod
    def of(cls, rows: Sequence[Row], values: Sequence[str]) -> _Columns:
        """Raises InvalidInput, for a column that is missing and for a second one that says the same."""
        return cls.called(tuple(dict.fromkeys(name for row in rows for name in row.fields)), values)

    @classmethod
    def called(cls, known: Sequence[str], values: Sequence[str]) -> _Columns:
        """By their names. Raises InvalidInput."""
        codes, barcodes = _called(known, CODE_COLUMNS), _called(known, BARCODE_COLUMNS)
        told, names = _called(known, values), codes + barcodes
        for found, expected in ((names, (*CODE_COLUMNS, *BARCODE_COLUMNS)), (told, values)):
            if not found:
                also = ", ".join(expected[1:])
                raise InvalidInput.of("file", "columns", f"a column {expected[0]!r} is expected, or {also}")
        twice = [
            FieldProblem(field=two[:64], rule="twice", message=f"another column says the same: {found[0][:64]}")
            for found in (codes, barcodes, told)
            for two in found[1:]
        ]
        if twice:
            raise InvalidInput(problems=tuple(twice))
        return cls(names=names, value=told[0], unread=tuple(name for name in known if name not in (*names, *told)))


def check_columns(header: Sequence[str], values: Sequence[str]) -> None:
    """Raises InvalidInput for a header that no file of such values has."""
    _Columns.called(header, values)


def _called(known: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in known if name.strip().casefold() in names)


async def _read(
    work: CatalogWork, rows: Sequence[Row], flaws: _Flaws, reading: tuple[Sequence[str], Callable[[Row], V | None]]
) -> Sequence[_Wanted[V]]:
    """What every row wants; what is wrong with a row by itself is noted."""
    columns = reading[0]
    names = {CODE.spelled(row.fields.get(column, "")) for row in rows for column in columns}
    known = await work.products.skus_named(names - {""})
    wanted = list(_wanted(rows, known, flaws, reading))
    first: dict[SkuId, int] = {}
    for one in wanted:
        if first.setdefault(one.sku_id, one.row.number) != one.row.number:
            flaws.note(one.row, columns[0], "unique", f"row {first[one.sku_id]} is about the same goods")
    return [one for one in wanted if first[one.sku_id] == one.row.number]


def _wanted(
    rows: Sequence[Row], known: Mapping[str, SkuId], flaws: _Flaws,
    reading: tuple[Sequence[str], Callable[[Row], V | None]],
) -> Iterator[_Wanted[V]]:  # fmt: skip
    columns, value_of = reading
    for row in rows:
        if row.flaw:
            flaws.note(row, "", "columns", row.flaw)
            continue
        value, name = value_of(row), _named(row, columns, known, flaws)
        if name is not None and value is not None:
            yield _Wanted(row, known[name], name, value)


def _named(row: Row, columns: Sequence[str], known: Mapping[str, SkuId], flaws: _Flaws) -> str | None:
    """By which name a row knows its goods; where one of two columns is empty, the other tells."""
    said = [(column, name) for column in columns if (name := CODE.spelled(row.fields.get(column, "")))]
    for column, name in said or [(columns[0], "")]:
        if name not in known:
            flaws.note(row, column, "unknown", "no kind of goods has this code or barcode")
            return None
    if len({known[name] for _, name in said}) > 1:
        flaws.note(row, said[1][0], "differ", f"{said[0][0]} and {said[1][0]} name two kinds of goods")
        return None
    return said[0][1]


def _minor(row: Row, column: str, currency: str, flaws: _Flaws) -> int | None:
    try:
        minor = parse_minor(row.fields.get(column, "").strip(), currency)
    except ValueError as wrong:
        flaws.note(row, column, "amount", str(wrong)[:200])
        return None
    for problem in SkuWish(code="price", price_minor=minor).problems():
        flaws.note(row, column, problem.rule, problem.message)
        return None
    return minor


def _units(row: Row, column: str, flaws: _Flaws) -> int | None:
    text = row.fields.get(column, "").strip().removesuffix(".0")
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= UNITS_MAX):
        flaws.note(row, column, "count", f"a whole number of units from 0 to {UNITS_MAX:,}")
        return None
    return int(text)


async def _place(work: StockEditsWork, code: str) -> LocationId:
    for location in await work.locations.all():
        if CODE.spelled(location.code) == CODE.spelled(code):
            return location.id
    raise LocationNotFound(location=code)
