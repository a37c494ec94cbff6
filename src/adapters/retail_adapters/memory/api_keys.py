"""Keys of programs in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from retail_adapters.memory.store import Memory, MemoryCollection
from retail_adapters.paging import cursor_of, key_after
from retail_domain.accounts.model.custom_roles import rights_of
from retail_domain.accounts.model.keys import ApiKey
from retail_domain.accounts.queries import KeyShown, KeyView, key_view
from retail_domain.kernel.ids import KeyId
from retail_domain.kernel.paging import Page, PageRequest


class MemoryApiKeys(MemoryCollection[KeyId, ApiKey]):
    """Keys of programs; see the port."""

    table: ClassVar[str] = "api_keys"
    unique: ClassVar[Mapping[str, Any]] = {
        "api_keys.name": lambda one: one.name,
        "api_keys.token_hash": lambda one: one.token_hash,
    }

    async def find(self, name: str) -> ApiKey | None:
        """The key of this name."""
        return next((one for one in self.every() if one.name == name), None)

    async def claim(self, ids: Iterable[KeyId]) -> Mapping[KeyId, ApiKey]:
        """These keys, ascending."""
        return {id: found for id in sorted(set(ids)) if (found := self.look(id)) is not None}


def key_shown(memory: Memory, token_hash: bytes) -> KeyShown | None:
    """The key of this digest, with its maker."""
    found = next((one for one in memory.table("api_keys").values() if one.token_hash == token_hash), None)
    if found is None:
        return None
    maker = memory.table("staff").get(found.maker_id)
    custom = [memory.table("custom_roles")[code] for code in maker.custom_roles] if maker else []
    return KeyShown(key=found, maker_rights=rights_of(maker.roles if maker else (), custom))


def keys_page(memory: Memory, page: PageRequest) -> Page[KeyView]:
    """All keys, in the order they were made."""
    (after,) = key_after(page.cursor, (UUID(int=0),))
    left = [one for one in sorted(memory.table("api_keys").values(), key=lambda one: one.id) if one.id > after]
    shown = tuple(map(key_view, left[: page.limit]))
    return Page(shown, cursor_of(shown[-1].key_id) if len(left) > page.limit else None)
