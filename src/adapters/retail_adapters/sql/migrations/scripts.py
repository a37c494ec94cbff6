"""What migrations are written in: SQL files beside them, one a database, that no later change of the tables can change."""

from __future__ import annotations

from pathlib import Path

from alembic import op
from sqlalchemy import Connection, TextClause, text


def run_files(migration: str) -> None:
    """Run the SQL file beside this migration that is meant for this database."""
    connection = op.get_bind()
    schema = connection.get_execution_options().get("schema_translate_map", {}).get("retail", "retail")
    for statement in statements_of(Path(migration).with_suffix(f".{connection.dialect.name}.sql")):
        run(connection, schema, statement.replace(":", "\\:"))


def statements_of(file: Path) -> list[str]:
    """Its statements; an empty line ends one."""
    return [one.strip().rstrip(";") for one in file.read_text(encoding="utf-8").split(";\n\n") if one.strip()]


def said(schema: str, statement: str) -> TextClause:
    """A statement that says `retail.` for our schema; on SQLite the connection turns that into a prefix."""
    return text(statement.replace("retail.", f"{schema}."))


def run(connection: Connection, schema: str, statement: str, **values: object) -> int:
    """Run a statement with values that stand in it as `:name`; answers how many rows it changed."""
    return connection.execute(said(schema, statement), values).rowcount
