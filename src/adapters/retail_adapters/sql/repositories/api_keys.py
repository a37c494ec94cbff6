"""Keys of programs in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import bindparam, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.repositories.staff import PLACES
from retail_adapters.sql.rows import Part, Rows
from retail_adapters.sql.session import SqlCollection, inserted, updated
from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.accounts import api_keys
from retail_adapters.sql.writes import insert_into, update_of
from retail_domain.accounts.model.keys import ApiKey
from retail_domain.accounts.model.staff import Permission
from retail_domain.kernel.ids import KeyId

_FIND: Final = Statement("api_keys.find", select(api_keys).where(api_keys.c.name == bindparam("name")))
_CLAIM: Final = Statement(
    "api_keys.claim", select(api_keys).where(AnyOf(api_keys.c.id, "ids")).order_by(api_keys.c.id).with_for_update()
)
KEYS: Final = Rows(
    api_keys,
    ApiKey,
    parts={
        "permissions": Part(
            ("permissions",),
            lambda permissions: " ".join(one.value for one in permissions),
            lambda words: tuple(Permission(word) for word in words.split()),
        ),
        "places": PLACES,
    },
)
_INSERT: Final = insert_into(api_keys)
_UPDATE: Final = update_of(api_keys)


class SqlApiKeys(SqlCollection[KeyId, ApiKey]):
    """Keys of programs; see the port."""

    table = api_keys

    def key(self, state: ApiKey) -> KeyId:
        """Its id."""
        return state.id

    async def find(self, name: str) -> ApiKey | None:
        """The key of this name, unlocked."""
        rows = await self._session.tx.rows(_FIND, name=name)
        return next((self.seen(one.id, one) for one in map(KEYS.state, rows)), None)

    async def claim(self, ids: Iterable[KeyId]) -> Mapping[KeyId, ApiKey]:
        """Lock these keys, ascending."""
        stored = map(KEYS.state, await self._session.tx.rows(_CLAIM, ids=sorted(set(ids))))
        return {one.id: self.seen(one.id, one) or one for one in stored}

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(state, KEYS.row(state)) for state in self.new()]
        changed = [updated(before, KEYS.row(state)) for before, state in self.changed()]
        return [Flush(_INSERT, new), Flush(_UPDATE, changed, "key")]
