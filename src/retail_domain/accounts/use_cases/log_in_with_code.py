"""Log in by phone and one-time code; a new number becomes a new member (R36)."""

from __future__ import annotations

from attrs import frozen

from retail_domain.accounts.errors import AccountBlocked
from retail_domain.accounts.model.challenge import Purpose
from retail_domain.accounts.model.member import Member
from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.model.session import Subject
from retail_domain.accounts.ports import AccountsWork, Sealer
from retail_domain.accounts.use_cases.again import commit_or_look_again
from retail_domain.accounts.use_cases.open_session import LoggedIn, open_session
from retail_domain.accounts.use_cases.prove import Proof, proven_phone, told_before
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import Ids, Luck, MemberId, SessionId
from retail_domain.kernel.once import Once
from retail_domain.kernel.units import Begin


@frozen(kw_only=True)
class LogInWithCode:
    """Somebody has a code; `instead_of` is the session they came with, which ends."""

    proof: Proof
    instead_of: SessionId | None = None
    once: Once | None = None


@frozen(kw_only=True)
class LogInWithCodeHandler:
    """Raises CodeWrong, CodeExpired, TooManyTries or AccountBlocked."""

    begin: Begin[AccountsWork]
    clock: Clock
    ids: Ids
    luck: Luck
    sealer: Sealer
    rules: AccountRules

    async def __call__(self, command: LogInWithCode) -> LoggedIn:
        """Carry it out."""
        async with self.begin() as work:
            told = await told_before(work, command.proof, command.once)
            if told is not None:
                return told
            phone = await proven_phone(work, command.proof, Purpose.LOGIN, self)
            member = await work.members.claim_by_phone(phone) or self._register(work, phone)
            if not member.is_active:
                await work.commit()  # the code is used up all the same
                raise AccountBlocked()
            opened = open_session(work, Subject.MEMBER, member.id, self, instead_of=command.instead_of)
            work.answers.remember(command.once, opened)
            await commit_or_look_again(work)
        return opened

    def _register(self, work: AccountsWork, phone: Phone) -> Member:
        change = Member.registered(
            id=MemberId(self.ids.new()), phone=phone, terms_version=self.rules.terms_version, at=self.clock.now()
        )
        work.members.save(change)
        return change.state
