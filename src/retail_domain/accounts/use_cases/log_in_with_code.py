"""Log in by phone and one-time code; a new number becomes a new member (R36)."""

from __future__ import annotations

from attrs import frozen

from retail_domain.accounts.errors import AccountBlocked
from retail_domain.accounts.model.challenge import Purpose
from retail_domain.accounts.model.member import Member
from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.model.session import Subject
from retail_domain.accounts.ports import AccountsWork
from retail_domain.accounts.use_cases.open_session import LoggedIn, open_session
from retail_domain.accounts.use_cases.prove import Proof, Proving
from retail_domain.kernel.checked import checked
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.counting import Sealer
from retail_domain.kernel.frames import Answered, RefusedAllTheSame
from retail_domain.kernel.ids import MemberId, SessionId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once


@frozen(kw_only=True)
@checked
class LogInWithCode:
    """Somebody has a code; `instead_of` is the session they came with, which ends."""

    proof: Proof
    instead_of: SessionId | None = None
    once: Once | None = None


async def log_in_with_code(
    work: AccountsWork, command: LogInWithCode, means: Means, sealer: Sealer, rules: AccountRules
) -> Answered[LoggedIn]:
    """A new number becomes a new member. Answers the session. Raises CodeWrong, CodeExpired, TooManyTries or AccountBlocked."""
    proving = await Proving.claimed(work, (command.proof,), means, sealer, rules)
    told = await proving.told_before(command.once)
    if told is not None:
        return Answered.unchanged(told)
    phone = await proving.phone(command.proof, Purpose.LOGIN)
    member = await work.members.claim_by_phone(phone) or _register(work, phone, means, rules)
    if not member.is_active:
        raise RefusedAllTheSame(AccountBlocked())  # the code is used up
    if command.instead_of is not None:
        work.sessions.end(command.instead_of)
    opened = open_session(work, Subject.MEMBER, member.id, means, rules)
    return Answered(opened, remembered=opened)


def _register(work: AccountsWork, phone: Phone, means: Means, rules: AccountRules) -> Member:
    change = Member.registered(
        id=MemberId(means.ids.new()), phone=phone, terms_version=rules.terms_version, at=means.clock.now()
    )
    work.members.save(change)
    return change.state
