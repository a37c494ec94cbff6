"""Settings are listed, changed, and taken one step back (SET-R1 to SET-R5)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import NoneOrMore, OneOrMore, Typed, checked
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.effects import EVERYTHING, Effect, Granted, brings
from retail_domain.kernel.errors import require_seen
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.kernel.settings import Setting, Told
from retail_domain.settings.errors import SettingsMayNotSet
from retail_domain.settings.home import HOME, HomePage
from retail_domain.settings.model import Declared, SettingsChange
from retail_domain.settings.ports import SettingsWork
from retail_domain.settings.shop import ShopFront, front_of


@frozen(kw_only=True)
@checked
class ChangeSettings:
    """Somebody changes some settings, from a moment on: now, if none is said. None stands for what is usual.

    `seen` is the number of the newest change that whoever decides has looked at: if it is said, nobody may have been between.
    """

    actor: Actor
    values: Mapping[str, Any]
    reason: Typed
    effective_at: datetime | None = None
    seen: NoneOrMore | None = None
    granted: Granted = EVERYTHING
    """What whoever acts may bring about; some settings bring more about than how the shop behaves."""
    once: Once | None = None


@frozen(kw_only=True)
@checked
class TakeSettingsBack:
    """Somebody takes a change of settings back (SET-R5)."""

    actor: Actor
    number: OneOrMore
    reason: Typed
    granted: Granted = EVERYTHING
    once: Once | None = None


@frozen(kw_only=True)
class SettingsChanged:
    """The newest change; `is_new` says whether it was made for this wish."""

    number: int
    effective_at: datetime | None
    is_new: bool


@frozen(kw_only=True)
class PlannedValue:
    """What a setting will be worth, from when on, by which change; None is what is usual."""

    number: int
    value: Told | None
    effective_at: datetime


@frozen(kw_only=True)
class SettingView:
    """A setting, and how it stands."""

    name: str
    kind: str
    unit: str
    bounds: Mapping[str, int]
    choices: tuple[str, ...] = ()
    """The only values that there are, if they are counted."""
    says: str
    says_zh: str
    usual: Told
    value: Told
    is_set: bool
    is_readable: bool
    """False where a value was stored that this release does not take: what is usual holds instead."""
    planned: tuple[PlannedValue, ...]


@frozen(kw_only=True)
class SettingsView:
    """All settings, of one moment."""

    version: int
    settings: tuple[SettingView, ...]


@brings(Effect.SETTINGS, at_times=(Effect.SELLING_PRICE, Effect.POINTS, Effect.WALLET))
async def change_settings(work: SettingsWork, command: ChangeSettings, means: Means, declared: Declared) -> SettingsChanged:
    """Changes settings in every process. Answers the newest change: another one only where something becomes different.

    Raises InvalidInput, SettingsMayNotSet, ChangedMeanwhile.
    """
    values, known = declared.read(command.values), await work.settings.timetable()
    _require_granted(values, command.granted, declared)
    require_seen(command.seen, known.newest)
    at = means.clock.now()
    made = known.changed(values, actor=command.actor, reason=command.reason, at=at, effective_at=command.effective_at)
    if made is None:
        newest = known.change(known.newest)
        return SettingsChanged(number=known.newest, effective_at=newest.effective_at if newest else None, is_new=False)
    work.settings.save(made)
    return SettingsChanged(number=made.state.number, effective_at=made.state.effective_at, is_new=True)


@brings(Effect.SETTINGS, at_times=(Effect.SELLING_PRICE, Effect.POINTS, Effect.WALLET))
async def take_settings_back(
    work: SettingsWork, command: TakeSettingsBack, means: Means, declared: Declared
) -> SettingsChanged:
    """One step back. Answers the change that takes the other one back; again it changes nothing.

    Raises InvalidInput, SettingsMayNotSet, SettingsNotTakenBack.
    """
    known = await work.settings.timetable()
    before = known.change(command.number)
    _require_granted(before.values if before is not None else {}, command.granted, declared)
    made = known.taken_back(command.number, actor=command.actor, reason=command.reason, at=means.clock.now())
    if made is None:
        before = known.taken_back_by(command.number)
        assert before is not None, "it was taken back by something"
        return SettingsChanged(number=before.number, effective_at=before.effective_at, is_new=False)
    work.settings.save(made)
    return SettingsChanged(number=made.state.number, effective_at=made.state.effective_at, is_new=True)


def _require_granted(values: Mapping[str, Any], granted: Granted, declared: Declared) -> None:
    """A setting brings about what it brings about, whoever may change others (R35). Raises SettingsMayNotSet."""
    known = [one for one in declared.by_name.values() if one.name in values]
    beyond = tuple(sorted(one.name for one in known if one.brings is not None and one.brings not in granted))
    if beyond:
        raise SettingsMayNotSet(names=beyond)


async def show_settings(work: SettingsWork, declared: Declared, clock: Clock) -> SettingsView:
    """Every setting with what it is worth now, and what is planned."""
    known, at = await work.settings.timetable(), clock.now()
    now, planned = known.at(at), known.planned(at)

    def shown(setting: Setting[Any]) -> SettingView:
        coming = [one for one in planned if setting.name in one.values]
        return SettingView(
            name=setting.name, kind=setting.kind, unit=getattr(setting, "unit", ""), bounds=setting.bounds,
            choices=setting.choices,
            says=setting.says, says_zh=setting.says_zh,
            usual=setting.written(declared.usual[setting.name]), value=declared.worth(setting, now),
            is_set=setting.name in now.values, is_readable=now.is_readable(setting),
            planned=tuple(
                PlannedValue(number=one.number, value=one.values[setting.name], effective_at=one.effective_at) for one in coming
            ),
        )  # fmt: skip

    return SettingsView(version=known.newest, settings=tuple(shown(one) for one in declared.by_name.values()))


async def settings_history(work: SettingsWork) -> tuple[SettingsChange, ...]:
    """Every change there ever was, the newest first: who, when and why."""
    return tuple(reversed((await work.settings.timetable()).changes))


async def shop_front(work: SettingsWork, declared: Declared, clock: Clock) -> ShopFront:
    """What the shop says of itself to everybody."""
    known = await work.settings.timetable()
    return front_of(known.at(clock.now()), declared.usual)


async def shop_home(work: SettingsWork, declared: Declared, clock: Clock) -> HomePage:
    """The first page, with the blocks that are not shown at this moment too (SET-R8)."""
    known, at = await work.settings.timetable(), clock.now()
    return HomePage(version=known.newest, at=at, blocks=known.at(at).of(HOME, declared.usual[HOME.name]))


@frozen(kw_only=True)
class SettingsDesk:
    """Run-time settings (系统设置), as embedders call them."""

    change: Callable[[ChangeSettings], Awaitable[SettingsChanged]]
    take_back: Callable[[TakeSettingsBack], Awaitable[SettingsChanged]]
    show_all: Callable[[], Awaitable[SettingsView]]
    history: Callable[[], Awaitable[tuple[SettingsChange, ...]]]
    shop_front: Callable[[], Awaitable[ShopFront]]
    home: Callable[[], Awaitable[HomePage]]
