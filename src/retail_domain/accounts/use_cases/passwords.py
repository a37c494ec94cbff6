"""Register with a password, reset it by code, change it (R36, ACC-R2)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from attrs import evolve, field, frozen

from retail_domain.accounts.errors import (
    AccountBlocked,
    LoginFailed,
    NameTaken,
    NoPasswordAccount,
    PhoneTaken,
    SessionInvalid,
    TooManyTries,
)
from retail_domain.accounts.model.challenge import Challenge, Purpose
from retail_domain.accounts.model.member import Member
from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.model.session import Login, Principal, Subject
from retail_domain.accounts.model.words import good_password, login_name
from retail_domain.accounts.ports import AccountsWork
from retail_domain.accounts.use_cases.limits import allowances_of_account, allowances_of_hash
from retail_domain.accounts.use_cases.open_session import LoggedIn, open_session
from retail_domain.accounts.use_cases.prove import Proof, Proving
from retail_domain.accounts.use_cases.turned_away import CountedPasswords, Tried
from retail_domain.kernel.checked import checked
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.counting import Allowance, Counted, Sealer, take
from retail_domain.kernel.frames import Answered, Called, RefusedAllTheSame
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
    client: str = field(default="", repr=False)
    once: Once | None = None


@frozen
class MayHash:
    """The phone is proven and nothing stands in the way: the password is worth its hash, which is counted."""

    tried: Tried


async def check_registration(
    work: AccountsWork, command: Register, means: Means, sealer: Sealer, rules: AccountRules
) -> Answered[LoggedIn | MayHash]:
    """First unit: proof comes first and the hash last (ACC-R7). The code stays as it is, and the hash is counted.

    Raises PhoneTaken, NameTaken, AccountBlocked, CodeWrong, CodeExpired, TooManyTries.
    """
    proving = await Proving.claimed(work, (command.proof,), means, sealer, rules)
    told = await proving.told_before(command.once)
    if told is not None:
        return Answered.unchanged(told)
    challenge = proving.looked_at(command.proof, Purpose.REGISTER)
    await _check_name(work, command, challenge)
    await _known(work, challenge.phone)
    allowances = allowances_of_hash(rules, sealer, challenge.phone, command.proof.client)
    await _count_hash(work, allowances, means)
    return Answered(MayHash(Tried(tuple(allowances))))


async def store_registration(
    work: AccountsWork, command: Register, means: Means, sealer: Sealer, rules: AccountRules
) -> Answered[LoggedIn]:
    """Second unit; the command carries the hash. Raises what the first one does: anything may have happened in between."""
    proving = await Proving.claimed(work, (command.proof,), means, sealer, rules)
    told = await proving.told_before(command.once)
    if told is not None:
        return Answered.unchanged(told)
    await _check_name(work, command, proving.looked_at(command.proof, Purpose.REGISTER))
    phone = await proving.phone(command.proof, Purpose.REGISTER)
    known = await _known(work, phone)
    member = known or _registered(work, phone, command, means, rules)
    work.logins.save(
        Login.created(
            subject=Subject.MEMBER, subject_id=member.id, name=login_name(command.login), password_hash=command.password
        )
    )
    opened = open_session(work, Subject.MEMBER, member.id, means, rules)
    return Answered(opened, remembered=opened)


async def _check_name(work: AccountsWork, command: Register, challenge: Challenge) -> None:
    """That a name is in use is only told to who holds a phone, and costs one of the code's five tries."""
    if await work.logins.find(login_name(command.login)) is not None:
        work.challenges.save(challenge.spent())
        raise RefusedAllTheSame(NameTaken())


async def _count_hash(work: AccountsWork, allowances: Mapping[str, Allowance], means: Means) -> None:
    wait_seconds = await take(work.counters, allowances, at=means.clock.now())
    if wait_seconds is not None:
        raise TooManyTries(retry_after_seconds=wait_seconds)


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


async def register(
    command: Register,
    check: Called[Register, LoggedIn | MayHash],
    passwords: CountedPasswords,
    store: Called[Register, LoggedIn],
) -> LoggedIn:
    """A new member, or one who so far had no password, gets both and is logged in: answers the session.

    The password is hashed when the phone is proven, outside both units.
    Raises PhoneTaken, NameTaken, AccountBlocked, CodeWrong, CodeExpired, TooManyTries or InvalidInput.
    """
    password = good_password(command.password, login_name(command.login), passwords.is_common)
    told = await check(command)
    if isinstance(told, LoggedIn):
        return told
    return await store(evolve(command, password=await passwords.hash(told.tried, password, command.proof.client)))


async def check_reset(
    work: AccountsWork, command: ResetPassword, means: Means, sealer: Sealer, rules: AccountRules
) -> Answered[LoggedIn | MayHash]:
    """First unit: proof comes first and the hash last (ACC-R7). The code stays as it is, and the hash is counted.

    Raises NoPasswordAccount, AccountBlocked, CodeWrong, CodeExpired, TooManyTries.
    """
    proving = await Proving.claimed(work, (command.proof,), means, sealer, rules)
    told = await proving.told_before(command.once)
    if told is not None:
        return Answered.unchanged(told)
    challenge = proving.looked_at(command.proof, Purpose.RESET)
    await _login_to_reset(work, challenge.phone)
    allowances = allowances_of_hash(rules, sealer, challenge.phone, command.proof.client)
    await _count_hash(work, allowances, means)
    return Answered(MayHash(Tried(tuple(allowances))))


