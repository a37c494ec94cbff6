"""Writes the pages of docs/reference that are read off the code: `python -m scripts.reference_pages`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Table

from retail_adapters.assembly.policies import Policies
from retail_adapters.assembly.settings import declared_in
from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.sql.tables.base import SHOP
from retail_adapters.sql.tables.growth import Growth, With
from retail_adapters.sql.tables.whole import TABLES
from retail_domain.kernel.costs import COSTS, Cost, Ration
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.events import Event
from retail_domain.kernel.settings import JsonSetting, Setting
from retail_domain.processes.worker.reactions import TABLE
from retail_domain.settings import Declared

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


TABLES_PAGE: Final = Path("docs/reference/tables.md")
TABLES_INTRODUCTION: Final = """# Tables

What the shop keeps, and how each table grows: what to expect of a database after a year, what goes by itself, and which
rows tell of people.
*Lives with* names the column with the key of whoever the rows belong to; what belongs to the shop is read by all.
Bytes are of one row with its part of the indexes, on PostgreSQL, as measured with some thousand rows: of orders that had lived
their life where an order makes them, else made up.
Multiply by your orders what grows with sales, and by your visits what is not swept away after them.

This page is written by `make docs` from the declarations of the tables; see `retail_adapters/sql/tables`.
"""


def tables_page(tables: Mapping[str, Iterable[Table]]) -> str:
    """The reference of all tables, by what makes them grow."""
    known = [(context, one, one.info["grows"]) for context, those in tables.items() for one in those]
    return TABLES_INTRODUCTION + "".join(_tables_with(cause, [one for one in known if one[2].grows is cause]) for cause in With)


def _tables_with(cause: With, known: Iterable[tuple[str, Table, Growth]]) -> str:
    rows = "".join(
        f"| `{table.name}` | {context} | {_owner(table)} | {grows.rows} | {grows.size:,} | {_kept(grows)} | {grows.goes} "
        f"| {grows.personal} | {grows.read_by} |\n"
        for context, table, grows in known
    )
    head = "| table | context | lives with | rows | bytes | kept | goes by | personal data | read when it is over by |\n"
    return f"\n## Grow with {cause.value}\n\n{head}|{'---|' * 4}--:|{'---|' * 4}\n{rows}"


def _kept(grows: Growth) -> str:
    return f"{grows.kept}: {grows.stays}" if grows.stays else grows.kept


def _owner(table: Table) -> str:
    return SHOP if table.info["owner"] == SHOP else f"`{table.info['owner']}`"


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


COSTS_PAGE: Final = Path("docs/reference/limits.md")
COSTS_INTRODUCTION: Final = """# Limits

Everything that costs the shop something, why it is limited, and who may have how much of it.
An address line is an IPv4 address, however it is wrapped, or the first 56 bits of an IPv6 address; who is behind a proxy is
told by `RETAIL_TRUSTED_PROXIES`. What is counted within a time is counted in the database, by all processes together; what is
counted at once, each process counts for itself. Why they are as they are: [who somebody is](../explanation/accounts.md) and
[decision 47](../decisions/0047-whoever-floods-pays-for-it.md).

This page is written by `make docs` from the one table in the code; see `retail_domain/kernel/costs.py`.
"""


def costs_page(costs: Iterable[Cost]) -> str:
    """The reference of all limits, cost by cost."""
    return COSTS_INTRODUCTION + "".join(_cost(one) for one in costs)


def _cost(cost: Cost) -> str:
    rows = "".join(
        f"| {share.whose.value} | {_much(share)} | {f'`{share.setting}`' if share.setting else ''} |\n" for share in cost.shares
    )
    told = cost.what[0].upper() + cost.what[1:]
    return f"\n## {told}\n\nLimited because: {cost.why}.\n\n| who | how much | set by |\n|---|---|---|\n{rows}"


def _much(share: Ration) -> str:
    if share.at_once:
        return f"{share.at_once:,} {share.unit}".strip() + " at once"
    return ", ".join(f"{one.most:,} in {_time(one.within)}" for one in share.often) + (f" ({share.unit})" if share.unit else "")


def _time(within: timedelta) -> str:
    seconds = int(within.total_seconds())
    for size, one, many in ((86_400, "a day", "days"), (3_600, "an hour", "hours"), (60, "a minute", "minutes")):
        if seconds % size == 0:
            return one if seconds == size else f"{seconds // size} {many}"
    return "a second" if seconds == 1 else f"{seconds} seconds"


RUN_TIME_PAGE: Final = Path("docs/reference/run-time-settings.md")
RUN_TIME_INTRODUCTION: Final = """# Run-time settings

What admins change while the shop runs, over HTTP (`/v1/staff/settings`) or with `retail settings`
([how](../how-to/change-settings.md), [rules](../rules/settings.md)).
What is usual holds as long as nobody sets anything else; it is what `RETAIL_*` variables, or the code of a host, say.

This page is written by `make docs` from the declarations; see `SETTINGS` of each context.

| name | what it changes | 说明 | values | usual |
|---|---|---|---|---|
"""


def run_time_page(declared: Declared) -> str:
    """The reference of all settings, by name."""
    rows = sorted((one.name, one) for one in declared.by_name.values())
    return RUN_TIME_INTRODUCTION + "".join(
        f"| `{name}` | {one.says} | {one.says_zh} | {_values(one)} | {_usual(one.written(declared.usual[name]))} |\n"
        for name, one in rows
    )


def _values(setting: Setting[Any]) -> str:
    bounds, unit = setting.bounds, getattr(setting, "unit", "")
    match setting.kind:
        case "whole":
            return f"{bounds['least']:,} to {bounds['most']:,} {unit}".strip()
        case "text":
            return f"a text of at most {bounds['most']:,} characters"
        case "address":
            return "an http(s) address, or nothing"
        case "choice":
            return ", ".join(f"`{one}`" for one in setting.choices)
        case "hours":
            return "two times of day, such as 22:00-08:00"
        case "blocks":
            return f"blocks in their order, as JSON of at most {bounds['most']:,} characters"
        case "regions":
            return f"at most {bounds['most']:,} leading digits of codes, such as 54"
        case _ if isinstance(setting, JsonSetting):
            return f"a {setting.kind} with its parts, as JSON of at most {bounds['most']:,} characters"
        case _:
            raise ValueError(f"{setting.name}: say here how values of {setting.kind} are written")


def _usual(told: object) -> str:
    return f"{told:,}" if isinstance(told, int) else f"`{told}`" if isinstance(told, str) and told else "nothing"


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
    pages = {ERRORS: errors_page(_refusals()), EVENTS: events_page(EVERY_EVENT), TABLES_PAGE: tables_page(TABLES)}
    pages[COSTS_PAGE] = costs_page(COSTS)
    pages[RUN_TIME_PAGE] = run_time_page(declared_in(Policies()))
    for page, text in pages.items():
        (PROJECT / page).parent.mkdir(parents=True, exist_ok=True)
        (PROJECT / page).write_text(text)
        print(f"{page} written")


if __name__ == "__main__":
    main()
