"""`make crash`: kill the shop at every point of every command, then at random under load, on both databases; print figures.

    python -m tests.support.crash [--only COMMAND] [--on sqlite|postgres] [--seconds 120] [--release] [--json FILE]

The machine's own PostgreSQL is never touched: a server is made for it, and thrown away.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from attrs import asdict, define, evolve, field

from tests.support.crash.commands import COMMANDS
from tests.support.crash.everywhere import Tally as Killed, a_site, kill_everywhere
from tests.support.crash.executioner import Executioner, an_executioner
from tests.support.crash.grounds import storm_on
from tests.support.crash.storm import Tally, Weather
from tests.support.postgres import fresh_database, migrate, running_postgres
from tests.support.sandbox import Sandbox, running_sandbox
from tests.support.stores import Place

KINDS: Final = ("sqlite", "postgres")


@define
class Report:
    """Everything that is printed at the end."""

    points: list[dict[str, Any]] = field(factory=list)
    storms: list[dict[str, Any]] = field(factory=list)
    wrongs: list[str] = field(factory=list)
    seconds: float = 0.0

    def note_points(self, verb: str, kind: str, tally: Killed, seconds: float) -> None:
        """One command on one database."""
        row = {"command": verb, "database": kind, "points": tally.points, "in_commit": tally.commits, "at_ports": tally.calls}
        self.points.append({**row, "seconds": round(seconds, 1)})
        print(f"{verb:24}{kind:10}{tally.points:>7} points {tally.commits:>3} in COMMIT {tally.calls:>3} at ports"
              f"{seconds:>8.1f} s", flush=True)  # fmt: skip

    def note_storm(self, tally: Tally) -> None:
        """One storm."""
        records, verdict = tally.records, tally.verdict
        row = {
            "database": tally.kind, "kills": tally.kills, "database_crashes": tally.restarts, "commits_cut": tally.cuts,
            "promises": len(records.promises), "answers": records.answered, "no_answer": records.unanswered,
            "told_to_wait": records.repeated, "storm_seconds": round(tally.storm_seconds, 1),
            "calm_seconds": round(tally.calm_seconds, 1),
            "found_no_database": tally.found_no_database, "asked_for": asdict(tally.weather), "wrongs": len(tally.wrongs),
            "orders": verdict and verdict.orders, "paid_at_provider": verdict and verdict.taken,
            "refunds": verdict and verdict.given_back, "parcels": verdict and verdict.parcels,
            "states": verdict and verdict.states,
        }  # fmt: skip
        self.storms.append(row)
        self.wrongs += [f"storm on {tally.kind}: {wrong}" for wrong in tally.wrongs]
        print("\n".join(f"    {name}: {value}" for name, value in row.items()), flush=True)


def main() -> int:
    """The exit code says whether anything was wrong."""
    options = _options()
    report, began = Report(), time.monotonic()
    kinds = [kind for kind in KINDS if options.on in (None, kind)]
    with running_sandbox() as sandbox:
        if not options.no_points:
            _points(options, kinds, sandbox, report)
        if not options.no_storm and options.only is None:
            for kind in kinds:
                print(f"storm on {kind}", flush=True)
                report.note_storm(storm_on(kind, _weather(options, kind)))
    report.seconds = round(time.monotonic() - began, 1)
    return _told(report, options.json)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=sorted(COMMANDS), help="only this command's points, and no storm")
    parser.add_argument("--on", choices=KINDS, help="only this database")
    parser.add_argument("--no-points", action="store_true", help="no numbered points")
    parser.add_argument("--no-storm", action="store_true", help="no random kills")
    parser.add_argument("--kills", type=int, default=300, help="processes to kill in each storm")
    parser.add_argument("--restarts", type=int, default=20, help="times to crash PostgreSQL")
    parser.add_argument("--cuts", type=int, default=100, help="COMMITs to cut off")
    parser.add_argument("--seconds", type=float, default=120.0, help="at most so long each storm lasts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--release", action="store_true", help="5,000 kills a database, 200 crashes, 1,000 cuts; hours")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    return parser.parse_args()


def _weather(options: argparse.Namespace, kind: str) -> Weather:
    weather = Weather(
        kills=options.kills, restarts=options.restarts, cuts=options.cuts, seconds_max=options.seconds, seed=options.seed
    )
    if options.release:
        weather = evolve(weather, kills=5_000, restarts=200, cuts=1_000, seconds_max=6 * 3600.0)
    return weather if kind == "postgres" else evolve(weather, restarts=0, cuts=0)


def _points(options: argparse.Namespace, kinds: list[str], sandbox: Sandbox, report: Report) -> None:
    with an_executioner() as executioner:
        for kind in kinds:
            with _places(kind) as places:
                for verb in [verb for verb in COMMANDS if options.only in (None, verb)]:
                    _kill_everywhere(verb, kind, next(places), sandbox, executioner, report)


def _kill_everywhere(verb: str, kind: str, place: Place, sandbox: Sandbox, executioner: Executioner, report: Report) -> None:
    began = time.monotonic()

    async def all_points() -> Killed:
        with tempfile.TemporaryDirectory() as folder:
            async with a_site(place, sandbox, executioner, messages=f"{folder}/messages") as site:
                return await kill_everywhere(site, verb)

    try:
        report.note_points(verb, kind, asyncio.run(all_points()), time.monotonic() - began)
    except AssertionError as broken:
        traceback.print_exc()
        report.wrongs.append(f"{verb} on {kind}: {broken} {getattr(broken, '__notes__', '')}")


@contextlib.contextmanager
def _places(kind: str) -> Iterator[Iterator[Place]]:
    """Empty databases without end."""
    with contextlib.ExitStack() as stack:
        if kind == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            yield (Place("sqlite", f"{folder}/{number}.db") for number in range(1_000))
            return
        server = stack.enter_context(running_postgres())
        template = server.create()
        migrate(server.url(template))
        yield (Place("postgres", stack.enter_context(fresh_database(server, template=template))) for _ in range(1_000))


def _told(report: Report, file: Path | None) -> int:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    total = sum(row["points"] for row in report.points)
    figures = {
        **asdict(report), "points_in_all": total, "commit": commit, "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
    }  # fmt: skip
    if file is not None:
        file.write_text(json.dumps(figures, indent=2, default=str, ensure_ascii=False) + "\n")
    for wrong in report.wrongs:
        print(f"WRONG {wrong}")
    print(f"{total} points, {sum(sum(row['kills'].values()) for row in report.storms)} random kills, "
          f"{sum(row['database_crashes'] for row in report.storms)} database crashes, "
          f"{sum(row['commits_cut'] for row in report.storms)} COMMITs cut, {len(report.wrongs)} violations, "
          f"{report.seconds} s, commit {commit}, {figures['machine']}, Python {figures['python']}")  # fmt: skip
    return 1 if report.wrongs else 0


if __name__ == "__main__":
    sys.exit(main())
