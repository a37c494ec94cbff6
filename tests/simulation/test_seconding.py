"""What takes two people, under fire: nothing above a limit happens without two different ones (R35, ACC-R14)."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from retail_adapters.assemble import Outside
from retail_domain.approvals import ApprovalState
from retail_domain.kernel.second_person import PRICE_CUT, REFUND, SecondPerson
from retail_domain.testing.simulation.auditor import Auditor, RowLaw
from retail_domain.testing.simulation.deeds import DEEDS
from retail_domain.testing.simulation.deeds.seconding import SECONDING
from retail_domain.testing.simulation.laws import END_LAWS, ROW_LAWS
from retail_domain.testing.simulation.laws.money import given_back_as_promised
from retail_domain.testing.simulation.laws.seconding import two_people_above
from retail_domain.testing.simulation.opening import Play
from retail_domain.testing.simulation.report import Summary
from retail_domain.testing.simulation.traffic import RowChange
from retail_entrypoints.cli.simulation import one_simulation
from tests.simulation.test_simulation import told

SEEDS: Final = (12, 13, 15, 16, 20, 22)
"""Histories in which people ask and decide."""
LIMITS: Final = {REFUND: 2_000, PRICE_CUT: 300}
_OTHERS: Final = {
    "order goods": 6.0, "pay": 4.0, "pay at the counter": 4.0, "look at an order": 3.0, "look at my orders": 3.0, "ship": 1.0,
    "receive": 1.0,
}  # fmt: skip
TOLD: Final = tuple(law for law in END_LAWS if law.check is not given_back_as_promised)
"""Whoever approves is not told how much goes back, so nothing was promised to them."""


def with_two_people(ours: Outside) -> Outside:
    """A shop with limits."""
    return evolve(ours, policies=evolve(ours.policies, second_person=SecondPerson(limits=LIMITS)))


def office(reached: dict[str, int]) -> Play:
    """Only people give back and agree on prices; `reached` counts what became of requests."""

    def count(auditor: Auditor, row: RowChange) -> None:
        reached[row.after.state.value] = reached.get(row.after.state.value, 0) + 1

    others = (evolve(deed, weight=_OTHERS[deed.name]) for deed in DEEDS if deed.name in _OTHERS)
    counting = RowLaw("ACC-R14", "approvals", count)
    law = two_people_above(refund=LIMITS[REFUND], price_cut=LIMITS[PRICE_CUT])
    return Play(deeds=(*others, *SECONDING), row_laws=(*ROW_LAWS, law, counting), end_laws=TOLD)


def test_nothing_above_a_limit_happens_without_two_people() -> None:
    """ACC-R14, R35, R5, R17: whoever comes between, whatever is lost on the way, and who asks again."""
    summary, reached = Summary(), dict[str, int]()
    for seed in SEEDS:
        summary.add(one_simulation(seed, 1_200, play=office(reached), host=with_two_people))

    assert summary.violations == 0, told(summary)
    assert min(reached.get(one.value, 0) for one in (ApprovalState.WAITING, ApprovalState.APPROVED, ApprovalState.REFUSED)) > 2


def test_without_the_limits_the_law_is_broken() -> None:
    """The law bites: the same people in a shop that asks nobody for a second."""
    broken = (law.law for seed in SEEDS for law in one_simulation(seed, 1_200, play=office({})).violations)

    assert next(broken, None) == "ACC-R14"
