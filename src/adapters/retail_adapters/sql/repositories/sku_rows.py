"""What a kind of goods looks like in its table, and which barcodes lead to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from attrs import fields
from sqlalchemy import select

from retail_adapters.sql.session import Values
from retail_adapters.sql.statement import AnyOf, Row, Statement
from retail_adapters.sql.tables.catalog import sku_barcodes, skus
from retail_adapters.sql.writes import delete_from, insert_into
from retail_domain.catalog.model import Basis, Particulars, Product, Sku, barcode_key

_PLAIN: Final = tuple(one.name for one in fields(Sku) if one.name not in ("options", "particulars"))
_KNOWN: Final = tuple(one.name for one in fields(Particulars) if one.name not in ("barcodes", "basis"))
SKU_COLUMNS: Final = [
    skus.c[name].label(f"sku_{name}") for name in (*_PLAIN, *_KNOWN, "options", "barcodes", "basis", "basis_since")
]
BARRED: Final = Statement("skus.barred", select(sku_barcodes).where(AnyOf(sku_barcodes.c.barcode, "barcodes")))
CODED: Final = Statement("skus.named", select(skus.c.code, skus.c.id).where(AnyOf(skus.c.code, "codes")))
INSERT_BARCODES: Final = insert_into(sku_barcodes)
DELETE_BARCODES: Final = delete_from(sku_barcodes)


def sku_of(row: Row) -> Sku:
    """The kind in a row of `SKU_COLUMNS`."""
    values = {name: row[f"sku_{name}"] for name in _PLAIN}
    options = tuple((name, value) for name, value in row["sku_options"])
    return Sku(
        **values, options=options, particulars=particulars_of({name[4:]: row[name] for name in row if name[:4] == "sku_"})
    )


def particulars_of(row: Row) -> Particulars:
    """What is known of a kind beside its price, in a row of its table."""
    basis = None if row["basis"] is None else Basis(sort=row["basis"], since=row["basis_since"])
    return Particulars(barcodes=tuple(row["barcodes"]), basis=basis, **{name: row[name] for name in _KNOWN})


def sku_values(sku: Sku) -> dict[str, Any]:
    """The row of a kind, without what it belongs to."""
    known, basis = sku.particulars, sku.particulars.basis
    return {
        **{name: getattr(sku, name) for name in _PLAIN},
        **{name: getattr(known, name) for name in _KNOWN},
        "options": [list(option) for option in sku.options],
        "barcodes": list(known.barcodes),
        "basis": basis and basis.sort,
        "basis_since": basis and basis.since,
    }


def barcode_rows(pairs: Iterable[tuple[Product | None, Product]]) -> tuple[list[Values], list[Values]]:
    """Barcodes that lead nowhere any more, and those that lead somewhere now."""
    gone: list[Values] = []
    come: list[Values] = []
    for before, after in pairs:
        old, new = _barred(before), _barred(after)
        gone += [{"barcode": one} for one, _ in sorted(old - new)]
        come += [{"barcode": one, "sku_id": sku_id} for one, sku_id in sorted(new - old)]
    return gone, come


def _barred(product: Product | None) -> set[tuple[str, Any]]:
    return {(barcode_key(one), sku.id) for sku in product.skus for one in sku.particulars.barcodes} if product else set()
