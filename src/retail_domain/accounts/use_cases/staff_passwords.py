"""Staff who have lost their password are given another: by an admin, or at the command line (ACC-R6)."""

from __future__ import annotations

from attrs import evolve, field, frozen

from retail_domain.accounts.errors import OwnPassword, StaffNotFound
from retail_domain.accounts.model.trail import StaffAction
from retail_domain.accounts.model.words import good_password
from retail_domain.accounts.ports import AccountsWork, Passwords
from retail_domain.accounts.use_cases.managing import check_covered, may_manage, rights_of_staff
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import checked
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import StaffId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once


@frozen(kw_only=True)
@checked
class GivePassword:
    """Somebody of staff gets another password. Between door and unit it is replaced by its hash."""

    staff_id: StaffId
    password: str = field(repr=False)
    actor: Actor
    once: Once | None = None


async def store_given_password(work: AccountsWork, command: GivePassword, means: Means) -> None:
    """One unit; the command carries the hash. Every session of theirs ends.

    Raises StaffNotFound, StaffForbidden, OwnPassword.
    """
    at, actor, id = means.clock.now(), command.actor, command.staff_id
    rights = await may_manage(work, actor)
    if actor == Actor.staff(id):
        raise OwnPassword()
    login = (await work.logins.claim([id])).get(id)
    staff = (await work.staff.claim([id])).get(id)
    if login is None or staff is None:
        raise StaffNotFound()
    check_covered(rights, await rights_of_staff(work, staff))  # who gives it could log in with it
    work.logins.save(login.change_password(command.password, at=at))
    work.sessions.end_all(id)
    work.audit_trail.note(StaffAction(actor=actor, action="staff.password", object=str(id), at=at))


@brings(Effect.ROLES)
async def give_password(command: GivePassword, passwords: Passwords, store: Called[GivePassword, None]) -> None:
    """They log in with it from now on. The password is hashed outside the unit.

    Raises StaffNotFound, StaffForbidden, OwnPassword or InvalidInput.
    """
    password = good_password(command.password, "", passwords.is_common)
    await store(evolve(command, password=await passwords.hash(password)))
