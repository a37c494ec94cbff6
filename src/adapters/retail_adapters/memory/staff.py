"""Staff, and the roles that a shop makes itself, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from retail_adapters.memory.store import MemoryCollection
from retail_domain.accounts.errors import StaffNotFound
from retail_domain.accounts.model.custom_roles import CustomRole
from retail_domain.accounts.model.staff import Staff
from retail_domain.kernel.ids import StaffId


class MemoryStaff(MemoryCollection[StaffId, Staff]):
    """The staff; see the port."""

    table: ClassVar[str] = "staff"

    async def get(self, id: StaffId) -> Staff:
        """Somebody of staff."""
        found = self.look(id)
        if found is None:
            raise StaffNotFound()
        return found

    async def claim(self, ids: Iterable[StaffId]) -> Mapping[StaffId, Staff]:
        """These accounts, ascending."""
        return _found((id, self.look(id)) for id in sorted(set(ids)))

    async def claim_admins(self) -> Mapping[StaffId, Staff]:
        """Every admin, ascending."""
        return {one.id: one for one in sorted(self.every(), key=lambda one: one.id) if one.is_admin}

    async def holds(self, code: str) -> bool:
        """Whether anybody has this role."""
        return any(code in one.custom_roles for one in self.every())


class MemoryCustomRoles(MemoryCollection[str, CustomRole]):
    """Roles of the shop's own; see the port."""

    table: ClassVar[str] = "custom_roles"
    key_columns: ClassVar[str] = "code"

    def key(self, state: CustomRole) -> str:
        """Its code."""
        return state.code

    async def find(self, codes: Iterable[str]) -> Mapping[str, CustomRole]:
        """These roles."""
        return _found((code, self.look(code)) for code in sorted(set(codes)))

    async def claim(self, codes: Iterable[str]) -> Mapping[str, CustomRole]:
        """These roles, ascending."""
        return await self.find(codes)


def _found(pairs: Iterable[tuple[Any, Any]]) -> Mapping[Any, Any]:
    return {key: state for key, state in pairs if state is not None}
