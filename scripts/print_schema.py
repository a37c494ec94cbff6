"""Print the whole schema as `sql/tables` says it, for one database: what to copy from when a migration is written.

    python scripts/print_schema.py sqlite|postgresql

`python -m scripts.new_migration NAME` writes a migration by itself where tables and columns are new.
A migration is text of its own. One that a release carries is never written again: what changes later is the next one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Dialect, MetaData, Table
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable

from retail_adapters.sql.statement import postgres_flavour, sqlite_flavour
from retail_adapters.sql.tables.whole import metadata


def statements(database: str, tables: MetaData = metadata) -> Iterator[str]:
    """Tables in order of their foreign keys, each followed by its indexes."""
    for table in tables.sorted_tables:
        yield from of_table(database, table)


def of_table(database: str, table: Table) -> Iterator[str]:
    """A table, then its indexes."""
    dialect = _dialect(database)
    yield _clean(str(CreateTable(table).compile(dialect=dialect)))
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        yield _clean(str(CreateIndex(index).compile(dialect=dialect)))


def of_column(database: str, column: Column[Any]) -> str:
    """A column as it is added to a table that is there."""
    text = _clean(str(CreateColumn(column).compile(dialect=_dialect(database))))
    return f"ALTER TABLE {column.table.fullname} ADD COLUMN {text}"


def _dialect(database: str) -> Dialect:
    return {"postgresql": postgres_flavour, "sqlite": sqlite_flavour}[database]().dialect


def _clean(text: str) -> str:
    plain = text.strip().replace("\0", "")  # the mark that makes a schema a prefix on SQLite, which migrations do by themselves
    return "\n".join(line.rstrip().replace("\t", "    ").replace("TABLE  ", "TABLE ") for line in plain.splitlines())


if __name__ == "__main__":
    print(";\n\n".join(statements(sys.argv[1])) + ";")
