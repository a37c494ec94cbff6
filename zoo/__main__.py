"""`make zoo`: every beast is let loose in a copy of the tree; prints which test caught it and how fast."""

from __future__ import annotations

import argparse
import os
import queue
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.postgres import running_postgres
from zoo.awaited import AWAITED
from zoo.beast import Beast
from zoo.collection import BEASTS
from zoo.keeper import WIDER, Cage, Verdict


def main() -> int:
    """Judge the beasts asked for; 1 when any of them gets away, or when a catcher barks at the healthy tree."""
    asked = _arguments()
    beasts = [beast for beast in BEASTS if not asked.names or any(name in beast.name for name in asked.names)]
    began = time.monotonic()
    with running_postgres() as server, tempfile.TemporaryDirectory(prefix="retail-zoo-") as folder:
        environment = _environment(server.admin_url)
        cages: queue.SimpleQueue[Cage] = queue.SimpleQueue()
        for number in range(asked.jobs):
            cages.put(Cage.built(Path(folder) / f"cage-{number}", environment))
        if not asked.skip_healthy and not _is_quiet(cages, beasts):
            return 1
        verdicts = _judged(cages, beasts, asked)
    _say_awaited()
    return _sum_up(verdicts, time.monotonic() - began)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make zoo", description=__doc__)
    parser.add_argument("names", nargs="*", help="only beasts whose name contains one of these")
    parser.add_argument("--jobs", type=int, default=2, help="how many cages")
    parser.add_argument("--skip-healthy", action="store_true", help="do not first run all catchers on the healthy tree")
    parser.add_argument("--catchers-only", action="store_true", help="do not seek survivors in the wider rooms")
    return parser.parse_args()


def _environment(postgres_url: str) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RETAIL_", "PYTEST_"))}
    return {**kept, "RETAIL_TEST_POSTGRES": postgres_url, "RETAIL_HYPOTHESIS": "ci", "COLUMNS": "1000"}


def _is_quiet(cages: queue.SimpleQueue[Cage], beasts: Sequence[Beast]) -> bool:
    """A test that fails without a beast catches nothing."""
    cage, began = cages.get(), time.monotonic()
    rooms = sorted({room for beast in beasts for room in beast.catchers[:1]})
    run = cage.run(rooms, 600, "-n", "2")
    cages.put(cage)
    if run.status != 0:
        print(f"The catchers fail on the healthy tree:\n{run.said[-3000:]}")
    else:
        print(f"healthy tree: {len(rooms)} catchers are quiet ({time.monotonic() - began:.0f} s)\n", flush=True)
    return run.status == 0


def _judged(cages: queue.SimpleQueue[Cage], beasts: Sequence[Beast], asked: argparse.Namespace) -> list[Verdict]:
    def judged(beast: Beast) -> Verdict:
        cage = cages.get()
        try:
            verdict = cage.judge(beast, () if asked.catchers_only else WIDER)
        finally:
            cages.put(cage)
        _say(verdict)
        return verdict

    with ThreadPoolExecutor(asked.jobs) as keepers:
        return list(keepers.map(judged, beasts))


def _say(verdict: Verdict) -> None:
    beast = verdict.beast
    fate = verdict.caught_by or f"*** {verdict.trouble}"
    print(f"{beast.name:42} {verdict.seconds:6.1f} s  {fate}", flush=True)


def _say_awaited() -> None:
    print("\nNot here yet:")
    for one in AWAITED:
        print(f"  {one.name:52} comes with {one.comes_with}")


def _sum_up(verdicts: Sequence[Verdict], seconds: float) -> int:
    loose = [verdict.beast.name for verdict in verdicts if not verdict.caught_by]
    late = [verdict.beast.name for verdict in verdicts if verdict.caught_by and not verdict.in_budget]
    print(f"\n{len(verdicts)} beasts, {len(verdicts) - len(loose)} caught, {len(late)} of them late, in {seconds:.0f} s")
    print(f"load {os.getloadavg()[2]:.1f} over the last quarter of an hour, on {os.cpu_count()} processors")
    for name in loose:
        print(f"got away: {name}")
    for name in late:
        print(f"caught late: {name}")
    return 1 if loose else 0


if __name__ == "__main__":
    sys.exit(main())
