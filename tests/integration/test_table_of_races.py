"""Each limited thing of the shop has as many winners as allowed, however many rivals in several processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from tests.races.race import Race, Result
from tests.races.runner import TABLE, a_scene, is_clean, run
from tests.support.postgres import fresh_database
from tests.support.sandbox import Sandbox, running_sandbox
from tests.support.shop import Crew, a_crew
from tests.support.stores import Place

pytestmark = pytest.mark.slow
ROUNDS = 3

Running = Callable[[Race], Result]


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    """Four processes."""
    with a_crew() as crew:
        yield crew


@pytest.fixture(scope="module")
def provider() -> Iterator[Sandbox]:
    """The provider, a process of its own."""
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module", params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One database for the whole table."""
    if request.param == "sqlite":
        yield Place("sqlite", str(tmp_path_factory.mktemp("races") / "shop.db"))
        return
    server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("_migrated")
    with fresh_database(server, template=template) as url:
        yield Place("postgres", url)


@pytest.fixture(scope="module")
def race_here(place: Place, provider: Sandbox, crew: Crew) -> Iterator[Running]:
    """Runs a race in one shop that is open throughout; at the end every law of the shop holds (R43)."""
    with asyncio.Runner() as loop:
        scene_of = a_scene(place, provider)
        scene = loop.run(scene_of.__aenter__())
        try:
            yield lambda race: loop.run(run(race, scene, crew, ROUNDS))
            loop.run(is_clean(scene.shop))
        finally:
            loop.run(scene_of.__aexit__(None, None, None))


@pytest.mark.parametrize("race", TABLE, ids=lambda race: race.limit.replace(" ", "-"))
def test_of_fifty_rivals_for_a_limited_thing_as_many_win_as_may(race_here: Running, race: Race) -> None:
    """R1, R3, R5, R8, R14, R17, R18, R28, R30, R31, R36: whoever loses is told so in words of the shop, never by a crash.

    `make races` runs twenty rounds of each and prints the table.
    """
    result = race_here(race)

    assert result.won == result.allowed, result.row()
    assert result.unclean == (), result.row()


def test_the_table_has_a_row_for_each_limit_and_names_its_rules() -> None:
    names = [race.limit for race in TABLE]

    assert len(set(names)) == len(names) >= 40
    assert all(race.rules for race in TABLE)
