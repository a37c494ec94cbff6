"""The examination of keys of programs, which every store of accounts passes (ACC-R10, R32)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.accounts import AccountsQueries, ApiKey, Permission, Role, Staff, rights_of
from retail_domain.accounts.model.custom_roles import ALL_RIGHTS
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import Stale, Taken
from retail_domain.kernel.ids import KeyId, LocationId, StaffId
from retail_domain.kernel.paging import PageRequest
from retail_domain.testing.people import NOON

_SYSTEM = Actor.system("test")
_MAY = (Permission.STOCK_SEE, Permission.STOCK_CHANGE)


def a_key(
    number: int, name: str = "", maker: StaffId | None = None, token: str = "", places: tuple[LocationId, ...] = ()
) -> Change[ApiKey]:
    """A key that ends after a day."""
    return ApiKey.made(
        id=KeyId(UUID(int=number)), token=token or f"rk_{number:043}", name=name or f"key-{number}", permissions=_MAY,
        expires_at=NOON + timedelta(days=1), maker_id=maker, may=ALL_RIGHTS, places=places, actor=_SYSTEM, at=NOON,
    )  # fmt: skip


class ApiKeysContract:
    """Fixtures `begin` and `show`, as the other examinations of accounts."""

    async def test_a_key_comes_back_as_stored_with_what_its_maker_may(self, begin: Any, show: AccountsQueries) -> None:
        """ACC-R11: as of now, in one look."""
        boss = Staff.added(id=StaffId(UUID(int=5)), name="b", roles=[Role.FINANCE], actor=_SYSTEM, at=NOON)
        made, of_system = a_key(1, maker=boss.state.id), a_key(2, places=(LocationId(UUID(int=4)), LocationId(UUID(int=3))))
        await self._save(begin, made, of_system, staff=boss)

        shown, other = await show.key(made.state.token_hash), await show.key(of_system.state.token_hash)

        assert shown is not None and other is not None
        assert (shown.key, shown.maker_rights) == (evolve(made.state, version=1), rights_of((Role.FINANCE,)))
        assert (other.key, other.maker_rights) == (evolve(of_system.state, version=1), rights_of(()))
        assert await show.key(b"x" * 32) is None
        async with begin() as work:
            assert await work.api_keys.find("key-1") == shown.key
            assert await work.api_keys.find("key-9") is None
            assert set(await work.api_keys.claim([made.state.id, KeyId(UUID(int=9))])) == {made.state.id}

    async def test_keys_are_listed_as_they_were_made_page_by_page(self, begin: Any, show: AccountsQueries) -> None:
        """ACC-R10"""
        await self._save(begin, a_key(1), a_key(2), a_key(3))

        first = await show.keys(PageRequest(2))
        second = await show.keys(PageRequest(2, first.next_cursor))

        assert [one.name for one in (*first.items, *second.items)] == ["key-1", "key-2", "key-3"]
        assert second.next_cursor is None

    async def test_a_name_and_a_digest_are_one_keys_for_good(self, begin: Any) -> None:
        """ACC-R10: of two that are made at once one is told."""
        await self._save(begin, a_key(1, "erp", token="rk_" + "a" * 43))

        for twin in (a_key(2, "erp"), a_key(3, "other", token="rk_" + "a" * 43)):
            with pytest.raises(Taken):
                await self._save(begin, twin)

    async def test_a_key_is_taken_back_and_no_older_state_brings_it_back(self, begin: Any, show: AccountsQueries) -> None:
        """ACC-R10: a use that is noted at the same moment does not undo it."""
        made = a_key(1)
        await self._save(begin, made)
        seen = evolve(made.state, version=1)

        await self._save(begin, seen.revoke(actor=_SYSTEM, at=NOON))
        with pytest.raises(Stale):
            await self._save(begin, seen.used(at=NOON))

        found = await show.key(made.state.token_hash)
        assert found is not None and (found.key.revoked_at, found.key.last_used_at) == (NOON, None)

    async def _save(self, begin: Any, *keys: Change[ApiKey], staff: Change[Staff] | None = None) -> None:
        async with begin() as work:
            if staff is not None:
                work.staff.save(staff)
            for key in keys:
                work.api_keys.save(key)
            await work.commit()
