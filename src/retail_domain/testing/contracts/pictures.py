"""The examinations of pictures: every store's, with the fixture `begin` of an empty one, and every place's for their bytes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final
from uuid import UUID

import pytest

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import InvalidInput, Stale
from retail_domain.kernel.ids import PictureId
from retail_domain.kernel.units import Begin
from retail_domain.pictures import (
    PICTURES_MAX,
    Picture,
    PictureFiles,
    PictureKind,
    PictureNotFound,
    PicturesWork,
    PictureUser,
    refer,
    release,
)
from retail_domain.pictures.reading import Heading
from retail_domain.testing.goods import NOON, member_id

ALICE: Final = Actor.member(member_id(1))
BOB: Final = Actor.member(member_id(2))
REVIEW: Final = PictureUser("review", UUID(int=1))
POST: Final = PictureUser("post", UUID(int=1))
SENT: Final = "sent/" + "0" * 32
MADE: Final = "a" * 64 + "-800.webp"


def picture_id(number: int) -> PictureId:
    """The same one for the same number."""
    return PictureId(UUID(int=number))


async def stored(begin: Begin[PicturesWork], *numbers: int, owner: Actor = ALICE) -> None:
    """Pictures of these numbers, ready and settled."""
    for number in numbers:
        heading = Heading(PictureKind.JPEG, 1200, 900)
        made = Picture.announced(picture_id(number), owner, heading, b"tea", at=NOON).state
        ready = made.arrived(at=NOON).state.prepared(1200, 900, at=NOON).state.sent_is_gone(at=NOON).state
        async with begin() as work:
            work.pictures.save(Change(None, ready))
            await work.commit()


async def shows(begin: Begin[PicturesWork], user: PictureUser, *numbers: int, owner: Actor | None = ALICE) -> None:
    """A thing shows them from now on."""
    async with begin() as work:
        await refer(work, [picture_id(one) for one in numbers], user, owner=owner, at=NOON)
        await work.commit()


async def lets_go(begin: Begin[PicturesWork], user: PictureUser, *numbers: int) -> None:
    """A thing shows them no more."""
    async with begin() as work:
        await release(work, [picture_id(one) for one in numbers], user, at=NOON)
        await work.commit()


async def uses(begin: Begin[PicturesWork], number: int) -> int:
    """How many things show it."""
    async with begin() as work:
        return (await work.pictures.get(picture_id(number))).uses


@pytest.mark.asyncio
class PicturesContract:
    """What every store of pictures promises."""

    async def test_each_thing_that_shows_a_picture_counts_once_and_lets_go_once(self, begin: Begin[PicturesWork]) -> None:
        """PIC-R8: said twice it counts once, and whoever never showed it takes nothing away."""
        await stored(begin, 1, 2)
        for _ in range(2):
            await shows(begin, REVIEW, 1, 2)
        await shows(begin, POST, 1)
        assert [await uses(begin, one) for one in (1, 2)] == [2, 1]

        await lets_go(begin, POST, 1, 2)
        for _ in range(2):
            await lets_go(begin, REVIEW, 1)

        assert [await uses(begin, one) for one in (1, 2)] == [0, 1]

    async def test_many_are_looked_at_at_once_and_those_that_are_not_there_are_absent(self, begin: Begin[PicturesWork]) -> None:
        """PIC-R6: whoever sent them, since whoever sees a review sees its pictures."""
        await stored(begin, 1)
        await stored(begin, 2, owner=BOB)
        async with begin() as work:
            found = await work.pictures.some([picture_id(one) for one in (1, 2, 2, 3)])

        assert {id: one.owner for id, one in found.items()} == {picture_id(1): ALICE, picture_id(2): BOB}

    async def test_what_is_shown_is_never_due_and_what_nothing_shows_is(self, begin: Begin[PicturesWork]) -> None:
        """PIC-R8: the most overdue first, and no more than are asked for."""
        await stored(begin, 1, 2, 3)
        await shows(begin, REVIEW, 2)
        async with begin() as work:
            assert await work.pictures.due(NOON, 9) == []
            assert await work.pictures.due(NOON + timedelta(days=1), 9) == [picture_id(1), picture_id(3)]
            assert await work.pictures.due(NOON + timedelta(days=1), 1) == [picture_id(1)]

    async def test_nobody_shows_what_somebody_else_sent_nor_what_is_not_there(self, begin: Begin[PicturesWork]) -> None:
        """PIC-R8: and then none of them counts."""
        await stored(begin, 1)
        await stored(begin, 2, owner=BOB)
        for numbers in ((1, 2), (1, 3)):
            with pytest.raises(PictureNotFound):
                await shows(begin, REVIEW, *numbers)

        assert await uses(begin, 1) == 0
        await shows(begin, REVIEW, 2, owner=None)
        assert await uses(begin, 2) == 1

    async def test_a_thing_shows_nine_pictures_at_most_and_each_once(self, begin: Begin[PicturesWork]) -> None:
        """PIC-R8."""
        await stored(begin, *range(1, PICTURES_MAX + 2))
        with pytest.raises(InvalidInput, match="too_many"):
            await shows(begin, REVIEW, *range(1, PICTURES_MAX + 2))
        with pytest.raises(InvalidInput, match="repeated"):
            await shows(begin, REVIEW, 1, 1)
        await shows(begin, REVIEW, *range(1, PICTURES_MAX + 1))

    async def test_a_picture_that_goes_is_shown_by_nothing_whoever_came_first(self, begin: Begin[PicturesWork]) -> None:
        """PIC-R8: of two who decide at once about showing and forgetting it, one hears that the other did."""
        await stored(begin, 1)

        async def goes() -> None:
            async with begin() as work:
                known = await work.pictures.claim(picture_id(1))
                assert known is not None
                work.pictures.save(known.goes(at=NOON))
                await work.commit()

        told = await asyncio.gather(shows(begin, REVIEW, 1), goes(), return_exceptions=True)

        refused = [one for one in told if isinstance(one, Exception)]
        assert len(refused) == 1 and getattr(refused[0], "code", "") in ("pictures.not_found", "pictures.in_use", Stale.code)

    async def test_a_row_goes_for_good_and_going_twice_changes_nothing(self, begin: Begin[PicturesWork]) -> None:
        """PIC-R7."""
        await stored(begin, 1)
        for _ in range(2):
            async with begin() as work:
                work.pictures.drop(picture_id(1))
                await work.commit()

        async with begin() as work:
            assert await work.pictures.claim(picture_id(1)) is None
        async with begin() as work:
            with pytest.raises(PictureNotFound):
                await work.pictures.get(picture_id(1))


@pytest.mark.asyncio
class PictureFilesContract:
    """What every place for the bytes of pictures promises; a subclass brings the fixture `files` of an empty one."""

    async def test_what_is_kept_is_opened_whole_until_it_is_forgotten(self, files: PictureFiles) -> None:
        """PIC-R9: also bytes of every value, and the same again."""
        content = bytes(range(256)) * 1_000
        for name in (SENT, MADE):
            for _ in range(2):
                await files.keep(name, content)
            assert await files.open(name) == content
            for _ in range(2):
                await files.forget(name)
            assert await files.open(name) is None

    async def test_names_are_apart_and_nothing_is_there_before_it_is_kept(self, files: PictureFiles) -> None:
        """PIC-R9."""
        assert await files.open(MADE) is None
        await files.keep(SENT, b"one")
        await files.keep(MADE, b"")
        await files.forget("sent/" + "1" * 32)

        assert (await files.open(SENT), await files.open(MADE)) == (b"one", b"")

    @pytest.mark.parametrize(
        "name",
        ["", "../etc/passwd", "sent/../../x", SENT + "\n", MADE.replace("-800", "/800"), "a" * 64 + "-0.webp", "/" + SENT],
    )
    async def test_a_name_of_another_spelling_leads_nowhere(self, files: PictureFiles, name: str) -> None:
        """PIC-R6."""
        with pytest.raises(ValueError, match="named"):
            await files.keep(name, b"x")
        with pytest.raises(ValueError, match="named"):
            await files.open(name)
        with pytest.raises(ValueError, match="named"):
            await files.forget(name)

    async def test_whoever_opens_while_it_is_written_sees_all_or_nothing(self, files: PictureFiles) -> None:
        """PIC-R9: never a half."""
        content = b"tea" * 200_000

        async def look() -> bytes | None:
            return await files.open(MADE)

        told = await asyncio.gather(files.keep(MADE, content), *(look() for _ in range(8)))

        assert set(told[1:]) <= {None, content}
