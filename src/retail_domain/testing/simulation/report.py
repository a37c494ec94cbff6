"""What many simulations came to: figures, faults by kind, rare states, violations, each with the line that replays it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import define, field

from retail_domain.testing.simulation.run import SimulationOutcome
from retail_domain.testing.simulation.trouble import Fault, Rare

LONG_RUN_SEEDS: Final = 500
"""A run of so many seeds that never reached a rare state says so."""
KEPT_FAILURES: Final = 20


@define(kw_only=True)
class Summary:
    """Sums over seeds."""

    seeds: int = 0
    steps: int = 0
    commands: int = 0
    answered: int = 0
    refused: int = 0
    commits: int = 0
    orders: int = 0
    waits: int = 0
    deadlocks: int = 0
    calm_seeds: int = 0
    """Seeds in which no fault was asked for or none happened."""
    fired: Counter[Fault] = field(factory=Counter)
    reached: Counter[Rare] = field(factory=Counter)
    violations: int = 0
    failures: list[SimulationOutcome] = field(factory=list)

    def add(self, outcome: SimulationOutcome) -> None:
        """One more seed."""
        self.seeds += 1
        self.steps += outcome.steps
        self.commands += outcome.commands
        self.answered += outcome.answered
        self.refused += outcome.refused
        self.commits += outcome.commits
        self.orders += outcome.orders
        self.waits += outcome.waits
        self.deadlocks += outcome.deadlocks
        self.calm_seeds += not outcome.fired
        self.fired += outcome.fired
        self.reached += outcome.reached
        self.violations += len(outcome.violations)
        if outcome.violations and len(self.failures) < KEPT_FAILURES:
            self.failures.append(outcome)

    def missing(self) -> tuple[str, ...]:
        """Rare states and faults that a long run should have met, and did not."""
        if self.seeds < LONG_RUN_SEEDS:
            return ()
        faults = [one.value for one in Fault if not self.fired[one]]
        return (*faults, *(one.value for one in Rare if not self.reached[one]))

    def lines(self) -> Iterator[str]:
        """The report, for a person."""
        yield f"{self.seeds} seeds, {self.steps} steps, {self.commands} commands, {self.commits} commits, {self.orders} orders"
        yield f"{self.waits} claims waited for somebody else's lock, {self.deadlocks} deadlocks"
        yield f"{self.answered} answered, {self.refused} refused, {self.calm_seeds} seeds without any fault"
        yield from _table("faults fired", {one.value: self.fired[one] for one in Fault})
        yield from _table("rare states reached", {one.value: self.reached[one] for one in Rare})
        yield from (f"NEVER REACHED: {one}" for one in self.missing())
        for outcome in self.failures:
            yield from failure_lines(outcome)
        yield f"{self.violations} violations"

    def as_document(self) -> Mapping[str, Any]:
        """The report, for a machine."""
        return {
            "seeds": self.seeds, "steps": self.steps, "commands": self.commands, "answered": self.answered,
            "refused": self.refused, "commits": self.commits, "orders": self.orders, "waits": self.waits,
            "deadlocks": self.deadlocks, "calm_seeds": self.calm_seeds,
            "faults": {one.value: self.fired[one] for one in Fault},
            "rare_states": {one.value: self.reached[one] for one in Rare},
            "never_reached": list(self.missing()), "violations": self.violations,
            "failures": [{"replay": one.replay, "laws": [str(law) for law in one.violations]} for one in self.failures],
        }  # fmt: skip


def failure_lines(outcome: SimulationOutcome) -> Iterator[str]:
    """A failure: the end of its history, the laws that were broken, and the line that replays it."""
    yield from outcome.tail
    yield from (f"VIOLATION {one}" for one in outcome.violations[:5])
    yield f"replay: {outcome.replay}"


def _table(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    yield title
    yield from (f"  {count:>9}  {name}" for name, count in counts.items())
