"""One part of `make fuzz`, a process of its own, which prints JSON.

    python -m tests.fuzz.part <store or server> <cases> <seed> <first turn>

The parts run side by side, each with its own shop; what they did so far they say on standard error.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.fuzz.campaign import Campaign, Task, the_long_form
from tests.fuzz.fuzzed_shop import FuzzedShop
from tests.fuzz.raw_bytes import ODDITIES, Wire, generated
from tests.support.furnished import findings, furnish
from tests.support.postgres import fresh_database, migrate, running_postgres
from tests.support.servers import a_server
from tests.support.stores import Place

STORES: Final = ("memory", "sqlite", "postgres")
GROWTH_MB_MAX: Final = 256
"""A server that grows by more under any bytes does not keep its memory within bounds (R37)."""
_AT_ONCE: Final = 8


def main(arguments: list[str]) -> None:
    """Fuzz one store through its description, or one server with raw bytes."""
    name, cases, seed, turn = arguments[0], *(int(each) for each in arguments[1:])
    logging.disable(logging.ERROR)
    with TemporaryDirectory(prefix="retail-fuzz-") as folder:
        if name in STORES:
            with _place(name, Path(folder)) as place:
                told = _described(place, cases, seed, turn)
        else:
            told = _raw(name, Path(folder), cases, seed)
    print(json.dumps(told, ensure_ascii=False))


@contextmanager
def _place(store: str, folder: Path) -> Iterator[Place]:
    if store != "postgres":
        yield Place(store, str(folder / "shop.db"))
        return
    with running_postgres() as server:
        template = server.create()
        migrate(server.url(template))
        with fresh_database(server, template=template) as url:
            yield Place("postgres", url)


def _described(place: Place, cases: int, seed: int, turn: int) -> dict[str, Any]:
    """Every role in every phase, turn after turn, until so many cases have been sent; then health and audit."""
    campaign, before, first = Campaign(FuzzedShop(place), seed), _peak_mb(), turn
    while campaign.figures.total < cases:
        for task in the_long_form(cases, turn):
            if campaign.figures.total < cases or turn == first:
                _carry_out(campaign, task)
        turn, campaign.seed = turn + 1, campaign.seed + 1
    campaign.figures.violations += campaign.afterwards()
    return campaign.figures.as_plain() | {"memory_mb_before_and_peak": (before, _peak_mb())}


def _carry_out(campaign: Campaign, task: Task) -> None:
    """What was found is said at once: whoever waits an hour for the figures need not wait for the first bug."""
    began, sent, known = time.monotonic(), campaign.figures.total, len(campaign.figures.violations)
    figures = campaign.carry_out([task])
    new, store = figures.total - sent, campaign.app.place.kind
    pace = new / (time.monotonic() - began)
    words = f"{store:8} {task.role:9} {task.phase:8} {new:6} cases, {pace:4.0f}/s; {figures.total} so far"
    print(words, file=sys.stderr, flush=True)
    for violation in figures.violations[known:][:5]:
        print(f"  found: {json.dumps(violation.as_plain(), ensure_ascii=False)}", file=sys.stderr, flush=True)


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _raw(kind: str, folder: Path, cases: int, seed: int) -> dict[str, Any]:
    environ = {"RETAIL_DATABASE_URL": f"sqlite:///{folder / kind}.db", "RETAIL_SMS": "file:/dev/null"}
    furnish(environ)
    with a_server(kind, environ, folder / f"{kind}.log") as server:
        began, before, wire = time.monotonic(), server.peak_kilobytes // 1024, Wire(server.address)
        wire.send_all((*ODDITIES.items(), *generated(seed, max(cases - len(ODDITIES), 0))), at_once=_AT_ONCE)
        seconds = time.monotonic() - began
        if not wire.is_healthy():
            wire.violations.append("the server is not healthy afterwards")
        peak = server.peak_kilobytes // 1024
    if peak > before + GROWTH_MB_MAX:
        wire.violations.append(f"memory grew from {before} MB to {peak} MB")
    wire.violations += [f"audit: {finding}" for finding in findings(environ)]
    return {
        "statuses": wire.statuses, "violations": wire.violations, "memory_mb_before_and_peak": (before, peak),
        "cases": wire.sent, "seconds": round(seconds, 1),
    }  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
