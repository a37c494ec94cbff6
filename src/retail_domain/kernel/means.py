"""What every use case may need from outside the shop, in one value."""

from __future__ import annotations

from attrs import frozen

from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Ids, Luck


@frozen(kw_only=True)
class Means:
    """What time it is, ids and luck that never came before, and what day a moment lies in; a use case asks nothing else."""

    clock: Clock
    ids: Ids
    luck: Luck
    calendar: Calendar
