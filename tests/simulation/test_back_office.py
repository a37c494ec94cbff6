"""Finance close days, members move in, staff order for them, under fire (PAY-R19, PAY-R20, ACC-R18, ORD-R16)."""

from __future__ import annotations

from collections import Counter
from typing import Final

from attrs import evolve

from retail_domain.testing.simulation.auditor import Auditor, EndLaw, RowLaw
from retail_domain.testing.simulation.deeds import DEEDS
from retail_domain.testing.simulation.deeds.booking import BOOKING
from retail_domain.testing.simulation.deeds.moving_in import MOVING_IN
from retail_domain.testing.simulation.deeds.ordering_for import ORDERING_FOR
from retail_domain.testing.simulation.laws import END_LAWS, ROW_LAWS
from retail_domain.testing.simulation.opening import Play
from retail_domain.testing.simulation.report import Summary
from retail_domain.testing.simulation.traffic import RowChange
from retail_domain.testing.simulation.trouble import Fault
from retail_entrypoints.cli.simulation import one_simulation
from tests.simulation.test_simulation import told

SEEDS: Final = (3, 5, 10, 12, 16, 20, 27, 28, 29, 30, 34)
_OTHERS: Final = {
    "order goods": 3.0, "pay": 3.0, "pay at the counter": 3.0, "give back": 2.0, "ship": 1.0, "receive": 1.0,
    "change their mind": 1.0, "look at an order": 1.0,
}  # fmt: skip
OTHERS: Final = tuple(evolve(deed, weight=_OTHERS[deed.name]) for deed in DEEDS if deed.name in _OTHERS)
CLOCKS: Final = {Fault.CLOCK_AHEAD: 0.06, Fault.CLOCK_BACK: 0.15}
"""A process that is ahead closes a day on which others still take money."""


def back_office(reached: Counter[str]) -> Play:
    """What happens in a back office; `reached` counts what became of it."""

    def count(law: str, table: str) -> RowLaw:
        def noted(_: Auditor, row: RowChange) -> None:
            reached[table] += row.before is None

        return RowLaw(law, table, noted)

    def look_back(auditor: Auditor) -> tuple[str, ...]:
        orders = [one for one in auditor.shown.orders.values() if one.is_placed_by_shop]
        reached["staff orders"] += len(orders)
        reached["agreed to"] += sum(one.paid_at is not None for one in orders)
        reached["late"] += sum(one.late_for is not None for one in auditor.shown.entries)
        return ()

    counting = (count("PAY-R20", "book_closings"), count("ACC-R18", "opening_totals"))
    return Play(
        deeds=(*OTHERS, *BOOKING, *MOVING_IN, *ORDERING_FOR), row_laws=(*ROW_LAWS, *counting),
        end_laws=(*END_LAWS, EndLaw("PAY-R20", look_back)), chances=CLOCKS,
    )  # fmt: skip


def test_a_back_office_keeps_its_laws() -> None:
    """PAY-R19, PAY-R20, ACC-R18, ORD-R16: whoever comes between, whatever is lost on the way, and who asks again."""
    summary, reached = Summary(), Counter[str]()
    for seed in SEEDS:
        summary.add(one_simulation(seed, 2_500, play=back_office(reached)))

    assert summary.violations == 0, told(summary)
    assert min(reached[one] for one in ("book_closings", "opening_totals", "staff orders", "agreed to", "late")) > 5
