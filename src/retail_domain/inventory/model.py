"""StockItem: what lies on a shelf, what of it is promised, and the notes of every move (库存)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Final

from attrs import evolve, frozen

from retail_domain.inventory.errors import AdjustmentTooLarge, ShelfFull, SoldOut
from retail_domain.inventory.events import StockFellLow, StockRecovered
from retail_domain.kernel.change import Change, with_new
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import LocationId, SkuId

UNITS_MAX: Final = 10**9
"""No shelf holds more units than this."""


@frozen(order=True, cache_hash=True)
class StockKey:
    """One SKU at one location; stock rows are locked in this order (GEN-R16)."""

    sku_id: SkuId
    location_id: LocationId


class MoveKind(Enum):
    """Why units came or went (STK-R3)."""

    RECEIVE = "receive"
    SHIP = "ship"
    ADJUST = "adjust"


@frozen(kw_only=True)
class Move:
    """One entry of the movement ledger: `on_hand` is the sum of all of them (STK-R3)."""

    kind: MoveKind
    units: int
    reference: str
    at: datetime

    def __attrs_post_init__(self) -> None:
        if self.units == 0:
            raise ValueError("a move moves something")


@frozen(kw_only=True)
class StockItem:
    """The stock of one SKU at one location (库存).

    `on_hand` units lie there, `reserved` of them are promised; `safety` units are never sold. Beyond `on_hand`,
    `backorder_limit` units may be promised by policy and `shortfall` units are known to be missing (STK-R10).
    `moves` are the ledger entries of this change alone: a stored item is loaded without them.
    """

    key: StockKey
    on_hand: int = 0
    reserved: int = 0
    safety: int = 0
    backorder_limit: int = 0
    shortfall: int = 0
    alert_threshold: int | None = None
    version: int = 0
    moves: tuple[Move, ...] = ()

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.on_hand <= UNITS_MAX:
            raise ValueError("units on hand lie between none and the most a shelf holds")
        if min(self.safety, self.backorder_limit, self.shortfall) < 0:
            raise ValueError("safety, backorder limit and shortfall are never negative")
        if not 0 <= self.reserved <= self.on_hand + self.backorder_limit + self.shortfall:
            raise ValueError("more units reserved than could ever be shipped")

    @property
    def available(self) -> int:
        """Units that are neither promised nor kept as safety; may be negative after a shortfall (STK-R1)."""
        return self.on_hand - self.reserved - self.safety

    @property
    def sellable(self) -> int:
        """Units a new order can have now (STK-R1)."""
        return max(0, self.available + self.backorder_limit)

    @property
    def is_low(self) -> bool:
        """Whether an alert should be open (STK-R9)."""
        return self.alert_threshold is not None and self.available <= self.alert_threshold

    @classmethod
    def opened(cls, key: StockKey) -> Change[StockItem]:
        """Start keeping stock of a SKU at a location, with nothing there yet and nobody watching."""
        return Change(None, cls(key=key))

    def reserve(self, units: int, *, at: datetime) -> Change[StockItem]:
        """Promise units to an order. Raises SoldOut when fewer are sellable (R1)."""
        check_positive(units)
        if units > self.sellable:
            raise SoldOut(sku_ids=(self.key.sku_id,))
        return self._to(_reserving(self, self.reserved + units), at)

    def release(self, units: int, *, at: datetime) -> Change[StockItem]:
        """Take a promise back: the units can be sold again (R3), or are missing no more."""
        check_positive(units)
        reserved = self.reserved - units
        missing = min(self.shortfall, max(0, reserved - self.on_hand - self.backorder_limit))
        return self._to(evolve(self, reserved=reserved, shortfall=missing), at)

    def consume(self, units: int, *, reference: str, at: datetime) -> Change[StockItem]:
        """Promised units leave the shelf: on hand and reserved both fall (STK-R2)."""
        check_positive(units)
        if units > self.on_hand:
            raise SoldOut(sku_ids=(self.key.sku_id,))
        move = Move(kind=MoveKind.SHIP, units=-units, reference=reference, at=at)
        left = evolve(self, on_hand=self.on_hand - units, reserved=self.reserved - units, moves=(*self.moves, move))
        return self._to(left, at)

    def receive(self, units: int, *, reference: str, at: datetime) -> Change[StockItem]:
        """Units arrive and are counted in; they first make good a recorded shortfall. Raises ShelfFull."""
        check_positive(units)
        if self.on_hand + units > UNITS_MAX:
            raise ShelfFull(sku_id=self.key.sku_id, on_hand=self.on_hand, most=UNITS_MAX)
        move = Move(kind=MoveKind.RECEIVE, units=units, reference=reference, at=at)
        filled = max(0, self.shortfall - units)
        return self._to(evolve(self, on_hand=self.on_hand + units, shortfall=filled, moves=(*self.moves, move)), at)

    def adjust(self, change: int, *, reference: str, at: datetime, shortfall: bool = False) -> Change[StockItem]:
        """Correct the count by some units either way.

        With `shortfall` fewer may be left than are promised: what is missing is written down (STK-R10). Raises
        AdjustmentTooLarge without it, and when fewer than none or too many would be left.
        """
        left = self.on_hand + change
        missing = max(0, self.reserved - max(0, left) - self.backorder_limit)
        if change == 0 or not 0 <= left <= UNITS_MAX or (missing > self.shortfall and not shortfall):
            raise AdjustmentTooLarge(sku_id=self.key.sku_id, on_hand=self.on_hand, reserved=self.reserved, change=change)
        move = Move(kind=MoveKind.ADJUST, units=change, reference=reference, at=at)
        return self._to(evolve(self, on_hand=left, shortfall=missing, moves=(*self.moves, move)), at)

    def watch(self, threshold: int | None, *, at: datetime) -> Change[StockItem]:
        """Alert when available falls to this many units or below; None stops watching (STK-R9)."""
        return self._to(evolve(self, alert_threshold=threshold), at)

    def keep_safe(self, safety: int, *, at: datetime) -> Change[StockItem]:
        """Keep this many units out of sale."""
        return self._to(evolve(self, safety=safety), at)

    def _to(self, after: StockItem, at: datetime) -> Change[StockItem]:
        return Change(self, after, self._alarms(after, at))

    def _alarms(self, after: StockItem, at: datetime) -> tuple[Event, ...]:
        if (self.alert_threshold is None and after.alert_threshold is None) or self.is_low == after.is_low:
            return ()
        kind = StockFellLow if after.is_low else StockRecovered
        return (
            kind(
                at=at, sku_id=self.key.sku_id, location_id=self.key.location_id,
                available=after.available, threshold=after.alert_threshold or 0,
            ),
        )  # fmt: skip


_reserving: Final = with_new(StockItem, "reserved")


@frozen
class OnlineShelves:
    """Shelves that online orders draw from, and their places in the order they are drawn from (STK-R5)."""

    places: tuple[LocationId, ...]
    items: Mapping[StockKey, StockItem]


CODE_LETTERS_MAX: Final = 40
NAME_LETTERS_MAX: Final = 100


class LocationKind(Enum):
    """Where goods lie."""

    WAREHOUSE = "warehouse"
    STORE = "store"


@frozen(kw_only=True)
class Location:
    """A warehouse or a store that keeps stock (仓库, 门店); online orders draw on those that `sells_online`, by `priority`."""

    id: LocationId
    code: str
    name: str
    kind: LocationKind = LocationKind.WAREHOUSE
    sells_online: bool = True
    priority: int = 100
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if not 1 <= len(self.code) <= CODE_LETTERS_MAX or not 1 <= len(self.name) <= NAME_LETTERS_MAX:
            raise InvalidInput.of("code", "length", "a location has a short code and a name")


@frozen(kw_only=True)
class StockAlert:
    """An open warning that a SKU runs low at a location (预警); at most one is open for each (STK-R9)."""

    key: StockKey
    available: int
    threshold: int
    opened_at: datetime
    version: int = 0


def check_positive(units: int) -> None:
    """Raises ValueError unless so many units can come or go."""
    if type(units) is not int or units < 1:
        raise ValueError("units are a whole number of at least one")
