"""Nothing a buyer waits for reads a whole table: how SQLite would answer every statement that has keys in hand."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import Table
from sqlalchemy.sql import visitors

import retail_adapters.assemble  # makes every statement of the shop
from retail_adapters.sql import audit
from retail_adapters.sql.migrations import upgrade
from retail_adapters.sql.statement import Statement, sqlite_flavour
from retail_adapters.sql.tables.base import metadata
from tests.support.objects import every_object

assert retail_adapters.assemble.on_database
LIST = re.compile(r"__\[POSTCOMPILE_\w+\]")


def statements_with_keys() -> Iterator[Statement]:
    laws = {law.broken.name for law in audit.LAWS}
    for thing in every_object():
        if isinstance(thing, Statement) and _is_ours(thing) and thing.name not in laws and _has_keys(thing):
            yield thing


def _has_keys(statement: Statement) -> bool:
    return bool(statement.compiled(sqlite_flavour()).expanding)


def _is_ours(statement: Statement) -> bool:
    """Tests and documentation make hosts and doubles, whose tables are not in a shop's schema."""
    return all(part.metadata is metadata for part in visitors.iterate(statement.clause) if isinstance(part, Table))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("plans") / "shop.db"
    upgrade(f"sqlite:///{path}")
    connection = sqlite3.connect(path)
    yield connection
    connection.close()


@pytest.mark.parametrize("statement", sorted(statements_with_keys(), key=lambda one: one.name), ids=lambda one: one.name)
def test_a_statement_with_keys_searches_and_never_scans(statement: Statement, database: sqlite3.Connection) -> None:
    """R1 to R18 under load: a list of keys is answered by an index, however many orders there are."""
    text = LIST.sub("?", statement.compiled(sqlite_flavour()).text)

    plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {text}", [None] * text.count("?"))]

    assert not [step for step in plan if step.startswith("SCAN retail_")], f"{text}\n{plan}"
