"""What to do to a sound shop so that the law of jobs is broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

_COLUMNS: Final = (
    "id, kind, is_trial, options, size_bytes, digest, open_under, needs, places, asked_by_kind, asked_by_ref, asked_at, state, "
    "phase, rows_done, rows_all, tries, due_at, reason, version"
)
DAMAGE: Final[Damage] = {
    "JOB-R5": (
        f"INSERT INTO {{0}}jobs ({_COLUMNS}) "
        "SELECT id, 'prices', never, '{{}}', 1, 'd', 'u', 'selling_price', '', 'system', 'x', placed_at, 'waiting', "
        "'', 0, 1, 0, placed_at, '', 1 FROM (SELECT id, placed_at, (1 = 0) AS never FROM {0}orders LIMIT 1) AS one",
        "state",
    )
}
