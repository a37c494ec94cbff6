"""Inventory in SQL: the worked example of a collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, select, tuple_

from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Rows, spread
from retail_adapters.sql.session import SqlCollection, SqlSession, inserted, updated
from retail_adapters.sql.statement import AnyOf, Row, Statement
from retail_adapters.sql.tables.inventory import locations, reservations, stock_alerts, stock_items, stock_moves
from retail_adapters.sql.writes import Write, delete_from, insert_into, update_of
from retail_domain.inventory.model import Location, Move, OnlineShelves, StockAlert, StockItem, StockKey
from retail_domain.inventory.reservation import Owner, PromiseKey, Reservation
from retail_domain.kernel.ids import LocationId, SkuId


def _locked(shelves: Select[Any]) -> Select[Any]:
    return shelves.order_by(stock_items.c.sku_id, stock_items.c.location_id).with_for_update(of=stock_items)


_CLAIM_STOCK: Final = Statement(
    "stock_items.claim",
    _locked(
        select(stock_items).where(AnyOf(stock_items.c.location_id, "location_ids"), AnyOf(stock_items.c.sku_id, "sku_ids"))
    ),
)
_CLAIM_ONLINE: Final = Statement(
    "stock_items.claim_online",
    _locked(
        select(stock_items, locations.c.priority, locations.c.code)
        .join(locations, locations.c.id == stock_items.c.location_id)
        .where(locations.c.sells_online, AnyOf(stock_items.c.sku_id, "sku_ids"))
    ),
)
_OWNED: Final = and_(reservations.c.order_id == bindparam("id"), reservations.c.owner_kind == bindparam("kind"))
_CLAIM_OF: Final = Statement(
    "stock_items.claim_of",
    _locked(
        select(stock_items).where(
            tuple_(stock_items.c.sku_id, stock_items.c.location_id).in_(
                select(reservations.c.sku_id, reservations.c.location_id).where(_OWNED)
            )
        )
    ),
)
_SHELVES: Final = Rows(stock_items, StockItem, parts={"key": spread(StockKey)}, apart=frozenset({"moves"}))
_MOVES: Final = Rows(stock_moves, Move, others=frozenset({"sku_id", "location_id"}))
_INSERT_STOCK: Final = insert_into(stock_items)
_UPDATE_STOCK: Final = update_of(stock_items)
_INSERT_MOVES: Final = insert_into(stock_moves)


class SqlStockItems(SqlCollection[StockKey, StockItem]):
    """The shelves; see the port for the promises."""

    table = stock_items

    def key(self, state: StockItem) -> StockKey:
        """SKU and location."""
        return state.key

    async def claim(self, keys: Iterable[StockKey]) -> Mapping[StockKey, StockItem]:
        """Lock these shelves, ascending."""
        wanted = set(keys)
        skus, places = sorted({key.sku_id for key in wanted}), sorted({key.location_id for key in wanted})
        self._session.lock(self.rank)
        rows = await self._session.tx.rows(_CLAIM_STOCK, sku_ids=skus, location_ids=places)
        return {key: item for key, item in self._seen(rows).items() if key in wanted}

    async def claim_of(self, owner: Owner) -> Mapping[StockKey, StockItem]:
        """Lock the shelves that somebody has promises of, ascending."""
        self._session.lock(self.rank)
        return self._seen(await self._session.tx.rows(_CLAIM_OF, kind=owner.kind, id=owner.id))

    async def claim_online(self, sku_ids: Iterable[SkuId]) -> OnlineShelves:
        """Lock the shelves of these SKUs that online orders draw from, ascending."""
        self._session.lock(self.rank)
        rows = await self._session.tx.rows(_CLAIM_ONLINE, sku_ids=sorted(sku_ids))
        places = sorted({(row["priority"], row["code"], row["location_id"]) for row in rows})
        return OnlineShelves(tuple(place for _, _, place in places), self._seen(rows))

    def _seen(self, rows: Sequence[Row]) -> Mapping[StockKey, StockItem]:
        stored = (_SHELVES.state(row, moves=()) for row in rows)
        return {item.key: self.seen(item.key, item) or item for item in stored}

    def flushes(self) -> Sequence[Flush]:
        """Items, then their moves."""
        new = [inserted(state, _SHELVES.row(state)) for state in self.new()]
        changed = [updated(before, _SHELVES.row(state)) for before, state in self.changed()]
        moves = [
            _MOVES.row(move, sku_id=state.key.sku_id, location_id=state.key.location_id)
            for _, state in self._staged.values()
            for move in state.moves
        ]
        return [Flush(_INSERT_STOCK, new), Flush(_UPDATE_STOCK, changed, "stock item"), Flush(_INSERT_MOVES, moves)]


_PROMISES: Final = Rows(
    reservations,
    Reservation,
    parts={
        "owner": spread(Owner, "owner_kind", "order_id"),
        "key": spread(StockKey),
    },
    others=frozenset({"id"}),
)
_PROMISE_COLUMNS: Final = tuple(column for column in reservations.columns if column.name != "id")
_RESERVATIONS_OF: Final = Statement(
    "reservations.of_order",
    select(*_PROMISE_COLUMNS).where(_OWNED).order_by(reservations.c.line, reservations.c.sku_id, reservations.c.location_id),
)
_INSERT_RESERVATIONS: Final = insert_into(reservations)
_UPDATE_RESERVATIONS: Final = Write(
    "update", reservations, ("open", "released", "consumed", "state", "version"),
    tuple(column.name for column in reservations.primary_key.columns), "version",
)  # fmt: skip


class SqlReservations(SqlCollection[PromiseKey, Reservation]):
    """The promises; see the port."""

    table = reservations

    def key(self, state: Reservation) -> PromiseKey:
        """Its owner, line and shelf."""
        return state.id

    async def of(self, owner: Owner) -> tuple[Reservation, ...]:
        """Stored and staged ones, by line."""
        rows = await self._session.tx.rows(_RESERVATIONS_OF, kind=owner.kind, id=owner.id)
        found = {reservation.id: reservation for reservation in map(_PROMISES.state, rows)}
        found |= {id: state for id, (_, state) in self._staged.items() if state.owner == owner}
        return tuple(found[id] for id in sorted(found))

    def first_places(self) -> Mapping[tuple[UUID, int], LocationId]:
        """Where the first units promised to each owner's line in this unit lie: the release before reads it from the order."""
        return {(one.owner.id, one.line): one.key.location_id for _, one in reversed(self._staged.values())}

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        ids = self._session.tools.ids  # the release before finds a promise by it
        new = [inserted(state, _PROMISES.row(state, id=ids.new())) for state in self.new()]
        changed = [updated(before, _PROMISES.row(state, id=None)) for before, state in self.changed()]
        return [Flush(_INSERT_RESERVATIONS, new), Flush(_UPDATE_RESERVATIONS, changed, "reservation")]


