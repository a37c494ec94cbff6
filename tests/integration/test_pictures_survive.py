"""Whoever is killed between a file and its row leaves neither for good (PIC-R7)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import define, field

from retail_adapters.assemble import Outside, on_database, on_memory
from retail_adapters.pictures import MemoryFiles
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import Unavailable
from retail_domain.pictures import (
    AddPicture,
    ForgetPicture,
    PictureNotFound,
    PictureState,
    PreparedPicture,
    ShowPicture,
    Unfit,
)
from retail_domain.pictures.model import files_of
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.goods import NOON, member_id
from tests.support.drawn_pictures import sent
from tests.support.stores import Place, open_database, place_of

ALICE = Actor.member(member_id(1))
CONTENT = sent()


class Killed(BaseException):
    """The process is gone; nothing after this line is done."""


@define
class Mortal:
    """Everything that touches files, and is killed at one of its steps: before it, or after it."""

    inner: MemoryFiles = field(factory=MemoryFiles)
    at: int = -1
    steps: int = 0
    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def keep(self, name: str, content: bytes) -> None:
        self._step()
        await self.inner.keep(name, content)
        self._step()

    async def open(self, name: str) -> bytes | None:
        self._step()
        return await self.inner.open(name)

    async def forget(self, name: str) -> None:
        self._step()
        await self.inner.forget(name)
        self._step()

    async def prepare(self, content: bytes) -> PreparedPicture | Unfit:
        """Whatever it is, it is done."""
        self._step()
        if self.meanwhile is not None:
            await self.meanwhile()
        files = files_of("", 60, 40)
        return PreparedPicture(width=60, height=40, contents={one.name.removeprefix("-"): content for one in files})

    def _step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            raise Killed


@define
class World:
    retail: Any
    files: Mortal
    clock: SettableClock

    async def worker(self) -> None:
        """Round after round until nothing is due; whoever is killed is started again."""
        for _ in range(60):
            try:
                if not (await self.retail.background.timers["look_after_pictures"]()).due:
                    return
            except Killed:
                self.clock.advance(timedelta(minutes=5))
        raise AssertionError("something is always due")


@pytest.fixture(params=("memory", "sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Every store."""
    return place_of(request)


@pytest.fixture
async def world(place: Place) -> AsyncIterator[World]:
    clock, files = SettableClock(NOON), Mortal()
    outside = Outside(clock=clock, picture_files=files, prepare_picture=files.prepare)
    if place.kind == "memory":
        yield World(on_memory(outside), files, clock)
        return
    async with open_database(place) as database:
        yield World(on_database(database, outside), files, clock)


async def life(world: World) -> None:
    """A picture is sent, prepared, and forgotten; whoever is killed anywhere comes back, but for the sender."""
    try:
        added = await world.retail.pictures.add(AddPicture(owner=ALICE, content=CONTENT))
    except Killed:
        added = None
    await world.worker()
    if added is not None:
        view = await world.retail.pictures.show(ShowPicture(picture_id=added.picture_id, owner=ALICE))
        assert view.state is PictureState.READY
        for file in view.files:  # a row that is ready has its files
            assert file.name in world.files.inner.kept
        await world.retail.pictures.forget(ForgetPicture(picture_id=added.picture_id, owner=ALICE))
    world.clock.advance(timedelta(days=2))
    await world.worker()
    world.clock.advance(timedelta(days=2))
    await world.worker()
    if added is not None:
        with pytest.raises(PictureNotFound):
            await world.retail.pictures.show(ShowPicture(picture_id=added.picture_id, owner=ALICE))


async def test_killed_at_any_step_nothing_is_left_for_good(world: World) -> None:
    """PIC-R7: no file without a row, no row that is ready without its files; each step of a life, one after the other."""
    await life(world)
    steps = world.files.steps
    assert steps > 15 and world.files.inner.kept == {}

    for at in range(1, steps + 1):
        world.files.steps, world.files.at = 0, at
        await life(world)
        world.files.at = -1
        await life(world)
        assert world.files.inner.kept == {}, f"killed at step {at} of {steps}"


async def test_nothing_that_was_sent_is_kept_once_it_is_prepared(world: World) -> None:
    """PIC-R5: it tells where it was taken; nor can anybody be served it before."""
    added = await world.retail.pictures.add(AddPicture(owner=ALICE, content=CONTENT))
    (name,) = world.files.inner.kept
    assert name.startswith("sent/") and await world.retail.pictures.serve(name) is None
    await world.worker()

    view = await world.retail.pictures.show(ShowPicture(picture_id=added.picture_id, owner=ALICE))
    assert set(world.files.inner.kept) == {one.name for one in view.files}


async def test_a_picture_whose_bytes_are_lost_is_refused_and_says_so(world: World) -> None:
    """PIC-R7: it is not tried for ever."""
    added = await world.retail.pictures.add(AddPicture(owner=ALICE, content=CONTENT))
    world.files.inner.kept.clear()
    await world.worker()

    view = await world.retail.pictures.show(ShowPicture(picture_id=added.picture_id, owner=ALICE))
    assert (view.state, view.reason, view.files) == (PictureState.REFUSED, Unfit.LOST, ())


async def test_a_picture_that_kills_its_worker_does_so_three_times(world: World) -> None:
    """PIC-R4."""
    added = await world.retail.pictures.add(AddPicture(owner=ALICE, content=CONTENT))
    killed = []

    async def dies() -> None:
        killed.append(world.clock.now())
        raise Killed

    world.files.meanwhile = dies
    await world.worker()
    view = await world.retail.pictures.show(ShowPicture(picture_id=added.picture_id, owner=ALICE))

    assert (len(killed), view.reason) == (3, Unfit.TOO_HARD)


async def test_forgotten_while_it_is_prepared_leaves_no_files(world: World) -> None:
    """PIC-R7: what is written after that is deleted, since deleting waits."""
    added = await world.retail.pictures.add(AddPicture(owner=ALICE, content=CONTENT))
    forget = ForgetPicture(picture_id=added.picture_id, owner=ALICE)

    async def meanwhile() -> None:
        await world.retail.pictures.forget(forget)

    world.files.meanwhile = meanwhile
    await world.retail.background.timers["look_after_pictures"]()
    world.files.meanwhile = None
    assert world.files.inner.kept
    world.clock.advance(timedelta(minutes=5))
    await world.worker()

    assert world.files.inner.kept == {}


async def test_a_place_that_is_away_loses_nothing(world: World) -> None:
    """PIC-R9: the same key sends the same picture again."""

    class Away(MemoryFiles):
        async def keep(self, name: str, content: bytes) -> None:
            raise Unavailable(reason="pictures: away")

    world.files.inner, back = Away(), world.files.inner
    with pytest.raises(Unavailable):
        await world.retail.pictures.add(AddPicture(owner=ALICE, content=CONTENT))
    world.files.inner = back
    world.clock.advance(timedelta(hours=2))
    await world.worker()

    assert world.files.inner.kept == {}
