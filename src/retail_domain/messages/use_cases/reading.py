"""Somebody looks into their inbox, and says how they want to be told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from attrs import field, frozen

from retail_domain.kernel.causes import CauseKind, Language
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import checked
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.counting import Sealer
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import MemberId, MessageId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.messages.causes import Causes
from retail_domain.messages.errors import MessageNotFound, WayOutUnknown
from retail_domain.messages.model import (
    MarketingConsent,
    Message,
    MessageSettings,
    QuietHours,
    Recipient,
    RecipientKind,
    in_their_order,
)
from retail_domain.messages.ports import MessagesWork, RuledMessagesWork
from retail_domain.messages.queries import MessageQueries, MessageSettingsView, MessageView
from retail_domain.messages.settings import quiet_read, quiet_under, quiet_written
from retail_domain.messages.use_cases.sending import MessageRules
from retail_domain.messages.use_cases.telling import MessageChannels
from retail_domain.messages.way_out import member_of, way_out_of

READ_AT_ONCE_MAX: Final = 1_000


@frozen(kw_only=True)
@checked
class ShowInbox:
    """Somebody's messages, the newest first; `language` None is the one that they have chosen."""

    recipient: Recipient
    page: PageRequest = field(factory=PageRequest)
    unread_only: bool = False
    language: Language | None = None


@frozen(kw_only=True)
@checked
class ReadMessages:
    """These are read; None: all that somebody has, a thousand at a time."""

    recipient: Recipient
    ids: tuple[MessageId, ...] | None = None
    once: Once | None = None


@frozen(kw_only=True)
class MessagesRead:
    """How many were not read before."""

    count: int


@frozen(kw_only=True)
@checked
class ChangeMessageSettings:
    """A member wants another language, or does without a kind of message through a channel; what is None stays.

    `muted` names `channel:kind`, such as `sms:service`. `quiet_hours` are hours of their own, such as 22:00-08:00, the same
    time twice for none; an empty text for those of the shop.
    """

    member_id: MemberId
    language: Language | None = None
    muted: tuple[str, ...] | None = None
    quiet_hours: str | None = None
    once: Once | None = None


@frozen(kw_only=True)
@checked
class DecideMarketing:
    """A member agrees to advertising under the terms that they were shown, or does no longer."""

    member_id: MemberId
    given: bool
    terms_version: str = ""
    once: Once | None = None


@frozen(kw_only=True)
@checked
class LeaveMarketing:
    """Whoever has a way out takes it."""

    way_out: str = field(repr=False)
    once: Once | None = None


@frozen(kw_only=True)
@checked
class StopMarketing:
    """A member has told staff that they want no advertising."""

    member_id: MemberId
    once: Once | None = None


async def show_inbox(wish: ShowInbox, show: MessageQueries, causes: Causes, sealer: Sealer) -> Page[MessageView]:
    """What somebody was told, said in their language. Raises InvalidInput for a cursor of another list."""
    language = wish.language or await _language(wish.recipient, show)
    found = await show.inbox(wish.recipient, wish.page, unread_only=wish.unread_only)
    return Page(tuple(_view(one, language, causes, sealer) for one in found.items), found.next_cursor)


async def _language(recipient: Recipient, show: MessageQueries) -> Language:
    if recipient.kind is not RecipientKind.MEMBER:
        return Language.ZH_CN
    chosen, _ = await show.settings(MemberId(recipient.id))
    return chosen.language


def _view(one: Message, language: Language, causes: Causes, sealer: Sealer) -> MessageView:
    cause = causes.by_code.get(one.cause)
    title, text = (one.cause, "") if cause is None else cause.said(language, one.filled, one.count)
    is_marketing = one.kind is CauseKind.MARKETING
    return MessageView(
        message_id=one.id, cause=one.cause, kind=one.kind, title=title, text=text, about=one.about, count=one.count,
        at=one.at, read_at=one.read_at, way_out=way_out_of(MemberId(one.recipient.id), sealer) if is_marketing else None,
    )  # fmt: skip


async def read_messages(work: MessagesWork, command: ReadMessages, means: Means) -> MessagesRead:
    """They are read; one that was read stays as it was. Raises InvalidInput, or MessageNotFound, and then none is."""
    at = means.clock.now()
    if command.ids is None:
        found = list(await work.messages.claim_unread(command.recipient, READ_AT_ONCE_MAX))
    else:
        found = await _own(work, command.recipient, command.ids)
    changes = [one.noted_read(at=at) for one in found]
    for change in changes:
        work.messages.save(change)
    return MessagesRead(count=sum(change.state is not change.before for change in changes))


