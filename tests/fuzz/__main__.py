"""`make fuzz`: the API tried from its own description as every role, and the server with bytes below any description.

    python -m tests.fuzz [--cases 50000] [--seed 1] [--store sqlite,postgres] [--server granian,uvicorn] [--json fuzz.json]

The exit code is 1 when anything was found. A failing case is printed as it was sent; keep it as a test.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from tests.fuzz.campaign import PHASES
from tests.fuzz.fuzzed_shop import ROLES

_RAW_SHARE: Final = 10
"""Of so many cases, one is raw bytes."""


@frozen
class Part:
    """A share of the cases that one process sends: to one store by its description, or to one server as raw bytes."""

    name: str
    cases: int
    seed: int
    turn: int = 0

    def carry_out(self) -> dict[str, Any]:
        """What it told; a part that breaks breaks the whole."""
        words = [str(each) for each in (self.name, self.cases, self.seed, self.turn)]
        process = subprocess.run([sys.executable, "-m", "tests.fuzz.part", *words], stdout=subprocess.PIPE, check=True)
        told: dict[str, Any] = json.loads(process.stdout)
        return told


def main(arguments: list[str]) -> int:
    """Fuzz and print figures; 1 when anything was found."""
    asked = _asked(arguments)
    started, described, raw = time.monotonic(), list(_described(asked)), list(_raw(asked))
    with ThreadPoolExecutor(asked.jobs) as crew:
        told = list(crew.map(Part.carry_out, (*described, *raw)))
    stores = dict(zip((part.name for part in described), told, strict=False))
    servers = dict(zip((part.name for part in raw), told[len(described) :], strict=True))
    whole = _whole(stores, servers, asked, time.monotonic() - started)
    _show(whole)
    if asked.json:
        Path(asked.json).write_text(json.dumps(whole, ensure_ascii=False, indent=2))
    return 1 if whole["violations"] else 0


def _asked(arguments: list[str]) -> Any:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", default="sqlite,postgres", help="any of memory, sqlite, postgres; or nothing")
    parser.add_argument("--server", default="granian,uvicorn", help="any of granian, uvicorn; or nothing")
    parser.add_argument("--jobs", type=int, default=2, help="how many processes at a time")
    parser.add_argument("--json", default="")
    return parser.parse_args(arguments)


def _described(asked: Any) -> Iterator[Part]:
    stores = [name for name in asked.store.split(",") if name]
    for number, name in enumerate(stores):  # each store begins with another turn, so that together they try more routes
        yield Part(name, asked.cases * (_RAW_SHARE - 1) // _RAW_SHARE // len(stores), asked.seed, number)


def _raw(asked: Any) -> Iterator[Part]:
    servers = [name for name in asked.server.split(",") if name]
    for name in servers:
        yield Part(name, asked.cases // _RAW_SHARE // len(servers), asked.seed)


def _whole(stores: dict[str, Any], servers: dict[str, Any], asked: Any, seconds: float) -> Any:
    found: list[Any] = [each | {"store": store} for store, one in stores.items() for each in one["violations"]]
    found += [{"server": kind, "message": each} for kind, one in servers.items() for each in one["violations"]]
    cases = sum(one["total"] for one in stores.values()) + sum(one["cases"] for one in servers.values())
    return {
        "commit": _commit(),
        "seed": asked.seed,
        "seconds": round(seconds, 1),
        "cases": cases,
        "cases_per_second": round(cases / seconds, 1),
        "described": stores,
        "raw": servers,
        "violations": found,
    }


def _commit() -> str:
    told = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"


def _show(told: Any) -> None:
    for store, one in told["described"].items():
        before, peak = one["memory_mb_before_and_peak"]
        print(f"\n{store}: {one['total']} cases in {one['seconds']} s, slowest answer {one['slowest_seconds']} s")
        print(f"  memory {before} MB before, at most {peak} MB (shop and fuzzer together)")
        print(f"  {'':10}" + "".join(f"{phase:>10}" for phase in PHASES))
        for role in ROLES:
            print(f"  {role:10}" + "".join(f"{one['cases'].get(f'{role} {phase}', 0):>10}" for phase in PHASES))
        print("  statuses  " + _counts(one["statuses"]))
    for kind, wire in told["raw"].items():
        before, peak = wire["memory_mb_before_and_peak"]
        print(f"\n{kind}, raw bytes: {wire['cases']} cases in {wire['seconds']} s")
        print(f"  memory {before} MB before, at most {peak} MB")
        print("  statuses  " + _counts(wire["statuses"]))
    pace = f"{told['seconds']} s, {told['cases_per_second']} cases a second"
    print(f"\n{told['cases']} cases, {len(told['violations'])} violations, {pace}, commit {told['commit']}")
    for violation in told["violations"][:50]:
        print(f"  {json.dumps(violation, ensure_ascii=False)}")


def _counts(statuses: dict[str, int]) -> str:
    return "  ".join(f"{status} x {many}" for status, many in sorted(statuses.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
