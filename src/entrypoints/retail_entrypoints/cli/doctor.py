"""`retail doctor`: looks at everything around the shop, says what is wrong, and what helps (DOR-R9)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from functools import partial
from typing import Final, TypeAlias

import attrs
import click

from retail_domain.kernel.errors import DomainError
from retail_entrypoints.cli.desk import show_json
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.health.diagnosis import Diagnosis, Health, ill, odd
from retail_entrypoints.cli.health.environment import ReadEnvironment, of_environment, read_as_far_as_possible
from retail_entrypoints.cli.health.machine import of_machine
from retail_entrypoints.logs import journal, traces_of
from retail_entrypoints.settings import BadSetting

SECONDS: Final = 10
"""So long one check may take."""
Asked: TypeAlias = "Callable[[], Awaitable[Diagnosis] | AsyncIterator[Diagnosis]]"


@click.command(epilog=example("doctor", "doctor --json"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> None:
    """Look at settings, database, clock, disk, providers and backlog; exit code 1 if something must be mended.

    Nothing is changed. What production lacks is named; a database that is away keeps the rest from nothing.
    """
    found = asyncio.run(_all(as_json))
    bad = sum(1 for one in found if one.health is Health.FAIL)
    if as_json:
        show_json({"healthy": not bad, "checks": [attrs.asdict(one) for one in found]})
    if bad:
        raise click.ClickException(f"{bad} {'thing has' if bad == 1 else 'things have'} to be mended")


async def _all(as_json: bool) -> list[Diagnosis]:
    found: list[Diagnosis] = []
    async for one in examined(os.environ):
        found.append(one)
        if not as_json:
            click.echo(f"{one.health.value:4}  {one.check}: {one.says}{f' -> {one.do}' if one.do else ''}")
    return found


async def examined(environ: Mapping[str, str]) -> AsyncIterator[Diagnosis]:
    """Every diagnosis, as it is made."""
    around = read_as_far_as_possible(environ)
    told: set[Diagnosis] = set()
    for one in (*of_environment(around, environ), *of_machine(around.settings)):
        told.add(one)
        yield one
    async for one in _of_shop(around):
        if one not in told:  # a setting that several checks need is told once
            told.add(one)
            yield one


async def _of_shop(around: ReadEnvironment) -> AsyncIterator[Diagnosis]:
    from retail_entrypoints.cli.health import shop as look  # a setting that is wrong needs no database to be told

    settings = around.settings
    async for one in _of_outside(around):
        yield one
    schema = [one async for one in _asked("schema", lambda: look.of_schema(settings))]
    for one in schema:
        yield one
    if any(one.health is not Health.OK for one in schema):
        yield odd("shop", "what lies in the database was not looked at", "mend the database first")
        return
    async for one in _asked("shop", lambda: _of_database(around)):
        yield one


async def _of_database(around: ReadEnvironment) -> AsyncIterator[Diagnosis]:
    from retail_entrypoints.cli.health import shop as look
    from retail_entrypoints.container import shop_on
    from retail_entrypoints.databases import opened_database

    is_production = around.is_production
    async with opened_database(around.settings, for_requests=True) as database, AsyncExitStack() as closing:
        shop = shop_on(around.settings, database, closing)
        asked: Mapping[str, Asked] = {
            "clock": lambda: look.of_clock(shop, database),
            "backlog": lambda: look.of_backlog(shop, database),
            "staff": lambda: look.of_people(shop, database, is_production=is_production),
            "run-time settings": lambda: look.of_run_time_settings(shop, is_production=is_production),
        }
        for check, ask in asked.items():
            async for one in _asked(check, ask):
                yield one


async def _of_outside(around: ReadEnvironment) -> AsyncIterator[Diagnosis]:
    """What is asked without the database: providers, and the place of pictures."""
    from retail_entrypoints.cli.health import shop as look
    from retail_entrypoints.container import Container

    if any(one.name in ("RETAIL_GATEWAYS", "RETAIL_PICTURES") for one in around.wrong):
        return
    container, is_production = Container(settings=around.settings), around.is_production
    try:
        outside = container.outside()
    except BadSetting as wrong:
        yield _set_wrongly(wrong)
        return
    for code, gateway in outside.gateways.items():
        async for one in _asked(f"provider {code}", partial(look.of_provider, code, gateway, is_production=is_production)):
            yield one
    async for one in _asked("pictures", lambda: look.of_pictures(outside.picture_files)):
        yield one
    for adapter in (*outside.gateways.values(), outside.sms, outside.picture_files):
        aclose = getattr(adapter, "aclose", None)
        if aclose is not None:
            await aclose()


def _set_wrongly(wrong: BadSetting) -> Diagnosis:
    return ill("settings", str(wrong), f"set {wrong.name}")


async def _asked(check: str, ask: Asked) -> AsyncIterator[Diagnosis]:
    """What a check finds, or why it could not be made: one that fails keeps no other from being made."""
    found: list[Diagnosis] = []
    try:
        async with asyncio.timeout(SECONDS):
            answer = ask()
            if isinstance(answer, AsyncIterator):
                found += [one async for one in answer]
            else:
                found.append(await answer)
    except TimeoutError:
        found.append(ill(check, f"no answer within {SECONDS} s", "look whether it is overloaded, or out of reach"))
    except DomainError as refused:
        found.append(ill(check, f"{refused} [{refused.code}]", "mend that, and ask again"))
    except BadSetting as wrong:
        found += [_set_wrongly(wrong), odd(check, "it was not looked at", f"set {wrong.name} first")]
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one thing, the others are looked at
        journal.error("doctor", extra={"error": type(error).__name__, "trace": traces_of(error)})
        found.append(ill(check, f"it could not be looked at ({type(error).__name__})", "RETAIL_LOG_SEVERITY=ERROR shows where"))
    for one in found:
        yield one
