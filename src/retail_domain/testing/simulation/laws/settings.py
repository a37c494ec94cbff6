"""Laws of settings: numbers without a gap, nothing written over, and no order of half a change (SET-R2, SET-R4)."""

from __future__ import annotations

from typing import Final

from attrs import astuple

from retail_domain.ordering.settings import AFTER_SALE_SECONDS, AUTO_SIGN_SECONDS, PAY_SECONDS
from retail_domain.testing.simulation.auditor import Auditor, RowLaw
from retail_domain.testing.simulation.traffic import RowChange

_TIMERS: Final = (PAY_SECONDS.name, AUTO_SIGN_SECONDS.name, AFTER_SALE_SECONDS.name)


def the_next_of_all(auditor: Auditor, row: RowChange) -> str | None:
    """SET-R2: each change has the number after the last one, and stays as it was made."""
    if row.after is None or row.before is not None:
        return f"change {row.key} of settings was written over"
    there = auditor.mirror.tables["settings_changes"]
    return None if len(there) == row.after.number else f"change {row.key} of settings is the {len(there)}th"


def waits_as_was_set_together(auditor: Auditor, row: RowChange) -> str | None:
    """SET-R4: the deadlines of a new order were in force at one moment, and no order gets others later."""
    if row.before is not None:
        return None if row.after.timers == row.before.timers else f"the deadlines of order {row.key} were moved"
    changes = auditor.mirror.tables["settings_changes"].values()
    set_together = {tuple(one.values[name] for name in _TIMERS) for one in changes if one.values}
    waits = astuple(row.after.timers)
    if waits in set_together or waits == astuple(auditor.timers):
        return None
    return f"order {row.key} waits {waits}, which was never set"


ROW_LAWS: Final = (
    RowLaw("SET-R2", "settings_changes", the_next_of_all),
    RowLaw("SET-R4", "orders", waits_as_was_set_together),
)
