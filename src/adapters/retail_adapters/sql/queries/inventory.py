"""What inventory shows, in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from attrs import frozen
from sqlalchemy import bindparam, func, select, tuple_

from retail_adapters.paging import cursor_of, key_after
from retail_adapters.sql.database import Database
from retail_adapters.sql.queries.places import Narrowing, at, bound, narrowing
from retail_adapters.sql.statement import AnyOf, Row, Statement
from retail_adapters.sql.tables.inventory import locations, stock_alerts, stock_items, stock_moves
from retail_adapters.sql.types import Id
from retail_domain.inventory.model import Location
from retail_domain.inventory.queries import MOVES_MAX, AlertView, MoveView, StockView
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.places import EVERYWHERE, Places

_BEFORE_ALL: Final = (UUID(int=0), UUID(int=0))
_SELLABLE = stock_items.c.on_hand - stock_items.c.reserved - stock_items.c.safety + stock_items.c.backorder_limit
_STOCK = select(
    stock_items.c.sku_id, stock_items.c.location_id, locations.c.code.label("location_code"), stock_items.c.on_hand,
    stock_items.c.reserved, stock_items.c.safety, stock_items.c.shortfall, _SELLABLE.label("sellable"),
    stock_items.c.alert_threshold,
).join(locations, locations.c.id == stock_items.c.location_id)  # fmt: skip
_AFTER = tuple_(bindparam("sku_id", type_=Id()), bindparam("location_id", type_=Id()))
_ALL_LOCATIONS: Final = Statement("locations.show", select(locations))
_STOCK_OF: Final = narrowing("stock.of", _STOCK.where(AnyOf(stock_items.c.sku_id, "sku_ids")), at(stock_items.c.location_id))
_STOCK_PAGE: Final = narrowing(
    "stock.page",
    _STOCK.where(tuple_(stock_items.c.sku_id, stock_items.c.location_id) > _AFTER)
    .order_by(stock_items.c.sku_id, stock_items.c.location_id)
    .limit(bindparam("most")),
    at(stock_items.c.location_id),
)
_BEST: Final = Statement(
    "stock.sellable",
    select(stock_items.c.sku_id, func.max(_SELLABLE).label("sellable"))
    .join(locations, locations.c.id == stock_items.c.location_id)
    .where(AnyOf(stock_items.c.sku_id, "sku_ids"), locations.c.sells_online)
    .group_by(stock_items.c.sku_id),
)
_ALERTS: Final = narrowing(
    "stock.alerts",
    select(stock_alerts, locations.c.code.label("location_code"))
    .join(locations, locations.c.id == stock_alerts.c.location_id)
    .where(tuple_(stock_alerts.c.sku_id, stock_alerts.c.location_id) > _AFTER)
    .order_by(stock_alerts.c.sku_id, stock_alerts.c.location_id)
    .limit(bindparam("most")),
    at(stock_alerts.c.location_id),
)
_MOVES: Final = narrowing(
    "stock.moves",
    select(stock_moves)
    .where(stock_moves.c.sku_id == bindparam("sku_id"), stock_moves.c.position < bindparam("before"))
    .order_by(stock_moves.c.position.desc())
    .limit(bindparam("most")),
    at(stock_moves.c.location_id),
)
_MOVES_NAMED: Final = Statement(
    "stock.moves_named",
    select(stock_moves)
    .join(locations, locations.c.id == stock_moves.c.location_id)
    .where(
        stock_moves.c.sku_id == bindparam("sku_id"),
        locations.c.code == bindparam("location"),
        stock_moves.c.reference == bindparam("reference"),
    )
    .order_by(stock_moves.c.position.desc())
    .limit(MOVES_MAX),
)


@frozen
class SqlInventoryQueries:
    """The read side of inventory; see the Protocol."""

    database: Database

    async def locations(self, within: Places = EVERYWHERE) -> Sequence[Location]:
        """Every warehouse and store by priority."""
        known = [Location(**row) for row in await self.database.rows(_ALL_LOCATIONS)]
        places = [one for one in known if within.has(one.id)]
        return sorted(places, key=lambda one: (one.priority, one.code))  # the database's collation is not ours

    async def stock_of(self, sku_ids: Iterable[SkuId], within: Places = EVERYWHERE) -> Sequence[StockView]:
        """The shelves of these SKUs."""
        statement, values = bound(_STOCK_OF, within)
        views = [_view(row) for row in await self.database.rows(statement, sku_ids=sorted(set(sku_ids)), **values)]
        return sorted(views, key=lambda view: (view.sku_id, view.location_code))

    async def sellable(self, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, int]:
        """The most one online location can sell."""
        rows = await self.database.rows(_BEST, sku_ids=sorted(set(sku_ids)))
        return {row["sku_id"]: max(0, row["sellable"]) for row in rows}

    async def stock(self, page: PageRequest, within: Places = EVERYWHERE) -> Page[StockView]:
        """All shelves."""
        return await self._by_key(_STOCK_PAGE, page, _view, within)

    async def alerts(self, page: PageRequest, within: Places = EVERYWHERE) -> Page[AlertView]:
        """Open alerts."""
        return await self._by_key(_ALERTS, page, _alert, within)

    async def moves(self, sku_id: SkuId, page: PageRequest, within: Places = EVERYWHERE) -> Page[MoveView]:
        """The movements of a SKU, newest first."""
        (before,) = key_after(page.cursor, (2**62,))
        statement, values = bound(_MOVES, within)
        rows = await self.database.rows(statement, sku_id=sku_id, before=before, most=page.limit + 1, **values)
        shown = tuple(_move(row) for row in rows[: page.limit])
        return Page(shown, cursor_of(rows[page.limit - 1]["position"]) if len(rows) > page.limit else None)

    async def moves_named(self, sku_id: SkuId, location: str, reference: str) -> Sequence[MoveView]:
        """The movements of a SKU under that reference."""
        rows = await self.database.rows(_MOVES_NAMED, sku_id=sku_id, location=location, reference=reference)
        return [_move(row) for row in rows]

    async def _by_key(self, statements: Narrowing, page: PageRequest, view: Any, within: Places) -> Page[Any]:
        sku_id, location_id = key_after(page.cursor, _BEFORE_ALL)
        statement, values = bound(statements, within)
        rows = await self.database.rows(statement, sku_id=sku_id, location_id=location_id, most=page.limit + 1, **values)
        shown = tuple(view(row) for row in rows[: page.limit])
        last = shown[-1] if len(rows) > page.limit else None
        return Page(shown, cursor_of(last.sku_id, last.location_id) if last else None)


def _view(row: Row) -> StockView:
    values = dict(row)
    return StockView(sellable=max(0, values.pop("sellable")), **values)


def _alert(row: Row) -> AlertView:
    return AlertView(**{name: row[name] for name in row if name != "version"})


def _move(row: Row) -> MoveView:
    return MoveView(**{name: row[name] for name in row if name != "position"})
