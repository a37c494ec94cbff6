"""Means for tests: a clock that stands still, ids that count, luck that comes the same again, days of UTC."""

from __future__ import annotations

from datetime import UTC

from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Ids, Luck
from retail_domain.kernel.means import Means
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.ids import CountingIds
from retail_domain.testing.luck import SeededLuck


def means_of(clock: Clock | None = None, ids: Ids | None = None, luck: Luck | None = None) -> Means:
    """Means of these, and of a test's own where none are given."""
    return Means(clock=clock or SettableClock(), ids=ids or CountingIds(), luck=luck or SeededLuck(), calendar=Calendar(UTC))
