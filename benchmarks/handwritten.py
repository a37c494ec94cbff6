"""The other side of `place`: pgbench running a transaction written by hand, with the rows that an order of the shop has."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import asyncpg
from attrs import define, frozen

from benchmarks.databases import Database
from benchmarks.furnished import Furnished, in_loop
from benchmarks.processes import ended_children_seconds

SCRIPT: Final = Path(__file__).with_name("sql") / "place.sql"
CLIENTS: Final = 16
# In goods of the script, `n` counts in the order of the SKUs' ids, which is the order that everybody locks them in.
_PREPARE: Final = """
CREATE SCHEMA bench;
CREATE TABLE bench.goods (
    n integer PRIMARY KEY, sku_id uuid NOT NULL, product_id uuid NOT NULL, location_id uuid NOT NULL, title text NOT NULL
);
INSERT INTO bench.goods
SELECT row_number() OVER (ORDER BY k.id), k.id, k.product_id, l.id, p.title
FROM retail.skus k JOIN retail.products p ON p.id = k.product_id CROSS JOIN retail.locations l;
CREATE TABLE bench.buyers (n integer PRIMARY KEY, member_id uuid NOT NULL, address_id uuid NOT NULL);
INSERT INTO bench.buyers
SELECT row_number() OVER (ORDER BY c.id) - 1, c.member_id, c.id FROM retail.contacts c WHERE c.kind = 'address';
CREATE FUNCTION bench.id(i bigint, client bigint, part bigint) RETURNS uuid IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (lpad(to_hex(i), 16, '0') || lpad(to_hex((client << 32) + part), 16, '0'))::uuid;
ANALYZE bench.goods;
ANALYZE bench.buyers;
"""
_RATE: Final = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_DONE: Final = re.compile(r"transactions actually processed: (\d+)")


@frozen
class Ran:
    """What pgbench did."""

    rate: float
    orders: int
    cpu_seconds: float


class PgbenchFailed(Exception):
    """pgbench did not do what it was told; the message is its own."""


@define
class Pgbench:
    """pgbench on a database that has been furnished."""

    programs: Path
    database: Database
    goods: int
    turns: int = 0

    def prepare(self) -> None:
        """Once for each database: what the script joins with."""
        in_loop(_execute(self.database.url, _PREPARE))

    def run(self, *, seconds: int | None = None, orders: int | None = None, hot: bool = False, clients: int = CLIENTS) -> Ran:
        """For so long, or so many orders a client; `hot`: the first line of every order is of the same SKU."""
        self.turns += 1
        length = ["-T", str(seconds)] if orders is None else ["-t", str(orders)]
        variables = {"i": self.turns * 10**9, "goods": self.goods, "first_from": 1, "first_to": 1 if hot else self.goods // 3}
        defined = [word for name, value in variables.items() for word in ("-D", f"{name}={value}")]
        words = ["-n", "-M", "prepared", "-c", clients, "-j", min(clients, 2), *length, *defined, "-f", SCRIPT]
        before = ended_children_seconds()
        told = _told([self.programs / "pgbench", *words, self.database.url])
        rate, done = _RATE.search(told), _DONE.search(told)
        if rate is None or done is None:
            raise PgbenchFailed(told)
        return Ran(float(rate[1]), int(done[1]), ended_children_seconds() - before)


def prepared(programs: Path, database: Database, furnished: Furnished) -> Pgbench:
    """pgbench, ready to go."""
    made = Pgbench(programs, database, len(furnished.goods))
    made.prepare()
    return made


def _told(command: Sequence[object]) -> str:
    answer = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if answer.returncode or "failed" in answer.stderr:
        raise PgbenchFailed(answer.stderr)
    return answer.stdout


async def _execute(url: str, script: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(script)
    finally:
        await connection.close()
