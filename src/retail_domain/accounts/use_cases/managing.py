"""Who may say who comes in: asked in the very unit that decides it."""

from __future__ import annotations

from uuid import UUID

from retail_domain.accounts.errors import StaffForbidden
from retail_domain.accounts.model.staff import Permission, Staff
from retail_domain.accounts.ports import AccountsWork
from retail_domain.kernel.actor import Actor, ActorKind
from retail_domain.kernel.ids import StaffId


async def maker_of(work: AccountsWork, actor: Actor, permission: Permission) -> Staff | None:
    """Whoever of staff acts, if they have this permission now; None for the system. Raises StaffForbidden.

    No program, member or gateway lets anybody in (ACC-R10).
    """
    if actor.kind is ActorKind.SYSTEM:
        return None
    if actor.kind is not ActorKind.STAFF:
        raise StaffForbidden(permission=permission.value)
    staff = await work.staff.get(StaffId(UUID(actor.ref)))
    staff.require(permission)
    return staff
