"""The PostgreSQL server that the tests start themselves (DOR-R7)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg

from tests.support.postgres import Postgres

PROJECT = Path(__file__).parents[2]

HOLD_A_SERVER = """
import signal, sys
from tests.support.postgres import running_postgres

with running_postgres() as server:
    print(server.admin_url, flush=True)
    signal.pause()
"""


async def test_every_test_has_a_database_of_its_own(postgres_server: Postgres) -> None:
    one, other = postgres_server.create(), postgres_server.create()

    postgres_server.drop(one)

    connection = await asyncpg.connect(postgres_server.url(other))
    assert await connection.fetchval("SELECT current_database()") == other
    await connection.close()
    postgres_server.drop(other)


async def test_an_empty_database_has_no_tables(empty_postgres_url: str) -> None:
    connection = await asyncpg.connect(empty_postgres_url)
    tables = await connection.fetch("SELECT 1 FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")
    await connection.close()

    assert tables == []


def test_the_server_goes_when_the_tests_are_killed() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "RETAIL_TEST_POSTGRES"}
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_A_SERVER], cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        port = holder.stdout.readline().strip().rpartition(":")[2].partition("/")[0]
        holder.send_signal(signal.SIGKILL)

    deadline = time.monotonic() + 30
    while _listens(int(port)):
        assert time.monotonic() < deadline, "the server is still there"
        time.sleep(0.1)


def _listens(port: int) -> bool:
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return any(line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A" for line in lines)