async def store_reset(
    work: AccountsWork, command: ResetPassword, means: Means, sealer: Sealer, rules: AccountRules
) -> Answered[LoggedIn]:
    """Second unit; every older session ends. Raises what the first one does."""
    proving = await Proving.claimed(work, (command.proof,), means, sealer, rules)
    told = await proving.told_before(command.once)
    if told is not None:
        return Answered.unchanged(told)
    phone = await proving.phone(command.proof, Purpose.RESET)
    opened = _changed(work, await _login_to_reset(work, phone), command.password, means, rules)
    return Answered(opened, remembered=opened)


async def _login_to_reset(work: AccountsWork, phone: Phone) -> Login:
    member = await work.members.claim_by_phone(phone)
    if member is None:
        raise NoPasswordAccount()
    if not member.is_active:
        raise AccountBlocked()
    login = (await work.logins.claim([member.id])).get(member.id)
    if login is None:
        raise NoPasswordAccount()
    return login


async def reset_password(
    command: ResetPassword,
    check: Called[ResetPassword, LoggedIn | MayHash],
    passwords: CountedPasswords,
    store: Called[ResetPassword, LoggedIn],
) -> LoggedIn:
    """Every session ends and a new one opens: answers it. The password is hashed when the phone is proven, outside both units.

    Raises NoPasswordAccount, AccountBlocked, CodeWrong, CodeExpired, TooManyTries or InvalidInput.
    """
    password = good_password(command.password, "", passwords.is_common)
    told = await check(command)
    if isinstance(told, LoggedIn):
        return told
    return await store(evolve(command, password=await passwords.hash(told.tried, password, command.proof.client)))


@frozen(kw_only=True)
class KnownLogin:
    """Whose login to read, to compare the password with; nobody's when the session has ended."""

    subject_id: UUID | None
    once: Once | None = None


async def try_own_password(
    work: AccountsWork, command: KnownLogin, means: Means, sealer: Sealer, rules: AccountRules
) -> Answered[LoggedIn | Tried]:
    """What was answered before, else a try at the password of somebody who is logged in, if they have one.

    It is counted, whatever becomes of it. Raises SessionInvalid, TooManyTries.
    """
    id, at = command.subject_id, means.clock.now()
    told = await work.answers.recall(command.once, LoggedIn)
    if told is not None:
        return Answered.unchanged(told)
    if id is None:
        raise SessionInvalid()
    allowances = allowances_of_account(rules, sealer, id)
    wait_seconds = await take(work.counters, allowances, at=at)
    if wait_seconds is not None:
        raise TooManyTries(retry_after_seconds=wait_seconds)
    login = (await work.logins.claim([id])).get(id)
    told = await work.answers.recall(command.once, LoggedIn)  # while we waited, a rival with the same key may have changed it
    if told is not None:
        return Answered.unchanged(told)  # and the try is not counted
    return Answered(Tried(tuple(allowances), login))


async def right_was_own_password(work: AccountsWork, subject_id: UUID, sealer: Sealer, rules: AccountRules) -> None:
    """Stage that the last try at the own password did not count. Before anything else that the unit locks."""
    (await Counted.claimed(work.counters, allowances_of_account(rules, sealer, subject_id))).forgive()


@frozen(kw_only=True)
class PasswordChosen:
    """The current password was right for this login; here is the hash of the next."""

    login: Login
    password_hash: str = field(repr=False)
    once: Once | None = None


async def store_password(
    work: AccountsWork, command: PasswordChosen, means: Means, sealer: Sealer, rules: AccountRules
) -> Answered[LoggedIn]:
    """One unit; every older session ends, also the caller's own. Raises LoginFailed when a rival changed it first."""
    id = command.login.subject_id
    await right_was_own_password(work, id, sealer, rules)
    login = (await work.logins.claim([id])).get(id)
    told = await work.answers.recall(command.once, LoggedIn)  # a rival with the same key may have been first
    if told is not None:
        return Answered(told)  # with the try given back
    if login is None or login.password_hash != command.login.password_hash:
        raise LoginFailed()
    opened = _changed(work, login, command.password_hash, means, rules)
    return Answered(opened, remembered=opened)


async def change_password(
    command: ChangePassword,
    read: Called[KnownLogin, LoggedIn | Tried],
    passwords: CountedPasswords,
    store: Called[PasswordChosen, LoggedIn],
) -> LoggedIn:
    """Every session ends and a new one opens: answers it. Count, compare, hash, store: the slow halves run outside any unit.

    Raises LoginFailed, SessionInvalid, TooManyTries or InvalidInput.
    """
    known = command.principal.subject_id if command.principal else None
    tried = await read(KnownLogin(subject_id=known, once=command.once))
    if isinstance(tried, LoggedIn):
        return tried
    login, is_right = tried.login, await passwords.matches(tried, command.current, command.client)
    if login is None or not is_right:
        raise LoginFailed()
    password = good_password(command.password, login.name, passwords.is_common)
    password_hash = await passwords.hash(tried, password, command.client)
    return await store(PasswordChosen(login=login, password_hash=password_hash, once=command.once))


def _changed(work: AccountsWork, login: Login, password_hash: str, means: Means, rules: AccountRules) -> LoggedIn:
    """Stage the new hash, the end of every session, and a new session for whoever changed it (R36)."""
    work.logins.save(login.change_password(password_hash, at=means.clock.now()))
    work.sessions.end_all(login.subject_id)
    return open_session(work, login.subject, login.subject_id, means, rules)
