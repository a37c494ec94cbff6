"""`/v1/me/messages`, `/v1/me/message-settings`, `/v1/me/marketing-consent`, `/v1/way-out`, `/v1/staff/messages`."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta

from retail_domain.accounts.model.staff import Permission
from retail_domain.kernel.causes import CauseKind, Language
from retail_domain.kernel.ids import MemberId, MessageId, StaffId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.messages import (
    ChangeMessageSettings,
    DecideMarketing,
    LeaveMarketing,
    MessageDesk,
    MessageNotFound,
    MessageSettingsView,
    MessagesRead,
    MessageView,
    ReadMessages,
    Recipient,
    ShowInbox,
    StopMarketing,
    WayOutUnknown,
)
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.lists import PageShape, listing
from retail_entrypoints.http.routing import MEMBER, PUBLIC, STAFF, Resource
from retail_entrypoints.http.shapes import Answer, Body, Count, Instant, Uuid
from retail_entrypoints.http.shaping import derived

CauseCode = Annotated[str, Meta(max_length=64, description="Why it was written.", examples=["order.paid"])]
Title = Annotated[str, Meta(description="A few words.", examples=["付款成功"])]
Words = Annotated[str, Meta(description="What it says.", examples=["订单2026013112345678已付款39.80 CNY，我们会尽快发货。"])]
WayOut = Annotated[
    str,
    Meta(max_length=64, description="Ends advertising for one member, without logging in.", examples=["Zk3Tq9vQ8yT5sR2uW7kL"]),
]
Muted = Annotated[
    list[Annotated[str, Meta(max_length=64)]],
    Meta(max_length=64, description="`channel:kind`; the inbox has everything.", examples=[["sms:service"]]),
]
QuietHoursText = Annotated[
    str,
    Meta(
        max_length=20,
        examples=["22:00-08:00"],
        description="From when to when nothing is sent that can wait, by the shop's clock; the same time twice: never; empty: "
        "the shop's.",
    ),
]
Terms = Annotated[str, Meta(max_length=64, description="A version of the terms of advertising.", examples=["2026-11"])]
UnreadFilter = Annotated[bool, QueryParameter(name="unread_only", description="Only what was not read yet.")]
InLanguage = Annotated[Language | None, QueryParameter(name="language", description="Else the one that was chosen.")]


class MessageShape(Answer, frozen=True):
    """Something that I was told. `count` is how many happenings it tells of; `about` is the order, say, that it is about.
    `way_out` stands in advertising alone."""

    message_id: Uuid
    cause: CauseCode
    kind: CauseKind
    title: Title
    text: Words
    about: Uuid
    count: Count
    at: Instant
    read_at: Instant | None
    way_out: WayOut | None

    of = derived(MessageView)


class UnreadShape(Answer, frozen=True):
    """How many messages were not read yet; a thousand stands for more."""

    count: Count


class MessagesReadShape(Answer, frozen=True):
    """How many were read by this; where it is a thousand, there may be more."""

    count: Count

    of = derived(MessagesRead)


class ReadBody(Body, frozen=True):
    """Which messages; without ids, all that were not read yet, a thousand at a time."""

    ids: Annotated[list[Uuid], Meta(min_length=1, max_length=1_000, description="Ids of messages.")] | None = None


class MessageSettingsBody(Body, frozen=True):
    """What stays away stays as it is."""

    language: Language | None = None
    muted: Muted | None = None
    quiet_hours: QuietHoursText | None = None

    to_command = becoming(ChangeMessageSettings, "member_id", "once")


class MessageSettingsShape(Answer, frozen=True):
    """How I want to be told; whether I agree to advertising, when I said so last, and to which terms. `terms_version` are
    today's. `shop_quiet_hours` are those that hold for who has none of their own."""

    language: Language
    muted: Muted
    quiet_hours: QuietHoursText
    shop_quiet_hours: QuietHoursText
    marketing: bool
    marketing_said_at: Instant | None
    marketing_said_to: Terms | None
    terms_version: Terms

    of = derived(MessageSettingsView)


class MarketingBody(Body, frozen=True):
    """Whether I agree to advertising. Who agrees names the terms that they were shown."""

    given: bool
    terms_version: Terms = ""

    to_command = becoming(DecideMarketing, "member_id", "once")


class WayOutBody(Body, frozen=True):
    """What stands in an advertising message."""

    way_out: WayOut

    to_command = becoming(LeaveMarketing, "once")


def message_routes(desk: MessageDesk) -> Sequence[HTTPRouteHandler]:
    """Inboxes, how members want to be told, and the way out."""
    return [*_inbox(desk), *_wishes(desk), *_way_out(desk), *_of_staff(desk), *_for_members(desk)]


