"""Ask for a one-time code (R36): the same steps and the same answer whether or not anybody has this number."""

from __future__ import annotations

from attrs import evolve, field, frozen

from retail_domain.accounts.errors import TooManyCodes, TooManyTries
from retail_domain.accounts.model.challenge import CODE_DIGITS, Challenge, Purpose
from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.ports import CodesWork
from retail_domain.accounts.sms import SmsMessage, SmsNotSent, SmsOutcomeUnknown, SmsRejected, SmsSender
from retail_domain.accounts.use_cases.limits import HomeOfPhone, allowances_of_code, line_of_code
from retail_domain.kernel.checked import checked
from retail_domain.kernel.contact import Phone, SpellPhone
from retail_domain.kernel.counting import Sealer, seconds_until, take
from retail_domain.kernel.frames import Answered, Called
from retail_domain.kernel.ids import ChallengeId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once

TEMPLATE = "login_code"


@frozen(kw_only=True)
@checked
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


async def issue_code(
    work: CodesWork, command: SendCode, means: Means, sealer: Sealer, rules: AccountRules
) -> Answered[CodeIssued]:
    """One unit: take the send slots, kill the older code of this line, keep its count of tries, store the new one.

    What other lines asked for stays as it is: a stranger kills nobody's code (ACC-R1).

    Raises TooManyCodes or TooManyTries, and then nothing was counted or issued.
    """
    at = means.clock.now()
    told = await work.answers.recall(command.once, CodeSent)
    if told is not None:
        return Answered.unchanged(CodeIssued(told, None))
    home = await HomeOfPhone.seen(work.counters, rules, sealer, command.phone, command.client)
    limits = allowances_of_code(rules, sealer, command.phone, command.client, is_at_home=home.is_home(at))
    wait_seconds = await take(work.counters, limits, at=at)
    if wait_seconds is not None:
        raise TooManyCodes(retry_after_seconds=wait_seconds)
    older = await work.challenges.claim_latest(command.purpose, command.phone, line_of_code(sealer, command.client))
    if older is not None and older.is_exhausted(at):
        raise TooManyTries(retry_after_seconds=seconds_until(older.expires_at, at))
    if older is not None:
        work.challenges.save(older.replaced())
    fresh, code = _fresh(command, means, sealer, rules)
    work.challenges.save(fresh.issued(instead_of=older))
    sent = CodeSent(fresh.id)
    return Answered(CodeIssued(sent, _message(fresh, code, rules)), remembered=sent)


def _fresh(command: SendCode, means: Means, sealer: Sealer, rules: AccountRules) -> tuple[Challenge, str]:
    at, id, code = means.clock.now(), ChallengeId(means.ids.new()), means.luck.digits(CODE_DIGITS)
    challenge = Challenge(
        id=id, purpose=command.purpose, phone=command.phone, line=line_of_code(sealer, command.client), issued_at=at,
        expires_at=at + rules.code_lifetime,
        sealed=seal_code(sealer, command.purpose, command.phone, id, code),
    )  # fmt: skip
    return challenge, code


def _message(challenge: Challenge, code: str, rules: AccountRules) -> SmsMessage:
    minutes = str(int(rules.code_lifetime.total_seconds()) // 60)
    parameters = {"code": code, "minutes": minutes}
    return SmsMessage(message_id=str(challenge.id), to=challenge.phone, template=TEMPLATE, parameters=parameters)


async def send_code(command: SendCode, issue: Called[SendCode, CodeIssued], sms: SmsSender, spell: SpellPhone) -> CodeSent:
    """Store the challenge, then send its code at most once; what the provider says changes no answer (ACC-R5).

    The number is taken in its one spelling, so that limits count it once and it proves one member (R36). Raises InvalidInput
    for a number that no country has.
    """
    issued = await issue(evolve(command, phone=spell(command.phone)))
    if issued.message is not None:
        try:
            await sms.send(issued.message)
        except (SmsRejected, SmsNotSent, SmsOutcomeUnknown):
            return issued.answer
    return issued.answer


def seal_code(sealer: Sealer, purpose: Purpose, phone: Phone, id: ChallengeId, code: str) -> bytes:
    """The seal of a code: bound to its purpose, its phone and its challenge, so it proves nothing elsewhere."""
    return sealer.seal("code", purpose.value, phone.e164, str(id), code)
