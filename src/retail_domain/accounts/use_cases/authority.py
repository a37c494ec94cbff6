"""Whether somebody may do something as of this very unit, and that nobody gives what they do not have (R35, ACC-R10)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from retail_domain.accounts.errors import CustomRoleNotFound, StaffForbidden
from retail_domain.accounts.model.custom_roles import ALL_RIGHTS, NOWHERE, Rights, rights_of
from retail_domain.accounts.model.staff import Permission, Role, Staff
from retail_domain.accounts.ports import AccountsWork
from retail_domain.kernel.actor import Actor, ActorKind
from retail_domain.kernel.ids import StaffId

_NONE = Rights({})


async def rights_in(work: AccountsWork, actor: Actor) -> Rights:
    """What whoever acts may do now: staff by their roles, the system everything, anybody else nothing. Raises StaffNotFound."""
    if actor.kind is ActorKind.SYSTEM:
        return ALL_RIGHTS
    if actor.kind is not ActorKind.STAFF:
        return _NONE
    return await rights_of_staff(work, await work.staff.get(StaffId(UUID(actor.ref))))


async def rights_of_staff(work: AccountsWork, staff: Staff) -> Rights:
    """What the roles of somebody come to."""
    found = await work.custom_roles.find(staff.custom_roles) if staff.custom_roles else {}
    return rights_of(staff.roles, found.values())


async def rights_of_roles(work: AccountsWork, roles: Iterable[Role], codes: Iterable[str]) -> Rights:
    """What roles come to that somebody is given; none of them goes away meanwhile. Raises CustomRoleNotFound."""
    wanted = sorted(set(codes))
    found = await work.custom_roles.claim(wanted) if wanted else {}
    for code in wanted:
        if code not in found or found[code].is_gone:
            raise CustomRoleNotFound(role=code)
        work.custom_roles.save(found[code].given())
    return rights_of(roles, found.values())


async def may_manage(work: AccountsWork, actor: Actor) -> Rights:
    """What whoever manages staff may do themselves. Raises StaffForbidden unless they still manage staff in this very unit."""
    rights = await rights_in(work, actor)
    if Permission.STAFF_MANAGE not in rights.where:
        raise StaffForbidden(permission=Permission.STAFF_MANAGE.value)
    return rights


def check_covered(rights: Rights, wanted: Rights) -> None:
    """Nobody gives, takes or changes what is more than they may do themselves. Raises StaffForbidden, naming what they lack."""
    for permission, places in wanted.where.items():
        if not rights.where.get(permission, NOWHERE).covers(places):
            raise StaffForbidden(permission=permission.value)
