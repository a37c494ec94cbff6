"""Inventory (库存): what lies where, what of it is promised, and when it runs low."""

from retail_domain.inventory.errors import (
    AdjustmentTooLarge as AdjustmentTooLarge,
    LocationExists as LocationExists,
    LocationNotFound as LocationNotFound,
    ReservationEnded as ReservationEnded,
    ShelfFull as ShelfFull,
    SoldOut as SoldOut,
    StockItemNotFound as StockItemNotFound,
)
from retail_domain.inventory.events import EVENTS as EVENTS, StockFellLow as StockFellLow, StockRecovered as StockRecovered
from retail_domain.inventory.facade import Inventory as Inventory
from retail_domain.inventory.model import (
    Location as Location,
    LocationKind as LocationKind,
    OnlineShelves as OnlineShelves,
    Owner as Owner,
    PromiseKey as PromiseKey,
    Reservation as Reservation,
    ReservationState as ReservationState,
    StockAlert as StockAlert,
    StockItem as StockItem,
    StockKey as StockKey,
    allocate_whole as allocate_whole,
    short_of as short_of,
)
from retail_domain.inventory.ports import (
    InventoryWork as InventoryWork,
    Locations as Locations,
    Reservations as Reservations,
    StockItems as StockItems,
)
from retail_domain.inventory.queries import (
    AlertView as AlertView,
    InventoryQueries as InventoryQueries,
    MoveView as MoveView,
    StockView as StockView,
)
from retail_domain.inventory.use_cases import (
    AdjustStock as AdjustStock,
    AdjustStockHandler as AdjustStockHandler,
    LocationOpened as LocationOpened,
    OpenLocation as OpenLocation,
    OpenLocationHandler as OpenLocationHandler,
    ReceiveStock as ReceiveStock,
    ReceiveStockHandler as ReceiveStockHandler,
    StockCounted as StockCounted,
    WatchStock as WatchStock,
    WatchStockHandler as WatchStockHandler,
    follow_stock_level as follow_stock_level,
)