@brings(Effect.PERSONAL_DATA)
async def read_for(command: ReadMessages, read: Called[ReadMessages, MessagesRead]) -> MessagesRead:
    """The same, by staff for somebody. Raises InvalidInput, MessageNotFound."""
    return await read(command)


async def _own(work: MessagesWork, recipient: Recipient, ids: tuple[MessageId, ...]) -> list[Message]:
    if not 1 <= len(ids) <= READ_AT_ONCE_MAX:
        raise InvalidInput.of("ids", "length", f"from 1 to {READ_AT_ONCE_MAX} messages")
    known = await work.messages.claim({*ids})
    for id in ids:
        if id not in known or known[id].recipient != recipient:
            raise MessageNotFound(message_id=id)
    return list(known.values())


async def change_message_settings(
    work: MessagesWork, command: ChangeMessageSettings, means: Means, channels: MessageChannels
) -> None:
    """What is None stays. All can be done without but the inbox, which is the record (MSG-R4). Raises InvalidInput."""
    known = await work.message_settings.of(command.member_id)
    changed = MessageSettings(
        member_id=known.member_id,
        language=command.language or known.language,
        muted=known.muted if command.muted is None else _muted(command.muted, channels.members),
        quiet_hours=known.quiet_hours if command.quiet_hours is None else quiet_read(command.quiet_hours),
        version=known.version,
    )
    if changed != known:
        work.message_settings.save(Change(known if known.version else None, changed))


def _muted(told: tuple[str, ...], channels: tuple[str, ...]) -> tuple[tuple[str, CauseKind], ...]:
    known = {f"{channel}:{kind.value}": (channel, kind) for channel in channels for kind in CauseKind}
    if len(told) > len(known) or not known.keys() >= {*told}:
        raise InvalidInput.of("muted", "unknown", f"any of {', '.join(known)}")
    return in_their_order(tuple(known[one] for one in told))


async def decide_marketing(work: MessagesWork, command: DecideMarketing, means: Means, rules: MessageRules) -> None:
    """Keeps what they said, when, and to which terms (MSG-R3). Raises InvalidInput where those are not today's."""
    now = rules.marketing_terms_version
    if command.given and command.terms_version != now:
        raise InvalidInput.of("terms_version", "outdated", f"today's terms are {now}")
    await _decide(work, command.member_id, given=command.given, means=means, terms_version=now)


async def leave_marketing(
    work: MessagesWork, command: LeaveMarketing, means: Means, rules: MessageRules, sealer: Sealer
) -> None:
    """Nothing is advertised to them any more; taking it twice changes nothing. Raises WayOutUnknown."""
    member_id = member_of(command.way_out, sealer)
    if member_id is None:
        raise WayOutUnknown()
    await _decide(work, member_id, given=False, means=means, terms_version=rules.marketing_terms_version)


@brings(Effect.PERSONAL_DATA)
async def stop_marketing(work: MessagesWork, command: StopMarketing, means: Means, rules: MessageRules) -> None:
    """Staff write down that a member wants no advertising any more; that somebody wants some only they say themselves."""
    await _decide(work, command.member_id, given=False, means=means, terms_version=rules.marketing_terms_version)


async def _decide(work: MessagesWork, member_id: MemberId, *, given: bool, means: Means, terms_version: str) -> None:
    last = (await work.marketing_consents.last_of([member_id])).get(member_id)
    change = MarketingConsent.decided(member_id, last, given=given, terms_version=terms_version, at=means.clock.now())
    work.marketing_consents.save(change)


async def show_quiet_hours(work: RuledMessagesWork, rules: MessageRules, clock: Clock) -> QuietHours:
    """Those of the shop, as they are now."""
    return quiet_under((await work.settings.timetable()).at(clock.now()), rules.quiet)


async def show_message_settings(
    member_id: MemberId, show: MessageQueries, rules: MessageRules, quiet: Callable[[], Awaitable[QuietHours]]
) -> MessageSettingsView:
    """How a member wants to be told, what they said about advertising last, and what today's terms are."""
    chosen, said = await show.settings(member_id)
    return MessageSettingsView(
        member_id=member_id, language=chosen.language,
        muted=tuple(f"{channel}:{kind.value}" for channel, kind in chosen.muted),
        quiet_hours=quiet_written(chosen.quiet_hours), shop_quiet_hours=quiet_written(await quiet()),
        marketing=said is not None and said.given, marketing_said_at=said.at if said else None,
        marketing_said_to=said.terms_version if said else None, terms_version=rules.marketing_terms_version,
    )  # fmt: skip
