"""`make fuzz`: the API tried from its own description as every role, and the server with bytes below any description (T11).

    python -m tests.fuzz [--cases 50000] [--seed 1] [--store sqlite,postgres] [--server granian,uvicorn] [--json fuzz.json]

The exit code is 1 when anything was found. A failing case is printed as it was sent; keep it as a test.
"""

from __future__ import annotations

import argparse
import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.fuzz.campaign import PHASES, Campaign, Figures, the_long_form
from tests.fuzz.fuzzed_shop import ROLES, FuzzedShop
from tests.fuzz.raw_bytes import ODDITIES, Wire, generated
from tests.support.furnished import findings, furnish
from tests.support.postgres import fresh_database, migrate, running_postgres
from tests.support.servers import a_server
from tests.support.stores import Place

_RAW_SHARE: Final = 10
"""Of so many cases, one is raw bytes."""


def main(arguments: list[str]) -> int:
    """Fuzz and print figures; 1 when anything was found."""
    asked = _asked(arguments)
    logging.disable(logging.ERROR)
    started, figures, wire_figures = time.monotonic(), [], []
    with TemporaryDirectory(prefix="retail-fuzz-") as folder:
        for store in asked.store.split(","):
            cases = asked.cases * (_RAW_SHARE - 1) // _RAW_SHARE // len(asked.store.split(","))
            with _place(store, Path(folder)) as place:
                figures.append((store, _fuzzed(place, cases, asked.seed)))
        for kind in asked.server.split(","):
            many = asked.cases // _RAW_SHARE // len(asked.server.split(","))
            wire_figures.append((kind, _shelled(kind, Path(folder), many, asked.seed)))
    told = _told(figures, wire_figures, asked, time.monotonic() - started)
    _show(told)
    if asked.json:
        Path(asked.json).write_text(json.dumps(told, ensure_ascii=False, indent=2))
    return 1 if told["violations"] else 0


def _asked(arguments: list[str]) -> Any:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", default="sqlite,postgres")
    parser.add_argument("--server", default="granian,uvicorn")
    parser.add_argument("--json", default="")
    return parser.parse_args(arguments)


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


def _fuzzed(place: Place, cases: int, seed: int) -> Figures:
    """Every role in every phase, until so many cases have been sent; then health and audit."""
    campaign = Campaign(FuzzedShop(place), seed)
    figures = campaign.carry_out(the_long_form(1))
    turn = 1
    while figures.total < cases:
        turn += 1
        campaign.seed += 1
        figures = campaign.carry_out(the_long_form(turn))
    figures.violations += campaign.afterwards()
    return figures


def _shelled(kind: str, folder: Path, many: int, seed: int) -> dict[str, Any]:
    environ = {"RETAIL_DATABASE_URL": f"sqlite:///{folder / kind}.db", "RETAIL_SMS": "file:/dev/null"}
    furnish(environ)
    with a_server(kind, environ, folder / f"{kind}.log") as server:
        before, wire = server.peak_kilobytes, Wire(server.address)
        for name, raw in (*ODDITIES.items(), *generated(seed, max(many - len(ODDITIES), 0))):
            wire.send(name, raw)
        if not wire.is_healthy():
            wire.violations.append("the server is not healthy afterwards")
        memory = (before // 1024, server.peak_kilobytes // 1024)
    wire.violations += [f"audit: {finding}" for finding in findings(environ)]
    return {"statuses": wire.statuses, "violations": wire.violations, "memory_mb_before_and_peak": memory, "cases": wire.sent}


def _told(figures: list[tuple[str, Figures]], wires: list[tuple[str, dict[str, Any]]], asked: Any, seconds: float) -> Any:
    found: list[Any] = [each.as_plain() | {"store": store} for store, one in figures for each in one.violations]
    found += [{"server": kind, "message": each} for kind, wire in wires for each in wire["violations"]]
    return {
        "commit": _commit(),
        "seed": asked.seed,
        "seconds": round(seconds, 1),
        "cases": sum(one.total for _, one in figures) + sum(wire["cases"] for _, wire in wires),
        "described": {store: one.as_plain() for store, one in figures},
        "raw": dict(wires),
        "violations": found,
    }


def _commit() -> str:
    told = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"


def _show(told: Any) -> None:
    for store, one in told["described"].items():
        print(f"\n{store}: {one['total']} cases in {one['seconds']} s, slowest answer {one['slowest_seconds']} s")
        print(f"  {'':10}" + "".join(f"{phase:>10}" for phase in PHASES))
        for role in ROLES:
            print(f"  {role:10}" + "".join(f"{one['cases'].get(f'{role} {phase}', 0):>10}" for phase in PHASES))
        print("  statuses  " + _counts(one["statuses"]))
    for kind, wire in told["raw"].items():
        before, peak = wire["memory_mb_before_and_peak"]
        print(f"\n{kind}, raw bytes: {wire['cases']} cases, memory {before} MB before, at most {peak} MB")
        print("  statuses  " + _counts(wire["statuses"]))
    print(f"\n{told['cases']} cases, {len(told['violations'])} violations, {told['seconds']} s, commit {told['commit']}")
    for violation in told["violations"][:50]:
        print(f"  {json.dumps(violation, ensure_ascii=False)}")


def _counts(statuses: dict[str, int]) -> str:
    return "  ".join(f"{status} x {many}" for status, many in sorted(statuses.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
