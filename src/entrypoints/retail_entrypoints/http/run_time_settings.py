"""`/v1/shop` and `/v1/staff/settings`: what the shop says of itself, and what admins change while it runs (SET-R7)."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta, field

from retail_domain.accounts import Permission
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.effects import Granted
from retail_domain.kernel.errors import ChangedMeanwhile
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.settings import (
    ChangeSettings,
    PlannedValue,
    SettingsChange,
    SettingsChanged,
    SettingsDesk,
    SettingsMayNotSet,
    SettingsNotTakenBack,
    SettingsView,
    SettingView,
    ShopFront,
    TakeSettingsBack,
)
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.lists import PageShape, part_of
from retail_entrypoints.http.routing import PUBLIC, Resource
from retail_entrypoints.http.shapes import Answer, Body, Count, Instant, Reason
from retail_entrypoints.http.shaping import derived

SettingName = Annotated[
    str, Meta(min_length=1, max_length=64, description="What a setting is called.", examples=["orders.pay_seconds"])
]
_Value = (
    Annotated[int, Meta(ge=0, le=10**9)]
    | Annotated[str, Meta(max_length=20_000)]
    | Annotated[list[Annotated[str, Meta(max_length=12)]], Meta(max_length=500)]
    | None
)
SettingValue = Annotated[
    _Value,
    Meta(
        description="A number, a text (blocks as JSON) or a list, as the setting takes it; null is what is usual.",
        examples=[900],
    ),
]
Number = Annotated[int, Meta(ge=1, le=10**9, description="The number of a change of settings.", examples=[7])]


class ShopFrontShape(Answer, frozen=True):
    """What the shop says of itself, such as at the foot of every page; empty where nothing is set."""

    version: Count
    name: str
    notice: str
    contact: str
    contact_hours: str
    company: str
    licence: str
    licence_url: str
    record_number: str
    terms_url: str
    privacy_url: str

    of = derived(ShopFront)


def _planned_value(planned: PlannedValue) -> object:
    return planned.value


class PlannedValueShape(Answer, frozen=True):
    """What a setting will be, from when on, and by which change."""

    number: Number
    value: SettingValue
    effective_at: Instant

    of = derived(PlannedValue, value=_planned_value)


def _usual(view: SettingView) -> object:
    return view.usual


def _value(view: SettingView) -> object:
    return view.value


def _bounds(view: SettingView) -> Mapping[str, int]:
    return view.bounds


class SettingShape(Answer, frozen=True):
    """A setting: what it changes, what it may be, what it is, and what it will be.

    `usual` is what it is when nobody sets it. `is_readable` is false where a value is stored that this release does not take.
    """

    name: SettingName
    kind: Annotated[
        str, Meta(max_length=16, description="whole, text, address, regions, choice, hours or blocks.", examples=["whole"])
    ]
    unit: Annotated[str, Meta(max_length=16, description="Of what a number counts how many.", examples=["seconds"])]
    bounds: dict[str, int]
    choices: Annotated[
        list[Annotated[str, Meta(max_length=40, examples=["looked_at"])]],
        Meta(max_length=20, description="The only values there are; empty where they are not counted.", examples=[[]]),
    ]
    says: Annotated[str, Meta(max_length=400, description="What it changes.")]
    says_zh: Annotated[str, Meta(max_length=400, description="The same in Chinese.")]
    usual: SettingValue
    value: SettingValue
    is_set: bool
    is_readable: bool
    planned: list[PlannedValueShape]

    of = derived(SettingView, usual=_usual, value=_value, bounds=_bounds)


class SettingsShape(Answer, frozen=True):
    """Every setting; `version` is the number of the newest change."""

    version: Count
    settings: list[SettingShape]

    of = derived(SettingsView)


def _values(change: SettingsChange) -> Mapping[str, object]:
    return change.values


class SettingsChangeShape(Answer, frozen=True):
    """A change of settings: who, when, why, and from when on."""

    number: Number
    values: dict[str, SettingValue]
    takes_back: Number | None
    effective_at: Instant
    at: Instant
    actor_kind: Annotated[str, Meta(max_length=16, examples=["staff"])]
    actor_ref: Annotated[str, Meta(max_length=200)]
    reason: Reason

    of = derived(SettingsChange, values=_values, actor_kind="actor.kind", actor_ref="actor.ref")


class SettingsChangedShape(Answer, frozen=True):
    """The change that holds now: `is_new` is false where nothing had to be changed."""

    number: Count
    effective_at: Instant | None
    is_new: bool

    of = derived(SettingsChanged)


def _as_sent(values: dict[str, SettingValue]) -> Mapping[str, object]:
    return values


class ChangeSettingsBody(Body, frozen=True):
    """Which settings shall be what, why, and from when on: now, unless a moment is said.

    `seen` is the `version` that was looked at: with it, nobody may have changed anything since.
    """

    values: Annotated[dict[SettingName, SettingValue], Meta(min_length=1, max_length=100)]
    reason: Reason
    effective_at: Instant | None = None
    seen: Count | None = field(default=None)

    to_command = becoming(ChangeSettings, "granted", "actor", "once", values=_as_sent)


class TakeSettingsBackBody(Body, frozen=True):
    """Which change shall no longer count, and why."""

    number: Number
    reason: Reason

    to_command = becoming(TakeSettingsBack, "granted", "actor", "once")


def settings_routes(settings: SettingsDesk) -> Sequence[HTTPRouteHandler]:
    """`/v1/shop` and `/v1/staff/settings`."""
    front = Resource("/shop", permission=PUBLIC, tag="shop")

    @front.get(summary="What the shop says of itself")
    async def show_shop() -> ShopFrontShape:
        """Its name, whom to ask, its licence and record number, and where its terms are read."""
        return ShopFrontShape.of(await settings.shop_front())

    return [*front.all, *_of_staff(settings)]


def _of_staff(settings: SettingsDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/settings", permission=Permission.SETTINGS_SEE, tag="staff: settings")

    @routes.get(summary="Every setting")
    async def list_settings() -> SettingsShape:
        """What it changes, what it is, and what is planned."""
        return SettingsShape.of(await settings.show_all())

    @routes.get("/changes", summary="Changes of settings, the newest first")
    async def list_settings_changes(short_page: NamedDependency[PageRequest]) -> PageShape[SettingsChangeShape]:
        """Who, when, why, and from when on."""
        return part_of(await settings.history(), short_page, SettingsChangeShape.of)

    @routes.post("/changes", does=settings.change, raises=[SettingsMayNotSet, ChangedMeanwhile], summary="Change settings")
    async def change_settings(
        data: JSONBody[ChangeSettingsBody],
        granted: NamedDependency[Granted],
        actor: NamedDependency[Actor],
        once: NamedDependency[Once | None],
    ) -> SettingsChangedShape:
        """All of them together, in every process; what is set already stays. Some need `prices.change` besides."""
        return SettingsChangedShape.of(await settings.change(data.to_command(granted=granted, actor=actor, once=once)))

    @routes.post(
        "/steps-back", does=settings.take_back, raises=[SettingsMayNotSet, SettingsNotTakenBack], summary="Take a change back"
    )
    async def take_settings_back(
        data: JSONBody[TakeSettingsBackBody],
        granted: NamedDependency[Granted],
        actor: NamedDependency[Actor],
        once: NamedDependency[Once | None],
    ) -> SettingsChangedShape:
        """The one that came into force last, or one that is planned; again it changes nothing."""
        return SettingsChangedShape.of(await settings.take_back(data.to_command(granted=granted, actor=actor, once=once)))

    return routes.all
