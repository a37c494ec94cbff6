"""What was sold, in SQL: rows that are added, and a moment later summed into the figures of goods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.session import SqlSession, Staging
from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.catalog import product_sales, products
from retail_adapters.sql.writes import Write, delete_from, insert_into
from retail_domain.kernel.ids import ProductId

_WAITING: Final = Statement("product_sales.waiting", select(product_sales.c.id).limit(1))
# Notes before goods, by everybody who adds up; who edits goods locks no notes. What a rival adds up is passed over.
_CLAIM: Final = Statement(
    "product_sales.claim",
    select(product_sales).order_by(product_sales.c.id).limit(bindparam("most")).with_for_update(skip_locked=True),
)
_CLAIM_FIGURES: Final = Statement(
    "products.claim_sold",
    select(products.c.id, products.c.sold).where(AnyOf(products.c.id, "ids")).order_by(products.c.id).with_for_update(),
)
_INSERT: Final = insert_into(product_sales)
_UPDATE_FIGURES: Final = Write("update", products, ("sold",), ("id",))
_STRIKE_OUT: Final = delete_from(product_sales)


class SqlSales(Staging):
    """What was sold; see the port."""

    table = product_sales

    def __init__(self, session: SqlSession) -> None:
        self._session = session
        self._noted: list[dict[str, Any]] = []
        self._figures: list[dict[str, Any]] = []
        self._added_up: list[dict[str, Any]] = []
        session.join(self)

    def note(self, sold: Mapping[ProductId, int]) -> None:
        """Stage a row each."""
        new = self._session.tools.ids.new
        self._noted += [{"id": new(), "product_id": product_id, "units": units} for product_id, units in sold.items()]

    async def are_waiting(self) -> bool:
        """Any row."""
        return bool(await self._session.tx.rows(_WAITING))

    async def add_up(self, most: int) -> int:
        """Lock the notes, then their goods, ascending; the sums and the end of the notes commit together."""
        notes = await self._session.tx.rows(_CLAIM, most=most)
        units = Counter[ProductId]()
        for note in notes:
            units[note["product_id"]] += note["units"]
        if notes:
            goods = await self._session.tx.rows(_CLAIM_FIGURES, ids=sorted(units))
            self._figures += [{"id": one["id"], "sold": one["sold"] + units[one["id"]]} for one in goods]
            self._added_up += [{"id": note["id"]} for note in notes]
        return len(notes)

    def flushes(self) -> Sequence[Flush]:
        """What is new; the sums, and the notes that are in them: each of those must still be there."""
        return [
            Flush(_INSERT, self._noted),
            Flush(_UPDATE_FIGURES, self._figures),
            Flush(_STRIKE_OUT, self._added_up, "sale"),
        ]
