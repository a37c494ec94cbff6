"""Calls to addresses that somebody else has chosen: the one way out for all of them (R39)."""

from retail_adapters.outbound.calling import (
    Call as Call,
    Called as Called,
    CallFailed as CallFailed,
    Obstacle as Obstacle,
    Outbound as Outbound,
)
from retail_adapters.outbound.names import Lookups as Lookups
