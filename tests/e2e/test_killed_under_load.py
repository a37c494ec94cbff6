"""Servers, workers and PostgreSQL killed at random while members buy over HTTP (F1 to F3); see `make crash`."""

from __future__ import annotations

import pytest

from tests.support.crash.grounds import storm_on
from tests.support.crash.storm import Weather

pytestmark = pytest.mark.slow


def test_what_was_acknowledged_outlives_killed_servers_and_workers_on_sqlite() -> None:
    """R15, R17, R25: every promise is kept once, nothing else exists, and the shop comes to rest by itself."""
    tally = storm_on("sqlite", Weather(kills=6, seconds_max=15.0, clients=3))

    assert tally.wrongs == []
    assert sum(tally.kills.values()) > 0 and tally.records.promises


@pytest.mark.postgres
def test_what_was_acknowledged_outlives_a_crashed_postgresql_and_commits_cut_off() -> None:
    """R15, R31: also when the server is stopped on the spot, and when nobody learns what became of a COMMIT."""
    tally = storm_on("postgres", Weather(kills=6, restarts=2, cuts=3, seconds_max=20.0, clients=3))

    assert tally.wrongs == []
    assert sum(tally.kills.values()) > 0 and tally.restarts > 0 and tally.records.promises
