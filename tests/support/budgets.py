"""How long each room took, printed at the end of a run: the largest room is the first to shrink."""

from __future__ import annotations

from collections import defaultdict

import pytest

ALL_TOGETHER = "all commands together"
"""What attacks every command at once: simulation, crash points, races, fuzz, matrix, soak. Eight minutes at most."""
_MINUTES_OF_IT = 8
_FOLDERS = frozenset({"simulation", "races", "fuzz", "soak"})
_FILES = (
    "test_killed_at_every_point", "test_killed_under_load", "test_table_of_races", "test_soak", "test_http_whole_shop",
    "test_http_every_call_once", "test_effects_and_doors", "test_http_matrix", "test_canaries",
)  # fmt: skip


def room_of(nodeid: str) -> str:
    """The room of a test: its folder below `tests`, or what several folders share."""
    folder, _, rest = nodeid.removeprefix("tests/").partition("/")
    is_shared = folder in _FOLDERS or any(name in rest for name in _FILES)
    return ALL_TOGETHER if is_shared else folder


class Budgets:
    """Counts seconds by room, of every process that runs tests; the tests of one process after the other."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.tests: dict[str, int] = defaultdict(int)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One step of a test has ended; with several processes, the one that hands tests out hears of all."""
        room = room_of(report.nodeid)
        self.seconds[room] += report.duration
        self.tests[room] += report.when == "call"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The table, the largest room first; nothing where one room alone was run."""
        if len(self.seconds) < 2:
            return
        terminalreporter.section("seconds by room")
        for room, seconds in sorted(self.seconds.items(), key=lambda each: -each[1]):
            limit = f"  (at most {_MINUTES_OF_IT * 60 * 2} on two cores)" if room == ALL_TOGETHER else ""
            terminalreporter.write_line(f"{seconds:8.0f}  {room}, {self.tests[room]} tests{limit}")
        terminalreporter.write_line(f"{sum(self.seconds.values()):8.0f}  in all")
