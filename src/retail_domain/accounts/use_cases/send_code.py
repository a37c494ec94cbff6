"""Ask for a one-time code (R36): the same steps and the same answer whether or not anybody has this number."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import field, frozen

from retail_domain.accounts.errors import TooManyCodes, TooManyTries
from retail_domain.accounts.model.challenge import CODE_DIGITS, Challenge, Purpose
from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.ports import CodesWork, Sealer
from retail_domain.accounts.sms import SmsMessage, SmsNotSent, SmsOutcomeUnknown, SmsRejected, SmsSender
from retail_domain.accounts.use_cases.again import commit_or_look_again
from retail_domain.accounts.use_cases.limits import allowances_of_code, seconds_until, take
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import ChallengeId, Ids, Luck
from retail_domain.kernel.once import Once
from retail_domain.kernel.units import Begin

TEMPLATE = "login_code"


@frozen(kw_only=True)
class SendCode:
    """Somebody at a network address wants a code on a phone."""

    phone: Phone
    purpose: Purpose
    client: str = field(default="", repr=False)
    once: Once | None = None


@frozen
class CodeSent:
    """The challenge that the code will solve."""

    challenge_id: ChallengeId


@frozen
class CodeIssued:
    """A stored challenge and its message, which exists nowhere else; no message when the command was a repeat."""

    answer: CodeSent
    message: SmsMessage | None = field(repr=False)


@frozen(kw_only=True)
class IssueCodeHandler:
    """One unit: take the send slots, kill the older code, keep its count of tries, store the new one.

    Raises TooManyCodes or TooManyTries, and then nothing was counted or issued.
    """

    begin: Begin[CodesWork]
    clock: Clock
    ids: Ids
    luck: Luck
    sealer: Sealer
    rules: AccountRules

    async def __call__(self, command: SendCode) -> CodeIssued:
        """Carry it out."""
        at = self.clock.now()
        async with self.begin() as work:
            told = await work.answers.recall(command.once, CodeSent)
            if told is not None:
                return CodeIssued(told, None)
            limits = allowances_of_code(self.rules, self.sealer, command.phone, command.client)
            wait_seconds = await take(work.send_slots, limits, at=at)
            if wait_seconds is not None:
                raise TooManyCodes(retry_after_seconds=wait_seconds)
            older = await work.challenges.claim_latest(command.purpose, command.phone)
            if older is not None and older.is_exhausted(at):
                raise TooManyTries(retry_after_seconds=seconds_until(older.expires_at, at))
            issued = self._issue(work, command, older)
            work.answers.remember(command.once, issued.answer)
            await commit_or_look_again(work)
        return issued

    def _issue(self, work: CodesWork, command: SendCode, older: Challenge | None) -> CodeIssued:
        at, id, code = self.clock.now(), ChallengeId(self.ids.new()), self.luck.digits(CODE_DIGITS)
        sealed = seal_code(self.sealer, command.purpose, command.phone, id, code)
        fresh = Challenge(
            id=id, purpose=command.purpose, phone=command.phone, sealed=sealed, issued_at=at,
            expires_at=at + self.rules.code_lifetime,
        )  # fmt: skip
        if older is not None:
            work.challenges.save(older.replaced())
        work.challenges.save(fresh.issued(instead_of=older))
        minutes = str(int(self.rules.code_lifetime.total_seconds()) // 60)
        message = SmsMessage(
            message_id=str(id), to=command.phone, template=TEMPLATE, parameters={"code": code, "minutes": minutes}
        )
        return CodeIssued(CodeSent(id), message)


@frozen(kw_only=True)
class SendCodeHandler:
    """Store the challenge, then send its code at most once; what the provider says changes no answer (ACC-R5)."""

    issue: Callable[[SendCode], Awaitable[CodeIssued]]
    sms: SmsSender

    async def __call__(self, command: SendCode) -> CodeSent:
        """Carry it out.

        A message that was not sent, or may not have been, is not sent again: the member asks for another code.
        """
        issued = await self.issue(command)
        if issued.message is not None:
            try:
                await self.sms.send(issued.message)
            except (SmsRejected, SmsNotSent, SmsOutcomeUnknown):
                return issued.answer
        return issued.answer


def seal_code(sealer: Sealer, purpose: Purpose, phone: Phone, id: ChallengeId, code: str) -> bytes:
    """The seal of a code: bound to its purpose, its phone and its challenge, so it proves nothing elsewhere."""
    return sealer.seal("code", purpose.value, phone.e164, str(id), code)
