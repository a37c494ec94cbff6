"""Inventory (库存): what lies where, what of it is promised, and when it runs low."""

from retail_domain.inventory.allocation import (
    Drawn as Drawn,
    allocate as allocate,
    short_of as short_of,
)
from retail_domain.inventory.causes import CAUSES as CAUSES
from retail_domain.inventory.errors import (
    AdjustmentTooLarge as AdjustmentTooLarge,
    LocationExists as LocationExists,
    LocationNotFound as LocationNotFound,
    QuotaNotFound as QuotaNotFound,
    QuotaTooSmall as QuotaTooSmall,
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
    MoveKind as MoveKind,
    OnlineShelves as OnlineShelves,
    StockAlert as StockAlert,
    StockItem as StockItem,
    StockKey as StockKey,
)
from retail_domain.inventory.ports import (
    InventoryWork as InventoryWork,
    Locations as Locations,
    Quotas as Quotas,
    QuotaShares as QuotaShares,
    Reservations as Reservations,
    StockItems as StockItems,
)
from retail_domain.inventory.queries import (
    AlertView as AlertView,
    InventoryQueries as InventoryQueries,
    MoveView as MoveView,
    StockView as StockView,
    location_named as location_named,
)
from retail_domain.inventory.quota import (
    QUOTA as QUOTA,
    Quota as Quota,
    QuotaShare as QuotaShare,
    QuotaShareKey as QuotaShareKey,
    quota_ground as quota_ground,
)
from retail_domain.inventory.quotas import (
    CloseQuota as CloseQuota,
    QuotaStands as QuotaStands,
    SetQuota as SetQuota,
)
from retail_domain.inventory.reservation import (
    Owner as Owner,
    PromiseKey as PromiseKey,
    Reservation as Reservation,
    ReservationState as ReservationState,
)
from retail_domain.inventory.use_cases import (
    AdjustStock as AdjustStock,
    LocationOpened as LocationOpened,
    OpenLocation as OpenLocation,
    ReceiveStock as ReceiveStock,
    StockCounted as StockCounted,
    WatchStock as WatchStock,
    follow_stock_level as follow_stock_level,
)
