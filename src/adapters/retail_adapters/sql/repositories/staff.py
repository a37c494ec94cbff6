"""Staff, and the roles that a shop makes itself, in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Part, Rows
from retail_adapters.sql.session import SqlCollection, inserted, updated
from retail_adapters.sql.statement import AnyOf, Row, Statement
from retail_adapters.sql.tables.accounts import custom_roles, staff
from retail_adapters.sql.writes import insert_into, update_of
from retail_domain.accounts.errors import StaffNotFound
from retail_domain.accounts.model.custom_roles import CustomRole
from retail_domain.accounts.model.staff import Permission, Role, Staff
from retail_domain.kernel.ids import LocationId, StaffId

_GET_STAFF: Final = Statement("staff.get", select(staff).where(staff.c.id == bindparam("id")))
_CLAIM_STAFF: Final = Statement(
    "staff.claim", select(staff).where(AnyOf(staff.c.id, "ids")).order_by(staff.c.id).with_for_update()
)
_CLAIM_ADMINS: Final = Statement(
    "staff.claim_admins", select(staff).where(staff.c.is_admin).order_by(staff.c.id).with_for_update()
)
_HELD: Final = Statement("staff.held_roles", select(staff.c.custom_roles).where(staff.c.custom_roles != ""))
_STAFF: Final = Rows(
    staff,
    Staff,
    parts={
        "roles": Part(
            ("roles",),
            lambda roles: " ".join(role.value for role in roles),
            lambda words: tuple(Role(word) for word in words.split()),
        ),
        "custom_roles": Part(("custom_roles",), " ".join, lambda words: tuple(words.split())),
    },
    derived=("is_admin",),
)
_INSERT_STAFF: Final = insert_into(staff)
_UPDATE_STAFF: Final = update_of(staff)


class SqlStaff(SqlCollection[StaffId, Staff]):
    """The staff; see the port."""

    table = staff

    def key(self, state: Staff) -> StaffId:
        """Its id."""
        return state.id

    async def get(self, id: StaffId) -> Staff:
        """Somebody of staff, unlocked."""
        rows = await self._session.tx.rows(_GET_STAFF, id=id)
        found = self.seen(id, _STAFF.state(rows[0]) if rows else None)
        if found is None:
            raise StaffNotFound()
        return found

    async def claim(self, ids: Iterable[StaffId]) -> Mapping[StaffId, Staff]:
        """Lock these accounts, ascending."""
        return self._found(await self._session.tx.rows(_CLAIM_STAFF, ids=sorted(set(ids))))

    async def claim_admins(self) -> Mapping[StaffId, Staff]:
        """Lock every admin, ascending."""
        return self._found(await self._session.tx.rows(_CLAIM_ADMINS))

    async def holds(self, code: str) -> bool:
        """Whether anybody has this role: there are few of staff."""
        rows = await self._session.tx.rows(_HELD)
        return any(code in row["custom_roles"].split() for row in rows)

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(state, _STAFF.row(state)) for state in self.new()]
        changed = [updated(before, _STAFF.row(state)) for before, state in self.changed()]
        return [Flush(_INSERT_STAFF, new), Flush(_UPDATE_STAFF, changed, "staff")]

    def _found(self, rows: Sequence[Row]) -> Mapping[StaffId, Staff]:
        return {one.id: self.seen(one.id, one) or one for one in map(_STAFF.state, rows)}


_FIND_ROLES: Final = Statement("custom_roles.find", select(custom_roles).where(AnyOf(custom_roles.c.code, "codes")))
_CLAIM_ROLES: Final = Statement(
    "custom_roles.claim",
    select(custom_roles).where(AnyOf(custom_roles.c.code, "codes")).order_by(custom_roles.c.code).with_for_update(),
)
PLACES: Final = Part(
    ("places",),
    lambda several: " ".join(map(str, several)),
    lambda words: tuple(LocationId(UUID(word)) for word in words.split()),
)
"""Places that something is bound to, in one column."""
ROLES: Final = Rows(
    custom_roles,
    CustomRole,
    parts={
        "permissions": Part(
            ("permissions",),
            lambda several: " ".join(one.value for one in several),
            lambda words: tuple(Permission(word) for word in words.split()),
        ),
        "places": PLACES,
    },
)
_INSERT_ROLES: Final = insert_into(custom_roles)
_UPDATE_ROLES: Final = update_of(custom_roles)


class SqlCustomRoles(SqlCollection[str, CustomRole]):
    """Roles of the shop's own; see the port."""

    table = custom_roles

    def key(self, state: CustomRole) -> str:
        """Its code."""
        return state.code

    async def find(self, codes: Iterable[str]) -> Mapping[str, CustomRole]:
        """These roles."""
        return self._roles(await self._session.tx.rows(_FIND_ROLES, codes=sorted(set(codes))))

    async def claim(self, codes: Iterable[str]) -> Mapping[str, CustomRole]:
        """Lock these roles, ascending."""
        return self._roles(await self._session.tx.rows(_CLAIM_ROLES, codes=sorted(set(codes))))

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(state, ROLES.row(state)) for state in self.new()]
        changed = [updated(before, ROLES.row(state)) for before, state in self.changed()]
        return [Flush(_INSERT_ROLES, new), Flush(_UPDATE_ROLES, changed, "custom_role")]

    def _roles(self, rows: Sequence[Row]) -> Mapping[str, CustomRole]:
        return {one.code: self.seen(one.code, one) or one for one in map(ROLES.state, rows)}
