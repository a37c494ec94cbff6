"""A real order history replayed on both databases, in orders a second; only where there is a file of one."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attrs import frozen

from benchmarks import databases
from benchmarks.databases import Database
from benchmarks.figures import Table

REPLAY: Final = Path(__file__).with_name("replay.py")
FIRST: Final = 400
FIRST_QUICK: Final = 60
_ORDERS: Final = re.compile(r"^orders (\d+), lines (\d+), refunds (\d+)$", re.MULTILINE)
_RATE: Final = re.compile(r"^([\d.]+) orders/s over \d+ s, peak memory (\d+) MiB$", re.MULTILINE)
_VERDICT: Final = re.compile(r"^reconciled to the penny: (yes|NO); audit findings: (\d+)$", re.MULTILINE)


class NoHistory(Exception):
    """There is no file to replay; the message says how to name one."""

    def __init__(self) -> None:
        super().__init__("replay: skipped, no order history was given: make bench FILE=history.csv.gz ARGS=replay")


class NotReplayed(Exception):
    """The replay ended without its verdict; the message is its own."""


@frozen
class Replayed:
    """What a replay told."""

    orders: str
    lines: str
    refunds: str
    rate: str
    memory: str
    verdict: str

    @classmethod
    def of(cls, told: str) -> Replayed:
        """Read what `replay.py` prints. Raises NotReplayed."""
        counts, rate, verdict = _ORDERS.search(told), _RATE.search(told), _VERDICT.search(told)
        if counts is None or rate is None or verdict is None:
            raise NotReplayed(told[-2_000:])
        findings = "to the penny" if verdict[1] == "yes" and verdict[2] == "0" else f"NOT: {verdict[2]} findings"
        return cls(counts[1], counts[2], counts[3], rate[1], rate[2], findings)


def run(*, quick: bool, file: Path | None = None) -> Iterator[Table]:
    """The first invoices of the file on PostgreSQL and on SQLite. Raises NoHistory."""
    if file is None or not file.is_file():
        raise NoHistory()
    first, rows = FIRST_QUICK if quick else FIRST, []
    for place in (databases.postgres_on_ram, databases.sqlite_on_ram):
        with place() as database:
            one = _replay(file, database, first)
            rows.append((database.name, one.orders, one.lines, one.refunds, f"**{one.rate}**", one.memory, one.verdict))
    yield Table(
        "A real order history",
        ("", "orders", "lines", "refunds", "orders/s", "peak MiB", "reconciled"),
        tuple(rows),
        after=f"The first {first} invoices, one after the other in one process: quoted, placed, paid at the counter, shipped, "
        "signed; with everything a worker does.",
    )


def _replay(file: Path, database: Database, first: int) -> Replayed:
    command = [sys.executable, str(REPLAY), str(file), "--database", database.url, "--first", str(first)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    return Replayed.of(told.stdout + told.stderr)
