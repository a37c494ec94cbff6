"""`retail settings`: what is changed while the shop runs (SET-R1 to SET-R7)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import click

from retail_domain.contexts import every_setting
from retail_domain.kernel import reading
from retail_domain.settings import ChangeSettings, SettingsChanged, TakeSettingsBack
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, opened, show_json, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.naming import moment_typed
from retail_entrypoints.cli.tables import tabular
from retail_entrypoints.settings import Settings

_TEXT_MAX: Final = 30_000
_WHOLE: Final = re.compile(r"-?[0-9]{1,4000}", re.ASCII)

SETTING: Final[Columns] = {
    "name": lambda one: one.name,
    "value": lambda one: one.value,
    "usual": lambda one: one.usual,
    "unit": lambda one: one.unit,
    "set": lambda one: one.is_set,
    "planned": lambda one: [f"{plan.effective_at.isoformat()} {_shown(plan.value)}" for plan in one.planned],
    "changes": lambda one: one.says,
}
CHANGE: Final[Columns] = {
    "number": lambda one: one.number,
    "from": lambda one: one.effective_at,
    "at": lambda one: one.at,
    "who": lambda one: one.actor.ref,
    "what": lambda one: f"takes {one.takes_back} back" if one.takes_back else _told(one.values),
    "reason": lambda one: one.reason,
}


@click.group()
def settings() -> None:
    """What is changed while the shop runs; RETAIL_* variables say what is usual."""


@settings.command("list", epilog=example("settings list", "settings list --json"))
@tabular
@opened
async def list_settings(desk: StaffDesk, as_json: bool) -> None:
    """Every setting: what it is, what is usual, what is planned, and what it changes."""
    found = await desk.retail.settings.show_all()
    if as_json:
        show_json(found)
        return
    show_rows(found.settings, SETTING, as_json=False)


@settings.command(epilog=example("settings history"))
@tabular
@opened
async def history(desk: StaffDesk, as_json: bool) -> None:
    """Every change, the newest first: who, when, why, and from when on."""
    changes = await desk.retail.settings.history()
    if as_json:
        show_json({"items": changes})
        return
    show_rows(changes, CHANGE, as_json=False)


def _values(_context: click.Context, _option: click.Parameter, told: tuple[str, ...]) -> Mapping[str, Any]:
    """`orders.pay_seconds=900 delivery.regions_not_served=54,65`; what a value means, its setting says."""
    kinds = {one.name: one.kind for one in every_setting()}
    values: dict[str, Any] = {}
    for one in told:
        try:
            reading.storable(one, _TEXT_MAX)
        except reading.Misread as no:
            raise click.BadParameter(str(no)) from None
        name, is_set, text = one.partition("=")
        if not is_set or not name:
            raise click.BadParameter(f"a setting and its value, such as orders.pay_seconds=900, not {one}")
        if name in values:
            raise click.BadParameter(f"{name} is named twice")
        values[name] = _meant(kinds.get(name, "text"), text)
    return values


def _meant(kind: str, text: str) -> Any:
    if kind == "whole" and _WHOLE.fullmatch(text):
        return int(text)  # whether it is too small or too large, its setting says
    return [part.strip() for part in text.split(",") if part.strip()] if kind == "regions" else text


def _read(_: Settings, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Values and what shall be usual again, together."""
    both = given["values"].keys() & given["usual"]
    if both:
        raise click.BadParameter(f"{', '.join(sorted(both))}: a value, or what is usual, not both")
    return {"values": {**given["values"], **dict.fromkeys(given["usual"])}, "usual": ()}


@settings.command("set", epilog=example("settings set orders.pay_seconds=900 --reason 'flash sale' --as admin"))
@click.argument("values", nargs=-1, metavar="NAME=VALUE...", callback=_values)
@click.option("--usual", multiple=True, metavar="NAME", help="This one is what is usual again; may be repeated.")
@click.option("--reason", required=True, help="Why.")
@click.option("--from", "since", metavar="MOMENT", callback=moment_typed, help="From when on, with its offset; else now.")
@decides("settings.change", _read)
async def set_them(
    desk: StaffDesk, values: Mapping[str, Any], usual: tuple[str, ...], reason: str, since: datetime | None
) -> None:
    """Change settings in every process, all of them together; lists are separated by commas."""
    wish = ChangeSettings(
        actor=desk.actor, values=values, reason=reason, effective_at=since, granted=desk.granted, once=desk.once
    )
    _tell(await desk.retail.settings.change(wish))


@settings.command("step-back", epilog=example("settings step-back 7 --reason 'too short' --as admin"))
@click.argument("number", type=click.IntRange(1, 10**9), metavar="NUMBER")
@click.option("--reason", required=True, help="Why.")
@decides("settings.take_back")
async def step_back(desk: StaffDesk, number: int, reason: str) -> None:
    """Take a change back: the one that came into force last, or one that is planned."""
    wish = TakeSettingsBack(actor=desk.actor, number=number, reason=reason, granted=desk.granted, once=desk.once)
    _tell(await desk.retail.settings.take_back(wish))


def _tell(changed: SettingsChanged) -> None:
    since = f", in force from {changed.effective_at.isoformat()}" if changed.effective_at else ""
    click.echo(f"change {changed.number}{since}" if changed.is_new else f"nothing to change; the newest is {changed.number}")


def _told(values: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={_shown(value)}" for name, value in sorted(values.items()))


def _shown(value: Any) -> str:
    return "usual" if value is None else value if isinstance(value, str) else json.dumps(value)
