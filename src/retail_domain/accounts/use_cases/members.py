"""What members change about themselves, and what staff do about members."""

from __future__ import annotations

from attrs import field, frozen

from retail_domain.accounts.errors import MemberNotFound, PhoneTaken
from retail_domain.accounts.model.member import Member
from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.model.trail import StaffAction
from retail_domain.accounts.ports import AccountsWork
from retail_domain.accounts.queries import MemberView, member_view
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import checked
from retail_domain.kernel.contact import Phone, SpellPhone
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once


@frozen(kw_only=True)
@checked
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


async def admit_member(
    work: AccountsWork, command: AdmitMember, means: Means, rules: AccountRules, spell: SpellPhone
) -> MemberAdmitted:
    """A walk-in becomes a member, on the word of staff. Answers their id. Raises InvalidInput, PhoneTaken."""
    at, phone = means.clock.now(), None if command.phone is None else spell(command.phone)
    if phone is not None and await work.members.claim_by_phone(phone) is not None:
        raise PhoneTaken()
    change = Member.registered(
        id=MemberId(means.ids.new()), phone=phone, name=command.name,
        terms_version=rules.terms_version, at=at,
    )  # fmt: skip
    answer = MemberAdmitted(change.state.id)
    work.members.save(change)
    work.audit_trail.note(StaffAction(actor=command.actor, action="member.admit", object=str(answer.member_id), at=at))
    return answer


@frozen(kw_only=True)
@checked
class UpdateProfile:
    """A member changes their name, their consent, or both; what is None stays, an empty name is no name."""

    member_id: MemberId
    name: str | None = field(default=None, repr=False)
    behaviour_consent: bool | None = None
    once: Once | None = None


async def update_profile(work: AccountsWork, command: UpdateProfile, means: Means) -> MemberView:
    """What is None stays. Answers the member as they are now. Raises MemberNotFound or InvalidInput."""
    member = await claimed_member(work, command.member_id)
    change = Change(member, member)
    if command.name is not None:
        change = change.then(lambda one: one.rename(command.name or None))
    if command.behaviour_consent is not None:
        given = command.behaviour_consent
        change = change.then(lambda one: one.consent(given, at=means.clock.now()))
    work.members.save(change)
    login = (await work.logins.claim([member.id])).get(member.id)
    return member_view(change.state, login)


@frozen(kw_only=True)
@checked
class BanMember:
    """Staff block a member, or let them in again."""

    member_id: MemberId
    actor: Actor
    banned: bool = True
    once: Once | None = None


@brings(Effect.MEMBERS_BARRED)
async def ban_member(work: AccountsWork, command: BanMember, means: Means) -> None:
    """A ban ends every session at once (R36). Raises MemberNotFound."""
    at, actor = means.clock.now(), command.actor
    member = await claimed_member(work, command.member_id)
    work.members.save(member.ban(actor=actor, at=at) if command.banned else member.readmit(actor=actor, at=at))
    if command.banned:
        work.sessions.end_all(member.id)
    action = "member.ban" if command.banned else "member.readmit"
    work.audit_trail.note(StaffAction(actor=actor, action=action, object=str(member.id), at=at))


@frozen(kw_only=True)
@checked
class AgreeToTerms:
    """A member agrees to the terms of privacy of this version, which are the present ones."""

    member_id: MemberId
    version: str
    once: Once | None = None


async def agree_to_terms(work: AccountsWork, command: AgreeToTerms, means: Means, rules: AccountRules) -> MemberView:
    """Asked for once: whoever has agreed is not asked again (ACC-R16). Raises MemberNotFound, InvalidInput."""
    if command.version != rules.terms_version:
        said = f"these are not the present terms; those are of version {rules.terms_version}"
        raise InvalidInput.of("version", "present", said)
    member = await claimed_member(work, command.member_id)
    change = member.agree(command.version, at=means.clock.now())
    work.members.save(change)
    return member_view(change.state, (await work.logins.claim([member.id])).get(member.id))


async def claimed_member(work: AccountsWork, id: MemberId) -> Member:
    """Locked, for a change. Raises MemberNotFound, also for who has left."""
    member = (await work.members.claim([id])).get(id)
    if member is None or member.has_left:
        raise MemberNotFound()
    return member
