"""What members change about themselves, and what staff do about members."""

from __future__ import annotations

from attrs import field, frozen

from retail_domain.accounts.errors import MemberNotFound, PhoneTaken, SessionInvalid
from retail_domain.accounts.model.challenge import Purpose
from retail_domain.accounts.model.member import Member
from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.model.session import Subject
from retail_domain.accounts.model.trail import StaffAction
from retail_domain.accounts.ports import AccountsWork, Sealer
from retail_domain.accounts.queries import MemberView, member_view
from retail_domain.accounts.use_cases.again import commit_or_look_again
from retail_domain.accounts.use_cases.open_session import LoggedIn, open_session
from retail_domain.accounts.use_cases.prove import Proof, proven_phone, told_before
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import Ids, Luck, MemberId
from retail_domain.kernel.once import DONE, Done, Once
from retail_domain.kernel.units import Begin


@frozen(kw_only=True)
class AdmitMember:
    """The shop writes down a customer itself: a walk-in without a phone, or one moved from another system."""

    actor: Actor
    phone: Phone | None = None
    name: str | None = field(default=None, repr=False)
    once: Once | None = None


@frozen
class MemberAdmitted:
    """Their id."""

    member_id: MemberId


@frozen(kw_only=True)
class AdmitMemberHandler:
    """Raises PhoneTaken."""

    begin: Begin[AccountsWork]
    clock: Clock
    ids: Ids
    rules: AccountRules

    async def __call__(self, command: AdmitMember) -> MemberAdmitted:
        """Carry it out."""
        at = self.clock.now()
        async with self.begin() as work:
            told = await work.answers.recall(command.once, MemberAdmitted)
            if told is not None:
                return told
            if command.phone is not None and await work.members.claim_by_phone(command.phone) is not None:
                raise PhoneTaken()
            change = Member.registered(
                id=MemberId(self.ids.new()), phone=command.phone, name=command.name,
                terms_version=self.rules.terms_version, at=at,
            )  # fmt: skip
            answer = MemberAdmitted(change.state.id)
            work.members.save(change)
            work.audit_trail.note(
                StaffAction(actor=command.actor, action="member.admit", object=str(answer.member_id), at=at)
            )
            work.answers.remember(command.once, answer)
            await commit_or_look_again(work)
        return answer


@frozen(kw_only=True)
class UpdateProfile:
    """A member changes their name, their consent, or both; what is None stays, an empty name is no name."""

    member_id: MemberId
    name: str | None = field(default=None, repr=False)
    behaviour_consent: bool | None = None
    once: Once | None = None


@frozen(kw_only=True)
class UpdateProfileHandler:
    """Answers the member as they are now. Raises MemberNotFound or InvalidInput."""

    begin: Begin[AccountsWork]
    clock: Clock

    async def __call__(self, command: UpdateProfile) -> MemberView:
        """Carry it out."""
        async with self.begin() as work:
            told = await work.answers.recall(command.once, MemberView)
            if told is not None:
                return told
            member = await _claimed(work, command.member_id)
            change = Change(member, member)
            if command.name is not None:
                change = change.then(lambda one: one.rename(command.name or None))
            if command.behaviour_consent is not None:
                given = command.behaviour_consent
                change = change.then(lambda one: one.consent(given, at=self.clock.now()))
            work.members.save(change)
            login = (await work.logins.claim([member.id])).get(member.id)
            view = member_view(change.state, login)
            work.answers.remember(command.once, view)
            await work.commit()
        return view


@frozen(kw_only=True)
class ChangePhone:
    """A member has proven to hold another phone.

    Without a member, because the session has ended, only what was answered before is told.
    """

    member_id: MemberId | None
    proof: Proof
    once: Once | None = None


@frozen(kw_only=True)
class ChangePhoneHandler:
    """Every session ends and a new one opens.

    Raises PhoneTaken, CodeWrong, CodeExpired, TooManyTries or SessionInvalid.
    """

    begin: Begin[AccountsWork]
    clock: Clock
    ids: Ids
    luck: Luck
    sealer: Sealer
    rules: AccountRules

    async def __call__(self, command: ChangePhone) -> LoggedIn:
        """Carry it out."""
        async with self.begin() as work:
            told = await told_before(work, command.proof, command.once)
            if told is not None:
                return told
            if command.member_id is None:
                raise SessionInvalid()
            phone = await proven_phone(work, command.proof, Purpose.CHANGE_PHONE, self)
            holder = await work.members.claim_by_phone(phone)
            if holder is not None and holder.id != command.member_id:
                raise PhoneTaken()
            member = await _claimed(work, command.member_id)
            work.members.save(member.change_phone(phone, at=self.clock.now()))
            work.sessions.end_all(member.id)
            opened = open_session(work, Subject.MEMBER, member.id, self)
            work.answers.remember(command.once, opened)
            await commit_or_look_again(work)
        return opened


@frozen(kw_only=True)
class BanMember:
    """Staff block a member, or let them in again."""

    member_id: MemberId
    actor: Actor
    banned: bool = True
    once: Once | None = None


@frozen(kw_only=True)
class BanMemberHandler:
    """A ban ends every session at once (R36). Raises MemberNotFound."""

    begin: Begin[AccountsWork]
    clock: Clock

    async def __call__(self, command: BanMember) -> None:
        """Carry it out."""
        at, actor = self.clock.now(), command.actor
        async with self.begin() as work:
            if await work.answers.recall(command.once, Done):
                return
            member = await _claimed(work, command.member_id)
            work.members.save(member.ban(actor=actor, at=at) if command.banned else member.readmit(actor=actor, at=at))
            if command.banned:
                work.sessions.end_all(member.id)
            action = "member.ban" if command.banned else "member.readmit"
            work.audit_trail.note(StaffAction(actor=actor, action=action, object=str(member.id), at=at))
            work.answers.remember(command.once, DONE)
            await work.commit()


async def _claimed(work: AccountsWork, id: MemberId) -> Member:
    member = (await work.members.claim([id])).get(id)
    if member is None:
        raise MemberNotFound()
    return member
