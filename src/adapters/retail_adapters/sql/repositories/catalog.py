"""The catalogue in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final
from uuid import UUID

from attrs import fields
from sqlalchemy import bindparam, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.repositories.sku_facts import SKU_FACTS, sku_facts
from retail_adapters.sql.repositories.sku_rows import (
    BARRED,
    CODED,
    DELETE_BARCODES,
    INSERT_BARCODES,
    SKU_COLUMNS,
    barcode_rows,
    sku_of,
    sku_values,
)
from retail_adapters.sql.rows import Part, Rows, called, spread
from retail_adapters.sql.session import SqlCollection, Values, inserted, updated
from retail_adapters.sql.statement import AnyOf, Row, Statement
from retail_adapters.sql.tables.catalog import brands, categories, product_terms, products, purchase_counters, skus
from retail_adapters.sql.tables.settled import settled
from retail_adapters.sql.writes import Write, delete_from, insert_into, update_of
from retail_domain.catalog.errors import ProductNotFound, SkuNotFound
from retail_domain.catalog.model import Brand, Category, Listing, Product, PurchaseCounter, PurchaseKey, barcode_key
from retail_domain.catalog.queries import SkuFacts
from retail_domain.catalog.words import searchable, terms_of
from retail_domain.kernel.ids import BrandId, CategoryId, MemberId, ProductId, SkuId

_OWN = [column for column in products.c if column.name not in ("price_minor", "title_words", "words", "sold")]
_WHOLE = select(*_OWN, *SKU_COLUMNS).join(skus, skus.c.product_id == products.c.id)
_IN_ORDER = (products.c.id, skus.c.place)
_GET: Final = Statement("products.get", _WHOLE.where(products.c.id == bindparam("id")).order_by(*_IN_ORDER))
# Lock first, read afterwards: a statement that waits for a lock sees the newest product, but the kinds of its own old moment.
_LOCK: Final = Statement(
    "products.lock", select(products.c.id).where(AnyOf(products.c.id, "ids")).order_by(products.c.id).with_for_update()
)
_LOCK_CODES: Final = Statement(
    "products.lock_codes",
    select(products.c.id).where(AnyOf(products.c.code, "codes")).order_by(products.c.id).with_for_update(),
)
_READ: Final = Statement("products.read", _WHOLE.where(AnyOf(products.c.id, "ids")).order_by(*_IN_ORDER))
_OWNERS: Final = Statement("skus.owners", select(skus.c.code, skus.c.product_id).where(AnyOf(skus.c.code, "codes")))
_PRODUCT_OF: Final = Statement("skus.product_of", select(skus.c.product_id).where(skus.c.id == bindparam("sku_id")))
_INSERT_PRODUCTS: Final = insert_into(products)
_UPDATE_PRODUCTS: Final = Write(
    "update", products, tuple(c.name for c in products.c if c.name not in {"sold", *settled(products)}), ("id",), "version"
)
_INSERT_SKUS: Final = insert_into(skus)
_UPDATE_SKUS: Final = update_of(skus, guard=None)
_INSERT_TERMS: Final = insert_into(product_terms, ignore=True)  # a release that indexed other words may have written them
_DELETE_TERMS: Final = delete_from(product_terms)


class SqlProducts(SqlCollection[ProductId, Product]):
    """The goods; see the port for the promises."""

    table = products

    def key(self, state: Product) -> ProductId:
        """Its id."""
        return state.id

    async def get(self, id: ProductId) -> Product:
        """The product of this id."""
        found = self.seen(id, next(iter(_products(await self._session.tx.rows(_GET, id=id))), None))
        if found is None:
            raise ProductNotFound(product_id=id)
        return found

    async def claim(self, ids: Iterable[ProductId]) -> Mapping[ProductId, Product]:
        """Lock these, ascending."""
        wanted = sorted(set(ids))
        stored = {one.id: one for one in await self._locked(_LOCK, ids=wanted)}
        seen = ((id, self.seen(id, stored.get(id))) for id in wanted)
        return {id: product for id, product in seen if product is not None}

    async def claim_codes(self, codes: Iterable[str]) -> Mapping[str, Product]:
        """Lock those with these codes."""
        wanted = set(codes)
        locked = await self._locked(_LOCK_CODES, codes=sorted(wanted))
        found = {one.code: self.seen(one.id, one) or one for one in locked}
        return found | {one.code: one for _, one in self._staged.values() if one.code in wanted}

    async def _locked(self, lock: Statement, **wanted: Sequence[object]) -> list[Product]:
        locked = await self._session.tx.rows(lock, **wanted)
        return _products(await self._session.tx.rows(_READ, ids=[row["id"] for row in locked])) if locked else []

    async def owners_of_sku_codes(self, codes: Iterable[str]) -> Mapping[str, ProductId]:
        """Which product has a SKU of each code."""
        wanted = set(codes)
        rows = await self._session.tx.rows(_OWNERS, codes=sorted(wanted))
        staged = {sku.code: one.id for _, one in self._staged.values() for sku in one.skus if sku.code in wanted}
        return {row["code"]: row["product_id"] for row in rows} | staged

    async def skus_barred(self, barcodes: Iterable[str]) -> Mapping[str, SkuId]:
        """Which kind has each barcode."""
        wanted = set(map(barcode_key, barcodes))
        rows = await self._session.tx.rows(BARRED, barcodes=sorted(wanted))
        staged = {
            barcode_key(one): sku.id for _, product in self._staged.values() for sku in product.skus
            for one in sku.particulars.barcodes if barcode_key(one) in wanted
        }  # fmt: skip
        return {row["barcode"]: SkuId(row["sku_id"]) for row in rows} | staged

    async def skus_named(self, names: Iterable[str]) -> Mapping[str, SkuId]:
        """By codes, then by barcodes."""
        wanted = sorted(set(names))
        coded = {row["code"]: SkuId(row["id"]) for row in await self._session.tx.rows(CODED, codes=wanted)}
        barred = await self.skus_barred(wanted)
        by_barcode = {name: barred[key] for name in wanted if (key := barcode_key(name)) in barred}
        return {**by_barcode, **coded}

    async def product_of(self, sku_id: SkuId) -> ProductId:
        """The product a SKU belongs to."""
        for _, one in self._staged.values():
            if any(sku.id == sku_id for sku in one.skus):
                return one.id
        rows = await self._session.tx.rows(_PRODUCT_OF, sku_id=sku_id)
        if not rows:
            raise SkuNotFound(sku_id=sku_id)
        return ProductId(rows[0]["product_id"])

    async def skus_for_placing(self, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, SkuFacts]:
        """What placing must know."""
        return sku_facts(await self._session.tx.rows(SKU_FACTS, sku_ids=sorted(set(sku_ids))))

    def flushes(self) -> Sequence[Flush]:
        """Products, then what hangs on them: only the kinds and terms that changed."""
        new = self.new()
        changed = self.changed()
        pairs: list[tuple[Product | None, Product]] = [*((None, one) for one in new), *changed]
        gone, come = _terms(pairs)
        barred_no_more, barred = barcode_rows(pairs)
        return [
            Flush(_INSERT_PRODUCTS, [{**inserted(one, _product_row(one)), "sold": 0} for one in new]),
            Flush(_UPDATE_PRODUCTS, [updated(before, _product_row(one)) for before, one in changed], "product"),
            Flush(_INSERT_SKUS, [row for pair in pairs for row in _sku_rows(*pair, known=False)]),
            Flush(_UPDATE_SKUS, [row for pair in pairs for row in _sku_rows(*pair, known=True)], "kind of goods"),
            Flush(DELETE_BARCODES, barred_no_more),
            Flush(INSERT_BARCODES, barred),
            Flush(_DELETE_TERMS, gone),
            Flush(_INSERT_TERMS, come),
        ]


def _products(rows: Sequence[Row]) -> list[Product]:
    return [_product(list(group)) for _, group in groupby(rows, key=lambda row: row["id"])]


def _product(rows: Sequence[Row]) -> Product:
    first = rows[0]
    listing = {field.name: first[field.name] for field in fields(Listing)}
    listing["images"] = tuple(listing["images"])
    listing["parameters"] = tuple((name, value) for name, value in listing["parameters"])
    return Product(
        id=first["id"], code=first["code"], listing=Listing(**listing), skus=tuple(map(sku_of, rows)),
        status=first["status"],
        arrived_at=first["arrived_at"], version=first["version"],
    )  # fmt: skip


def _product_row(product: Product) -> Values:
    listing = {field.name: getattr(product.listing, field.name) for field in fields(Listing)}
    return {
        **listing,
        "id": product.id,
        "code": product.code,
        "images": list(product.listing.images),
        "parameters": [list(one) for one in product.listing.parameters],
        "status": product.status,
        "arrived_at": product.arrived_at,
        "price_minor": product.price_from_minor,
        "title_words": searchable(product.listing.title),
        "words": product.words,
    }


def _sku_rows(before: Product | None, product: Product, *, known: bool) -> Iterable[Values]:
    stored = {sku.id: (at, sku) for at, sku in enumerate(before.skus)} if before else {}
    for at, sku in enumerate(product.skus):
        if (sku.id in stored) == known and stored.get(sku.id) != (at, sku):
            yield {**sku_values(sku), "product_id": product.id, "place": at}


def _terms(pairs: Iterable[tuple[Product | None, Product]]) -> tuple[list[Values], list[Values]]:
    gone: list[Values] = []
    come: list[Values] = []
    for before, product in pairs:
        old = set(terms_of(before.words)) if before else set()
        new = set(terms_of(product.words))
        gone += [{"term": term.encode(), "product_id": product.id} for term in sorted(old - new)]
        come += [{"term": term.encode(), "product_id": product.id} for term in (sorted(new) if new != old else ())]
    return gone, come


_ALL_CATEGORIES: Final = Statement(
    "categories.all", select(categories).order_by(categories.c.depth, categories.c.place, categories.c.name, categories.c.id)
)
_CLAIM_CATEGORIES: Final = Statement(
    "categories.claim",
    select(categories).where(AnyOf(categories.c.id, "ids")).order_by(categories.c.id).with_for_update(),
)
CATEGORIES: Final = Rows(
    categories,
    Category,
    parts={
        "path": Part(
            ("path", "depth"),
            lambda path: ("".join(f"/{id.hex}" for id in path) + "/", len(path)),
            lambda path, _: tuple(CategoryId(UUID(part)) for part in path.strip("/").split("/")),
        ),
        "position": called("place"),
    },
)
_LOCK_CATEGORIES: Final = Statement("categories.lock", select(categories.c.id).order_by(categories.c.id).with_for_update())


class SqlCategories(SqlCollection[CategoryId, Category]):
    """The tree of categories."""

    table = categories

    def key(self, state: Category) -> CategoryId:
        """Its id."""
        return state.id

    async def claim(self, ids: Iterable[CategoryId]) -> Mapping[CategoryId, Category]:
        """Lock these."""
        wanted = sorted(set(ids))
        stored = {row["id"]: CATEGORIES.state(row) for row in await self._session.tx.rows(_CLAIM_CATEGORIES, ids=wanted)}
        seen = ((id, self.seen(id, stored.get(id))) for id in wanted)
        return {id: one for id, one in seen if one is not None}

    async def claim_tree(self) -> tuple[Category, ...]:
        """Lock all, then read: what a rival added before the lock was given is seen as well."""
        await self._session.tx.rows(_LOCK_CATEGORIES)
        return await self.all()

    async def all(self) -> tuple[Category, ...]:
        """Parents before children."""
        stored = {row["id"]: CATEGORIES.state(row) for row in await self._session.tx.rows(_ALL_CATEGORIES)}
        stored |= {id: one for id, (_, one) in self._staged.items()}
        return tuple(sorted(stored.values(), key=lambda one: (len(one.path), one.position, one.name, one.id)))

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, CATEGORIES.row(one)) for one in self.new()]
        changed = [updated(before, CATEGORIES.row(one)) for before, one in self.changed()]
        return [Flush(insert_into(categories), new), Flush(update_of(categories), changed, "category")]


_CLAIM_BRANDS: Final = Statement(
    "brands.claim", select(brands).where(AnyOf(brands.c.id, "ids")).order_by(brands.c.id).with_for_update()
)
_BRANDS: Final = Rows(brands, Brand)
_BRANDS_NAMED: Final = Statement("brands.named", select(brands).where(AnyOf(brands.c.name, "names")))


class SqlBrands(SqlCollection[BrandId, Brand]):
    """The brands."""

    table = brands

    def key(self, state: Brand) -> BrandId:
        """Its id."""
        return state.id

    async def claim(self, ids: Iterable[BrandId]) -> Mapping[BrandId, Brand]:
        """Lock these."""
        wanted = sorted(set(ids))
        stored = {row["id"]: _BRANDS.state(row) for row in await self._session.tx.rows(_CLAIM_BRANDS, ids=wanted)}
        seen = ((id, self.seen(id, stored.get(id))) for id in wanted)
        return {id: one for id, one in seen if one is not None}

    async def of_names(self, names: Iterable[str]) -> Mapping[str, Brand]:
        """Those of these names."""
        wanted = set(names)
        rows = await self._session.tx.rows(_BRANDS_NAMED, names=sorted(wanted))
        staged = {one.name: one for _, one in self._staged.values() if one.name in wanted}
        return {row["name"]: _BRANDS.state(row) for row in rows} | staged

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, _BRANDS.row(one)) for one in self.new()]
        changed = [updated(before, _BRANDS.row(one)) for before, one in self.changed()]
        return [Flush(insert_into(brands), new), Flush(update_of(brands), changed, "brand")]


_CLAIM_COUNTERS: Final = Statement(
    "purchase_counters.claim",
    select(purchase_counters)
    .where(AnyOf(purchase_counters.c.member_id, "member_ids"), AnyOf(purchase_counters.c.product_id, "product_ids"))
    .order_by(purchase_counters.c.member_id, purchase_counters.c.product_id)
    .with_for_update(),
)
_TAKEN: Final = Statement(
    "purchase_counters.taken",
    select(purchase_counters.c.product_id, purchase_counters.c.taken).where(
        purchase_counters.c.member_id == bindparam("member_id"), AnyOf(purchase_counters.c.product_id, "product_ids")
    ),
)
_COUNTERS: Final = Rows(purchase_counters, PurchaseCounter, parts={"key": spread(PurchaseKey)})
_START_COUNTERS: Final = insert_into(purchase_counters, ignore=True)


class SqlPurchaseCounters(SqlCollection[PurchaseKey, PurchaseCounter]):
    """The counters behind purchase limits."""

    table = purchase_counters

    def key(self, state: PurchaseCounter) -> PurchaseKey:
        """Member and product."""
        return state.key

    async def claim(self, keys: Iterable[PurchaseKey]) -> Mapping[PurchaseKey, PurchaseCounter]:
        """Start those that do not exist, then lock all, ascending."""
        self._session.lock(self.rank)
        wanted = sorted(set(keys))
        if not wanted:
            return {}
        fresh = [inserted(one, _COUNTERS.row(one)) for one in map(_new_counter, wanted)]
        await self._session.tx.write([(_START_COUNTERS, fresh)])
        rows = await self._session.tx.rows(
            _CLAIM_COUNTERS,
            member_ids=sorted({key.member_id for key in wanted}),
            product_ids=sorted({key.product_id for key in wanted}),
        )
        stored = {one.key: one for one in map(_COUNTERS.state, rows)}
        return {key: self.seen(key, stored[key]) or stored[key] for key in wanted}

    async def taken(self, member_id: MemberId, product_ids: Iterable[ProductId]) -> Mapping[ProductId, int]:
        """Without a lock."""
        wanted = sorted(set(product_ids))
        rows = await self._session.tx.rows(_TAKEN, member_id=member_id, product_ids=wanted) if wanted else ()
        return {row["product_id"]: row["taken"] for row in rows}

    def flushes(self) -> Sequence[Flush]:
        """They all exist by the time they change."""
        changed = [updated(before, _COUNTERS.row(one)) for before, one in self.changed()]
        return [Flush(update_of(purchase_counters), changed, "purchase counter")]


def _new_counter(key: PurchaseKey) -> PurchaseCounter:
    return PurchaseCounter(key=key)
