"""Takings: what placing takes, paying makes firm, closing and refunding give back; one module a kind."""

from retail_domain.processes.takings.coupons import Coupons as Coupons
from retail_domain.processes.takings.limits import LimitsWork as LimitsWork, PurchaseLimits as PurchaseLimits
from retail_domain.processes.takings.meaning import (
    closed_unpaid as closed_unpaid,
    units_freed as units_freed,
    units_shipped as units_shipped,
    units_undone as units_undone,
    was_completed as was_completed,
    was_paid as was_paid,
)
from retail_domain.processes.takings.open_orders import OpenOrders as OpenOrders
from retail_domain.processes.takings.points import PointsOfOrders as PointsOfOrders
from retail_domain.processes.takings.quota import CampaignQuota as CampaignQuota, QuotaWork as QuotaWork
from retail_domain.processes.takings.stock import (
    Promises as Promises,
    Stock as Stock,
    StockWork as StockWork,
    only_place as only_place,
    places_of as places_of,
    units_at as units_at,
)
from retail_domain.processes.takings.taking import (
    NOTHING as NOTHING,
    AnyFollower as AnyFollower,
    Asking as Asking,
    BuyerFact as BuyerFact,
    Demand as Demand,
    Earning as Earning,
    Follower as Follower,
    Given as Given,
    Known as Known,
    Minted as Minted,
    Paid as Paid,
    Taking as Taking,
    Why as Why,
)
from retail_domain.processes.takings.tier import TierOfBuyer as TierOfBuyer, TierWork as TierWork
from retail_domain.processes.takings.whole import (
    Own as Own,
    Shared as Shared,
    Takings as Takings,
    TakingsWork as TakingsWork,
    our_takings as our_takings,
)
