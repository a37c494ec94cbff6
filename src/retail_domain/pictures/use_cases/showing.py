"""For whatever shows pictures: say so, and take it back, within the unit of work that stores it (PIC-R8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import PictureId
from retail_domain.pictures.errors import PictureNotFound
from retail_domain.pictures.model import PictureUse, PictureUser
from retail_domain.pictures.ports import PicturesWork

PICTURES_MAX: Final = 9
"""So many pictures one post, one review or one complaint may show."""


@frozen(kw_only=True)
class Showing:
    """What something shows from now on, of the pictures that `owner` has sent (None: whoever has), and what no more."""

    user: PictureUser
    owner: Actor | None
    shows: Sequence[PictureId] = ()
    hides: Sequence[PictureId] = ()

    def __attrs_post_init__(self) -> None:
        if len(self.shows) > PICTURES_MAX:
            raise InvalidInput.of("pictures", "too_many", f"at most {PICTURES_MAX} pictures")
        if len({*self.shows}) < len(self.shows):
            raise InvalidInput.of("pictures", "repeated", "each picture may be named once")


async def show_instead(work: PicturesWork, showings: Sequence[Showing], *, at: datetime) -> None:
    """All that a unit does to pictures, at once: one statement locks them in one order (R13). Commits nothing.

    What is shown already counts once; what was not shown stays as it is. Raises PictureNotFound, PictureUnfit.
    """
    ids = {id for one in showings for id in (*one.shows, *one.hides)}
    claimed = await work.pictures.claim_for(ids, [one.user for one in showings]) if ids else {}
    pictures = {id: found.picture for id, found in claimed.items()}
    users = {id: {*found.users} for id, found in claimed.items()}
    for one in showings:
        for id in one.shows:
            if id not in pictures or (one.owner is not None and pictures[id].owner != one.owner):
                raise PictureNotFound(picture_id=id)
            if one.user not in users[id]:
                change = pictures[id].used(at=at)
                work.pictures.save(change)
                work.picture_uses.save(Change(None, _use(id, one.user)))
                pictures[id] = change.state
                users[id].add(one.user)
        for id in one.hides:
            if id in pictures and one.user in users[id]:
                change = pictures[id].let_go(at=at)
                work.pictures.save(change)
                work.picture_uses.drop(_use(id, one.user))
                pictures[id] = change.state
                users[id].discard(one.user)


async def refer(work: PicturesWork, ids: Sequence[PictureId], user: PictureUser, *, owner: Actor | None, at: datetime) -> None:
    """From now on `user` shows these pictures. Whoever has other pictures to do with in the unit uses `show_instead`.

    Raises InvalidInput, PictureNotFound, PictureUnfit.
    """
    await show_instead(work, [Showing(user=user, owner=owner, shows=ids)], at=at)


async def release(work: PicturesWork, ids: Sequence[PictureId], user: PictureUser, *, at: datetime) -> None:
    """From now on `user` shows none of these. Whoever has other pictures to do with in the unit uses `show_instead`."""
    await show_instead(work, [Showing(user=user, owner=None, hides=ids)], at=at)


def _use(id: PictureId, user: PictureUser) -> PictureUse:
    return PictureUse(picture_id=id, sort=user.sort, user_id=user.id)
