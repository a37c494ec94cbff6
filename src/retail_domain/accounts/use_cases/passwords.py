"""Register with a password, reset it by code, change it (R36, ACC-R2)."""

from __future__ import annotations

from uuid import UUID

from attrs import evolve, field, frozen

from retail_domain.accounts.errors import AccountBlocked, LoginFailed, NameTaken, NoPasswordAccount, PhoneTaken, SessionInvalid
from retail_domain.accounts.model.challenge import Purpose
from retail_domain.accounts.model.member import Member
from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.model.session import Login, Principal, Subject
from retail_domain.accounts.model.words import good_password, login_name
from retail_domain.accounts.ports import AccountsWork, Passwords, Sealer
from retail_domain.accounts.use_cases.open_session import LoggedIn, open_session
from retail_domain.accounts.use_cases.prove import Proof, proven_phone, told_before
from retail_domain.kernel.checked import checked
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.frames import Answered, Called
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once


@frozen(kw_only=True)
@checked
class Register:
    """Somebody with a proven phone wants a login name and a password.

    Between door and unit the password is replaced by its hash.
    """

    proof: Proof
    login: str = field(repr=False)
    password: str = field(repr=False)
    name: str | None = field(default=None, repr=False)
    once: Once | None = None


@frozen(kw_only=True)
@checked
class ResetPassword:
    """Somebody with a proven phone has forgotten the password."""

    proof: Proof
    password: str = field(repr=False)
    once: Once | None = None


@frozen(kw_only=True)
@checked
class ChangePassword:
    """Somebody who is logged in and knows the password wants another.

    Without a principal, because the session has ended, only what was answered before is told.
    """

    principal: Principal | None
    current: str = field(repr=False)
    password: str = field(repr=False)
    once: Once | None = None


async def store_registration(
    work: AccountsWork, command: Register, means: Means, sealer: Sealer, rules: AccountRules
) -> Answered[LoggedIn]:
    """One unit; the command carries the hash. Raises PhoneTaken, NameTaken, CodeWrong, CodeExpired, TooManyTries."""
    told = await told_before(work, command.proof, command.once)
    if told is not None:
        return Answered.unchanged(told)
    phone = await proven_phone(work, command.proof, Purpose.REGISTER, means, sealer)
    if await work.logins.find(login_name(command.login)) is not None:
        raise NameTaken()  # only told to who holds the phone; the code stays good for another name
    known = await _known(work, phone)
    member = known or _registered(work, phone, command, means, rules)
    work.logins.save(
        Login.created(
            subject=Subject.MEMBER, subject_id=member.id, name=login_name(command.login), password_hash=command.password
        )
    )
    opened = open_session(work, Subject.MEMBER, member.id, means, rules)
    return Answered(opened, remembered=opened)


async def _known(work: AccountsWork, phone: Phone) -> Member | None:
    """The member who so far logged in by code alone, if this number has one."""
    known = await work.members.claim_by_phone(phone)
    if known is None:
        return None
    if not known.is_active:
        raise AccountBlocked()
    if known.id in await work.logins.claim([known.id]):
        raise PhoneTaken()
    return known


def _registered(work: AccountsWork, phone: Phone, command: Register, means: Means, rules: AccountRules) -> Member:
    change = Member.registered(
        id=MemberId(means.ids.new()), phone=phone, name=command.name, terms_version=rules.terms_version,
        at=means.clock.now(),
    )  # fmt: skip
    work.members.save(change)
    return change.state


async def register(command: Register, passwords: Passwords, store: Called[Register, LoggedIn]) -> LoggedIn:
    """A new member, or one who so far had no password, gets both and is logged in: answers the session.

    The password is hashed outside the unit.
    Raises PhoneTaken, NameTaken, AccountBlocked, CodeWrong, CodeExpired, TooManyTries or InvalidInput.
    """
    password = good_password(command.password, login_name(command.login))
    return await store(evolve(command, password=await passwords.hash(password)))


