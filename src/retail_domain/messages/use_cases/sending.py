"""A message goes out: noted as under way before it is sent, and what came of it afterwards (MSG-R6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from attrs import field, frozen

from retail_domain.kernel.causes import Cause, CauseKind, Language
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import has_passed
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.counting import Sealer
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import MemberId, MessageId, OrderId
from retail_domain.kernel.means import Means
from retail_domain.messages.causes import Causes
from retail_domain.messages.model import (
    ENDED,
    GIVES_UP_AFTER,
    Message,
    MessageSending,
    MessageSettings,
    QuietHours,
    RecipientKind,
    SendAnswer,
    SendingState,
)
from retail_domain.messages.ports import MessageLetter, MessagesWork, Notifier, RuledMessagesWork
from retail_domain.messages.settings import quiet_under
from retail_domain.messages.use_cases.telling import SMS, DueBefore
from retail_domain.messages.way_out import way_out_of

_LATER: Final = timedelta(minutes=1)
"""When another process may know what this one does not."""


@frozen(kw_only=True)
class MessageRules:
    """When nobody is disturbed, what is agreed to, and in which language staff are told."""

    quiet: QuietHours = field(factory=QuietHours)
    marketing_terms_version: str = "2026-11"
    pay_soon_seconds: int = 600
    """So long before an unpaid order is closed its member is reminded."""
    team_language: Language = Language.ZH_CN


@frozen(kw_only=True)
class SendingRules:
    """What is known of messages when they go out."""

    rules: MessageRules
    causes: Causes
    notifiers: Mapping[str, Notifier]
    sealer: Sealer


@frozen(kw_only=True)
class TakenMessage:
    """What is sent now, or asked about."""

    letter: MessageLetter
    channel: str
    tried: int
    is_question: bool


@frozen(kw_only=True)
class NoteSent:
    """What came of one try, and which one it was."""

    message_id: MessageId
    channel: str
    tried: int
    answer: SendAnswer


@frozen(kw_only=True)
class SendingSteps:
    """The steps of sending, each a unit of its own; nothing is sent inside one."""

    take_up: Called[tuple[MessageId, str], TakenMessage | None]
    note: Called[NoteSent, None]


async def due_sendings(work: MessagesWork, wanted: DueBefore) -> Sequence[tuple[MessageId, str]]:
    """What is to be sent, or asked about, the most overdue first."""
    return await work.message_sendings.due(wanted.at, wanted.most)


async def send_message(key: tuple[MessageId, str], steps: SendingSteps, notifiers: Mapping[str, Notifier]) -> None:
    """Does what is due about one; whoever is killed anywhere in it leaves it due again."""
    taken = await steps.take_up(key)
    if taken is None:
        return
    notifier = notifiers[taken.channel]
    answer = await (notifier.ask if taken.is_question else notifier.send)(taken.letter)
    note = NoteSent(message_id=key[0], channel=taken.channel, tried=taken.tried, answer=answer)
    await steps.note(note)


async def take_up_sending(
    work: RuledMessagesWork, key: tuple[MessageId, str], means: Means, knows: SendingRules
) -> TakenMessage | None:
    """Notes that it is under way, and answers what is sent; None where nothing is to be sent now (MSG-R3, MSG-R4, MSG-R7)."""
    at = means.clock.now()
    message = (await work.messages.claim([key[0]])).get(key[0])
    sending = await work.message_sendings.claim(key)
    if message is None or sending is None or sending.state in ENDED or not has_passed(sending.next_at, at):
        return None
    cause = knows.causes.by_code.get(message.cause)
    if cause is None:  # a later release knows it
        work.message_sendings.save(sending.postponed(at + _LATER))
        return None
    if sending.channel not in knows.notifiers:
        work.message_sendings.save(sending.left_out("channel_gone", at=at))
        return None
    if sending.state is SendingState.WAITING:
        held_back = await _held_back(work, _Going(message, sending, cause), means, knows.rules.quiet)
        if held_back is not None:
            work.message_sendings.save(held_back)
            return None
    phone, language = await _reader(work, message, knows)
    if phone is None and sending.channel == SMS:
        work.message_sendings.save(sending.left_out("no_phone", at=at))
        return None
    change = sending.taken_up(at=at, repeats=knows.notifiers[sending.channel].repeats)
    work.message_sendings.save(change)
    work.messages.save(message.on_its_way())
    return TakenMessage(
        letter=_letter(message, cause, language, phone, knows.sealer), channel=sending.channel, tried=change.state.tries,
        is_question=change.state.state is SendingState.ASKING,
    )  # fmt: skip


async def note_sent(work: MessagesWork, command: NoteSent, means: Means, knows: SendingRules) -> None:
    """What came of a try."""
    known = await work.message_sendings.claim((command.message_id, command.channel))
    if known is not None:
        notifier = knows.notifiers.get(command.channel)
        repeats = notifier is not None and notifier.repeats
        work.message_sendings.save(known.answered(command.answer, command.tried, at=means.clock.now(), repeats=repeats))


@frozen
class _Going:
    """What is about to go out."""

    message: Message
    sending: MessageSending
    cause: Cause


async def _held_back(work: RuledMessagesWork, one: _Going, means: Means, usual: QuietHours) -> Change[MessageSending] | None:
    """What becomes of it where there is no reason to send it any more, or not at this hour."""
    at = means.clock.now()
    if has_passed(one.sending.due_at + GIVES_UP_AFTER, at):
        return one.sending.left_out("too_late", at=at)
    if one.message.recipient.kind is not RecipientKind.MEMBER:
        return None
    wishes = await work.message_settings.of(MemberId(one.message.recipient.id))
    reason = await _reason_against(work, one, wishes)
    if reason is not None:
        return one.sending.left_out(reason, at=at)
    if one.cause.wakes:
        return None
    quiet = wishes.quiet_hours or quiet_under((await work.settings.timetable()).at(at), usual)
    morning = quiet.over_at(at, means.calendar)
    return None if morning is None else one.sending.postponed(morning)


async def _reason_against(work: MessagesWork, one: _Going, wishes: MessageSettings) -> str | None:
    message = one.message
    if wishes.is_muted(one.sending.channel, message.kind):
        return "muted"
    if message.kind is CauseKind.MARKETING:
        said = (await work.marketing_consents.last_of([wishes.member_id])).get(wishes.member_id)
        if said is None or not said.given:
            return "no_consent"
    if one.cause.event is None and await work.message_facts.unpaid(OrderId(message.about)) is None:
        return "no_longer"
    return None


async def _reader(work: MessagesWork, message: Message, knows: SendingRules) -> tuple[Phone | None, Language]:
    if message.recipient.kind is not RecipientKind.MEMBER:
        return None, knows.rules.team_language
    member_id = MemberId(message.recipient.id)
    return await work.message_facts.phone_of(member_id), (await work.message_settings.of(member_id)).language


_LEAVE: Final[Mapping[Language, str]] = {Language.ZH_CN: "退订码：{}", Language.EN: "To stop these, use the code {}"}


def _letter(message: Message, cause: Cause, language: Language, phone: Phone | None, sealer: Sealer) -> MessageLetter:
    title, text = cause.said(language, message.filled, message.count)
    parameters = {**message.filled, "count": str(message.count)}
    if message.kind is CauseKind.MARKETING:
        parameters["way_out"] = way_out_of(MemberId(message.recipient.id), sealer)
        text = f"{text} {_LEAVE[language].format(parameters['way_out'])}"
    member_id = MemberId(message.recipient.id) if message.recipient.kind is RecipientKind.MEMBER else None
    return MessageLetter(
        message_id=message.id, cause=message.cause, kind=message.kind, member_id=member_id, phone=phone, title=title,
        text=text, parameters=parameters,
    )  # fmt: skip
