"""Laws of notes (NTE-R1, NTE-R2)."""

from __future__ import annotations

from typing import Final

from retail_domain.notes import BYTES_MAX
from retail_domain.testing.simulation.auditor import Auditor, RowLaw
from retail_domain.testing.simulation.traffic import RowChange


def one_program_writes_its_own(_auditor: Auditor, row: RowChange) -> str | None:
    """NTE-R2: here each program writes under its own namespace, so that a row which changed in two has lost something."""
    if row.after is None:
        return f"notes {row.key} are gone"
    before, after = row.before.values if row.before is not None else {}, row.after.values
    changed = {key.partition(".")[0] for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    return None if len(changed) <= 1 else f"notes {row.key} changed for {sorted(changed)} at once"


def there_is_a_limit(_auditor: Auditor, row: RowChange) -> str | None:
    """NTE-R1: whoever writes at once."""
    size = len(row.after.text.encode()) if row.after is not None else 0
    return None if size <= BYTES_MAX else f"notes {row.key} take {size} bytes"


ROW_LAWS: Final = (
    RowLaw("NTE-R2", "notes", one_program_writes_its_own),
    RowLaw("NTE-R1", "notes", there_is_a_limit),
)
