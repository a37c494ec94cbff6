"""Writes the pages of docs/reference that are read off the code: `python -m scripts.reference_pages`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from retail_adapters.serialization.events import EVERY_EVENT
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.events import Event
from retail_domain.processes.worker.reactions import TABLE

PROJECT: Final = Path(__file__).parents[1]
ERRORS: Final = Path("docs/reference/errors.md")
PACKAGES: Final = ("retail_domain", "retail_adapters", "retail_entrypoints")

INTRODUCTION: Final = """# Refusals

Every refusal has a stable `code`; clients decide by it, never by the text.
Over HTTP it is the member `code` of an `application/problem+json` answer, with the status of its kind.
On the command line a refusal is printed with its code and the exit code is 1.

This page is written by `make docs` from the classes themselves.

| code | kind | what it means | facts |
|---|---|---|---|
"""


EVENTS: Final = Path("docs/reference/events.md")
EVENTS_INTRODUCTION: Final = """# Events

What happened, as it is stored, in the transaction in which it happened.
A name never changes once it was stored; fields may be added. No event holds personal data.
Where something must follow, the last column names the reaction; a worker carries it out exactly once.

This page is written by `make docs` from the classes themselves.

| name | what happened | fields | then |
|---|---|---|---|
"""


def events_page(events: Iterable[type[Event]]) -> str:
    """The reference of all events, by name."""
    return EVENTS_INTRODUCTION + "".join(_event_row(event) for event in sorted(events, key=lambda event: event.name))


def _event_row(event: type[Event]) -> str:
    says = " ".join((event.__doc__ or "").strip().split("\n\n")[0].split())
    fields = ", ".join(f"`{attribute.name}`" for attribute in getattr(event, "__attrs_attrs__", ()))
    then = ", ".join(f"`{row.name}`" for row in TABLE if event in row.events)
    return f"| `{event.name}` | {says} | {fields} | {then} |\n"


def errors_page(refusals: Iterable[type[DomainError]]) -> str:
    """The reference of all refusals, in the order of their codes."""
    ordered = sorted(set(refusals), key=lambda refusal: (refusal.code, refusal.__qualname__))
    return INTRODUCTION + "".join(_row(refusal) for refusal in ordered)


def _row(refusal: type[DomainError]) -> str:
    facts = ", ".join(f"`{field}`" for field in _fields(refusal))
    return f"| `{refusal.code}` | {refusal.kind.value} | {refusal.sentence()} | {facts} |\n"


def _fields(refusal: type[DomainError]) -> list[str]:
    return [attribute.name for attribute in getattr(refusal, "__attrs_attrs__", ())]


def _refusals(base: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for found in base.__subclasses__():
        is_family = "code" not in vars(found) and found.__subclasses__()
        if found.__module__.partition(".")[0] in PACKAGES and not is_family:
            yield found
        yield from _refusals(found)


def _import_everything() -> None:
    for name in PACKAGES:
        for module in pkgutil.walk_packages(importlib.import_module(name).__path__, f"{name}."):
            if ".versions." not in module.name and not module.name.endswith((".__main__", ".env")):
                importlib.import_module(module.name)


def main() -> None:
    """Write all generated pages."""
    _import_everything()
    for page, text in {ERRORS: errors_page(_refusals()), EVENTS: events_page(EVERY_EVENT)}.items():
        (PROJECT / page).parent.mkdir(parents=True, exist_ok=True)
        (PROJECT / page).write_text(text)
        print(f"{page} written")


if __name__ == "__main__":
    main()
