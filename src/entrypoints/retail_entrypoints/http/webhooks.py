"""`/v1/staff/webhooks`: addresses outside the shop that are told what happens in it."""

from collections.abc import Sequence
from typing import Annotated, TypeAlias
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, field

from retail_domain.accounts.model.staff import Permission
from retail_domain.kernel.ids import WebhookId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.webhooks import (
    ChangeWebhook,
    CreateWebhook,
    ReleaseTellings,
    ReplayTellings,
    TellingState,
    TellingView,
    TooManyWebhooks,
    Untold,
    WebhookDesk,
    WebhookNotFound,
    WebhookSecret,
    WebhookState,
    WebhookView,
)
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.lists import PageShape, listing, part_of
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shapes import Answer, Body, Count, Instant, Uuid
from retail_entrypoints.http.shaping import derived

HookUrl = Annotated[
    str,
    Meta(
        min_length=8, max_length=2_000, description="A public https address.", examples=["https://example.com/hooks/shop"]
    ),
]  # fmt: skip
Kinds = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=100)]],
    Meta(max_length=200, description="Names of events; none: all of them.", examples=[["order.paid", "order.shipped"]]),
]
Place = Annotated[int, Meta(ge=0, le=2**53 - 1, description="The number of an event; 0 is before the first.", examples=[0])]
Numbers = Annotated[
    tuple[Annotated[int, Meta(ge=1, le=2**53 - 1, examples=[57])], ...],
    Meta(min_length=1, max_length=1_000, description="Numbers of events."),
]
# `state` is a reserved argument name in Litestar: the handler calls it `standing`.
InState: TypeAlias = Annotated[TellingState | None, QueryParameter(name="state", description="Only those in this state.")]


class WebhookBody(Body, frozen=True):
    """Where to tell what happens. `after`: from the event after this one on; without it, from now on."""

    url: HookUrl
    kinds: Kinds = field(default_factory=list)
    description: Annotated[str, Meta(max_length=200, description="What it is for.", examples=["Accounting"])] = ""
    after: Place | None = None

    to_command = becoming(CreateWebhook, "once")


class WebhookSecretShape(Answer, frozen=True):
    """The secret that every call is signed with. It is shown this once."""

    webhook_id: Uuid
    secret: Annotated[str, Meta(description="Base64 after `whsec_`.", examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])]

    of = derived(WebhookSecret)


class WebhookShape(Answer, frozen=True):
    """A webhook, and how far it is: `behind` events are not taken up for it yet; of those that are, so many wait for their turn
    or their next try, are being sent at this moment, or are parked until somebody replays or releases them. Every try has
    failed since `failing_since`; after three days of that it is `stopped`."""

    webhook_id: Uuid
    url: HookUrl
    description: Annotated[str, Meta(description="What it is for.", examples=["Accounting"])]
    kinds: Kinds
    state: WebhookState
    failing_since: Instant | None
    old_secret_until: Instant | None
    came_to: Place
    behind: Count
    waiting: Count
    under_way: Count
    parked: Count
    created_at: Instant

    of = derived(WebhookView)


class TellingShape(Answer, frozen=True):
    """One event that a webhook is told. `status` is of the last answer; `untold` says why there was none."""

    number: Place
    event_id: Uuid
    event_name: Annotated[str, Meta(description="Its name.", examples=["order.paid"])]
    aggregate_id: Uuid
    state: TellingState
    tries: Count
    next_at: Instant
    first_at: Instant | None
    ended_at: Instant | None
    status: int | None
    untold: Untold | None

    of = derived(TellingView)


class ReplayBody(Body, frozen=True):
    """Which parked ones are tried again; without numbers, the first thousand of them."""

    numbers: Numbers | None = None

    to_command = becoming(ReplayTellings, "webhook_id", "once")


class ReleaseBody(Body, frozen=True):
    """Which parked ones are never sent."""

    numbers: Numbers

    to_command = becoming(ReleaseTellings, "webhook_id", "once")


class TakenUpShape(Answer, frozen=True):
    """How many it was done to: what is not parked is left alone."""

    count: Count


def webhook_routes(desk: WebhookDesk) -> Sequence[HTTPRouteHandler]:
    """`/v1/staff/webhooks`."""
    return [*_looking(desk), *_deciding(desk), *_parked(desk)]


