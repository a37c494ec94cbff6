"""What orders bring, under fire: every interleaving keeps granted = frozen + released + revoked, and every fen of a refund."""

from __future__ import annotations

from collections import Counter

import pytest

from retail_adapters.memory.interleaving import InterleavingUnitOfWork
from retail_domain.testing.simulation.report import Summary
from retail_entrypoints.cli.simulation import one_simulation
from tests.simulation.earning import earning, rewarding
from tests.simulation.naive import unguarded
from tests.simulation.test_simulation import told

STEPS = 4_000
SEEDS_A_PART = 20


@pytest.mark.slow
@pytest.mark.parametrize("part", range(2))
def test_points_and_refunds_keep_their_laws_under_every_kind_of_trouble(part: int) -> None:
    """R5, R13, R16: accounts, grants and orders change in one transaction, whoever comes between."""
    summary, reached = Summary(), Counter[str]()
    for seed in range(1 + part * SEEDS_A_PART, 1 + (part + 1) * SEEDS_A_PART):
        summary.add(one_simulation(seed, STEPS, InterleavingUnitOfWork, earning(reached), rewarding))

    assert summary.violations == 0, told(summary)
    assert reached["kept back"] > 0


def test_an_account_that_is_not_locked_is_caught() -> None:
    """Read, modify, write: a point is spent twice, or lost."""
    play, laws = earning(Counter()), set[str]()
    for seed in range(210, 270):
        found = one_simulation(seed, 2_000, unguarded("hosted reward_accounts"), play, rewarding).violations
        laws |= {one.law for one in found}
        if laws:
            break

    assert laws & {"earning", "R47", "R5"}
