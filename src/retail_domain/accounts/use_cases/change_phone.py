"""Change the phone: a session alone does not carry an account away (ACC-R8)."""

from __future__ import annotations

from attrs import field, frozen

from retail_domain.accounts.errors import CodeWrong, LoginFailed, PhoneTaken, SessionInvalid
from retail_domain.accounts.model.challenge import Purpose
from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.model.session import Login, Subject
from retail_domain.accounts.ports import AccountsWork
from retail_domain.accounts.sms import SmsMessage, SmsNotSent, SmsOutcomeUnknown, SmsPurpose, SmsRejected, SmsSender
from retail_domain.accounts.use_cases.members import claimed_member
from retail_domain.accounts.use_cases.open_session import LoggedIn, open_session
from retail_domain.accounts.use_cases.passwords import KnownLogin, right_was_own_password
from retail_domain.accounts.use_cases.prove import Proof, Proving
from retail_domain.accounts.use_cases.turned_away import CountedPasswords, Tried
from retail_domain.kernel.checked import checked
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.counting import Sealer
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.frames import Answered, Called
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once

CHANGED_TEMPLATE = "phone_changed"


@frozen(kw_only=True)
@checked
class ChangePhone:
    """A member has proven to hold another phone, and who they are: by the password, or by a code to the phone so far.

    Whoever stole a session has neither. Without a member, because the session has ended, only what was answered before is
    told.
    """

    member_id: MemberId | None
    proof: Proof
    old_proof: Proof | None = None
    password: str | None = field(default=None, repr=False)
    once: Once | None = None


@frozen(kw_only=True)
class PhoneChosen:
    """The command, and the login whose password was right, if it was the password."""

    command: ChangePhone
    login: Login | None = None

    @property
    def once(self) -> Once | None:
        """The key of the command."""
        return self.command.once


@frozen
class PhoneChanged:
    """The new session; the phone that is told, and told of, unless this was a repeat."""

    opened: LoggedIn
    old: Phone | None = None
    new: Phone | None = None


async def store_phone(
    work: AccountsWork, chosen: PhoneChosen, means: Means, sealer: Sealer, rules: AccountRules
) -> Answered[PhoneChanged]:
    """One unit: every session ends and a new one opens.

    Raises PhoneTaken, CodeWrong, CodeExpired, TooManyTries, LoginFailed, SessionInvalid or MemberNotFound.
    """
    command, login = chosen.command, chosen.login
    proofs = (command.proof,) if command.old_proof is None else (command.proof, command.old_proof)
    proving = await Proving.claimed(work, proofs, means, sealer, rules)
    told = await proving.told_before(command.once)
    if told is not None:
        return Answered.unchanged(PhoneChanged(told))
    if command.member_id is None:
        raise SessionInvalid()
    if len({proof.challenge_id for proof in proofs}) < len(proofs):
        raise CodeWrong()  # one code proves one phone
    phones = await proving.phones(*((proof, Purpose.CHANGE_PHONE) for proof in proofs))
    if login is not None:
        await right_was_own_password(work, login.subject_id, sealer, rules)
    holder = await work.members.claim_by_phone(phones[0])
    if holder is not None and holder.id != command.member_id:
        raise PhoneTaken()
    member = await claimed_member(work, command.member_id)
    if command.old_proof is not None and phones[1] != member.phone:
        raise CodeWrong()  # it proves some other phone, and stays good for it
    if login is not None:
        now = (await work.logins.claim([member.id])).get(member.id)
        if now is None or now.password_hash != login.password_hash:
            raise LoginFailed()
    work.members.save(member.change_phone(phones[0], at=means.clock.now()))
    work.sessions.end_all(member.id)
    opened = open_session(work, Subject.MEMBER, member.id, means, rules)
    return Answered(PhoneChanged(opened, old=member.phone, new=phones[0]), remembered=opened)


async def change_phone(
    command: ChangePhone,
    read: Called[KnownLogin, LoggedIn | Tried],
    passwords: CountedPasswords,
    store: Called[PhoneChosen, PhoneChanged],
    sms: SmsSender,
) -> LoggedIn:
    """Every session ends and a new one opens: answers it. The phone so far is told, once at most.

    Raises PhoneTaken, CodeWrong, CodeExpired, TooManyTries, LoginFailed, SessionInvalid, MemberNotFound or InvalidInput.
    """
    if (command.password is None) == (command.old_proof is None):
        raise InvalidInput.of("", "either", "either your password, or a code that was sent to your phone so far")
    login: Login | None = None
    if command.password is not None:
        tried = await read(KnownLogin(subject_id=command.member_id, once=command.once))
        if isinstance(tried, LoggedIn):
            return tried
        login, is_right = tried.login, await passwords.matches(tried, command.password, command.proof.client)
        if login is None or not is_right:
            raise LoginFailed()
    changed = await store(PhoneChosen(command=command, login=login))
    if changed.old is not None and changed.new is not None and changed.old != changed.new:
        await _tell(changed, changed.old, changed.new, sms)
    return changed.opened


async def _tell(changed: PhoneChanged, old: Phone, new: Phone, sms: SmsSender) -> None:
    """What the provider says changes no answer: the phone is changed already (ACC-R5)."""
    message = SmsMessage(
        message_id=str(changed.opened.session_id), to=old, template=CHANGED_TEMPLATE, parameters={"phone": new.masked},
        purpose=SmsPurpose.TRANSACTIONAL,
    )  # fmt: skip
    try:
        await sms.send(message)
    except (SmsRejected, SmsNotSent, SmsOutcomeUnknown):
        return
