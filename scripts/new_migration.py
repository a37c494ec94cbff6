"""Write the migration that adds what `sql/tables` says and no migration makes yet: tables and columns.

    python -m scripts.new_migration NAME

It is tried on an empty SQLite file before it is written. Whatever else has changed (a type, a check, an index of a table that
is there, something that is gone) is named, and nothing is written: that needs a thought, hence a migration by hand.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import Column, MetaData, Table

from retail_adapters.sql.migrations import upgrade
from retail_adapters.sql.migrations.revision import newest
from retail_adapters.sql.migrations.run import localised
from retail_adapters.sql.tables.whole import metadata
from scripts.print_schema import of_column, of_table, statements
from tests.support.schema import of_sqlite

VERSIONS: Final = Path(__file__).parents[1] / "src/adapters/retail_adapters/sql/migrations/versions"
DATABASES: Final = ("postgresql", "sqlite")
_PYTHON: Final = '''\
"""What is new: {what}; no release before knows it."""

from retail_adapters.sql.migrations.scripts import run_files

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    """Nothing that is there is touched."""
    run_files(__file__)
'''


class ByHand(Exception):
    """This cannot be added by itself."""


def new_migration(name: str, versions: Path = VERSIONS, tables: MetaData = metadata) -> Mapping[str, str]:
    """File names and what goes into them. Raises ByHand."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ByHand(f"{name}: a name has small letters, digits and underscores")
    with TemporaryDirectory() as folder:
        there = _columns(_upgraded(Path(folder) / "now.db", versions))
        added = [table for table in tables.sorted_tables if _place(table) not in there]
        columns = [
            column for table in tables.sorted_tables for column in table.columns
            if table not in added and column.name not in there[_place(table)]
        ]  # fmt: skip
        if not added and not columns:
            raise ByHand("no table and no column is new")
        _check(columns)
        files = dict(_files(name, _next(versions), newest(versions), added, columns))
        _try_out(Path(folder), versions, files, tables)
    return files


def _next(versions: Path) -> str:
    """A number that no file has. It need not be the newest one's and one more: branches are not merged as they are numbered."""
    return f"{max(int(file.name[:4]) for file in versions.glob('[0-9]*.py')) + 1:04}"


def _files(
    name: str, revision: str, before: str, tables: Iterable[Table], columns: Iterable[Column[Any]]
) -> Iterator[tuple[str, str]]:
    what = ", ".join([*(table.name for table in tables), *(f"{column.table.name}.{column.name}" for column in columns)])
    yield f"{revision}_{name}.py", _PYTHON.format(what=what, revision=revision, before=before)
    for database in DATABASES:
        said = [*(of_column(database, one) for one in columns), *(one for table in tables for one in of_table(database, table))]
        yield f"{revision}_{name}.{database}.sql", ";\n\n".join(said) + ";\n"


def _check(columns: Iterable[Column[Any]]) -> None:
    """Rows that are there, and those that the release before goes on writing, need a value."""
    for column in columns:
        if not column.nullable and column.server_default is None:
            raise ByHand(f"{column.table.name}.{column.name} is needed: let it be empty, or give it a server_default")


def _try_out(folder: Path, versions: Path, files: Mapping[str, str], tables: MetaData) -> None:
    """Migrating makes what the tables say."""
    planted = Path(shutil.copytree(versions, folder / "versions", ignore=shutil.ignore_patterns("__pycache__")))
    for file, text in files.items():
        (planted / file).write_text(text, encoding="utf-8")
    made, wanted = of_sqlite(str(_upgraded(folder / "then.db", planted))), of_sqlite(str(_said(folder / "said.db", tables)))
    differ = sorted(name for name in made.keys() | wanted.keys() if made.get(name) != wanted.get(name))
    if differ:
        raise ByHand(f"more has changed than tables and columns that are new: {', '.join(differ)}")


def _upgraded(file: Path, versions: Path) -> Path:
    upgrade(f"sqlite:///{file}", versions=versions)
    return file


def _said(file: Path, tables: MetaData) -> Path:
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements("sqlite", tables):
            connection.execute(localised(statement))
    return file


def _columns(file: Path) -> Mapping[str, set[str]]:
    with closing(sqlite3.connect(file)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: {row[1] for row in connection.execute(f"PRAGMA table_xinfo({name})")} for name in names}


def _place(table: Table) -> str:
    return table.fullname.replace(".", "_", 1)


def main(name: str) -> int:
    """Write it, and tell the files."""
    try:
        files = new_migration(name)
    except ByHand as why:
        print(f"Nothing was written: {why}", file=sys.stderr)
        return 1
    for file, text in files.items():
        (VERSIONS / file).write_text(text, encoding="utf-8")
        print((VERSIONS / file).relative_to(VERSIONS.parents[5]))
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m scripts.new_migration NAME")
    sys.exit(main(sys.argv[1]))
