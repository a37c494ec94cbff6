"""Closing an account: what stands in the way is named, and who holds a stolen session cannot do it (PRV-R2, PRV-R3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from retail_domain.accounts import AccountRules, AccountsWork, Member
from retail_domain.accounts.errors import CodeWrong, LoginFailed, SessionInvalid, TooManyTries
from retail_domain.accounts.model.challenge import Purpose
from retail_domain.accounts.model.session import Login
from retail_domain.accounts.model.trail import StaffAction
from retail_domain.accounts.use_cases.limits import allowances_of_account
from retail_domain.accounts.use_cases.members import claimed_member
from retail_domain.accounts.use_cases.passwords import right_was_own_password
from retail_domain.accounts.use_cases.prove import Proof, Proving
from retail_domain.accounts.use_cases.turned_away import CountedPasswords, Tried
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import checked
from retail_domain.kernel.counting import Sealer, take
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.frames import Answered, Called, RefusedAllTheSame
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.kernel.personal import InTheWay
from retail_domain.ordering import Orders
from retail_domain.payments import Payments, Refunds
from retail_domain.privacy import AccountInUse, Erasure, PrivacyWork
from retail_domain.processes.leaving.manifest import in_the_way


class LeavingWork(PrivacyWork, AccountsWork, Protocol):
    """The unit of work of leaving."""

    @property
    def orders(self) -> Orders: ...
    @property
    def payments(self) -> Payments: ...
    @property
    def refunds(self) -> Refunds: ...


@frozen(kw_only=True)
@checked
class CloseAccount:
    """A member leaves for good, and proves who they are: by the password, or by a code to the phone.

    Without a member, because the session has ended, only what was answered before is told.
    """

    member_id: MemberId | None
    proof: Proof | None = None
    password: str | None = field(default=None, repr=False)
    client: str = field(default="", repr=False)
    once: Once | None = None


@frozen(kw_only=True)
class AccountClosed:
    """When; erasing follows by itself."""

    closed_at: datetime


@frozen(kw_only=True)
class ClosingProven:
    """The command, and the login whose password was right, if it was the password."""

    command: CloseAccount
    login: Login | None = None

    @property
    def once(self) -> Once | None:
        """The key of the command."""
        return self.command.once


async def look_in_the_way(work: LeavingWork, member_id: MemberId) -> Sequence[InTheWay]:
    """What has to be settled before this account can be closed. Raises MemberNotFound."""
    if (await work.members.get(member_id)).has_left:
        return ()
    return await in_the_way(work, member_id)


async def try_to_close(
    work: AccountsWork, command: CloseAccount, means: Means, sealer: Sealer, rules: AccountRules
) -> Answered[AccountClosed | Tried]:
    """What was answered before, else a try at the password of who wants to leave, if they have one. It is counted.

    Raises SessionInvalid, TooManyTries.
    """
    told = await work.answers.recall(command.once, AccountClosed)
    if told is not None:
        return Answered.unchanged(told)
    id, at = command.member_id, means.clock.now()
    if id is None:
        raise SessionInvalid()
    allowances = allowances_of_account(rules, sealer, id)
    wait_seconds = await take(work.counters, allowances, at=at)
    if wait_seconds is not None:
        raise TooManyTries(retry_after_seconds=wait_seconds)
    return Answered(Tried(tuple(allowances), (await work.logins.claim([id])).get(id)))


async def store_closing(
    work: LeavingWork, proven: ClosingProven, means: Means, sealer: Sealer, rules: AccountRules
) -> Answered[AccountClosed]:
    """One unit: the account is closed, every session ends, the phone is free, and erasing is due.

    Raises AccountInUse, CodeWrong, CodeExpired, TooManyTries, LoginFailed, SessionInvalid, MemberNotFound.
    """
    command, login = proven.command, proven.login
    proving = None
    if command.proof is not None:
        proving = await Proving.claimed(work, (command.proof,), means, sealer, rules)
    told = await work.answers.recall(command.once, AccountClosed)
    if told is not None:
        return Answered.unchanged(told)
    if command.member_id is None:
        raise SessionInvalid()
    phone = None
    if proving is not None and command.proof is not None:  # the code goes with all that was sent to the phone
        phone = proving.looked_at(command.proof, Purpose.CLOSE_ACCOUNT).phone
    if login is not None:
        await right_was_own_password(work, login.subject_id, sealer, rules)
    member = await claimed_member(work, command.member_id)
    if proving is not None and phone != member.phone:
        raise CodeWrong()
    if login is not None:
        now = (await work.logins.claim([member.id])).get(member.id)
        if now is None or now.password_hash != login.password_hash:
            raise LoginFailed()
    found = await in_the_way(work, member.id)
    if found:
        raise RefusedAllTheSame(AccountInUse(in_the_way=tuple(found)))  # who they are was proven: that try does not count
    closed = await _leave(work, member, Actor.member(member.id), means)
    return Answered(closed, remembered=closed)


async def close_account(
    command: CloseAccount,
    read: Called[CloseAccount, AccountClosed | Tried],
    passwords: CountedPasswords,
    store: Called[ClosingProven, AccountClosed],
) -> AccountClosed:
    """The account is closed for good. Answers when.

    Raises AccountInUse, CodeWrong, CodeExpired, TooManyTries, LoginFailed, SessionInvalid, MemberNotFound or InvalidInput.
    """
    if (command.password is None) == (command.proof is None):
        raise InvalidInput.of("", "either", "either your password, or a code that was sent to your phone")
    if command.password is None:
        return await store(ClosingProven(command=command))
    tried = await read(command)
    if isinstance(tried, AccountClosed):
        return tried
    login, is_right = tried.login, await passwords.matches(tried, command.password, command.client)
    if login is None or not is_right:
        raise LoginFailed()
    return await store(ClosingProven(command=command, login=login))


@frozen(kw_only=True)
@checked
class CloseAccountFor:
    """Staff close the account of a member who asked for it, such as a walk-in, who has no way to log in."""

    member_id: MemberId
    actor: Actor
    once: Once | None = None


@brings(Effect.ACCOUNT_CLOSED)
async def close_account_for(work: LeavingWork, command: CloseAccountFor, means: Means) -> AccountClosed:
    """As if they had done it themselves. Raises AccountInUse, MemberNotFound."""
    member = await claimed_member(work, command.member_id)
    found = await in_the_way(work, member.id)
    if found:
        raise AccountInUse(in_the_way=tuple(found))
    closed = await _leave(work, member, command.actor, means)
    noted = StaffAction(actor=command.actor, action="member.close", object=str(member.id), at=closed.closed_at)
    work.audit_trail.note(noted)
    return closed


async def _leave(work: LeavingWork, member: Member, actor: Actor, means: Means) -> AccountClosed:
    at = means.clock.now()
    if member.phone is not None:
        await work.challenges.forget(member.phone)
    work.members.save(member.depart(actor=actor, at=at))
    work.sessions.end_all(member.id)
    work.erasures.save(Erasure.begun(member.id, at=at))
    return AccountClosed(closed_at=at)