def _looking(desk: WebhookDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/webhooks", permission=Permission.WEBHOOKS_SEE, tag="staff: webhooks")

    @routes.get(summary="Who is told what happens, the oldest first")
    async def list_webhooks(short_page: NamedDependency[PageRequest]) -> PageShape[WebhookShape]:
        """And how far each of them is."""
        return part_of(await desk.every(), short_page, WebhookShape.of)

    @routes.get("/{webhook_id:uuid}", raises=[WebhookNotFound], summary="One of them")
    async def get_webhook(webhook_id: FromPath[UUID]) -> WebhookShape:
        """And how far it is."""
        return WebhookShape.of(await desk.one(WebhookId(webhook_id)))

    @routes.get("/{webhook_id:uuid}/deliveries", raises=[WebhookNotFound], summary="What it is told, the newest first")
    async def list_webhook_deliveries(
        webhook_id: FromPath[UUID], page: NamedDependency[PageRequest], standing: InState = None
    ) -> PageShape[TellingShape]:
        """All states, or one. What was delivered is shown for thirty days."""
        webhook = await desk.one(WebhookId(webhook_id))
        return listing(await desk.show.tellings(webhook.webhook_id, page, standing), TellingShape.of)

    return routes.all


def _deciding(desk: WebhookDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/webhooks", permission=Permission.WEBHOOKS_SEE, tag="staff: webhooks")
    raises = [WebhookNotFound]

    @routes.post(does=desk.create, raises=[TooManyWebhooks], summary="Tell an address what happens")
    async def create_webhook(data: JSONBody[WebhookBody], once: NamedDependency[Once | None]) -> WebhookSecretShape:
        """Events of some names, or all. The answer has the secret, which is not shown again."""
        return WebhookSecretShape.of(await desk.create(data.to_command(once=once)))

    @routes.post("/{webhook_id:uuid}/pause", does=desk.pause, raises=raises, status=204, summary="Send nothing for now")
    async def pause_webhook(webhook_id: FromPath[UUID], once: NamedDependency[Once | None]) -> None:
        """What happens meanwhile is sent when it is resumed."""
        await desk.pause(_this(webhook_id, once))

    @routes.post("/{webhook_id:uuid}/resume", does=desk.resume, raises=raises, status=204, summary="Go on sending")
    async def resume_webhook(webhook_id: FromPath[UUID], once: NamedDependency[Once | None]) -> None:
        """From where it stopped."""
        await desk.resume(_this(webhook_id, once))

    @routes.post("/{webhook_id:uuid}/rotate", does=desk.rotate, raises=raises, summary="Give it another secret")
    async def rotate_webhook(webhook_id: FromPath[UUID], once: NamedDependency[Once | None]) -> WebhookSecretShape:
        """The secret before signs as well for a day. The answer has the new one, which is not shown again."""
        return WebhookSecretShape.of(await desk.rotate(_this(webhook_id, once)))

    @routes.delete("/{webhook_id:uuid}", does=desk.remove, raises=raises, summary="Send nothing more")
    async def remove_webhook(webhook_id: FromPath[UUID], once: NamedDependency[Once | None]) -> None:
        """What was to be sent is forgotten."""
        await desk.remove(_this(webhook_id, once))

    return routes.all


def _parked(desk: WebhookDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/webhooks/{webhook_id:uuid}", permission=Permission.WEBHOOKS_SEE, tag="staff: webhooks")
    raises = [WebhookNotFound]

    @routes.post("/replay", does=desk.replay, raises=raises, status=200, summary="Try what is parked again")
    async def replay_webhook(
        webhook_id: FromPath[UUID], data: JSONBody[ReplayBody], once: NamedDependency[Once | None]
    ) -> TakenUpShape:
        """From the beginning. What was delivered is never sent again."""
        return TakenUpShape(await desk.replay(data.to_command(webhook_id=WebhookId(webhook_id), once=once)))

    @routes.post("/release", does=desk.release, raises=raises, status=200, summary="Never send what is parked")
    async def release_webhook(
        webhook_id: FromPath[UUID], data: JSONBody[ReleaseBody], once: NamedDependency[Once | None]
    ) -> TakenUpShape:
        """What waits behind it, of the same order or product, goes on."""
        return TakenUpShape(await desk.release(data.to_command(webhook_id=WebhookId(webhook_id), once=once)))

    return routes.all


def _this(webhook_id: UUID, once: Once | None) -> ChangeWebhook:
    return ChangeWebhook(webhook_id=WebhookId(webhook_id), once=once)
