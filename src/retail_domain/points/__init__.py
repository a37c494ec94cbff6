"""Points (积分): what members are given for coming back, as a ledger of lots."""

from typing import Final

from retail_domain.kernel.events import Event
from retail_domain.points.errors import AboveOnesLimit as AboveOnesLimit, TooFewPoints as TooFewPoints
from retail_domain.points.ledger import (
    PointsAccount as PointsAccount,
    PointsLedger as PointsLedger,
    PointsUse as PointsUse,
)
from retail_domain.points.lot import POINTS_MAX as POINTS_MAX, LotKey as LotKey, PointsLot as PointsLot
from retail_domain.points.states import (
    HELD as HELD,
    Because as Because,
    Cause as Cause,
    PointsEntry as PointsEntry,
    Source as Source,
    Standing as Standing,
)

EVENTS: Final[tuple[type[Event], ...]] = ()
