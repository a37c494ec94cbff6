"""`make races`: every race of the table, on both databases; prints limit, rivals, rounds, winners and how many are allowed."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.races.race import HEADER
from tests.races.runner import RIVALS, TABLE, a_scene, is_clean, run
from tests.support.postgres import fresh_database, migrate, running_postgres
from tests.support.sandbox import Sandbox, running_sandbox
from tests.support.shop import Crew, a_crew
from tests.support.stores import Place


def main() -> int:
    """1 when anywhere more or fewer have won than may, or when a loser was told anything but a clean refusal."""
    parser = argparse.ArgumentParser(prog="make races", description=__doc__)
    parser.add_argument("limits", nargs="*", help="only limits whose name contains one of these")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--rivals", type=int, default=RIVALS)
    parser.add_argument("--on", choices=("sqlite", "postgres"), help="only on this database")
    asked = parser.parse_args()
    wrong = 0
    with running_sandbox() as sandbox, a_crew() as crew, tempfile.TemporaryDirectory(prefix="retail-races-") as folder:
        for kind in ("postgres", "sqlite"):
            if asked.on not in (None, kind):
                continue
            if kind == "sqlite":
                wrong += asyncio.run(_all(Place(kind, str(Path(folder) / "shop.db")), sandbox, crew, asked))
                continue
            with running_postgres() as server, fresh_database(server) as url:
                migrate(url)
                wrong += asyncio.run(_all(Place(kind, url), sandbox, crew, asked))
    return 1 if wrong else 0


async def _all(place: Place, sandbox: Sandbox, crew: Crew, asked: argparse.Namespace) -> int:
    wrong, began = 0, time.monotonic()
    print(f"\non {place.kind}\n{HEADER}", flush=True)
    async with a_scene(place, sandbox, asked.rivals) as scene:
        for race in TABLE:
            if asked.limits and not any(word in race.limit for word in asked.limits):
                continue
            result = await run(race, scene, crew, asked.rounds)
            wrong += not result.is_right
            print(result.row(), flush=True)
        await is_clean(scene.shop)
    print(f"audit clean; {time.monotonic() - began:.0f} s", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
