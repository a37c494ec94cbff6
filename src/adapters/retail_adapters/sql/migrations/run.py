"""Bring a database to the newest schema, or say how far behind it is."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from retail_adapters.sql.servers import Patience, Servers
from retail_adapters.sql.statement import sqlite_flavour
from retail_adapters.sql.tables.base import SCHEMA

MIGRATION_SECONDS: Final = 3600.0
"""How long one statement of a migration may take: an index of a large table takes its time."""
_LOOK_SECONDS: Final = 10.0


def upgrade(url: str, *, schema: str = SCHEMA) -> None:
    """Apply every migration that is missing, each in its own transaction; nothing to do is fine."""
    _on(url, lambda connection: _upgrade(connection, schema))


def check(url: str, *, schema: str = SCHEMA) -> tuple[str | None, str]:
    """The revision this database is at (None: empty) and the newest one."""
    return _on(url, lambda connection: (_revision(connection, schema), newest()), _LOOK_SECONDS)  # type: ignore[no-any-return]


def newest() -> str:
    """The newest revision this release knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def version_table(connection: Connection, schema: str) -> dict[str, Any]:
    """Where Alembic notes the revision: among our tables (rulings 5)."""
    if connection.dialect.name == "sqlite":
        return {"version_table": f"{SCHEMA}_alembic_version"}
    return {"version_table": "alembic_version", "version_table_schema": schema}


def _upgrade(connection: Connection, schema: str) -> None:
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
        # Two nodes deploying at once: the second waits, then finds nothing to do.
        connection.execute(text("SELECT pg_advisory_xact_lock(7205759403792794)"))
    config = _config()
    config.attributes["connection"] = connection
    config.attributes["schema"] = schema
    command.upgrade(config, "head")


def _revision(connection: Connection, schema: str) -> str | None:
    options = version_table(connection, schema)
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def _on(url: str, work: Any, seconds: float = MIGRATION_SECONDS) -> Any:
    if url.startswith("sqlite"):
        engine = create_engine(url, poolclass=NullPool)
        event.listen(engine, "before_cursor_execute", _localise, retval=True)
        with engine.connect() as connection:
            # Kept in the file: later, with several processes opening it at once, the change could find it locked.
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        with engine.begin() as connection:
            return work(connection)
    return asyncio.run(_on_postgres(url, work, seconds))


async def _on_postgres(url: str, work: Any, seconds: float) -> Any:
    connect = Servers(url, Patience(statement=seconds)).connect
    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


_SQLITE = sqlite_flavour()
_UNQUALIFIED = re.compile(rf"((?:INDEX \S+ ON|REFERENCES) )(?!{SCHEMA}_)(\w+)")


def _localise(_: Any, __: Any, statement: str, parameters: Any, ___: Any, ____: Any) -> tuple[str, Any]:
    # SQLite's DDL never qualifies the table of an index or of a foreign key.
    local = _UNQUALIFIED.sub(rf"\1{SCHEMA}_\2", _SQLITE.localise(statement))
    return local, parameters
