"""Pictures in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from retail_adapters.memory.store import MemoryCollection
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.kernel.ids import PictureId
from retail_domain.kernel.ranks import Rank
from retail_domain.pictures import (
    ClaimedPicture,
    Picture,
    PictureNotFound,
    PicturesWork,
    PictureUse,
    PictureUser,
)


class MemoryPictures(MemoryCollection[PictureId, Picture]):
    """The pictures that were sent; see the port."""

    table: ClassVar[str] = "pictures"

    async def get(self, id: PictureId) -> Picture:
        """Staged or stored. Raises PictureNotFound."""
        found = self.look(id)
        if found is None:
            raise PictureNotFound(picture_id=id)
        return found

    async def some(self, ids: Iterable[PictureId]) -> Mapping[PictureId, Picture]:
        """Those that are there."""
        return {id: one for id in ids if (one := self.look(id)) is not None}

    async def claim(self, id: PictureId) -> Picture | None:
        """Rivals make the commit raise `Stale`."""
        self._session.lock(Rank.PICTURE, [id])
        return self.look(id)

    async def claim_for(self, ids: Iterable[PictureId], users: Iterable[PictureUser]) -> Mapping[PictureId, ClaimedPicture]:
        """Those that are there, ascending."""
        wanted, asked = sorted({*ids}), {*users}
        self._session.lock(Rank.PICTURE, wanted)
        uses = self._session.memory.table(MemoryPictureUses.table)
        found = {id: one for id in wanted if (one := self.look(id)) is not None}
        return {
            id: ClaimedPicture(one, frozenset(user for user in asked if (id, user.sort, user.id) in uses))
            for id, one in found.items()
        }  # fmt: skip

    async def due(self, at: datetime, most: int) -> Sequence[PictureId]:
        """By the time they were due since."""
        due = [(one.due_at, one.id) for one in self.every() if one.due_at is not None and one.due_at <= at]
        return [id for _, id in sorted(due)[:most]]

    def drop(self, id: PictureId) -> None:
        """The row; nothing shows it any more, or it would not go."""
        super().drop(id)


class MemoryPictureUses(MemoryCollection[tuple[PictureId, str, UUID], PictureUse]):
    """What shows which picture; see the port."""

    table: ClassVar[str] = "picture_uses"
    key_columns: ClassVar[str] = "picture_id+sort+user_id"

    def key(self, state: PictureUse) -> tuple[PictureId, str, UUID]:
        """All that it says."""
        return state.picture_id, state.sort, state.user_id

    def drop(self, use: PictureUse) -> None:  # type: ignore[override]
        """Staged until commit."""
        super().drop(self.key(use))


class Collections(MemoryUnit):
    """Pictures, and what shows them."""

    pictures = collection(MemoryPictures)
    picture_uses = collection(MemoryPictureUses)


MANIFEST: Final = Manifest[PicturesWork, None](Collections)
