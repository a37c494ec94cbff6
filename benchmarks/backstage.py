"""What runs behind the counter on a large database: rounds of the worker, and the audit."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from benchmarks.databases import Database
from benchmarks.figures import median
from benchmarks.furnished import in_loop, opened
from benchmarks.machine import PROJECT
from benchmarks.processes import peak_bytes
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.container import OpenShop
from retail_entrypoints.worker import work_once

_ROUNDS: Final = 30
_GLANCE: Final = 0.1


def settled(database: Database) -> None:
    """Let a worker do what there is to do."""

    async def work() -> None:
        async with opened(database.url) as shop:
            while await work_once(shop.retail.background):
                continue

    in_loop(work())


def behind(database: Database) -> dict[str, float]:
    """Microseconds of processor time, of the worker and the database, for each thing that a worker does."""

    async def ask() -> dict[str, float]:
        async with opened(database.url) as shop:
            return await _behind(database, shop)

    return in_loop(ask())


async def _behind(database: Database, shop: OpenShop) -> dict[str, float]:
    background = shop.retail.background
    swept = await _spent(database, background.timers["sweep"])
    waiting = len((await background.outbox.open(PageRequest(limit=_ROUNDS))).items)
    deliveries = [await _spent(database, background.deliver_next) for _ in range(waiting)]
    while await work_once(background):
        continue
    rounds = [await _spent(database, lambda: work_once(background)) for _ in range(_ROUNDS)]
    timers = {
        f"worker: {name.replace('_', ' ')}, nothing due": median([await _spent(database, timer) for _ in range(_ROUNDS)])
        for name, timer in background.timers.items()
        if name != "sweep"
    }
    return {
        "worker: a whole round, nothing due": median(rounds),
        **timers,
        "worker: one delivery": median(deliveries),
        "worker: the hourly sweep": swept,
    }


async def _spent(database: Database, work: Callable[[], Awaitable[object]]) -> float:
    theirs, ours = database.cpu_seconds(), time.process_time()  # what looking costs is our own: it lies outside
    await work()
    ours = time.process_time() - ours
    return (ours + database.cpu_seconds() - theirs) * 1e6


class BooksAreWrong(Exception):
    """The audit found something: what was measured was not a shop."""


def audit(database: Database) -> tuple[float, float]:
    """Seconds by the clock, and MiB of the process at most, of `retail audit`; there must be no finding."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("RETAIL_")}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "retail_entrypoints.cli", "audit"],
        env={**environ, "RETAIL_DATABASE_URL": database.url, "PYTHONPATH": str(PROJECT)}, cwd=PROJECT,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    peak, said = 0, ""
    while process.returncode is None:
        peak = max(peak, peak_bytes(process.pid))  # its own: what the kernel adds up for a child counts its parent's too
        with suppress(subprocess.TimeoutExpired):
            said = process.communicate(timeout=_GLANCE)[0].decode(errors="replace")
    if process.returncode:
        raise BooksAreWrong(said[:2_000])
    return time.perf_counter() - began, peak / 2**20