def _inbox(desk: MessageDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/me/messages", permission=MEMBER, tag="messages")

    @routes.get(summary="What I was told, the newest first")
    async def list_messages(
        member_id: NamedDependency[MemberId],
        page: NamedDependency[PageRequest],
        unread_only: UnreadFilter = False,
        language: InLanguage = None,
    ) -> PageShape[MessageShape]:
        """Kept for half a year."""
        wish = ShowInbox(recipient=Recipient.member(member_id), page=page, unread_only=unread_only, language=language)
        return listing(await desk.inbox(wish), MessageShape.of)

    @routes.get("/unread", summary="How much of it I have not read")
    async def count_unread(member_id: NamedDependency[MemberId]) -> UnreadShape:
        """A thousand stands for more."""
        return UnreadShape(await desk.unread(Recipient.member(member_id)))

    @routes.post("/read", raises=[MessageNotFound], status=200, summary="I have read these, or all")
    async def read_messages(
        data: JSONBody[ReadBody], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> MessagesReadShape:
        """All of them, or none where one is not mine."""
        return MessagesReadShape.of(await desk.read(_read(Recipient.member(member_id), data, once)))

    @routes.post("/{message_id:uuid}/read", raises=[MessageNotFound], status=204, summary="I have read this one")
    async def read_message(
        message_id: FromPath[UUID], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> None:
        """Twice is once."""
        wish = ReadMessages(recipient=Recipient.member(member_id), ids=(MessageId(message_id),), once=once)
        await desk.read(wish)

    return routes.all


def _wishes(desk: MessageDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/me", permission=MEMBER, tag="messages")

    @routes.get("/message-settings", summary="How I want to be told")
    async def get_message_settings(member_id: NamedDependency[MemberId]) -> MessageSettingsShape:
        """And what I said about advertising."""
        return MessageSettingsShape.of(await desk.settings(member_id))

    @routes.patch("/message-settings", summary="Want it otherwise")
    async def change_message_settings(
        data: JSONBody[MessageSettingsBody], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> MessageSettingsShape:
        """Another language, nothing of a kind through a channel, or quiet hours of my own."""
        await desk.change_settings(data.to_command(member_id=member_id, once=once))
        return MessageSettingsShape.of(await desk.settings(member_id))

    @routes.put("/marketing-consent", summary="Agree to advertising, or no longer")
    async def decide_marketing(
        data: JSONBody[MarketingBody], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> MessageSettingsShape:
        """Nobody is advertised to who did not agree."""
        await desk.decide_marketing(data.to_command(member_id=member_id, once=once))
        return MessageSettingsShape.of(await desk.settings(member_id))

    return routes.all


def _way_out(desk: MessageDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/way-out", permission=PUBLIC, tag="messages")

    @routes.post(raises=[WayOutUnknown], status=204, summary="End advertising, without logging in")
    async def leave_marketing(data: JSONBody[WayOutBody], once: NamedDependency[Once | None]) -> None:
        """With what stands in any advertising message, however old."""
        await desk.leave_marketing(data.to_command(once=once))

    return routes.all


def _of_staff(desk: MessageDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/messages", permission=STAFF, tag="staff: messages")

    @routes.get(summary="What I was told at work, the newest first")
    async def list_staff_messages(
        staff_id: NamedDependency[StaffId],
        page: NamedDependency[PageRequest],
        unread_only: UnreadFilter = False,
        language: InLanguage = None,
    ) -> PageShape[MessageShape]:
        """What concerns me by what I may do: stuck refunds, stock that is low, work that piles up."""
        wish = ShowInbox(recipient=Recipient.staff(staff_id), page=page, unread_only=unread_only, language=language)
        return listing(await desk.inbox(wish), MessageShape.of)

    @routes.get("/unread", summary="How much of it I have not read")
    async def count_unread_of_staff(staff_id: NamedDependency[StaffId]) -> UnreadShape:
        """A thousand stands for more."""
        return UnreadShape(await desk.unread(Recipient.staff(staff_id)))

    @routes.post("/read", raises=[MessageNotFound], status=200, summary="I have read these, or all")
    async def read_staff_messages(
        data: JSONBody[ReadBody], staff_id: NamedDependency[StaffId], once: NamedDependency[Once | None]
    ) -> MessagesReadShape:
        """All of them, or none where one is not mine."""
        return MessagesReadShape.of(await desk.read(_read(Recipient.staff(staff_id), data, once)))

    @routes.post("/{message_id:uuid}/read", raises=[MessageNotFound], status=204, summary="I have read this one")
    async def read_staff_message(
        message_id: FromPath[UUID], staff_id: NamedDependency[StaffId], once: NamedDependency[Once | None]
    ) -> None:
        """Twice is once."""
        await desk.read(ReadMessages(recipient=Recipient.staff(staff_id), ids=(MessageId(message_id),), once=once))

    return routes.all


def _for_members(desk: MessageDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/members/{id:uuid}", permission=Permission.MEMBERS_SEE, tag="staff: members")

    @routes.delete("/marketing-consent", does=desk.stop_marketing, summary="A member wants no advertising")
    async def stop_marketing(id: FromPath[UUID], once: NamedDependency[Once | None]) -> None:
        """Written down for whoever told staff so. That somebody wants some only they say themselves."""
        await desk.stop_marketing(StopMarketing(member_id=MemberId(id), once=once))

    return routes.all


def _read(recipient: Recipient, data: ReadBody, once: Once | None) -> ReadMessages:
    ids = None if data.ids is None else tuple(MessageId(one) for one in data.ids)
    return ReadMessages(recipient=recipient, ids=ids, once=once)
