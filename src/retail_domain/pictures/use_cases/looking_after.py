"""What a worker does about pictures: prepare them, delete what was sent, forget what nothing shows (PIC-R4, PIC-R7, PIC-R8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import PictureId
from retail_domain.kernel.means import Means
from retail_domain.pictures.model import Picture, PictureState, Unfit, files_of, sent_name
from retail_domain.pictures.ports import PictureFiles, PicturesWork, PreparedPicture, PreparePicture


@frozen
class PictureVerdict:
    """What came of preparing a picture: its size upright, or why it is none."""

    picture_id: PictureId
    width: int = 0
    height: int = 0
    unfit: Unfit | None = None


@frozen(kw_only=True)
class Steps:
    """The steps of looking after a picture, each a unit of its own; files are never touched inside one."""

    take_up: Called[PictureId, Picture | None]
    judge: Called[PictureVerdict, None]
    rid: Called[PictureId, None]
    drop: Called[PictureId, None]


async def look_after_picture(id: PictureId, steps: Steps, files: PictureFiles, prepare: PreparePicture) -> None:
    """Does what is due about one picture; whoever is killed anywhere in it leaves it due again."""
    picture = await steps.take_up(id)
    if picture is None:
        return
    if picture.state is PictureState.WAITING:
        await steps.judge(await _prepared(picture, files, prepare))
    elif picture.state is PictureState.GOING:
        for name in picture.every_file:
            await files.forget(name)
        await steps.drop(id)
    elif picture.is_sent_kept:
        await files.forget(sent_name(id))
        await steps.rid(id)


async def _prepared(picture: Picture, files: PictureFiles, prepare: PreparePicture) -> PictureVerdict:
    content = await files.open(sent_name(picture.id))
    if content is None:
        return PictureVerdict(picture.id, unfit=Unfit.LOST)
    made = await prepare(content)
    if isinstance(made, Unfit):
        return PictureVerdict(picture.id, unfit=made)
    wanted = _contents(picture, made)
    if wanted is None:
        return PictureVerdict(picture.id, unfit=Unfit.BROKEN)
    for name, written in wanted.items():
        await files.keep(name, written)
    return PictureVerdict(picture.id, made.width, made.height)


def _contents(picture: Picture, made: PreparedPicture) -> Mapping[str, bytes] | None:
    """The files by their names; None for a picture whose size is not the one that its first bytes told, whichever way round."""
    if {made.width, made.height} != {picture.width, picture.height}:
        return None
    return {
        one.name: made.contents[one.name.removeprefix(f"{picture.name}-")]
        for one in files_of(picture.name, made.width, made.height)
    }


class DueNow(Protocol):
    """Until when, and so many at most."""

    @property
    def at(self) -> datetime: ...
    @property
    def most(self) -> int: ...


async def due_pictures(work: PicturesWork, wanted: DueNow) -> Sequence[PictureId]:
    """Those that a worker is to look after, the most overdue first."""
    return await work.pictures.due(wanted.at, wanted.most)


async def take_up_picture(work: PicturesWork, id: PictureId, means: Means) -> Picture | None:
    """The picture, with what is due about it noted; None where somebody else came first."""
    at = means.clock.now()
    picture = await work.pictures.claim(id)
    if picture is None or not picture.is_due(at):
        return None
    if picture.state is PictureState.WAITING:
        change = picture.taken_up(at=at)
    elif picture.state is PictureState.GOING or (picture.is_sent_kept and picture.state is not PictureState.ARRIVING):
        return picture
    elif picture.uses:
        return None
    else:
        change = picture.goes(at=at)
    work.pictures.save(change)
    return change.state


async def judge_picture(work: PicturesWork, verdict: PictureVerdict, means: Means) -> None:
    """What came of preparing it."""
    at = means.clock.now()
    picture = await work.pictures.claim(verdict.picture_id)
    if picture is not None:
        unfit = verdict.unfit
        work.pictures.save(
            picture.prepared(verdict.width, verdict.height, at=at) if unfit is None else picture.refused(unfit, at=at)
        )


async def rid_picture(work: PicturesWork, id: PictureId, means: Means) -> None:
    """What was sent is deleted."""
    picture = await work.pictures.claim(id)
    if picture is not None and picture.is_sent_kept:
        work.pictures.save(picture.sent_is_gone(at=means.clock.now()))


async def drop_picture(work: PicturesWork, id: PictureId, means: Means) -> None:
    """Its files are deleted; now the row goes too."""
    picture = await work.pictures.claim(id)
    if picture is not None and picture.state is PictureState.GOING:
        work.pictures.drop(id)
