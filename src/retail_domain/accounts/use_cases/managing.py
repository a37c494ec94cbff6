"""Who may say who comes in, asked in the very unit that decides it; and nobody gives what they do not have (ACC-R12)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from attrs import frozen

from retail_domain.accounts.errors import CustomRoleNotFound, StaffForbidden
from retail_domain.accounts.model.custom_roles import ALL_RIGHTS, NOWHERE, Rights, rights_of
from retail_domain.accounts.model.staff import Permission, Role, Staff
from retail_domain.accounts.ports import AccountsWork
from retail_domain.kernel.actor import Actor, ActorKind
from retail_domain.kernel.ids import StaffId


@frozen
class Maker:
    """Whoever manages people or programs: somebody of staff, or the system; and what they may do themselves."""

    staff: Staff | None
    rights: Rights


async def maker_of(work: AccountsWork, actor: Actor, permission: Permission) -> Maker:
    """Whoever acts, if they have this permission now. Raises StaffForbidden.

    No program, member or gateway lets anybody in (ACC-R10).
    """
    if actor.kind is ActorKind.SYSTEM:
        return Maker(None, ALL_RIGHTS)
    if actor.kind is not ActorKind.STAFF:
        raise StaffForbidden(permission=permission.value)
    staff = await work.staff.get(StaffId(UUID(actor.ref)))
    rights = await rights_of_staff(work, staff)
    if permission not in rights.where:
        raise StaffForbidden(permission=permission.value)
    return Maker(staff, rights)


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
    """What whoever manages the staff may do themselves. Raises StaffForbidden."""
    return (await maker_of(work, actor, Permission.STAFF_MANAGE)).rights


def check_covered(rights: Rights, wanted: Rights) -> None:
    """Nobody gives, takes or changes what is more than they may do themselves. Raises StaffForbidden, naming what they lack."""
    for permission, places in wanted.where.items():
        if not rights.where.get(permission, NOWHERE).covers(places):
            raise StaffForbidden(permission=permission.value)
