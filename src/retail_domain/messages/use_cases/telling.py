"""Somebody is told something: once for each cause, reader and happening, whoever writes it down and however often (MSG-R2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from attrs import evolve, field, frozen

from retail_domain.kernel.causes import Cause, CauseKind, Thing, Whom
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId, MessageId, StaffId
from retail_domain.kernel.means import Means
from retail_domain.messages.model import (
    TEAM,
    Message,
    MessageOccasion,
    MessageReading,
    MessageSending,
    Recipient,
    RecipientKind,
)
from retail_domain.messages.ports import MessagesWork, PaySoon, RuledMessagesWork
from retail_domain.messages.settings import BUNDLE_SECONDS, PAY_SOON_SECONDS

SMS: Final = "sms"
"""The channel of text messages to members."""
FILLED_MAX: Final = 64
"""Letters of one thing that a text is filled with."""
KEPT: Final = timedelta(days=180)
"""How long a message lies in an inbox."""


@frozen(kw_only=True)
class RaisedCause:
    """Something that somebody is to be told."""

    cause: Cause
    occasion: UUID
    about: UUID
    at: datetime
    member_id: MemberId | None = None
    """Whom it concerns, where that is a member that the happening names."""
    filled: Mapping[str, str] = field(factory=dict)


@frozen(kw_only=True)
class MessageChannels:
    """What there is beside the inbox: channels to members, and those that all of staff share."""

    members: tuple[str, ...] = (SMS,)
    team: tuple[str, ...] = ()

    def to(self, cause: Cause, whom: Recipient) -> Sequence[str]:
        """Those through which somebody is told of this cause."""
        if whom.kind is RecipientKind.TEAM:
            return self.team
        return self.members if cause.goes_out and whom.kind is RecipientKind.MEMBER else ()


@frozen
class Audience:
    """Who works here, by what they may do."""

    staff: Mapping[str, Sequence[StaffId]] = field(factory=dict)


NOBODY: Final = Audience()


class DueBefore(Protocol):
    """Until when, and so many at most."""

    @property
    def at(self) -> datetime: ...
    @property
    def most(self) -> int: ...


@frozen(kw_only=True)
class WriteMessages:
    """What the events between two numbers raise."""

    came_to: int
    upto: int
    raised: tuple[RaisedCause, ...]
    audience: Audience = NOBODY


@frozen(kw_only=True)
class WorkerNotice:
    """What a worker has noticed by itself."""

    raised: tuple[RaisedCause, ...]
    audience: Audience = NOBODY


@frozen
class ForgetMessages:
    """So many old ones may go at once."""

    limit: int = 1_000


async def show_reading(work: MessagesWork) -> MessageReading:
    """How far what happened was looked through."""
    return await work.message_readings.find()


async def write_messages(work: RuledMessagesWork, command: WriteMessages, means: Means, channels: MessageChannels) -> int:
    """Writes down what these events raise, and how far they were looked through, in one unit.

    Answers how many events that were; 0 where somebody else came first.
    """
    reading = await work.message_readings.claim()
    if reading.came_to != command.came_to:
        return 0
    await tell(work, command.raised, command.audience, means, channels)
    work.message_readings.save(reading.came_on(command.upto))
    return command.upto - command.came_to


async def note_noticed(work: RuledMessagesWork, command: WorkerNotice, means: Means, channels: MessageChannels) -> int:
    """Tells what a worker noticed; how many are told of it. What was told before is not told again."""
    return await tell(work, command.raised, command.audience, means, channels)


async def due_pay_soon(work: RuledMessagesWork, wanted: DueBefore, usual_seconds: int) -> Sequence[PaySoon]:
    """Orders that are closed soon unless they are paid; none where the shop reminds nobody."""
    ahead = (await work.settings.timetable()).at(wanted.at).of(PAY_SOON_SECONDS, usual_seconds)
    if not ahead:
        return ()
    return await work.message_facts.pay_soon(wanted.at, wanted.at + timedelta(seconds=ahead), wanted.most)


async def tell_pay_soon(work: RuledMessagesWork, due: PaySoon, means: Means, cause: Cause, channels: MessageChannels) -> int:
    """Reminds the member of one of them, if it is still to be paid."""
    known = await work.message_facts.unpaid(due.order_id)
    if known is None or known.pay_by <= means.clock.now():
        return 0
    raised = RaisedCause(
        cause=cause, occasion=due.order_id, about=due.order_id, at=means.clock.now(), member_id=known.member_id,
        filled={"time": f"{means.calendar.time_of(known.pay_by):%H:%M}"},
    )  # fmt: skip
    return await tell(work, (raised,), NOBODY, means, channels)


async def forget_messages(work: MessagesWork, command: ForgetMessages, means: Means) -> int:
    """Answers how many went."""
    return await work.messages.forget(means.clock.now() - KEPT, command.limit)


async def tell(
    work: RuledMessagesWork, raised: Sequence[RaisedCause], audience: Audience, means: Means, channels: MessageChannels
) -> int:
    """Everybody whom these concern is told, each happening once; how many readers were told of something.

    What is bundled joins a message of the same cause that is still open. Advertising goes to whoever agreed, and nobody else.
    """
    wanted = await _wanted(work, raised, audience, channels)
    known = set(await work.message_occasions.known({one.occasion for one, _ in wanted})) if wanted else set()
    fresh = [(one, whom) for one, whom in wanted if (one.cause.code, whom, one.occasion) not in known]
    if not fresh:
        return 0
    bundle = await _bundle(work, fresh, means.clock.now())
    consents = await _consents(work, fresh)
    open = await _open(work, fresh, means.clock.now())
    things = await _things(work, fresh)
    told = 0
    for one, whom in fresh:
        is_marketing = one.cause.kind is CauseKind.MARKETING
        if (is_marketing and whom.id not in consents) or (one.cause.code, whom, one.occasion) in known:
            continue
        known.add((one.cause.code, whom, one.occasion))
        joined = open.get((one.cause.code, whom))
        if joined is None:
            consent = consents.get(whom.id) if is_marketing else None
            joined = _message(one, whom, _filled(one, things), consent, means)
            joined = evolve(joined, bundles_until=_until(bundle.get(one.cause.code), means.clock.now()))
            _send(work, joined, one, channels, means.clock.now())
            if joined.bundles_until is not None:
                open[one.cause.code, whom] = joined
        else:
            change = joined.joined()
            work.messages.save(change)
            joined = open[one.cause.code, whom] = change.state
        work.message_occasions.save(_occasion(one, whom, joined.id))
        told += 1
    return told


def _message(one: RaisedCause, whom: Recipient, filled: Mapping[str, str], consent: int | None, means: Means) -> Message:
    return Message(
        id=MessageId(means.ids.new()), cause=one.cause.code, kind=one.cause.kind, recipient=whom, about=one.about,
        filled=filled, consent=consent, at=one.at,
    )  # fmt: skip


def _send(work: MessagesWork, message: Message, one: RaisedCause, channels: MessageChannels, now: datetime) -> None:
    """It lies in the inbox, and goes out when nothing can join it any more."""
    work.messages.save(Change(None, message))
    for channel in channels.to(one.cause, message.recipient):
        due_at, next_at = message.bundles_until or one.at, message.bundles_until or now
        sending = MessageSending(
            message_id=message.id, channel=channel, recipient_id=message.recipient.id, due_at=due_at, next_at=next_at
        )
        work.message_sendings.save(Change(None, sending))


def _occasion(one: RaisedCause, whom: Recipient, id: MessageId) -> Change[MessageOccasion]:
    return Change(None, MessageOccasion(cause=one.cause.code, recipient=whom, occasion=one.occasion, message_id=id))


async def _wanted(
    work: MessagesWork, raised: Sequence[RaisedCause], audience: Audience, channels: MessageChannels
) -> Sequence[tuple[RaisedCause, Recipient]]:
    reviews = {one.about for one in raised if one.cause.whom is Whom.AUTHOR}
    authors = await work.message_facts.authors(reviews) if reviews else {}
    wanted: list[tuple[RaisedCause, Recipient]] = []
    for one in raised:
        if one.cause.whom is Whom.STAFF:
            staff = map(Recipient.staff, audience.staff.get(one.cause.permission, ()))
            wanted += [(one, whom) for whom in (*staff, *((TEAM,) if channels.team else ()))]
            continue
        member_id = authors.get(one.about) if one.cause.whom is Whom.AUTHOR else one.member_id
        if member_id is not None:
            wanted.append((one, Recipient.member(member_id)))
    return wanted


async def _bundle(work: RuledMessagesWork, fresh: Sequence[tuple[RaisedCause, Recipient]], at: datetime) -> Mapping[str, int]:
    """How long messages of a cause wait for others of it, by its code; only of those that may be bundled."""
    usual = {one.cause.code: one.cause.bundle_seconds for one, _ in fresh if one.cause.bundle_seconds}
    if not usual:
        return {}
    in_force = (await work.settings.timetable()).at(at)
    return {code: in_force.of(BUNDLE_SECONDS, seconds) for code, seconds in usual.items()}


def _until(seconds: int | None, now: datetime) -> datetime | None:
    return now + timedelta(seconds=seconds) if seconds else None


async def _consents(work: MessagesWork, fresh: Sequence[tuple[RaisedCause, Recipient]]) -> Mapping[UUID, int]:
    """Numbers of the consents that hold, of those whom something would be advertised to."""
    members = {MemberId(whom.id) for one, whom in fresh if one.cause.kind is CauseKind.MARKETING}
    if not members:
        return {}
    return {id: said.number for id, said in (await work.marketing_consents.last_of(members)).items() if said.given}


async def _open(
    work: MessagesWork, fresh: Sequence[tuple[RaisedCause, Recipient]], at: datetime
) -> dict[tuple[str, Recipient], Message]:
    bundled = [(one.cause.code, whom) for one, whom in fresh if one.cause.bundle_seconds]
    if not bundled:
        return {}
    codes, readers = {code for code, _ in bundled}, {whom for _, whom in bundled}
    found = await work.messages.claim_open(codes, readers, at)
    return {(one.cause, one.recipient): one for one in found if one.is_open(at)}


async def _things(work: MessagesWork, fresh: Sequence[tuple[RaisedCause, Recipient]]) -> Mapping[UUID, str]:
    """What the things are called that texts name."""
    orders = _about(fresh, Thing.ORDER)
    skus = _about(fresh, Thing.SKU)
    numbers = await work.message_facts.order_numbers(orders) if orders else {}
    codes = await work.message_facts.sku_codes(skus) if skus else {}
    return {**numbers, **codes}


def _about(fresh: Sequence[tuple[RaisedCause, Recipient]], thing: Thing) -> Collection[UUID]:
    return {one.about for one, _ in fresh if one.cause.thing is thing}


def _filled(one: RaisedCause, things: Mapping[UUID, str]) -> Mapping[str, str]:
    name = {Thing.ORDER: "order", Thing.SKU: "sku"}.get(one.cause.thing)
    named = {name: things.get(one.about, "")} if name else {}
    return {key: value[:FILLED_MAX] for key, value in {**named, **one.filled}.items()}
