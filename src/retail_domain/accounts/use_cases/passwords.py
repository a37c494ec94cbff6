"""Register with a password, reset it by code, change it (R36, ACC-R2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from attrs import evolve, field, frozen

from retail_domain.accounts.errors import AccountBlocked, LoginFailed, NameTaken, NoPasswordAccount, PhoneTaken, SessionInvalid
from retail_domain.accounts.model.challenge import Purpose
from retail_domain.accounts.model.member import Member
from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.model.session import Login, Principal, Subject
from retail_domain.accounts.model.words import good_password, login_name
from retail_domain.accounts.ports import AccountsWork, Passwords, Sealer
from retail_domain.accounts.use_cases.again import commit_or_look_again
from retail_domain.accounts.use_cases.open_session import LoggedIn, open_session
from retail_domain.accounts.use_cases.prove import Proof, proven_phone, told_before
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import Ids, Luck, MemberId
from retail_domain.kernel.once import Once
from retail_domain.kernel.units import Begin


@frozen(kw_only=True)
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
class ResetPassword:
    """Somebody with a proven phone has forgotten the password."""

    proof: Proof
    password: str = field(repr=False)
    once: Once | None = None


@frozen(kw_only=True)
class ChangePassword:
    """Somebody who is logged in and knows the password wants another.

    Without a principal, because the session has ended, only what was answered before is told.
    """

    principal: Principal | None
    current: str = field(repr=False)
    password: str = field(repr=False)
    once: Once | None = None


@frozen(kw_only=True)
class SessionTooling:
    """What the handlers below share."""

    begin: Begin[AccountsWork]
    clock: Clock
    ids: Ids
    luck: Luck
    sealer: Sealer
    rules: AccountRules


@frozen(kw_only=True)
class RegisterHandler:
    """One unit; the command carries the hash. Raises PhoneTaken, NameTaken, CodeWrong, CodeExpired, TooManyTries."""

    tools: SessionTooling

    async def __call__(self, command: Register) -> LoggedIn:
        """Carry it out."""
        async with self.tools.begin() as work:
            told = await told_before(work, command.proof, command.once)
            if told is not None:
                return told
            phone = await proven_phone(work, command.proof, Purpose.REGISTER, self.tools)
            if await work.logins.find(login_name(command.login)) is not None:
                raise NameTaken()  # only told to who holds the phone; the code stays good for another name
            member = await self._member(work, phone, command.name)
            work.logins.save(
                Login.created(
                    subject=Subject.MEMBER, subject_id=member.id, name=login_name(command.login),
                    password_hash=command.password,
                )
            )  # fmt: skip
            opened = open_session(work, Subject.MEMBER, member.id, self.tools)
            work.answers.remember(command.once, opened)
            await commit_or_look_again(work)
        return opened

    async def _member(self, work: AccountsWork, phone: Phone, name: str | None) -> Member:
        """A new member, or the one who so far logged in by code alone."""
        known = await work.members.claim_by_phone(phone)
        if known is not None:
            if not known.is_active:
                raise AccountBlocked()
            if known.id in await work.logins.claim([known.id]):
                raise PhoneTaken()
            return known
        tools = self.tools
        change = Member.registered(
            id=MemberId(tools.ids.new()), phone=phone, name=name, terms_version=tools.rules.terms_version,
            at=tools.clock.now(),
        )  # fmt: skip
        work.members.save(change)
        return change.state


@frozen(kw_only=True)
class ResetPasswordHandler:
    """One unit; every older session ends. Raises NoPasswordAccount, CodeWrong, CodeExpired, TooManyTries, AccountBlocked."""

    tools: SessionTooling

    async def __call__(self, command: ResetPassword) -> LoggedIn:
        """Carry it out."""
        async with self.tools.begin() as work:
            told = await told_before(work, command.proof, command.once)
            if told is not None:
                return told
            phone = await proven_phone(work, command.proof, Purpose.RESET, self.tools)
            member = await work.members.claim_by_phone(phone)
            if member is None:
                raise NoPasswordAccount()
            if not member.is_active:
                raise AccountBlocked()
            login = (await work.logins.claim([member.id])).get(member.id)
            if login is None:
                raise NoPasswordAccount()
            opened = change_password(work, login, command.password, self.tools)
            work.answers.remember(command.once, opened)
            await work.commit()
        return opened


@frozen(kw_only=True)
class KnownLogin:
    """Whose login to read; nobody's when the session has ended."""

    subject_id: UUID | None
    once: Once | None = None


@frozen(kw_only=True)
class ReadLoginHandler:
    """What was answered before, else the login of somebody who is logged in, or None when they have no password.

    Raises SessionInvalid.
    """

    begin: Begin[AccountsWork]

    async def __call__(self, command: KnownLogin) -> LoggedIn | Login | None:
        """Carry it out."""
        id = command.subject_id
        async with self.begin() as work:
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


@frozen(kw_only=True)
class StorePasswordHandler:
    """One unit; every older session ends, also the caller's own. Raises LoginFailed when a rival changed it first."""

    tools: SessionTooling

    async def __call__(self, command: PasswordChosen) -> LoggedIn:
        """Carry it out."""
        id = command.login.subject_id
        async with self.tools.begin() as work:
            login = (await work.logins.claim([id])).get(id)
            told = await work.answers.recall(command.once, LoggedIn)  # a rival with the same key may have been first
            if told is not None:
                return told
            if login is None or login.password_hash != command.login.password_hash:
                raise LoginFailed()
            opened = change_password(work, login, command.password_hash, self.tools)
            work.answers.remember(command.once, opened)
            await work.commit()
        return opened


@frozen(kw_only=True)
class ChangePasswordHandler:
    """Compare, hash, store: the slow halves run outside any transaction.

    Raises LoginFailed, SessionInvalid or InvalidInput.
    """

    read: Callable[[KnownLogin], Awaitable[LoggedIn | Login | None]]
    passwords: Passwords
    store: Callable[[PasswordChosen], Awaitable[LoggedIn]]

    async def __call__(self, command: ChangePassword) -> LoggedIn:
        """Carry it out."""
        known = command.principal.subject_id if command.principal else None
        login = await self.read(KnownLogin(subject_id=known, once=command.once))
        if isinstance(login, LoggedIn):
            return login
        is_right = await self.passwords.matches(login.password_hash if login else None, command.current)
        if login is None or not is_right:
            raise LoginFailed()
        password_hash = await self.passwords.hash(good_password(command.password, login.name))
        return await self.store(PasswordChosen(login=login, password_hash=password_hash, once=command.once))


@frozen(kw_only=True)
class HashingFirst:
    """Hash the password outside the unit, then carry the command out with the hash. Raises InvalidInput."""

    passwords: Passwords
    register: Callable[[Register], Awaitable[LoggedIn]]
    reset: Callable[[ResetPassword], Awaitable[LoggedIn]]

    async def registering(self, command: Register) -> LoggedIn:
        """Register with a password."""
        password = good_password(command.password, login_name(command.login))
        return await self.register(evolve(command, password=await self.passwords.hash(password)))

    async def resetting(self, command: ResetPassword) -> LoggedIn:
        """Reset the password by code."""
        password = good_password(command.password, "")
        return await self.reset(evolve(command, password=await self.passwords.hash(password)))


def change_password(work: AccountsWork, login: Login, password_hash: str, tools: SessionTooling) -> LoggedIn:
    """Stage the new hash, the end of every session, and a new session for whoever changed it (R36)."""
    work.logins.save(login.change_password(password_hash, at=tools.clock.now()))
    work.sessions.end_all(login.subject_id)
    return open_session(work, login.subject, login.subject_id, tools)
