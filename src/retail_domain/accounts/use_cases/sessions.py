"""Find out who calls, log out, sweep (R36)."""

from __future__ import annotations

from attrs import frozen

from retail_domain.accounts.errors import SessionInvalid, StaffForbidden, StaffNotFound
from retail_domain.accounts.model.custom_roles import Rights, rights_of
from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.model.session import Principal, Subject, hash_of
from retail_domain.accounts.model.staff import Permission
from retail_domain.accounts.model.words import spelled_login
from retail_domain.accounts.ports import AccountsWork
from retail_domain.accounts.queries import AccountsQueries, StaffView
from retail_domain.kernel.checked import NoneOrMore, checked
from retail_domain.kernel.clock import Clock, has_passed
from retail_domain.kernel.ids import MemberId, StaffId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once


async def authenticate(token: str, clock: Clock, show: AccountsQueries) -> Principal:
    """Who this token belongs to now, by its session's row and its account's. Raises SessionInvalid.

    So a ban or a lost role counts with the next request.
    """
    found = await show.session(hash_of(token))
    if found is None or has_passed(found.expires_at, clock.now()) or not found.is_active:
        raise SessionInvalid()
    if found.subject is Subject.STAFF:
        return Principal(
            session_id=found.session_id, staff_id=StaffId(found.subject_id), roles=found.roles, custom_roles=found.custom_roles
        )
    return Principal(session_id=found.session_id, member_id=MemberId(found.subject_id))


@frozen(kw_only=True)
@checked
class LogOut:
    """End the session somebody came with, or all of theirs.

    Without a principal, because the session has ended, only what was answered before is told.
    """

    principal: Principal | None
    everywhere: bool = False
    once: Once | None = None


async def log_out(work: AccountsWork, command: LogOut, means: Means) -> None:
    """Ending what has ended is fine. Raises SessionInvalid when nobody is logged in who could."""
    if command.principal is None:
        raise SessionInvalid()
    work.sessions.end(command.principal.session_id)
    if command.everywhere:
        work.sessions.end_all(command.principal.subject_id)


@frozen(kw_only=True)
@checked
class ActAs:
    """The command line acts for somebody of staff (ACC-R4)."""

    login: str
    permission: Permission | None = None
    """None: what is done asks by itself what they may; it is enough that they work here."""


@frozen(kw_only=True)
class ActingStaff:
    """Who acts, and what they may do where."""

    staff: StaffView
    rights: Rights


async def act_as(command: ActAs, show: AccountsQueries) -> ActingStaff:
    """Who acts, if they may. Raises StaffNotFound or StaffForbidden."""
    staff = await show.staff_named(spelled_login(command.login))
    if staff is None:
        raise StaffNotFound()
    rights = rights_of(staff.roles, await show.custom_roles(staff.custom_roles) if staff.custom_roles else ())
    if not rights.permissions:
        raise StaffNotFound()
    if command.permission is not None and command.permission not in rights.permissions:
        raise StaffForbidden(permission=command.permission.value)
    return ActingStaff(staff=staff, rights=rights)


@frozen
@checked
class Sweep:
    """Clear away what ended long enough ago, so many rows at a time."""

    limit: NoneOrMore = 1_000


async def sweep(work: AccountsWork, command: Sweep, means: Means, rules: AccountRules) -> int:
    """Codes, sessions and counters go some time after their end: they hold phone numbers or point at people (R40).

    Answers how many went: whoever wants all of them gone asks until none did.
    """
    before, left = means.clock.now() - rules.keep_ended, command.limit
    for ended in (work.challenges, work.sessions, work.counters):
        left -= await ended.sweep(before, left) if left else 0
    return command.limit - left
