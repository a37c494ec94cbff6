"""What an order takes beside its price: stock, purchase limits, and whatever else is limited."""

from retail_domain.processes.takings.every import TAKINGS as TAKINGS, Takings as Takings, TakingsWork as TakingsWork
from retail_domain.processes.takings.taking import (
    Given as Given,
    Minted as Minted,
    Paid as Paid,
    Taking as Taking,
    Why as Why,
    Wish as Wish,
    units_freed as units_freed,
)
