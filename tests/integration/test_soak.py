"""Ten seconds of everybody at once, on each database: everything told can be explained, and the books agree."""

from __future__ import annotations

import pytest

from tests.soak.runner import Soak, soaked
from tests.support.sandbox import running_sandbox
from tests.support.stores import Place, place_of

pytestmark = pytest.mark.slow


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Where the shop's database lies."""
    return place_of(request)


async def test_what_thirty_two_clients_in_four_processes_were_told_can_have_happened_one_after_the_other(place: Place) -> None:
    """R1, R5, R6, R8, R13, R14, R15, R30, R31, R43: orders, shelves, carts and money, what was seen included.

    `make soak ARGS="--seconds 1800"` goes on for longer.
    """
    with running_sandbox() as sandbox:
        outcome = await soaked(place, sandbox, Soak(seconds=10, clients=32, processes=4))

    assert outcome.violations == ()
    assert outcome.orders > 0
