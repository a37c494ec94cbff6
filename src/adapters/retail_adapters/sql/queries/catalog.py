"""What the catalogue shows, in SQL: each answer from one moment, never a query for each line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from attrs import fields, frozen
from sqlalchemy import Select, and_, bindparam, case, func, literal, or_, select
from sqlalchemy.sql import ColumnElement

from retail_adapters.paging import cursor_of, key_after
from retail_adapters.ratings import rating_of
from retail_adapters.sql.database import Database, Transaction
from retail_adapters.sql.queries.kinds import basis_of, costs_of, prices_of, sheet_of, sku_named
from retail_adapters.sql.repositories.sku_facts import SKU_FACTS, sku_facts
from retail_adapters.sql.statement import AnyOf, Row, Statement
from retail_adapters.sql.tables.catalog import brands, categories, product_terms, products, skus
from retail_adapters.sql.tables.inventory import locations, stock_items
from retail_adapters.sql.tables.reviews import review_summaries
from retail_adapters.sql.types import Id, Instant, Raw, Whole, Words
from retail_domain.catalog.errors import ProductNotFound
from retail_domain.catalog.model import PriceChange, ProductStatus
from retail_domain.catalog.queries import (
    BrandView,
    CategoryView,
    ProductCard,
    ProductPage,
    ProductSearch,
    SkuCost,
    SkuFacts,
    SkuSheet,
    SkuView,
    Sort,
)
from retail_domain.catalog.words import after
from retail_domain.kernel.checked import EARLIEST
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import CategoryId, ProductId, SkuId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.reading import CODE
from retail_domain.reviews import BY_STARS, ReviewSummary

BEGINNINGS_USED: Final = 6
"""How many index ranges narrow a search; the text decides in any case."""

_LEFT: Final = stock_items.c.on_hand - stock_items.c.reserved - stock_items.c.safety + stock_items.c.backorder_limit
_AVAILABLE = (
    select(func.max(_LEFT))
    .join(locations, locations.c.id == stock_items.c.location_id)
    .where(stock_items.c.sku_id == skus.c.id, locations.c.sells_online)
    .correlate(skus)
    .scalar_subquery()
    .label("available")
)
_SHOWN: Final = tuple(one.name for one in fields(SkuView) if one.name != "basis")
_SHOWN_COLUMNS: Final = [
    skus.c[name] for name in ("product_id", "basis", "basis_since", *(one for one in _SHOWN if one != "available"))
]
_SKUS_OF: Final = Statement(
    "skus.show",
    select(*_SHOWN_COLUMNS, _AVAILABLE)
    .where(AnyOf(skus.c.product_id, "product_ids"))
    .order_by(skus.c.product_id, skus.c.place),
)
_CARD = [
    products.c[name]
    for name in (
        "id", "code", "title", "subtitle", "unit", "images", "category_id", "brand_id", "purchase_limit", "status",
        "sale_from", "sale_until", "sold", "version", "parameters", "arrived_at",
    )
]  # fmt: skip
_PAGE: Final = Statement(
    "products.page",
    select(
        *_CARD, products.c.description, products.c.freight_template_id, categories.c.name.label("category_name"),
        brands.c.name.label("brand_name"), *(review_summaries.c[stars] for stars in BY_STARS),
    )
    .join(categories, categories.c.id == products.c.category_id, isouter=True)
    .join(brands, brands.c.id == products.c.brand_id, isouter=True)
    .join(review_summaries, review_summaries.c.product_id == products.c.id, isouter=True)
    .where(products.c.id == bindparam("id")),
)  # fmt: skip
_CARDS: Final = Statement("products.cards", select(*_CARD).where(AnyOf(products.c.id, "product_ids")))
_PRODUCT_CODED: Final = Statement("products.coded", select(products.c.id).where(products.c.code == bindparam("code")))
_TREE: Final = Statement(
    "categories.show",
    select(categories).order_by(categories.c.depth, categories.c.place, categories.c.name, categories.c.id),
)
_BRANDS: Final = Statement("brands.show", select(brands).order_by(brands.c.name, brands.c.id))


@frozen
class SqlCatalogReader:
    """The read side of the catalogue; see the Protocol."""

    database: Database

    async def search(self, search: ProductSearch, page: PageRequest) -> Page[ProductCard]:
        """Two statements of one moment: the products of the page, then all their kinds."""
        statement, values = _search(search, page)
        if search.words.is_hopeless:
            return Page((), None)
        async with self.database.begin(read_only=True) as transaction:
            rows = await transaction.rows(statement, **values)
            kinds = await _kinds(transaction, [row["id"] for row in rows[: page.limit]], search.on_sale_at is not None)
        cards = tuple(_card(row, kinds[row["id"]]) for row in rows[: page.limit])
        last = rows[page.limit - 1] if len(rows) > page.limit else None
        return Page(cards, cursor_of(search.sort.value, last["rank"], last["id"]) if last else None)

    async def cards(self, ids: Iterable[ProductId], *, on_sale_at: datetime | None = None) -> Sequence[ProductCard]:
        """Two statements of one moment, however many."""
        wanted = tuple(dict.fromkeys(ids))
        if not wanted:
            return ()
        async with self.database.begin(read_only=True) as transaction:
            rows = {row["id"]: row for row in await transaction.rows(_CARDS, product_ids=sorted(wanted))}
            kinds = await _kinds(transaction, list(rows), on_sale_at is not None)
        cards = [_card(rows[id], kinds[id]) for id in wanted if id in rows]
        return tuple(one for one in cards if on_sale_at is None or one.is_on_sale(on_sale_at))

    async def product(self, product_id: ProductId, *, on_sale_at: datetime | None = None) -> ProductPage:
        """The product with its kinds."""
        async with self.database.begin(read_only=True) as transaction:
            rows = await transaction.rows(_PAGE, id=product_id)
            kinds = await _kinds(transaction, [product_id], on_sale_at is not None)
        card = _card(rows[0], kinds[product_id]) if rows else None
        if card is None or (on_sale_at is not None and not card.is_on_sale(on_sale_at)):
            raise ProductNotFound(product_id=product_id)
        only = ("description", "category_name", "brand_name", "freight_template_id")
        stars = {name: rows[0][name] for name in BY_STARS}
        summed = None if stars[BY_STARS[0]] is None else ReviewSummary(product_id=product_id, **stars)
        return ProductPage(card=card, rating=rating_of(summed), **{name: rows[0][name] for name in only})

    async def categories(self) -> Sequence[CategoryView]:
        """The tree, level by level."""
        return tuple(
            CategoryView(
                id=row["id"], code=row["code"], name=row["name"], depth=row["depth"],
                parent_id=CategoryId(UUID(row["path"].split("/")[-3])) if row["depth"] > 1 else None,
            )
            for row in await self.database.rows(_TREE)
        )  # fmt: skip

    async def brands(self) -> Sequence[BrandView]:
        """By name."""
        return tuple(BrandView(id=row["id"], name=row["name"]) for row in await self.database.rows(_BRANDS))

    async def sku_facts(self, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, SkuFacts]:
        """One statement."""
        return sku_facts(await self.database.rows(SKU_FACTS, sku_ids=sorted(set(sku_ids))))

    async def sku_coded(self, code: str) -> SkuId | None:
        """By its index."""
        return await sku_named(self.database, code)

    async def sku_sheet(self, sku_id: SkuId) -> SkuSheet:
        """One statement."""
        return await sheet_of(self.database, sku_id)

    async def costs(self, product_id: ProductId) -> Sequence[SkuCost]:
        """One statement."""
        return await costs_of(self.database, product_id)

    async def prices(self, sku_id: SkuId, page: PageRequest) -> Page[PriceChange]:
        """By their key."""
        return await prices_of(self.database, sku_id, page)

    async def product_coded(self, code: str) -> ProductId | None:
        """By its index."""
        rows = await self.database.rows(_PRODUCT_CODED, code=CODE.spelled(code))
        return ProductId(rows[0]["id"]) if rows else None


async def _kinds(transaction: Transaction, ids: Sequence[Any], only_for_sale: bool) -> Mapping[Any, list[SkuView]]:
    kinds: dict[Any, list[SkuView]] = defaultdict(list)
    for row in await transaction.rows(_SKUS_OF, product_ids=sorted(ids)) if ids else ():
        if row["on_sale"] or not only_for_sale:
            kinds[row["product_id"]].append(_sku_view(row))
    return kinds


def _sku_view(row: Row) -> SkuView:
    values = {name: row[name] for name in _SHOWN}
    values["options"] = tuple((name, value) for name, value in values["options"])
    values["barcodes"], values["basis"] = tuple(values["barcodes"]), basis_of(row)
    return SkuView(**{**values, "available": max(0, values["available"] or 0)})


def _card(row: Row, kinds: Sequence[SkuView]) -> ProductCard:
    values = {column.name: row[column.name] for column in _CARD}
    values["images"] = tuple(values["images"])
    values["parameters"] = tuple((name, value) for name, value in values["parameters"])
    return ProductCard(**values, skus=tuple(kinds))


def _search(search: ProductSearch, page: PageRequest) -> tuple[Statement, Mapping[str, Any]]:
    beginnings = _narrowing(search.words.beginnings)
    pieces = search.words.pieces
    values: dict[str, Any] = {"most": page.limit + 1}
    for at, beginning in enumerate(beginnings):
        values |= {f"from{at}": beginning.encode(), f"to{at}": after(beginning).encode()}
    values |= {f"piece{at}": f"%{piece}%" for at, piece in enumerate(pieces)}
    given = {
        "category": f"%/{search.category_id.hex}/%" if search.category_id else None,
        "brand": search.brand_id,
        "cheapest": search.price_from_minor,
        "dearest": search.price_to_minor,
        "at": search.on_sale_at,
    }
    values |= {name: value for name, value in given.items() if value is not None}
    if page.cursor is not None:
        sort, rank, id = key_after(page.cursor, ("", EARLIEST if search.sort is Sort.ARRIVALS else 0, UUID(int=0)))
        if sort != search.sort.value:
            raise InvalidInput.of("cursor", "cursor", "this is not a cursor of this list")
        values |= {"rank": rank, "after_id": id}
    asked = frozenset(name for name, value in given.items() if value is not None) | ({"stock"} if search.in_stock else set())
    return _statement(len(beginnings), len(pieces), asked, search.sort, page.cursor is not None), values


def _narrowing(beginnings: Sequence[str]) -> Sequence[str]:
    """The longest, which fewest goods have; a digit or two, or a letter, would let half the catalogue through."""
    telling = [one for one in beginnings if len(one) > 2 or not one.isascii()] or beginnings
    return sorted(telling, key=len, reverse=True)[:BEGINNINGS_USED]


@lru_cache(maxsize=2048)
def _statement(beginnings: int, pieces: int, asked: frozenset[str], sort: Sort, continued: bool) -> Statement:
    """The statement for one shape of search; there are few shapes, so each is compiled once."""
    rank, ascending = _RANKS[sort](pieces)
    found: Select[Any] = select(*_CARD, rank.label("rank"))
    for at in range(beginnings):
        found = found.where(products.c.id.in_(_with_term(at)))
    found = found.where(*(products.c.words.like(_words(f"piece{at}")) for at in range(pieces)))
    found = found.where(*(rule for name, rule in _RULES.items() if name in asked))
    if asked & {"cheapest", "dearest"}:
        found = found.where(products.c.id.in_(_with_price(asked)))
    if continued:
        found = found.where(_beyond(rank, ascending))
    found = found.order_by(rank.asc() if ascending else rank.desc(), products.c.id.desc()).limit(bindparam("most"))
    return Statement("products.search", found)


def _with_term(at: int) -> Select[Any]:
    begins, ends = bindparam(f"from{at}", type_=Raw()), bindparam(f"to{at}", type_=Raw())
    return select(product_terms.c.product_id).where(product_terms.c.term >= begins, product_terms.c.term < ends)


def _with_price(asked: frozenset[str]) -> Select[Any]:
    bounds = []
    if "cheapest" in asked:
        bounds.append(skus.c.price_minor >= bindparam("cheapest", type_=Whole()))
    if "dearest" in asked:
        bounds.append(skus.c.price_minor <= bindparam("dearest", type_=Whole()))
    return select(skus.c.product_id).where(skus.c.on_sale, *bounds)


def _beyond(rank: ColumnElement[int], ascending: bool) -> ColumnElement[bool]:
    seen, id = bindparam("rank", type_=rank.type), bindparam("after_id", type_=Id())
    return or_(rank > seen if ascending else rank < seen, and_(rank == seen, products.c.id < id))


def _relevance(pieces: int) -> ColumnElement[int]:
    total: ColumnElement[int] = literal(0, Whole())
    for at in range(pieces):
        total = total + case(
            (products.c.title_words.like(_words(f"piece{at}")), literal(1, Whole())), else_=literal(0, Whole())
        )
    return total


def _words(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=Words())


_ARRIVED: Final = func.coalesce(products.c.arrived_at, literal(EARLIEST, Instant()), type_=Instant())
_RANKS: Final[Mapping[Sort, Any]] = {
    Sort.RELEVANCE: lambda pieces: (_relevance(pieces), False),
    Sort.NEWEST: lambda _: (literal(0, Whole()), False),
    Sort.PRICE_ASC: lambda _: (products.c.price_minor, True),
    Sort.PRICE_DESC: lambda _: (products.c.price_minor, False),
    Sort.SALES: lambda _: (products.c.sold, False),
    Sort.ARRIVALS: lambda _: (_ARRIVED, False),
}

_AT = bindparam("at", type_=Instant())
_RULES: Final[Mapping[str, ColumnElement[bool]]] = {
    "category": products.c.category_id.in_(select(categories.c.id).where(categories.c.path.like(_words("category")))),
    "brand": products.c.brand_id == bindparam("brand", type_=Id()),
    "stock": products.c.id.in_(
        select(skus.c.product_id)
        .join(stock_items, stock_items.c.sku_id == skus.c.id)
        .join(locations, locations.c.id == stock_items.c.location_id)
        .where(skus.c.on_sale, locations.c.sells_online, _LEFT > 0)
    ),
    "at": and_(
        products.c.status == ProductStatus.ON_SALE,
        or_(products.c.sale_from.is_(None), products.c.sale_from <= _AT),
        or_(products.c.sale_until.is_(None), products.c.sale_until > _AT),
    ),
}
