"""Message (消息): what somebody is told, whether they read it, and how far it is on its way outside (MSG-R1 to MSG-R9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import Enum
from typing import Final
from uuid import UUID

from attrs import evolve, field, frozen

from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.causes import CauseKind, Language
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import checked
from retail_domain.kernel.clock import has_passed, lies_in
from retail_domain.kernel.ids import MemberId, MessageId
from retail_domain.messages.events import MarketingConsentChanged

LEASE: Final = timedelta(minutes=2)
"""After so long whoever was sending is taken for dead; sending takes much less."""
GIVES_UP_AFTER: Final = timedelta(hours=24)
"""What was not sent by then, counted from when it was due, would only surprise its reader."""
ASKS_MAX: Final = 5
"""So often a channel is asked what became of a message; then it is never known."""
_WAITS: Final = (10, 60, 300, 900, 1_800)
"""Seconds until the next try, or the next question; the last one goes on."""
REASON_MAX: Final = 64


class RecipientKind(Enum):
    """Who is told something."""

    MEMBER = "member"
    STAFF = "staff"
    TEAM = "team"
    """All of staff together, through channels that they share, such as the robot of a group."""


@frozen(order=True)
@checked
class Recipient:
    """Somebody who has an inbox, or all of staff."""

    kind: RecipientKind
    id: UUID

    @classmethod
    def member(cls, id: UUID) -> Recipient:
        """A member."""
        return cls(RecipientKind.MEMBER, id)

    @classmethod
    def staff(cls, id: UUID) -> Recipient:
        """Somebody of staff."""
        return cls(RecipientKind.STAFF, id)


TEAM: Final = Recipient(RecipientKind.TEAM, UUID(int=0))


@frozen(kw_only=True)
class MessageReading:
    """How far what happened was looked through: the number of the last event whose messages are written."""

    name: str = "events"
    came_to: int = 0
    version: int = 0

    def came_on(self, number: int) -> Change[MessageReading]:
        """Everything up to this number is told."""
        return Change(self if self.version else None, evolve(self, came_to=number))


@frozen(kw_only=True)
class MessageOccasion:
    """That a message tells somebody of one thing that happened; there is one for each cause, reader and happening (MSG-R2)."""

    cause: str
    recipient: Recipient
    occasion: UUID
    """The event, or what stands for a deadline."""
    message_id: MessageId
    version: int = 0

    @property
    def key(self) -> tuple[str, Recipient, UUID]:
        """What may be told once."""
        return self.cause, self.recipient, self.occasion


@frozen(kw_only=True)
class Message:
    """What one reader is told for one cause; `count` is how many happenings it tells of (MSG-R5).

    The text is made when it is read: the row holds what fills it, and nothing personal (R40).
    """

    id: MessageId
    cause: str
    kind: CauseKind
    recipient: Recipient
    about: UUID
    filled: Mapping[str, str]
    count: int = 1
    bundles_until: datetime | None = None
    """Until then what follows of the same cause joins it; None once it is on its way."""
    consent: int | None = None
    """The number of the consent that allows it; advertising has one, nothing else has (MSG-R3)."""
    at: datetime
    read_at: datetime | None = None
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("a message tells of something")
        if (self.kind is CauseKind.MARKETING) != (self.consent is not None):
            raise ValueError("advertising rests on a consent, and nothing else does")

    def is_open(self, at: datetime) -> bool:
        """Whether what happens now may join it."""
        return self.bundles_until is not None and self.read_at is None and lies_in(self.at, self.bundles_until, at)

    def joined(self) -> Change[Message]:
        """It tells of one more."""
        return Change(self, evolve(self, count=self.count + 1))

    def on_its_way(self) -> Change[Message]:
        """It is told outside as it is now: nothing joins it any more."""
        return Change(self, self if self.bundles_until is None else evolve(self, bundles_until=None))

    def noted_read(self, *, at: datetime) -> Change[Message]:
        """Its reader has seen it; reading it twice changes nothing."""
        return Change(self, self if self.read_at is not None else evolve(self, read_at=at, bundles_until=None))


class SendingState(Enum):
    """How far a message is on its way through one channel."""

    WAITING = "waiting"
    UNDER_WAY = "under_way"
    ASKING = "asking"
    """Nobody knows whether it was sent: the channel is asked, and nothing is sent again."""
    SENT = "sent"
    REFUSED = "refused"
    """The channel would not take it, or could not for a day."""
    UNKNOWN = "unknown"
    """Perhaps sent; the channel cannot tell."""
    LEFT_OUT = "left_out"
    """There was no reason to send it any more, or nobody to send it to."""


ENDED: Final = frozenset({SendingState.SENT, SendingState.REFUSED, SendingState.UNKNOWN, SendingState.LEFT_OUT})


class SendResult(Enum):
    """What came of a try, or of a question."""

    TAKEN = "taken"
    REFUSED = "refused"
    """Surely not sent, and it never will be."""
    NOT_SENT = "not_sent"
    """Surely not sent this time."""
    UNKNOWN = "unknown"


@frozen
class SendAnswer:
    """What a channel says, and in one word why."""

    result: SendResult
    reason: str = ""


@frozen(kw_only=True)
class MessageSending:
    """A message on its way through one channel (MSG-R6)."""

    message_id: MessageId
    channel: str
    recipient_id: UUID
    """Whose message it is."""
    state: SendingState = SendingState.WAITING
    tries: int = 0
    due_at: datetime
    """When it was to go out first."""
    next_at: datetime
    ended_at: datetime | None = None
    reason: str = ""
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if (self.ended_at is not None) != (self.state in ENDED):
            raise ValueError("it has ended when nothing more is done about it, and not before")

    @property
    def key(self) -> tuple[MessageId, str]:
        """Which message, through which channel."""
        return self.message_id, self.channel

    def postponed(self, until: datetime) -> Change[MessageSending]:
        """Quiet hours: it waits for the morning. When it is given up stays as it is, or each night would put that off."""
        return Change(self, evolve(self, next_at=until))

    def taken_up(self, *, at: datetime, repeats: bool) -> Change[MessageSending]:
        """Somebody sends it now, or asks what became of it.

        Where whoever was sending it died, nobody knows whether it was sent: it is asked about, and sent again only through a
        channel whose readers would rather read it twice (MSG-R6).
        """
        is_lost = self.state is SendingState.UNDER_WAY and not repeats
        state = SendingState.ASKING if is_lost or self.state is SendingState.ASKING else SendingState.UNDER_WAY
        tries = 1 if is_lost else self.tries + 1
        return Change(self, evolve(self, state=state, tries=tries, next_at=at + LEASE))

    def answered(self, answer: SendAnswer, tried: int, *, at: datetime, repeats: bool) -> Change[MessageSending]:
        """What came of the try of this number. That it was sent counts whenever it is heard; all else only of the last try."""
        if self.ended_at is not None:
            return Change(self, self)
        if answer.result is SendResult.TAKEN:
            return self._ends(SendingState.SENT, answer.reason, at)
        if self.state not in (SendingState.UNDER_WAY, SendingState.ASKING) or self.tries != tried:
            return Change(self, self)
        if answer.result is SendResult.REFUSED:
            return self._ends(SendingState.REFUSED, answer.reason, at)
        if answer.result is SendResult.NOT_SENT or repeats:
            return self._again(answer, at)
        return self._asked(answer, at)

    def left_out(self, reason: str, *, at: datetime) -> Change[MessageSending]:
        """It is not sent."""
        return self._ends(SendingState.LEFT_OUT, reason, at)

    def _again(self, answer: SendAnswer, at: datetime) -> Change[MessageSending]:
        if has_passed(self.due_at + GIVES_UP_AFTER, at):
            return self._ends(SendingState.REFUSED, answer.reason or "too_late", at)
        tries = self.tries if self.state is SendingState.UNDER_WAY else 0
        next_at = at + self._wait(tries)
        return Change(
            self, evolve(self, state=SendingState.WAITING, tries=tries, next_at=next_at, reason=answer.reason[:REASON_MAX])
        )

    def _asked(self, answer: SendAnswer, at: datetime) -> Change[MessageSending]:
        asked = self.tries if self.state is SendingState.ASKING else 0
        if asked >= ASKS_MAX:
            return self._ends(SendingState.UNKNOWN, answer.reason, at)
        next_at = at + self._wait(asked)
        return Change(
            self, evolve(self, state=SendingState.ASKING, tries=asked, next_at=next_at, reason=answer.reason[:REASON_MAX])
        )

    @staticmethod
    def _wait(tries: int) -> timedelta:
        return timedelta(seconds=_WAITS[min(max(tries - 1, 0), len(_WAITS) - 1)])

    def _ends(self, state: SendingState, reason: str, at: datetime) -> Change[MessageSending]:
        return Change(self, evolve(self, state=state, ended_at=at, next_at=at, reason=reason[:REASON_MAX]))


@frozen(kw_only=True)
class MessageSettings:
    """How a member wants to be told: in which language, what never through which channel beside the inbox (MSG-R4), and when
    not to be disturbed; None: in the hours of the shop (MSG-R7).
    """

    member_id: MemberId
    language: Language = Language.ZH_CN
    muted: tuple[tuple[str, CauseKind], ...] = ()
    quiet_hours: QuietHours | None = None
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.muted != in_their_order(self.muted):
            raise ValueError("what is muted is named once each, in its order")

    def is_muted(self, channel: str, kind: CauseKind) -> bool:
        """Whether nothing of this kind goes out through this channel."""
        return (channel, kind) in self.muted


def in_their_order(muted: tuple[tuple[str, CauseKind], ...]) -> tuple[tuple[str, CauseKind], ...]:
    """Each once."""
    return tuple(sorted({*muted}, key=lambda one: (one[0], one[1].value)))


@frozen(kw_only=True)
class MarketingConsent:
    """That a member agreed to advertising, or took it back: when, and to which terms. It never changes (MSG-R3)."""

    member_id: MemberId
    number: int
    """From 1; the last one counts."""
    given: bool
    terms_version: str
    at: datetime
    version: int = 0

    @classmethod
    def decided(
        cls, member_id: MemberId, last: MarketingConsent | None, *, given: bool, terms_version: str, at: datetime
    ) -> Change[MarketingConsent]:
        """They say so now; saying the same again changes nothing, unless it is to other terms."""
        if last is None and not given:
            return _unchanged(cls(member_id=member_id, number=1, given=False, terms_version=terms_version, at=at))
        if last is not None and last.given == given and (not given or last.terms_version == terms_version):
            return _unchanged(last)
        number = 1 if last is None else last.number + 1
        told = MarketingConsentChanged(at=at, member_id=member_id, given=given, terms_version=terms_version)
        return Change(None, cls(member_id=member_id, number=number, given=given, terms_version=terms_version, at=at), (told,))


def _unchanged(one: MarketingConsent) -> Change[MarketingConsent]:
    return Change(one, one)


@frozen(kw_only=True)
@checked
class QuietHours:
    """From when to when nobody is sent anything that can wait, by the clock of the shop; the same twice is never (MSG-R7)."""

    begin: time = field(default=time(22))
    end: time = field(default=time(8))

    def over_at(self, at: datetime, calendar: Calendar) -> datetime | None:
        """When they are over, if this moment lies in them."""
        now = calendar.time_of(at)
        is_within = self.begin <= now < self.end if self.begin <= self.end else now >= self.begin or now < self.end
        return calendar.next_at(at, self.end) if is_within else None
