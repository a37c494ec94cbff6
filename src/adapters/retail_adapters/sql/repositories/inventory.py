"""Inventory in SQL: the worked example of a collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, select, tuple_

from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Part, Rows
from retail_adapters.sql.session import Session, SqlCollection, Values, inserted, updated
from retail_adapters.sql.statement import AnyOf, Row, Statement, Write, delete_from, insert_into, update_of
from retail_adapters.sql.tables.inventory import locations, reservations, stock_alerts, stock_items, stock_moves
from retail_domain.inventory.model import Location, OnlineShelves, StockAlert, StockItem, StockKey
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
        stored = map(_stock_item, rows)
        return {item.key: self.seen(item.key, item) or item for item in stored}

    def flushes(self) -> Sequence[Flush]:
        """Items, then their moves."""
        new = [inserted(state, _stock_row(state)) for state in self.new()]
        changed = [updated(before, _stock_row(state)) for before, state in self.changed()]
        moves = [_move_row(state, at) for _, state in self._staged.values() for at in range(len(state.moves))]
        return [Flush(_INSERT_STOCK, new), Flush(_UPDATE_STOCK, changed, "stock item"), Flush(_INSERT_MOVES, moves)]


def _stock_item(row: Row) -> StockItem:
    return StockItem(
        key=StockKey(row["sku_id"], row["location_id"]), on_hand=row["on_hand"], reserved=row["reserved"],
        safety=row["safety"], backorder_limit=row["backorder_limit"], shortfall=row["shortfall"],
        alert_threshold=row["alert_threshold"], version=row["version"],
    )  # fmt: skip


def _stock_row(item: StockItem) -> Values:
    return {
        "sku_id": item.key.sku_id, "location_id": item.key.location_id, "on_hand": item.on_hand,
        "reserved": item.reserved, "safety": item.safety, "backorder_limit": item.backorder_limit,
        "shortfall": item.shortfall, "alert_threshold": item.alert_threshold,
    }  # fmt: skip


def _move_row(item: StockItem, at: int) -> Values:
    move = item.moves[at]
    return {
        "sku_id": item.key.sku_id, "location_id": item.key.location_id, "kind": move.kind,
        "units": move.units, "reference": move.reference, "at": move.at,
    }  # fmt: skip


_PROMISES: Final = Rows(
    reservations,
    Reservation,
    parts={
        "owner": Part(("owner_kind", "order_id"), attrgetter("kind", "id"), Owner),
        "key": Part(("sku_id", "location_id"), attrgetter("sku_id", "location_id"), StockKey),
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


_ALL_LOCATIONS: Final = Statement("locations.all", select(locations).order_by(locations.c.priority, locations.c.code))


class SqlLocations(SqlCollection[LocationId, Location]):
    """Warehouses and stores."""

    table = locations

    def key(self, state: Location) -> LocationId:
        """Its id."""
        return state.id

    async def all(self) -> tuple[Location, ...]:
        """By priority, then code."""
        stored = {row["id"]: Location(**row) for row in await self._session.tx.rows(_ALL_LOCATIONS)}
        stored |= {id: state for id, (_, state) in self._staged.items()}
        return tuple(sorted(stored.values(), key=lambda one: (one.priority, one.code)))

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(state, _location_row(state)) for state in self.new()]
        changed = [updated(before, _location_row(state)) for before, state in self.changed()]
        return [Flush(insert_into(locations), new), Flush(update_of(locations), changed, "location")]


def _location_row(one: Location) -> Values:
    return {
        "id": one.id, "code": one.code, "name": one.name, "kind": one.kind, "sells_online": one.sells_online,
        "priority": one.priority,
    }  # fmt: skip


_FIND_ALERT: Final = Statement(
    "stock_alerts.find",
    select(stock_alerts).where(
        stock_alerts.c.sku_id == bindparam("sku_id"), stock_alerts.c.location_id == bindparam("location_id")
    ),
)


class SqlStockAlerts(SqlCollection[StockKey, StockAlert]):
    """Open alerts."""

    table = stock_alerts

    def __init__(self, session: Session) -> None:
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
        return self.seen(key, _alert(rows[0]) if rows else None)

    def close(self, alert: StockAlert) -> None:
        """Stage that it is over."""
        self._closed.append(alert)

    def flushes(self) -> Sequence[Flush]:
        """Closed, new, changed."""
        closed = [{"sku_id": alert.key.sku_id, "location_id": alert.key.location_id} for alert in self._closed]
        new = [inserted(state, _alert_row(state)) for state in self.new()]
        changed = [updated(before, _alert_row(state)) for before, state in self.changed()]
        return [
            Flush(delete_from(stock_alerts), closed), Flush(insert_into(stock_alerts), new),
            Flush(update_of(stock_alerts), changed, "stock alert"),
        ]  # fmt: skip


def _alert(row: Row) -> StockAlert:
    values = dict(row)
    return StockAlert(key=StockKey(values.pop("sku_id"), values.pop("location_id")), **values)


def _alert_row(alert: StockAlert) -> Values:
    return {
        "sku_id": alert.key.sku_id, "location_id": alert.key.location_id, "available": alert.available,
        "threshold": alert.threshold, "opened_at": alert.opened_at,
    }  # fmt: skip
