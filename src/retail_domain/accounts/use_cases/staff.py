"""The staff and their roles; the first admin is made at the command line only (ACC-R4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from attrs import evolve, field, frozen

from retail_domain.accounts.errors import LastAdmin, NameTaken, StaffNotFound
from retail_domain.accounts.model.session import Login, Subject
from retail_domain.accounts.model.staff import Permission, Role, Staff
from retail_domain.accounts.model.trail import StaffAction
from retail_domain.accounts.model.words import good_password, login_name
from retail_domain.accounts.ports import AccountsWork, Passwords
from retail_domain.accounts.use_cases.again import commit_or_look_again
from retail_domain.kernel.actor import Actor, ActorKind
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Ids, StaffId
from retail_domain.kernel.once import DONE, Done, Once
from retail_domain.kernel.units import Begin


@frozen(kw_only=True)
class AddStaff:
    """An admin, or the command line, takes somebody on."""

    login: str
    password: str = field(repr=False)
    name: str = field(repr=False)
    roles: tuple[Role, ...]
    actor: Actor
    once: Once | None = None


@frozen
class StaffTakenOn:
    """Their id."""

    staff_id: StaffId


@frozen(kw_only=True)
class StoreStaffHandler:
    """One unit; the command carries the hash. Raises NameTaken."""

    begin: Begin[AccountsWork]
    clock: Clock
    ids: Ids

    async def __call__(self, command: AddStaff) -> StaffTakenOn:
        """Carry it out."""
        at, actor, name = self.clock.now(), command.actor, login_name(command.login)
        async with self.begin() as work:
            told = await work.answers.recall(command.once, StaffTakenOn)
            if told is not None:
                return told
            await _may_manage(work, actor)
            if await work.logins.find(name) is not None:
                raise NameTaken()
            change = Staff.added(id=StaffId(self.ids.new()), name=command.name, roles=command.roles, actor=actor, at=at)
            id = change.state.id
            work.staff.save(change)
            work.logins.save(
                Login.created(subject=Subject.STAFF, subject_id=id, name=name, password_hash=command.password)
            )
            work.audit_trail.note(StaffAction(actor=actor, action="staff.add", object=str(id), at=at))
            work.answers.remember(command.once, StaffTakenOn(id))
            await commit_or_look_again(work)
        return StaffTakenOn(id)


@frozen(kw_only=True)
class AddStaffHandler:
    """Hash the password outside the unit, then store. Raises NameTaken or InvalidInput."""

    passwords: Passwords
    store: Callable[[AddStaff], Awaitable[StaffTakenOn]]

    async def __call__(self, command: AddStaff) -> StaffTakenOn:
        """Carry it out."""
        password = good_password(command.password, login_name(command.login))
        return await self.store(evolve(command, password=await self.passwords.hash(password)))


@frozen(kw_only=True)
class ChangeRoles:
    """Grant roles, or revoke them: None takes them all."""

    staff_id: StaffId
    actor: Actor
    grant: tuple[Role, ...] = ()
    revoke: tuple[Role, ...] | None = ()
    once: Once | None = None


@frozen(kw_only=True)
class ChangeRolesHandler:
    """Their sessions end with the old roles (R36). Raises StaffNotFound or LastAdmin."""

    begin: Begin[AccountsWork]
    clock: Clock

    async def __call__(self, command: ChangeRoles) -> None:
        """Carry it out."""
        at, actor, id = self.clock.now(), command.actor, command.staff_id
        async with self.begin() as work:
            if await work.answers.recall(command.once, Done):
                return
            admins = await work.staff.claim_admins()
            await _may_manage(work, actor)
            staff = admins.get(id) or (await work.staff.claim([id])).get(id)
            if staff is None:
                raise StaffNotFound()
            change = staff.grant(command.grant, actor=actor, at=at)
            change = change.then(lambda one: one.revoke(command.revoke, actor=actor, at=at))
            if staff.is_admin and not change.state.is_admin and len(admins) == 1:
                raise LastAdmin()
            if change.state.roles != staff.roles:
                work.staff.save(change)
                work.sessions.end_all(id)
            roles = " ".join(role.value for role in change.state.roles)
            work.audit_trail.note(StaffAction(actor=actor, action="staff.roles", object=f"{id} {roles}".strip(), at=at))
            work.answers.remember(command.once, DONE)
            await work.commit()


@frozen(kw_only=True)
class NoteStaffAction:
    """A door writes down what staff are about to do, before it is done (R35)."""

    actor: Actor
    action: str
    object: str = ""


@frozen(kw_only=True)
class NoteStaffActionHandler:
    """One row of the trail."""

    begin: Begin[AccountsWork]
    clock: Clock

    async def __call__(self, command: NoteStaffAction) -> None:
        """Carry it out."""
        noted = StaffAction(actor=command.actor, action=command.action, object=command.object, at=self.clock.now())
        async with self.begin() as work:
            work.audit_trail.note(noted)
            await work.commit()


async def _may_manage(work: AccountsWork, actor: Actor) -> None:
    """Staff who manage staff still have that permission in this very unit; a member never has."""
    if actor.kind is ActorKind.STAFF:
        (await work.staff.get(StaffId(UUID(actor.ref)))).require(Permission.STAFF_MANAGE)
