"""`make bench`: measure the shop on this machine, print the tables, and write them to docs/reference/benchmarks.md.

make bench                              everything, 20 minutes at most on two cores
make bench ARGS="place"                 one part, or several
make bench ARGS="journey --quick"       smaller, to look at; writes nothing
make bench FILE=history.csv.gz          with the replay of an order history
make bench ARGS="compare --base HEAD~1" this tree against a commit, turn by turn; writes nothing
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from benchmarks import compare, flood, growth, history, journey, live, pages, place, pricing, reads
from benchmarks.figures import Table, write_part
from benchmarks.machine import PAGE, machine, stamp, versions
from tests.support.postgres import server_programs


class Part(Protocol):
    """Something that can be measured by itself."""

    def __call__(self, *, quick: bool) -> Iterable[Table]:
        """Measure it, table by table."""
        ...


PARTS: Final[dict[str, Part]] = {
    "place": place.run,
    "journey": journey.run,
    "reads": reads.run,
    "growth": growth.run,
    "pricing": pricing.run,
    "flood": flood.run,
    "web": pages.run,
    "live": live.run,
}


def main(words: list[str] | None = None, show: Callable[[str], object] = print) -> int:
    """Measure what was named, or everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(PARTS)}, replay, compare")
    parser.add_argument("--base", help="the commit to compare with, for `compare`")
    parser.add_argument("--turns", type=int, default=compare.TURNS, help="how often each side is measured, for `compare`")
    parser.add_argument("--file", type=Path, help="an order history, for `replay`")
    parser.add_argument("--levels", type=_levels, default=(), help="numbers of orders, for `growth`: 10000,100000")
    parser.add_argument("--quick", action="store_true", help="small: minutes instead of many; writes nothing")
    parser.add_argument("--no-write", action="store_true", help="leave the page as it is")
    options = parser.parse_args(words)
    grown = partial(growth.run, levels=options.levels)
    parts = PARTS | {"growth": grown, "replay": partial(history.run, file=options.file)}
    if options.base:
        parts |= {"compare": partial(compare.run, base=options.base, turns=options.turns)}
    elif "compare" in options.parts:
        parser.error("compare with what? --base COMMIT")
    unknown = [part for part in options.parts if part not in parts]
    if unknown:
        parser.error(f"no part is called {', '.join(unknown)}: there are {', '.join(parts)}")
    where = f"{machine()}.\n{versions(server_programs())}."
    show(where + "\n")
    for name in options.parts or [part for part in parts if part != "compare"]:
        try:
            text = _measured(parts[name], options.quick, show)
        except compare.NoSuchTree as missing:
            parser.error(str(missing))
        except history.NoHistory as skipped:
            show(f"{skipped}\n")
            continue
        if not (options.quick or options.no_write or options.levels or name == "compare"):
            write_part(PAGE, "machine", where)
            write_part(PAGE, name, text)
    return 0


def _levels(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(part) for part in text.split(",")))


def _measured(part: Part, quick: bool, show: Callable[[str], object]) -> str:
    began = time.monotonic()
    told = []
    for table in part(quick=quick):
        told.append(table.markdown())
        show(told[-1] + "\n")
    told.append(stamp(time.monotonic() - began))
    show(told[-1] + "\n")
    return "\n\n".join(told)


if __name__ == "__main__":
    sys.exit(main())
