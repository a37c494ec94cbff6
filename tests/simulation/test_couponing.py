"""Coupons under fire: rivals for the last one, one in two orders, orders that come to nothing (CPN-I1 to CPN-I4)."""

from __future__ import annotations

from collections import Counter
from typing import Final

from attrs import evolve

from retail_domain.testing.simulation.auditor import Auditor, RowLaw
from retail_domain.testing.simulation.deeds import DEEDS
from retail_domain.testing.simulation.deeds.couponing import COUPONING
from retail_domain.testing.simulation.laws import END_LAWS, ROW_LAWS
from retail_domain.testing.simulation.opening import Play
from retail_domain.testing.simulation.report import Summary
from retail_domain.testing.simulation.traffic import RowChange
from retail_entrypoints.cli.simulation import one_simulation
from tests.simulation.test_simulation import told

SEEDS: Final = (1, 2, 3, 5, 7, 11, 13, 17)
_OTHERS: Final = {
    "pay": 3.0, "pay at the counter": 3.0, "give back": 2.0, "ship": 0.5, "receive": 1.0, "change their mind": 3.0,
    "look at an order": 1.0, "close": 1.0,
}  # fmt: skip


def with_coupons(reached: Counter[str]) -> Play:
    """People who order with coupons; `reached` counts what became of them."""

    def count(_: Auditor, row: RowChange) -> None:
        before = row.before.stands.value if row.before is not None else "new"
        reached[f"{before} {row.after.stands.value}"] += 1

    others = (evolve(deed, weight=_OTHERS[deed.name]) for deed in DEEDS if deed.name in _OTHERS)
    counting = RowLaw("CPN-R3", "coupons", count)
    return Play(deeds=(*others, *COUPONING), row_laws=(*ROW_LAWS, counting), end_laws=END_LAWS)


def test_coupons_keep_their_laws_under_every_kind_of_trouble() -> None:
    """CPN-I1, CPN-I2, CPN-I3, CPN-I4, CPN-R3, R16, R17, R19: whoever comes between, and whatever is lost on the way."""
    summary, reached = Summary(), Counter[str]()
    for seed in SEEDS:
        summary.add(one_simulation(seed, 1_500, play=with_coupons(reached)))

    assert summary.violations == 0, told(summary)
    wanted = ("new unused", "unused locked", "locked used", "locked unused")
    assert min(reached[one] for one in wanted) > 5, reached
