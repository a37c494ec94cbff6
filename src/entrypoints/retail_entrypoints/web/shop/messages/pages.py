"""`/me/messages`: what somebody was told, and how they want to be told."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter, URLEncodedBody

from retail_domain.application import Retail
from retail_domain.kernel.causes import CauseKind, Language
from retail_domain.kernel.ids import MemberId, MessageId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.messages import (
    ChangeMessageSettings,
    DecideMarketing,
    LeaveMarketing,
    MessageNotFound,
    ReadMessages,
    Recipient,
    ShowInbox,
    WayOutUnknown,
)
from retail_entrypoints.http.providers import CURSOR_PATTERN
from retail_entrypoints.http.routing import MEMBER, PUBLIC, Resource
from retail_entrypoints.web.forms import Form, NoFields, Path, Typed
from retail_entrypoints.web.shop.messages.models import NEVER, SMS, MessageCard, ToldHow
from retail_entrypoints.web.view import View

Cursor = Annotated[str | None, QueryParameter(pattern=CURSOR_PATTERN, max_length=512)]
Code = Annotated[str | None, QueryParameter(name="code", max_length=64)]
_PAGE = 15
_LANGUAGES = {"zh-CN": Language.ZH_CN, "en": Language.EN}


class ReadForm(Form, frozen=True):
    """Where somebody goes who opens a message."""

    then: Path = "/me/messages"


class ToldForm(Form, frozen=True):
    """In which language, what by text message, and when not; what is not ticked is not sent."""

    language: Language = Language.ZH_CN
    orders: str | None = None
    offers: str | None = None
    quiet: Literal["shop", "own", "never"] = "shop"
    begin: Typed = ""
    end: Typed = ""

    @property
    def quiet_hours(self) -> str:
        """As the shop takes them."""
        return {"shop": "", "own": f"{self.begin}-{self.end}", "never": NEVER}[self.quiet]

    def muted(self, before: Sequence[str]) -> tuple[str, ...]:
        """What is not sent from now on; what was said of other channels stays."""
        others = [one for one in before if not one.startswith(f"{SMS}:")]
        ticked = ((CauseKind.SERVICE, self.orders), (CauseKind.MARKETING, self.offers))
        return (*others, *(f"{SMS}:{kind.value}" for kind, tick in ticked if tick is None))


class MarketingForm(Form, frozen=True):
    """The terms that were shown to whoever agrees; none of whoever wants no offers."""

    given: str | None = None
    terms: Typed = ""


class WayOutForm(Form, frozen=True):
    """What stands in an advertising message."""

    code: Typed = ""


def message_pages(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """The inbox, its settings, and the way out of advertising."""
    return [*_inbox(retail), *_settings(retail), *_way_out(retail)]


def _inbox(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/me/messages", permission=MEMBER, tag="messages")
    desk = retail.messages

    @pages.get()
    async def show_inbox_page(
        view: NamedDependency[View], member_id: NamedDependency[MemberId], cursor: Cursor = None
    ) -> Response[bytes]:
        reader = Recipient.member(member_id)
        found = await desk.inbox(ShowInbox(recipient=reader, page=PageRequest(_PAGE, cursor), language=_LANGUAGES[view.lang]))
        view.tell_unread(await desk.unread(reader))
        cards = tuple(map(MessageCard.of, found.items))
        return view.page("shop/messages/inbox.html", cards=cards, next_cursor=found.next_cursor)

    @pages.post("/read")
    async def read_all_from_page(
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        await desk.read(ReadMessages(recipient=Recipient.member(member_id), once=once))
        view.tell_unread(await desk.unread(Recipient.member(member_id)))
        return view.go("/me/messages", "messages.all_read")

    @pages.post("/{message_id:uuid}/read", raises=[MessageNotFound])
    async def open_message(
        message_id: FromPath[UUID],
        data: URLEncodedBody[ReadForm],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        reader = Recipient.member(member_id)
        await desk.read(ReadMessages(recipient=reader, ids=(MessageId(message_id),), once=once))
        view.tell_unread(await desk.unread(reader))
        return view.go(view.onward(data.then, "/me/messages"))

    return pages.all


def _settings(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/me/messages/settings", permission=MEMBER, tag="messages")
    desk = retail.messages

    async def shown(view: View, member_id: MemberId) -> Response[bytes]:
        model = ToldHow.of(await desk.settings(member_id))
        return view.page("shop/messages/settings.html", m=model)

    @pages.get()
    async def show_told_how(view: NamedDependency[View], member_id: NamedDependency[MemberId]) -> Response[bytes]:
        return await shown(view, member_id)

    @pages.post()
    async def choose_how_to_be_told(
        data: URLEncodedBody[ToldForm],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        muted = data.muted((await desk.settings(member_id)).muted)
        wish = ChangeMessageSettings(
            member_id=member_id, language=data.language, muted=muted, quiet_hours=data.quiet_hours, once=once
        )
        return await view.decide(
            desk.change_settings(wish), lambda _: view.go("/me/messages/settings", "messages.kept"),
            lambda: shown(view, member_id),
        )  # fmt: skip

    @pages.post("/marketing")
    async def decide_marketing_from_page(
        data: URLEncodedBody[MarketingForm],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        is_given = data.given is not None
        wish = DecideMarketing(member_id=member_id, given=is_given, terms_version=data.terms if is_given else "", once=once)
        saying = "messages.marketing_on" if is_given else "messages.marketing_off"
        return await view.decide(
            desk.decide_marketing(wish), lambda _: view.go("/me/messages/settings", saying), lambda: shown(view, member_id)
        )

    return pages.all


def _way_out(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/way-out", permission=PUBLIC, tag="messages")

    async def form(view: View, code: str) -> Response[bytes]:
        return view.page("shop/messages/way_out.html", code=code)

    @pages.get()
    async def show_way_out(view: NamedDependency[View], code: Code = None) -> Response[bytes]:
        return await form(view, code or "")

    @pages.post(raises=[WayOutUnknown])
    async def leave_marketing_from_page(
        data: URLEncodedBody[WayOutForm], view: NamedDependency[View], once: NamedDependency[Once | None]
    ) -> Response[bytes]:
        wish = LeaveMarketing(way_out=data.code.strip(), once=once)
        return await view.decide(
            retail.messages.leave_marketing(wish),
            lambda _: view.go("/", "messages.marketing_off"),
            lambda: form(view, data.code),
        )

    return pages.all
