"""A migration that adds tables and columns writes itself, or says why it cannot."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Column, Index, MetaData, Table, text

from retail_adapters.sql.migrations import upgrade
from retail_adapters.sql.tables.base import needed
from retail_adapters.sql.tables.whole import metadata
from retail_adapters.sql.types import Flag, Id, Words
from scripts.new_migration import VERSIONS, ByHand, new_migration
from scripts.print_schema import statements
from tests.integration.test_migrations import _run
from tests.support.postgres import Postgres, fresh_database
from tests.support.schema import of_postgres


@pytest.fixture
def tables() -> MetaData:
    """The shop's tables, to be changed."""
    copied = MetaData(schema=metadata.schema, naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        table.to_metadata(copied)
    return copied


def test_what_is_new_is_added_on_both_databases_as_the_tables_say(
    tables: MetaData, tmp_path: Path, empty_postgres_url: str, postgres_server: Postgres
) -> None:
    """R44: two columns and a table with an index; on SQLite it was tried before it was written."""
    tables.tables["retail.orders"].append_column(Column("note", Words))
    tables.tables["retail.orders"].append_column(needed("gift_wrapped", Flag, server_default=text("false")))
    whole = {"sqlite_strict": True, "sqlite_with_rowid": False}
    tribes = Table("tribes", tables, needed("id", Id, primary_key=True), needed("name", Words), **whole)
    Index(None, tribes.c.name, tribes.c.id)

    files = new_migration("notes_and_tribes", tables=tables)

    before = max(file.name[:4] for file in VERSIONS.glob("[0-9]*.py"))
    number = f"{int(before) + 1:04}"
    assert list(files) == [f"{number}_notes_and_tribes{end}" for end in (".py", ".postgresql.sql", ".sqlite.sql")]
    assert "ALTER TABLE retail.orders ADD COLUMN note TEXT;" in files[f"{number}_notes_and_tribes.sqlite.sql"]
    versions = Path(shutil.copytree(VERSIONS, tmp_path / "versions", ignore=shutil.ignore_patterns("__pycache__")))
    for name, written in files.items():
        (versions / name).write_text(written)
    upgrade(empty_postgres_url, versions=versions)
    with fresh_database(postgres_server) as said:
        asyncio.run(_run(said, "CREATE SCHEMA retail", *statements("postgresql", tables)))
        assert asyncio.run(of_postgres(empty_postgres_url)) == asyncio.run(of_postgres(said))


def test_tables_that_migrations_already_make_need_none() -> None:
    with pytest.raises(ByHand, match="no table and no column is new"):
        new_migration("nothing")


@pytest.mark.parametrize("name", ["", "Note", "0005", "note-of", "../note"])
def test_a_name_is_a_word_that_a_file_can_have(name: str) -> None:
    with pytest.raises(ByHand, match="a name has"):
        new_migration(name)


def test_rows_that_are_there_need_a_value(tables: MetaData) -> None:
    """R44: the release before goes on writing rows without it."""
    tables.tables["retail.orders"].append_column(needed("note", Words))

    with pytest.raises(ByHand, match=r"orders\.note is needed"):
        new_migration("note", tables=tables)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda orders: orders.append_constraint(CheckConstraint("note <> ''", name="note")), "retail_orders rules"),
        (lambda orders: Index("ix_orders_note", orders.c.note), "index retail_ix_orders_note"),
        (lambda orders: setattr(orders.c.number, "type", Id()), "retail_orders.number"),
    ],
)
def test_what_needs_a_thought_is_named_and_not_written(tables: MetaData, change: Any, told: str) -> None:
    orders = tables.tables["retail.orders"]
    orders.append_column(Column("note", Words))
    change(orders)

    with pytest.raises(ByHand, match=f"more has changed .*{told}"):
        new_migration("note", tables=tables)
