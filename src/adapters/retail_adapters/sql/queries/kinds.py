"""What staff are shown of one kind of goods, in SQL: by which name it is found, what is known of it, what was asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, literal, select, union_all

from retail_adapters.paging import cursor_of, key_after
from retail_adapters.sql.database import Database
from retail_adapters.sql.repositories.price_changes import PRICE_CHANGES
from retail_adapters.sql.statement import Row, Statement
from retail_adapters.sql.tables.catalog import price_changes, products, sku_barcodes, skus
from retail_adapters.sql.types import Whole
from retail_domain.catalog.errors import ProductNotFound, SkuNotFound
from retail_domain.catalog.model import Basis, PriceChange, barcode_key
from retail_domain.catalog.queries import SkuCost, SkuSheet
from retail_domain.kernel.ids import ProductId, SkuId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.reading import CODE, WHOLE_MAX

_NAMED: Final = Statement(
    "skus.coded",
    union_all(
        select(skus.c.id, literal(0, Whole()).label("place")).where(skus.c.code == bindparam("code")),
        select(sku_barcodes.c.sku_id, literal(1, Whole())).where(sku_barcodes.c.barcode == bindparam("barcode")),
    ).order_by("place"),
)
_SHEET_COLUMNS: Final = (
    "id", "product_id", "code", "price_minor", "price_version", "list_price_minor", "barcodes", "tax_code", "tax_rate_bp",
    "floor_minor", "member_price_minor",
)  # fmt: skip
_SHEET: Final = Statement(
    "skus.sheet",
    select(*(skus.c[name] for name in (*_SHEET_COLUMNS, "basis", "basis_since")), products.c.version)
    .join(products, products.c.id == skus.c.product_id)
    .where(skus.c.id == bindparam("id")),
)
_COSTS: Final = Statement(
    "skus.costs",
    select(skus.c.id, skus.c.code, skus.c.cost_minor)
    .join(products, products.c.id == skus.c.product_id)
    .where(products.c.id == bindparam("id"))
    .order_by(skus.c.place),
)
_PRICES: Final = Statement(
    "price_changes.page",
    select(price_changes)
    .where(price_changes.c.sku_id == bindparam("id"), price_changes.c.price_version < bindparam("before", type_=Whole()))
    .order_by(price_changes.c.price_version.desc())
    .limit(bindparam("most")),
)


def basis_of(row: Row) -> Basis | None:
    """What a struck price rests on."""
    return None if row["basis"] is None else Basis(sort=row["basis"], since=row["basis_since"])


async def sku_named(database: Database, name: str) -> SkuId | None:
    """By its code, else by a barcode."""
    spelled = CODE.spelled(name)
    rows = await database.rows(_NAMED, code=spelled, barcode=barcode_key(spelled))
    return SkuId(rows[0]["id"]) if rows else None


async def sheet_of(database: Database, sku_id: SkuId) -> SkuSheet:
    """All but its cost."""
    rows = await database.rows(_SHEET, id=sku_id)
    if not rows:
        raise SkuNotFound(sku_id=sku_id)
    values = {name: rows[0][name] for name in _SHEET_COLUMNS}
    values["barcodes"], values["price_minor"] = tuple(values["barcodes"]), values["price_minor"] or None
    return SkuSheet(**values, basis=basis_of(rows[0]), version=rows[0]["version"])


async def costs_of(database: Database, product_id: ProductId) -> Sequence[SkuCost]:
    """Goods come in at least one kind."""
    rows = await database.rows(_COSTS, id=product_id)
    if not rows:
        raise ProductNotFound(product_id=product_id)
    return tuple(SkuCost(row["id"], row["code"], row["cost_minor"]) for row in rows)


async def prices_of(database: Database, sku_id: SkuId, page: PageRequest) -> Page[PriceChange]:
    """The latest first."""
    (before,) = key_after(page.cursor, (WHOLE_MAX,))
    rows = await database.rows(_PRICES, id=sku_id, before=before, most=page.limit + 1)
    if not rows:
        await sheet_of(database, sku_id)
    shown = tuple(PRICE_CHANGES.state(row) for row in rows[: page.limit])
    return Page(shown, cursor_of(shown[-1].price_version) if len(rows) > page.limit else None)