_LOCATIONS: Final = Rows(locations, Location)
_ALL_LOCATIONS: Final = Statement("locations.all", select(locations).order_by(locations.c.priority, locations.c.code))


class SqlLocations(SqlCollection[LocationId, Location]):
    """Warehouses and stores."""

    table = locations

    def key(self, state: Location) -> LocationId:
        """Its id."""
        return state.id

    async def all(self) -> tuple[Location, ...]:
        """By priority, then code."""
        stored = {row["id"]: _LOCATIONS.state(row) for row in await self._session.tx.rows(_ALL_LOCATIONS)}
        stored |= {id: state for id, (_, state) in self._staged.items()}
        return tuple(sorted(stored.values(), key=lambda one: (one.priority, one.code)))

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(state, _LOCATIONS.row(state)) for state in self.new()]
        changed = [updated(before, _LOCATIONS.row(state)) for before, state in self.changed()]
        return [Flush(insert_into(locations), new), Flush(update_of(locations), changed, "location")]


_ALERTS: Final = Rows(stock_alerts, StockAlert, parts={"key": spread(StockKey)})
_FIND_ALERT: Final = Statement(
    "stock_alerts.find",
    select(stock_alerts).where(
        stock_alerts.c.sku_id == bindparam("sku_id"), stock_alerts.c.location_id == bindparam("location_id")
    ),
)


class SqlStockAlerts(SqlCollection[StockKey, StockAlert]):
    """Open alerts."""

    table = stock_alerts

    def __init__(self, session: SqlSession) -> None:
        super().__init__(session)
        self._closed: list[StockAlert] = []

    def key(self, state: StockAlert) -> StockKey:
        """SKU and location."""
        return state.key

    async def find(self, key: StockKey) -> StockAlert | None:
        """The open alert, if any."""
        if any(alert.key == key for alert in self._closed):
            return None
        rows = await self._session.tx.rows(_FIND_ALERT, sku_id=key.sku_id, location_id=key.location_id)
        return self.seen(key, _ALERTS.state(rows[0]) if rows else None)

    def close(self, alert: StockAlert) -> None:
        """Stage that it is over."""
        self._closed.append(alert)

    def flushes(self) -> Sequence[Flush]:
        """Closed, new, changed."""
        closed = [{"sku_id": alert.key.sku_id, "location_id": alert.key.location_id} for alert in self._closed]
        new = [inserted(state, _ALERTS.row(state)) for state in self.new()]
        changed = [updated(before, _ALERTS.row(state)) for before, state in self.changed()]
        return [
            Flush(delete_from(stock_alerts), closed), Flush(insert_into(stock_alerts), new),
            Flush(update_of(stock_alerts), changed, "stock alert"),
        ]  # fmt: skip
