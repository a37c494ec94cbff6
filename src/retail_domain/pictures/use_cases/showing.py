"""For whatever shows pictures: say so, and take it back, within the unit of work that stores it (PIC-R8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import PictureId
from retail_domain.pictures.errors import PictureNotFound
from retail_domain.pictures.model import PictureUse, PictureUser
from retail_domain.pictures.ports import PicturesWork

PICTURES_MAX: Final = 9
"""So many pictures one post, one review or one complaint may show."""


async def refer(work: PicturesWork, ids: Sequence[PictureId], user: PictureUser, *, owner: Actor | None, at: datetime) -> None:
    """From now on `user` shows these pictures, which `owner` has sent (None: whoever has). One statement; commits nothing.

    What it shows already counts once. Raises InvalidInput, PictureNotFound, PictureUnfit.
    """
    _check(ids)
    claimed = await work.pictures.claim_for(ids, user) if ids else {}
    for id in ids:
        found = claimed.get(id)
        if found is None or (owner is not None and found.picture.owner != owner):
            raise PictureNotFound(picture_id=id)
        if not found.is_used:
            work.pictures.save(found.picture.used(at=at))
            work.picture_uses.save(Change(None, _use(id, user)))


async def release(work: PicturesWork, ids: Sequence[PictureId], user: PictureUser, *, at: datetime) -> None:
    """From now on `user` shows none of these. What it did not show stays as it is. One statement; commits nothing.

    Raises InvalidInput.
    """
    claimed = await work.pictures.claim_for(ids, user) if ids else {}
    for id, found in claimed.items():
        if found.is_used:
            work.pictures.save(found.picture.let_go(at=at))
            work.picture_uses.drop(_use(id, user))


def _use(id: PictureId, user: PictureUser) -> PictureUse:
    return PictureUse(picture_id=id, sort=user.sort, user_id=user.id)


def _check(ids: Sequence[PictureId]) -> None:
    if len(ids) > PICTURES_MAX:
        raise InvalidInput.of("pictures", "too_many", f"at most {PICTURES_MAX} pictures")
    if len({*ids}) < len(ids):
        raise InvalidInput.of("pictures", "repeated", "each picture may be named once")
