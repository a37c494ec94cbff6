"""Find out who calls, log out, sweep (R36)."""

from __future__ import annotations

from attrs import frozen

from retail_domain.accounts.errors import SessionInvalid, StaffForbidden, StaffNotFound
from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.model.session import Principal, Subject, hash_of
from retail_domain.accounts.model.staff import Permission, permissions_of
from retail_domain.accounts.model.words import spelled_login
from retail_domain.accounts.ports import AccountsWork
from retail_domain.accounts.queries import AccountsQueries, StaffView
from retail_domain.kernel.clock import Clock, has_passed
from retail_domain.kernel.ids import MemberId, StaffId
from retail_domain.kernel.once import DONE, Done, Once
from retail_domain.kernel.units import Begin


@frozen(kw_only=True)
class AuthenticateHandler:
    """Token -> principal, from the session's row and its account's: a ban or a lost role counts with the next request."""

    show: AccountsQueries
    clock: Clock

    async def __call__(self, token: str) -> Principal:
        """Who this token belongs to now. Raises SessionInvalid."""
        found = await self.show.session(hash_of(token))
        if found is None or has_passed(found.expires_at, self.clock.now()) or not found.is_active:
            raise SessionInvalid()
        if found.subject is Subject.STAFF:
            return Principal(session_id=found.session_id, staff_id=StaffId(found.subject_id), roles=found.roles)
        return Principal(session_id=found.session_id, member_id=MemberId(found.subject_id))


@frozen(kw_only=True)
class LogOut:
    """End the session somebody came with, or all of theirs.

    Without a principal, because the session has ended, only what was answered before is told.
    """

    principal: Principal | None
    everywhere: bool = False
    once: Once | None = None


@frozen(kw_only=True)
class LogOutHandler:
    """Ending what has ended is fine. Raises SessionInvalid when nobody is logged in who could."""

    begin: Begin[AccountsWork]

    async def __call__(self, command: LogOut) -> None:
        """Carry it out."""
        async with self.begin() as work:
            if await work.answers.recall(command.once, Done):
                return
            if command.principal is None:
                raise SessionInvalid()
            work.sessions.end(command.principal.session_id)
            if command.everywhere:
                work.sessions.end_all(command.principal.subject_id)
            work.answers.remember(command.once, DONE)
            await work.commit()


@frozen(kw_only=True)
class ActAs:
    """The command line acts for somebody of staff (ACC-R4)."""

    login: str
    permission: Permission


@frozen(kw_only=True)
class ActAsHandler:
    """Raises StaffNotFound or StaffForbidden."""

    show: AccountsQueries

    async def __call__(self, command: ActAs) -> StaffView:
        """Who acts, if they may."""
        staff = await self.show.staff_named(spelled_login(command.login))
        if staff is None:
            raise StaffNotFound()
        if command.permission not in permissions_of(staff.roles):
            raise StaffForbidden(permission=command.permission.value)
        return staff


@frozen
class Sweep:
    """Clear away what ended long enough ago, so many rows at a time."""

    limit: int = 1_000


@frozen(kw_only=True)
class SweepHandler:
    """Codes, sessions and counters go some time after their end: they hold phone numbers or point at people (R40).

    Answers how many went: whoever wants all of them gone asks until none did.
    """

    begin: Begin[AccountsWork]
    clock: Clock
    rules: AccountRules

    async def __call__(self, command: Sweep) -> int:
        """Carry it out."""
        before, left = self.clock.now() - self.rules.keep_ended, command.limit
        async with self.begin() as work:
            for ended in (work.challenges, work.sessions, work.send_slots):
                left -= await ended.sweep(before, left) if left else 0
            await work.commit()
        return command.limit - left
