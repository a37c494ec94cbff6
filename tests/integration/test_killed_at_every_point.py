"""`kill -9` at every point of the core commands; after each a restart, the audit, the same request again, the audit.

`make crash` does the same for every command on both databases.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from tests.support.crash.commands import COMMANDS, CORE, Danger
from tests.support.crash.everywhere import a_site, kill_everywhere
from tests.support.crash.executioner import Executioner, an_executioner
from tests.support.sandbox import Sandbox, running_sandbox
from tests.support.shop import Shop
from tests.support.stores import Place

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def executioner() -> Iterator[Executioner]:
    """Kills processes at a chosen point."""
    with an_executioner() as executioner:
        yield executioner


@pytest.fixture(scope="module")
def provider() -> Iterator[Sandbox]:
    """The provider, a process of its own, so that what it did outlives whoever asked for it."""
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.mark.parametrize("verb", CORE)
async def test_a_process_killed_at_any_point_loses_nothing_and_the_same_request_again_has_one_effect(
    verb: str, sqlite_path: Path, provider: Sandbox, executioner: Executioner
) -> None:
    """R15, R16, R17, R12, R8: wholly or not at all after each kill, one effect after the repeat, a clean audit every time."""
    async with a_site(Place("sqlite", str(sqlite_path)), provider, executioner) as site:
        tally = await kill_everywhere(site, verb)

    assert tally.points > 30 and tally.commits > 0
    assert tally.deaths[-1].has_answered and not any(death.has_answered for death in tally.deaths[:-1])
    longest = tally.deaths[-1].points
    assert [death.point for death in tally.deaths] == list(longest)  # each point there is, once


async def test_a_request_that_cannot_be_repeated_is_caught_and_the_point_is_named(
    sqlite_path: Path, provider: Sandbox, executioner: Executioner
) -> None:
    """The harness sees what it is for; a parcel sent under no key cannot be asked for again."""

    async def ship_without_a_key(shop: Shop, number: int) -> Danger:
        danger = await COMMANDS["ship"](shop, number)
        path, parcel = danger.call
        return evolve(danger, call=(path, evolve(parcel, once=None)))

    async with a_site(Place("sqlite", str(sqlite_path)), provider, executioner) as site:
        with pytest.raises(AssertionError) as caught:
            await kill_everywhere(site, "ship", ship_without_a_key)

    assert "killed at point 1: before begin" in caught.value.__notes__[0] and "--only ship" in caught.value.__notes__[0]


async def test_three_steps_around_a_provider_survive_a_kill_at_any_point_on_postgresql_too(
    postgres_url: str, provider: Sandbox, executioner: Executioner
) -> None:
    """R12, R15: also with COMMIT on the wire and its answer never read."""
    async with a_site(Place("postgres", postgres_url), provider, executioner) as site:
        tally = await kill_everywhere(site, "pay")

    assert (tally.commits, tally.calls) == (2, 2) and tally.deaths[-1].has_answered
