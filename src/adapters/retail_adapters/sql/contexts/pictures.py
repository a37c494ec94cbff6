"""Pictures in SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Rows, spread
from retail_adapters.sql.session import SqlCollection, SqlSession, inserted, updated
from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.pictures import picture_uses, pictures
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.sql.writes import delete_from, insert_into, update_of
from retail_adapters.system.units import Manifest, collection
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import PictureId
from retail_domain.pictures import (
    ClaimedPicture,
    Picture,
    PictureNotFound,
    PicturesWork,
    PictureUse,
    PictureUser,
)

_ROWS: Final = Rows(pictures, Picture, parts={"owner": spread(Actor, "owner_kind", "owner_ref")})
_USES: Final = Rows(picture_uses, PictureUse)
_BY_ID: Final = select(pictures).where(pictures.c.id == bindparam("id"))
_GET: Final = Statement("pictures.get", _BY_ID)
_SOME: Final = Statement("pictures.some", select(pictures).where(AnyOf(pictures.c.id, "ids")))
_CLAIM: Final = Statement("pictures.claim", _BY_ID.with_for_update())
_CLAIM_FOR: Final = Statement(
    "pictures.claim_for",
    select(pictures, picture_uses.c.sort, picture_uses.c.user_id)
    .outerjoin(picture_uses, (picture_uses.c.picture_id == pictures.c.id) & AnyOf(picture_uses.c.user_id, "users"))
    .where(AnyOf(pictures.c.id, "ids"))
    .order_by(pictures.c.id)
    .with_for_update(of=pictures),
)
_DUE: Final = Statement(
    "pictures.due",
    select(pictures.c.id)
    .where(pictures.c.due_at <= bindparam("at"))
    .order_by(pictures.c.due_at, pictures.c.id)
    .limit(bindparam("most")),
)


class SqlPictures(SqlCollection[PictureId, Picture]):
    """The pictures that were sent; see the port."""

    table = pictures

    def __init__(self, session: SqlSession) -> None:
        super().__init__(session)
        self._gone: dict[PictureId, None] = {}

    def key(self, state: Picture) -> PictureId:
        """Its id."""
        return state.id

    async def get(self, id: PictureId) -> Picture:
        """Staged or stored. Raises PictureNotFound."""
        row = next(iter(await self._session.tx.rows(_GET, id=id)), None)
        found = self.seen(id, None if row is None else _ROWS.state(row))
        if found is None:
            raise PictureNotFound(picture_id=id)
        return found

    async def some(self, ids: Iterable[PictureId]) -> Mapping[PictureId, Picture]:
        """Those that are there."""
        found = map(_ROWS.state, await self._session.tx.rows(_SOME, ids=sorted({*ids})))
        return {one.id: one for one in found}

    async def claim(self, id: PictureId) -> Picture | None:
        """Locked."""
        self._session.lock(self.rank, [id])
        row = next(iter(await self._session.tx.rows(_CLAIM, id=id)), None)
        return self.seen(id, None if row is None else _ROWS.state(row))

    async def claim_for(self, ids: Iterable[PictureId], users: Iterable[PictureUser]) -> Mapping[PictureId, ClaimedPicture]:
        """Locked, ascending: a row for each thing that shows one."""
        wanted, asked = sorted({*ids}), {*users}
        self._session.lock(self.rank, wanted)
        rows = await self._session.tx.rows(_CLAIM_FOR, ids=wanted, users=sorted({one.id for one in asked}))
        stored = {row["id"]: _ROWS.state(row) for row in rows}
        shown = defaultdict[PictureId, set[PictureUser]](set)
        for row in rows:
            if row["user_id"] is not None:
                shown[row["id"]].add(PictureUser(row["sort"], row["user_id"]))
        return {
            id: ClaimedPicture(self.seen(id, one) or one, frozenset(shown[id] & asked)) for id, one in stored.items()
        }  # fmt: skip

    async def due(self, at: datetime, most: int) -> Sequence[PictureId]:
        """By the time they were due since."""
        return [PictureId(row["id"]) for row in await self._session.tx.rows(_DUE, at=at, most=most)]

    def drop(self, id: PictureId) -> None:
        """Staged until commit; nothing shows it any more, or the foreign key would say so."""
        self._gone[id] = None

    def flushes(self) -> Sequence[Flush]:
        """New ones, changed ones, those that go."""
        new = [inserted(one, _ROWS.row(one)) for one in self.new()]
        changed = [updated(before, _ROWS.row(one)) for before, one in self.changed()]
        gone = [{"id": id} for id in self._gone]
        return [
            Flush(insert_into(pictures), new), Flush(update_of(pictures), changed, "picture"),
            Flush(delete_from(pictures, "id"), gone),
        ]  # fmt: skip


class SqlPictureUses(SqlCollection[tuple[PictureId, str, UUID], PictureUse]):
    """What shows which picture; see the port."""

    table = picture_uses

    def __init__(self, session: SqlSession) -> None:
        super().__init__(session)
        self._gone: list[PictureUse] = []

    def key(self, state: PictureUse) -> tuple[PictureId, str, UUID]:
        """All that it says."""
        return state.picture_id, state.sort, state.user_id

    def drop(self, use: PictureUse) -> None:
        """Staged until commit."""
        self._gone.append(use)

    def flushes(self) -> Sequence[Flush]:
        """Those that go, and new ones: they never change."""
        gone = [{"picture_id": one.picture_id, "sort": one.sort, "user_id": one.user_id} for one in self._gone]
        new = [inserted(one, _USES.row(one)) for one in self.new()]
        return [Flush(delete_from(picture_uses, "picture_id", "sort", "user_id"), gone), Flush(insert_into(picture_uses), new)]


class Collections(SqlUnit):
    """Pictures, and what shows them."""

    pictures = collection(SqlPictures)
    picture_uses = collection(SqlPictureUses)


MANIFEST: Final = Manifest[PicturesWork, None](Collections)
