"""`/desk/settings`: what admins change while the shop runs, with what was changed before, and one step back (SET-R7)."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter, URLEncodedBody
from msgspec import Meta

from retail_domain.accounts import Permission
from retail_domain.application import Retail
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.errors import FieldProblem, InvalidInput
from retail_domain.kernel.once import Once
from retail_domain.kernel.places import EVERYWHERE
from retail_domain.settings import HOME, ChangeSettings, SettingsChanged, SettingView, TakeSettingsBack
from retail_entrypoints.http.refusals import NoSuchAddress
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.web.desk.people import names_for
from retail_entrypoints.web.desk.settings.models import grouped, laid_out, typed_value
from retail_entrypoints.web.desk.showing import decide, show
from retail_entrypoints.web.forms import Form, Typed
from retail_entrypoints.web.moments import moment_typed
from retail_entrypoints.web.view import View

_SHOWN = 50
_FIELDS = {"values": "value", "effective_at": "since"}
"""What the shop calls a field, and what it is called where it was typed."""
Before = Annotated[int | None, QueryParameter(name="before", ge=1)]


class SettingForm(Form, frozen=True):
    """What it shall be, or that it shall be what is usual; why; and which version of all settings was looked at."""

    value: Annotated[str, Meta(max_length=5_000)] = ""
    usual: str | None = None
    reason: Typed = ""
    seen: int | None = None
    since: Typed = ""
    """From when on; nothing is at once."""


class BackForm(Form, frozen=True):
    """Why a change shall no longer count."""

    reason: Typed = ""


def settings_pages(retail: Retail, calendar: Calendar) -> Sequence[HTTPRouteHandler]:
    """Settings have no place, so whoever is bound to places is not let in."""
    return [*_looking(retail), *_changing(retail, calendar)]


async def _one(retail: Retail, name: str) -> tuple[SettingView, int]:
    shown = await retail.settings.show_all()
    for one in shown.settings:
        if one.name == name:
            return one, shown.version
    raise NoSuchAddress()


async def _setting_page(retail: Retail, view: View, name: str) -> Response[bytes]:
    setting, version = await _one(retail, name)
    return show(view, "settings/one.html", m=laid_out(setting), version=version)


async def _history_page(retail: Retail, view: View, before: int | None = None, tried: int | None = None) -> Response[bytes]:
    names = await names_for(retail, view)
    found = [one for one in await retail.settings.history() if before is None or one.number < before]
    rows = [(one, names.of(one.actor)) for one in found[:_SHOWN]]
    last = rows[-1][0].number if len(found) > _SHOWN else None
    return show(view, "settings/history.html", rows=rows, tried=tried, before=last)


def _looking(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/settings", permission=Permission.SETTINGS_SEE, tag="desk")

    @pages.get()
    async def show_settings_at_desk(view: NamedDependency[View]) -> Response[bytes]:
        return show(view, "settings/list.html", groups=grouped((await retail.settings.show_all()).settings))

    @pages.get("/history")
    async def show_settings_history(view: NamedDependency[View], before: Before = None) -> Response[bytes]:
        return await _history_page(retail, view, before)

    @pages.get("/of/{name:str}")
    async def show_setting_at_desk(name: FromPath[str], view: NamedDependency[View]) -> Response[bytes]:
        return view.go("/desk/home") if name == HOME.name else await _setting_page(retail, view, name)

    return pages.all


def _changing(retail: Retail, calendar: Calendar) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/settings", permission=Permission.SETTINGS_CHANGE, tag="desk")

    @pages.post("/of/{name:str}", does=retail.settings.change)
    async def change_setting_at_desk(
        name: FromPath[str],
        data: URLEncodedBody[SettingForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def change() -> SettingsChanged:
            setting, _ = await _one(retail, name)
            values: dict[str, Any] = {name: None if data.usual is not None else typed_value(setting.kind, data.value)}
            wish = ChangeSettings(
                actor=view.actor, values=values, reason=data.reason, seen=data.seen, once=once,
                granted=view.request.caller.granted(EVERYWHERE),
                effective_at=moment_typed(data.since, "since", calendar),
            )  # fmt: skip
            try:
                return await retail.settings.change(wish)
            except InvalidInput as refused:
                raise _at_the_field(refused) from None

        def done(outcome: SettingsChanged) -> Response[bytes]:
            said = "desk.said.planned" if data.since.strip() else "desk.said.set"
            return view.go("/desk/settings", said if outcome.is_new else "desk.said.same")

        return await decide(view, change(), done, lambda: _setting_page(retail, view, name))

    @pages.post("/history/{number:int}/back", does=retail.settings.take_back)
    async def take_setting_back_at_desk(
        number: FromPath[int],
        data: URLEncodedBody[BackForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def back() -> SettingsChanged:
            wish = TakeSettingsBack(
                actor=view.actor, number=number, reason=data.reason, granted=view.request.caller.granted(EVERYWHERE), once=once
            )
            return await retail.settings.take_back(wish)

        return await decide(
            view, back(), lambda _: view.go("/desk/settings/history", "desk.said.taken_back"),
            lambda: _history_page(retail, view, tried=number),
        )  # fmt: skip

    return pages.all


def _at_the_field(refused: InvalidInput) -> InvalidInput:
    """What is wrong with the value is shown at the field in which it was typed."""
    told = (
        FieldProblem(field=_FIELDS.get(_first(one), one.field), rule=one.rule, message=_where(one) + one.message)
        for one in refused.problems
    )
    return InvalidInput(problems=tuple(told))


def _first(problem: FieldProblem) -> str:
    return problem.field.partition(".")[0]


def _where(problem: FieldProblem) -> str:
    """Which part of a value that has parts."""
    part = problem.field.split(".", 3)[3:]
    return f"{part[0]}: " if part and problem.field.startswith("values.") else ""
