"""Log in by name and password, for members and staff alike (R36)."""

from __future__ import annotations

from uuid import UUID

from attrs import field, frozen

from retail_domain.accounts.errors import AccountBlocked, LoginFailed, TooManyTries
from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.model.session import Login, Subject
from retail_domain.accounts.model.words import spelled_login
from retail_domain.accounts.ports import AccountsWork
from retail_domain.accounts.use_cases.limits import TriesAtLogin
from retail_domain.accounts.use_cases.open_session import LoggedIn, open_session
from retail_domain.accounts.use_cases.turned_away import CountedPasswords, Tried
from retail_domain.kernel.checked import checked
from retail_domain.kernel.counting import Sealer
from retail_domain.kernel.frames import Answered, Called
from retail_domain.kernel.ids import MemberId, SessionId, StaffId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once


@frozen(kw_only=True)
@checked
class LogInWithPassword:
    """Somebody at a network address says who they are; `instead_of` is the session they came with, which ends."""

    login: str = field(repr=False)
    password: str = field(repr=False)
    client: str = field(default="", repr=False)
    instead_of: SessionId | None = None
    once: Once | None = None


async def try_login(
    work: AccountsWork, command: LogInWithPassword, means: Means, sealer: Sealer, rules: AccountRules
) -> Answered[Tried]:
    """First unit: count the try, then look the name up; the same two steps for names nobody has (R36).

    Raises TooManyTries.
    """
    name, at = spelled_login(command.login), means.clock.now()
    tries = await TriesAtLogin.of(rules, sealer, name, command.client).claimed(work.counters, at=at)
    wait_seconds = tries.counted.wait_seconds(at=at)
    if wait_seconds is not None:
        raise TooManyTries(retry_after_seconds=wait_seconds)
    tries.counted.note(at=at)
    return Answered(Tried(tuple(tries.counted.allowances), await work.logins.find(name)))


@frozen(kw_only=True)
class PasswordRight:
    """The password matched this login as it was read; `rehashed` is set when the hash was outdated."""

    login: Login
    command: LogInWithPassword
    rehashed: str | None = field(default=None, repr=False)

    @property
    def once(self) -> Once | None:
        """The key of the command."""
        return self.command.once


async def admit(
    work: AccountsWork, right: PasswordRight, means: Means, sealer: Sealer, rules: AccountRules
) -> Answered[LoggedIn]:
    """Second unit: open the session, unless the password was changed in between. Raises LoginFailed or AccountBlocked.

    Nobody is answered from a key who has not proven again who they are, so a key is no way around the count of tries.
    """
    subject, subject_id = right.login.subject, right.login.subject_id
    at = means.clock.now()
    tries = await TriesAtLogin.of(rules, sealer, right.login.name, right.command.client).claimed(work.counters, at=at)
    tries.succeeded(at=at)
    is_active = await _is_active(work, subject, subject_id)  # accounts are locked before logins, as everywhere
    login = (await work.logins.claim([subject_id])).get(subject_id)
    if login is None or login.password_hash != right.login.password_hash:
        raise LoginFailed()
    if not is_active:
        raise AccountBlocked()
    told = await work.answers.recall(right.once, LoggedIn)
    if told is not None:
        return Answered(told)  # with the try given back
    if right.rehashed is not None:
        work.logins.save(login.rehash(right.rehashed))
    if right.command.instead_of is not None:
        work.sessions.end(right.command.instead_of)
    opened = open_session(work, subject, subject_id, means, rules)
    return Answered(opened, remembered=opened)


async def log_in_with_password(
    command: LogInWithPassword,
    attempt: Called[LogInWithPassword, Tried],
    passwords: CountedPasswords,
    let_in: Called[PasswordRight, LoggedIn],
) -> LoggedIn:
    """Count the try, compare outside any transaction, admit. Raises LoginFailed, TooManyTries or AccountBlocked."""
    tried = await attempt(command)
    login, is_right = tried.login, await passwords.matches(tried, command.password, command.client)
    if login is None or not is_right:
        raise LoginFailed()
    is_outdated = passwords.is_outdated(login)
    rehashed = await passwords.hash(tried, command.password, command.client) if is_outdated else None
    return await let_in(PasswordRight(login=login, command=command, rehashed=rehashed))


async def _is_active(work: AccountsWork, subject: Subject, subject_id: UUID) -> bool:
    if subject is Subject.STAFF:
        staff = await work.staff.claim([StaffId(subject_id)])
        return StaffId(subject_id) in staff and staff[StaffId(subject_id)].is_active
    members = await work.members.claim([MemberId(subject_id)])
    return MemberId(subject_id) in members and members[MemberId(subject_id)].is_active
