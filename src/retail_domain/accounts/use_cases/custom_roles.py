"""Roles of the shop's own: made, changed and removed, and never more than whoever does it may do (ACC-R12)."""

from __future__ import annotations

from attrs import field, frozen

from retail_domain.accounts.errors import CustomRoleExists, CustomRoleHeld, CustomRoleNotFound
from retail_domain.accounts.model.custom_roles import CustomRole, spelled_role
from retail_domain.accounts.model.staff import Permission
from retail_domain.accounts.model.trail import StaffAction
from retail_domain.accounts.ports import AccountsWork
from retail_domain.accounts.use_cases.managing import check_covered, may_manage
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import NoneOrMore, checked
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import require_seen
from retail_domain.kernel.ids import LocationId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once


@frozen(kw_only=True)
@checked
class MakeRole:
    """A role of the shop's own; without places it holds everywhere."""

    code: str
    name: str = field(repr=False)
    permissions: tuple[Permission, ...]
    places: tuple[LocationId, ...] = ()
    actor: Actor
    once: Once | None = None


@frozen(kw_only=True)
@checked
class ChangeRole:
    """Another name, other permissions, other places: all of them as they shall be. It counts with the next request."""

    code: str
    name: str = field(repr=False)
    permissions: tuple[Permission, ...]
    places: tuple[LocationId, ...] = ()
    actor: Actor
    seen: NoneOrMore | None = None
    """The version that was looked at: with it, nobody may have changed the role since."""
    once: Once | None = None


@frozen(kw_only=True)
@checked
class RemoveRole:
    """A role that nobody holds any more is gone."""

    code: str
    actor: Actor
    once: Once | None = None


@frozen(kw_only=True)
class RoleStands:
    """How a role is called."""

    code: str


@brings(Effect.ROLES)
async def make_role(work: AccountsWork, command: MakeRole, means: Means) -> RoleStands:
    """Answers its code in its one spelling. Raises CustomRoleExists, StaffForbidden, InvalidInput."""
    change = CustomRole.made(code=command.code, name=command.name, permissions=command.permissions, places=command.places)
    before = (await work.custom_roles.claim([change.state.code])).get(change.state.code)
    check_covered(await may_manage(work, command.actor), change.state.rights)
    if before is not None:
        if not before.is_gone:
            raise CustomRoleExists(role=before.code)
        change = before.anew(name=command.name, permissions=command.permissions, places=command.places)
    work.custom_roles.save(change)
    return _told(work, command.actor, "role.make", change.state, means)


@brings(Effect.ROLES)
async def change_role(work: AccountsWork, command: ChangeRole, means: Means) -> RoleStands:
    """Whoever changes a role may do all that it could before and can afterwards.

    Raises CustomRoleNotFound, ChangedMeanwhile, StaffForbidden, InvalidInput.
    """
    role = await _role(work, command.code)
    require_seen(command.seen, role.version)
    change = role.anew(name=command.name, permissions=command.permissions, places=command.places)
    rights = await may_manage(work, command.actor)
    for each in (role, change.state):
        check_covered(rights, each.rights)
    if change.state != role:
        work.custom_roles.save(change)
    return _told(work, command.actor, "role.change", change.state, means)


@brings(Effect.ROLES)
async def remove_role(work: AccountsWork, command: RemoveRole, means: Means) -> None:
    """Raises CustomRoleNotFound, CustomRoleHeld, StaffForbidden."""
    role = await _role(work, command.code)
    check_covered(await may_manage(work, command.actor), role.rights)
    if await work.staff.holds(role.code):
        raise CustomRoleHeld(role=role.code)
    work.custom_roles.save(role.removed())
    _told(work, command.actor, "role.remove", role, means)


async def _role(work: AccountsWork, code: str) -> CustomRole:
    spelled = spelled_role(code)
    found = (await work.custom_roles.claim([spelled])).get(spelled)
    if found is None or found.is_gone:
        raise CustomRoleNotFound(role=code)
    return found


def _told(work: AccountsWork, actor: Actor, action: str, role: CustomRole, means: Means) -> RoleStands:
    work.audit_trail.note(StaffAction(actor=actor, action=action, object=role.code, at=means.clock.now()))
    return RoleStands(code=role.code)
