"""`make soak`: many clients in several processes on PostgreSQL, then on SQLite; prints acts, rate and violations."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.soak.runner import HEADER, Outcome, Soak, soaked
from tests.support.postgres import fresh_database, migrate, running_postgres
from tests.support.sandbox import Sandbox, running_sandbox
from tests.support.stores import Place


def main() -> int:
    """1 when anything in the story cannot be explained."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--clients", type=int, default=48)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--on", choices=("sqlite", "postgres"), help="only on this database")
    asked = parser.parse_args()
    soak = Soak(seconds=asked.seconds, clients=asked.clients, processes=asked.processes, seed=asked.seed)
    print(HEADER, flush=True)
    wrong = 0
    for kind in (asked.on,) if asked.on else ("postgres", "sqlite"):
        outcome = _on(kind, soak)
        print(outcome.row(), flush=True)
        for violation in outcome.violations[:50]:
            print(f"  *** {violation}")
        wrong += len(outcome.violations)
    return 1 if wrong else 0


def _on(kind: str, soak: Soak) -> Outcome:
    with running_sandbox() as sandbox:
        if kind == "postgres":
            with running_postgres() as server, fresh_database(server) as url:
                migrate(url)
                return _run(Place(kind, url), sandbox, soak)
        with tempfile.TemporaryDirectory(prefix="retail-soak-") as folder:
            return _run(Place(kind, str(Path(folder) / "shop.db")), sandbox, soak)


def _run(place: Place, sandbox: Sandbox, soak: Soak) -> Outcome:
    return asyncio.run(soaked(place, sandbox, soak))


if __name__ == "__main__":
    sys.exit(main())
