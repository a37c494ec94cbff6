"""Points (积分): what members are given for coming back, as a ledger of lots."""

from typing import Final

from retail_domain.kernel.events import Event
from retail_domain.points.errors import AboveOnesLimit as AboveOnesLimit, TooFewPoints as TooFewPoints
from retail_domain.points.ledger import (
    PointsAccount as PointsAccount,
    PointsLedger as PointsLedger,
    PointsUse as PointsUse,
    Uses as Uses,
    firm as firm,
)
from retail_domain.points.lot import (
    POINTS_MAX as POINTS_MAX,
    LotKey as LotKey,
    PointsEntry as PointsEntry,
    PointsLot as PointsLot,
)
from retail_domain.points.ports import (
    PointsAccounts as PointsAccounts,
    PointsLots as PointsLots,
    PointsUses as PointsUses,
    PointsWork as PointsWork,
    RuledPointsWork as RuledPointsWork,
)
from retail_domain.points.queries import (
    EXPIRING_MAX as EXPIRING_MAX,
    ExpiringPoints as ExpiringPoints,
    PointsBalance as PointsBalance,
    PointsQueries as PointsQueries,
)
from retail_domain.points.settings import (
    RATE_UNIT as RATE_UNIT,
    SETTINGS as SETTINGS,
    USUAL as USUAL,
    PointsRules as PointsRules,
)
from retail_domain.points.states import (
    HELD as HELD,
    Because as Because,
    PointsAre as PointsAre,
    PointsCause as PointsCause,
    PointsSource as PointsSource,
)
from retail_domain.points.use_cases import (
    REASON_MAX as REASON_MAX,
    AdjustPoints as AdjustPoints,
    Award as Award,
    PointsAdjusted as PointsAdjusted,
    PointsDesk as PointsDesk,
    PointsPay as PointsPay,
    award as award,
    claimed as claimed,
    keep as keep,
)

EVENTS: Final[tuple[type[Event], ...]] = ()
