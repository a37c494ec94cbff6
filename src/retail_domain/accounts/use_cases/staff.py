"""The staff and their roles; the first admin is made at the command line only (ACC-R4)."""

from __future__ import annotations

from attrs import evolve, field, frozen

from retail_domain.accounts.errors import LastAdmin, NameTaken, StaffNotFound
from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.model.session import Login, Subject
from retail_domain.accounts.model.staff import Role, Staff
from retail_domain.accounts.model.trail import StaffAction
from retail_domain.accounts.model.words import good_password, login_name, spelled_login
from retail_domain.accounts.ports import AccountsWork, Passwords
from retail_domain.accounts.use_cases.limits import TriesAtLogin
from retail_domain.accounts.use_cases.managing import check_covered, may_manage, rights_of_roles, rights_of_staff
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import checked
from retail_domain.kernel.counting import Sealer
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import StaffId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once


@frozen(kw_only=True)
@checked
class AddStaff:
    """An admin, or the command line, takes somebody on."""

    login: str
    password: str = field(repr=False)
    name: str = field(repr=False)
    roles: tuple[Role, ...] = ()
    custom_roles: tuple[str, ...] = ()
    actor: Actor
    once: Once | None = None


@frozen
class StaffTakenOn:
    """Their id."""

    staff_id: StaffId


async def store_staff(work: AccountsWork, command: AddStaff, means: Means) -> StaffTakenOn:
    """One unit; the command carries the hash. Raises NameTaken, StaffForbidden or CustomRoleNotFound."""
    at, actor, name = means.clock.now(), command.actor, login_name(command.login)
    rights = await may_manage(work, actor)
    check_covered(rights, await rights_of_roles(work, command.roles, command.custom_roles))
    if await work.logins.find(name) is not None:
        raise NameTaken()
    change = Staff.added(
        id=StaffId(means.ids.new()), name=command.name, roles=command.roles, custom=command.custom_roles, actor=actor, at=at
    )
    id = change.state.id
    work.staff.save(change)
    work.logins.save(Login.created(subject=Subject.STAFF, subject_id=id, name=name, password_hash=command.password))
    work.audit_trail.note(StaffAction(actor=actor, action="staff.add", object=str(id), at=at))
    return StaffTakenOn(id)


@brings(Effect.ROLES)
async def add_staff(command: AddStaff, passwords: Passwords, store: Called[AddStaff, StaffTakenOn]) -> StaffTakenOn:
    """Answers their id. The password is hashed outside the unit; nobody gives a right that they do not have.

    Raises NameTaken, StaffForbidden, CustomRoleNotFound or InvalidInput.
    """
    if not (command.roles or command.custom_roles):
        raise InvalidInput.of("roles", "some", "somebody who works here has a role")
    password = good_password(command.password, login_name(command.login), passwords.is_common)
    return await store(evolve(command, password=await passwords.hash(password)))


@frozen(kw_only=True)
@checked
class ChangeRoles:
    """Grant roles, or revoke them: None takes them all, also those of the shop's own."""

    staff_id: StaffId
    actor: Actor
    grant: tuple[Role, ...] = ()
    revoke: tuple[Role, ...] | None = ()
    grant_custom: tuple[str, ...] = ()
    revoke_custom: tuple[str, ...] = ()
    once: Once | None = None


@brings(Effect.ROLES)
async def change_roles(work: AccountsWork, command: ChangeRoles, means: Means) -> None:
    """Their sessions end with the old roles (R36). Nobody gives a right that they do not have, nor takes it (ACC-R12).

    Raises StaffNotFound, StaffForbidden, CustomRoleNotFound or LastAdmin.
    """
    at, actor, id = means.clock.now(), command.actor, command.staff_id
    given = await rights_of_roles(work, command.grant, command.grant_custom)
    admins = await work.staff.claim_admins()
    rights = await may_manage(work, actor)
    staff = admins.get(id) or (await work.staff.claim([id])).get(id)
    if staff is None:
        raise StaffNotFound()
    for wanted in (given, await rights_of_staff(work, staff)):
        check_covered(rights, wanted)
    change = staff.grant(command.grant, command.grant_custom, actor=actor, at=at)
    change = change.then(lambda one: one.revoke(command.revoke, command.revoke_custom, actor=actor, at=at))
    if staff.is_admin and not change.state.is_admin and len(admins) == 1:
        raise LastAdmin()
    if change.state.all_roles != staff.all_roles:
        work.staff.save(change)
        work.sessions.end_all(id)
    told = f"{id} {' '.join(change.state.all_roles)}".strip()[:200]
    work.audit_trail.note(StaffAction(actor=actor, action="staff.roles", object=told, at=at))


@frozen(kw_only=True)
@checked
class WelcomeLine:
    """Whoever runs the shop's machine says that somebody with this login is at home at this network address."""

    login: str
    client: str
    actor: Actor
    once: Once | None = None


@brings(Effect.ROLES)
async def welcome_line(work: AccountsWork, command: WelcomeLine, means: Means, sealer: Sealer, rules: AccountRules) -> None:
    """Wrong passwords from elsewhere no longer keep them out there; the password is still wanted (ACC-R7).

    Raises StaffForbidden, or StaffNotFound for a name that nobody of staff has.
    """
    at, name = means.clock.now(), spelled_login(command.login)
    tries = await TriesAtLogin.of(rules, sealer, name, command.client).claimed(work.counters, at=at)
    await may_manage(work, command.actor)
    login = await work.logins.find(name)
    if login is None or login.subject is not Subject.STAFF:
        raise StaffNotFound()
    tries.welcome(at=at)
    work.audit_trail.note(StaffAction(actor=command.actor, action="staff.welcome", object=str(login.subject_id), at=at))


@frozen(kw_only=True)
@checked
class NoteStaffAction:
    """A door writes down what staff are about to do, before it is done (R35)."""

    actor: Actor
    action: str
    object: str = ""


async def note_staff_action(work: AccountsWork, command: NoteStaffAction, means: Means) -> None:
    """Writes one row of the trail."""
    noted = StaffAction(actor=command.actor, action=command.action, object=command.object, at=means.clock.now())
    work.audit_trail.note(noted)
