"""What follows in the application around the shop, under every kind of trouble (R25, R26)."""

from __future__ import annotations

from retail_domain.testing.simulation.report import Summary, failure_lines
from retail_entrypoints.cli.simulation import one_simulation
from tests.simulation.hosted_reactions import LISTENING, listening
from tests.simulation.naive import unguarded


def test_what_a_host_follows_it_hears_once_and_in_order() -> None:
    """R25, R26: workers that die, clocks that jump, COMMITs nobody hears of, and a reaction that fails now and then."""
    summary = Summary()
    for seed in range(1, 16):
        summary.add(one_simulation(seed, 1_500, play=LISTENING, host=listening()))

    assert summary.violations == 0, "\n".join(line for outcome in summary.failures for line in failure_lines(outcome))
    assert summary.answered > 100


def test_a_delivery_that_two_workers_make_is_noticed() -> None:
    """R25: the laws bite where nothing keeps workers apart."""
    naive = unguarded("deliveries")
    broken = (law.law for seed in range(1, 61) for law in one_simulation(seed, 1_500, naive, LISTENING, listening()).violations)

    assert next(broken, None) == "R25"