async def store_reset(
    work: AccountsWork, command: ResetPassword, means: Means, sealer: Sealer, rules: AccountRules
) -> Answered[LoggedIn]:
    """One unit; every older session ends. Raises NoPasswordAccount, CodeWrong, CodeExpired, TooManyTries, AccountBlocked."""
    told = await told_before(work, command.proof, command.once)
    if told is not None:
        return Answered.unchanged(told)
    phone = await proven_phone(work, command.proof, Purpose.RESET, means, sealer)
    member = await work.members.claim_by_phone(phone)
    if member is None:
        raise NoPasswordAccount()
    if not member.is_active:
        raise AccountBlocked()
    login = (await work.logins.claim([member.id])).get(member.id)
    if login is None:
        raise NoPasswordAccount()
    opened = _changed(work, login, command.password, means, rules)
    return Answered(opened, remembered=opened)


async def reset_password(
    command: ResetPassword, passwords: Passwords, store: Called[ResetPassword, LoggedIn]
) -> LoggedIn:
    """Every session ends and a new one opens: answers it. The password is hashed outside the unit.

    Raises NoPasswordAccount, AccountBlocked, CodeWrong, CodeExpired, TooManyTries or InvalidInput.
    """
    password = good_password(command.password, "")
    return await store(evolve(command, password=await passwords.hash(password)))


@frozen(kw_only=True)
class KnownLogin:
    """Whose login to read; nobody's when the session has ended."""

    subject_id: UUID | None
    once: Once | None = None


async def read_login(work: AccountsWork, command: KnownLogin) -> LoggedIn | Login | None:
    """What was answered before, else the login of somebody who is logged in, or None when they have no password.

    Raises SessionInvalid.
    """
    id = command.subject_id
    told = await work.answers.recall(command.once, LoggedIn)
    if told is None and id is None:
        raise SessionInvalid()
    return told or (None if id is None else (await work.logins.claim([id])).get(id))


@frozen(kw_only=True)
class PasswordChosen:
    """The current password was right for this login; here is the hash of the next."""

    login: Login
    password_hash: str = field(repr=False)
    once: Once | None = None


async def store_password(
    work: AccountsWork, command: PasswordChosen, means: Means, rules: AccountRules
) -> Answered[LoggedIn]:
    """One unit; every older session ends, also the caller's own. Raises LoginFailed when a rival changed it first."""
    id = command.login.subject_id
    login = (await work.logins.claim([id])).get(id)
    told = await work.answers.recall(command.once, LoggedIn)  # a rival with the same key may have been first
    if told is not None:
        return Answered.unchanged(told)
    if login is None or login.password_hash != command.login.password_hash:
        raise LoginFailed()
    opened = _changed(work, login, command.password_hash, means, rules)
    return Answered(opened, remembered=opened)


async def change_password(
    command: ChangePassword,
    read: Called[KnownLogin, LoggedIn | Login | None],
    passwords: Passwords,
    store: Called[PasswordChosen, LoggedIn],
) -> LoggedIn:
    """Every session ends and a new one opens: answers it. Compare, hash, store: the slow halves run outside any unit.

    Raises LoginFailed, SessionInvalid or InvalidInput.
    """
    known = command.principal.subject_id if command.principal else None
    login = await read(KnownLogin(subject_id=known, once=command.once))
    if isinstance(login, LoggedIn):
        return login
    is_right = await passwords.matches(login.password_hash if login else None, command.current)
    if login is None or not is_right:
        raise LoginFailed()
    password_hash = await passwords.hash(good_password(command.password, login.name))
    return await store(PasswordChosen(login=login, password_hash=password_hash, once=command.once))


def _changed(work: AccountsWork, login: Login, password_hash: str, means: Means, rules: AccountRules) -> LoggedIn:
    """Stage the new hash, the end of every session, and a new session for whoever changed it (R36)."""
    work.logins.save(login.change_password(password_hash, at=means.clock.now()))
    work.sessions.end_all(login.subject_id)
    return open_session(work, login.subject, login.subject_id, means, rules)
