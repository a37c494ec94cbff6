"""What was promised about events stays: no name, version or field that a program may have stored goes missing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final
from uuid import UUID

import pytest
from attrs import fields, frozen

from retail_adapters.serialization.events import EVERY_EVENT
from retail_domain.kernel.events import Event
from retail_domain.processes.worker.reactions import TABLE

PROMISED: Final = Path(__file__).parents[1] / "upgrade/events.json"
Told = Mapping[str, Mapping[str, Any]]


def told_of(events: Iterable[type[Event]]) -> Told:
    """Name -> version, and the fields in their order."""
    return {
        one.name: {"version": one.version, "fields": sorted(each.name for each in fields(one))}  # type: ignore[misc]
        for one in sorted(events, key=lambda one: one.name)
    }


def broken(promised: Told, told: Told) -> list[str]:
    """What a reader of what was promised would miss, and what is told without having been promised."""
    missing = [f"{name} is gone" for name in promised if name not in told]
    for name, now in told.items():
        before = promised.get(name)
        if before is None or (before["version"] == now["version"] and set(now["fields"]) - set(before["fields"])):
            missing.append(f"{name} is told and not promised")
        elif now["version"] < before["version"]:
            missing.append(f"{name} went back to version {now['version']}")
        elif now["version"] == before["version"]:
            missing += [f"{name} has lost {one}" for one in before["fields"] if one not in now["fields"]]
        else:
            missing.append(f"{name} has a new version: promise it")
    return missing


def test_every_event_keeps_what_was_promised_of_it() -> None:
    """R44: RETAIL_WRITE_EVENTS=1 promises what is new, and takes nothing back."""
    promised: Told = json.loads(PROMISED.read_text()) if PROMISED.exists() else {}
    told = told_of(EVERY_EVENT)
    if os.environ.get("RETAIL_WRITE_EVENTS"):
        assert not [one for one in broken(promised, told) if not one.endswith(("not promised", "promise it"))]
        PROMISED.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n")
        promised = told

    assert broken(promised, told) == [], "a name or a field goes: raise the version, with an upcaster; RETAIL_WRITE_EVENTS=1"


@frozen(kw_only=True)
class Planted(Event):
    """Something that happens."""

    name: ClassVar[str] = "planted.happened"
    thing: UUID


KEPT: Final = told_of([Planted])["planted.happened"]


@pytest.mark.parametrize(
    ("promised", "complaint"),
    [
        ({"planted.happened": KEPT, "planted.other": KEPT}, "planted.other is gone"),
        ({"planted.happened": {**KEPT, "fields": [*KEPT["fields"], "more"]}}, "planted.happened has lost more"),
        ({"planted.happened": {**KEPT, "version": 2}}, "planted.happened went back to version 1"),
        ({"planted.happened": {**KEPT, "version": 0}}, "planted.happened has a new version: promise it"),
        ({"planted.happened": {**KEPT, "fields": ["at"]}}, "planted.happened is told and not promised"),
        ({}, "planted.happened is told and not promised"),
    ],
)
def test_a_promise_that_is_broken_is_noticed(promised: Told, complaint: str) -> None:
    assert broken(promised, told_of([Planted])) == [complaint]
    assert broken({"planted.happened": KEPT}, told_of([Planted])) == []


def test_the_names_of_the_shops_reactions_stay() -> None:
    """R25: they are stored with each delivery."""
    stored = {"inventory.watch_stock", "cart.take_out_ordered", "catalog.count_sold", "catalog.count_back"}

    assert stored <= {row.name for row in TABLE}
