"""Bring a database to the newest schema while the release before serves, or say how far behind it is (R44)."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from attrs import frozen
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from retail_adapters.sql.migrations.revision import (
    LOOK_SECONDS,
    POSTGRES_TABLE,
    SQLITE_TABLE,
    VERSIONS,
    newest,
    set_up,
)
from retail_adapters.sql.migrations.scripts import said, statements_of
from retail_adapters.sql.private_file import keep_private
from retail_adapters.sql.servers import Patience, Servers
from retail_adapters.sql.statement import sqlite_flavour
from retail_adapters.sql.tables.base import SCHEMA

MIGRATION_SECONDS: Final = 3600.0
"""How long one statement of a migration may take: an index of a large table takes its time."""

T = TypeVar("T")
Fill = Callable[[Connection, str, Any, int], Any]
"""Fills one portion of rows after some key, and answers the last key of it; None when nothing is left."""

_LOST_RACES: Final = frozenset({"55P03", "40P01"})
"""A lock that did not come in time, and a deadlock with somebody who sells."""
_TRIES: Final = 60
_PAUSE_SECONDS: Final = 0.5
_LOCK: Final = 7205759403792794


@frozen(kw_only=True)
class Pace:
    """How a migration behaves beside those who sell."""

    patience: float = 2.0
    """So many seconds it waits for a lock, while others wait behind it."""
    portion: int = 1_000
    """The rows of so many orders are filled in one transaction."""


_DEFAULT: Final = Pace()


def upgrade(
    url: str,
    *,
    schema: str = SCHEMA,
    to: str | None = None,
    pace: Pace = _DEFAULT,
    versions: Path = VERSIONS,
) -> None:
    """Apply every migration of `versions` that is missing, up to `to` or the newest; nothing to do is fine, and locks nothing.

    A database that a later release upgraded is left as it is: it serves the release before, too.

    Each is a transaction of its own; what fills many rows goes before it in portions, each a transaction too, and goes on
    where it was when it was killed. On PostgreSQL a change waits for a lock no longer than its pace says and then lets those
    through who wait behind it, before it tries again: nobody who sells waits longer for it.
    """
    way = _Way(schema, to or newest(versions), pace, versions)
    if _on(url, lambda connection: _revision(connection, schema), writes=False) != way.to:
        _on(url, lambda connection: _upgrade(connection, way), writes=True)


def revisions() -> Sequence[str]:
    """Every revision this release knows, the first one first."""
    return [script.revision for script in _scripts(VERSIONS, newest())]


def _config(versions: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "newline")
    return config


def _scripts(versions: Path, to: str) -> Sequence[Script]:
    return list(ScriptDirectory.from_config(_config(versions)).walk_revisions("base", to))[::-1]


def version_table(connection: Connection, schema: str) -> dict[str, Any]:
    """Where Alembic notes the revision: among our tables (GEN-R21)."""
    if connection.dialect.name == "sqlite":
        return {"version_table": SQLITE_TABLE}
    return {"version_table": POSTGRES_TABLE, "version_table_schema": schema}


@frozen
class _Way:
    schema: str
    to: str
    pace: Pace
    versions: Path


def _upgrade(connection: Connection, way: _Way) -> None:
    if connection.dialect.name != "sqlite":
        with _alone(connection, way):
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {way.schema}"))
    for script in _scripts(way.versions, way.to):
        before = Path(script.path).with_suffix(f".before.{connection.dialect.name}.sql")
        if before.exists():
            _prepare(connection, way, script, before)
        fill = getattr(script.module, "fill", None)
        if fill is not None:
            _fill(connection, way, script, fill)
        _until_nobody_is_in_the_way(partial(_apply, connection, way, script))


def _apply(connection: Connection, way: _Way, script: Script) -> None:
    with _alone(connection, way):
        if not _is_missing(connection, way, script):
            return
        config = _config(way.versions)
        config.attributes["connection"] = connection
        config.attributes["schema"] = way.schema
        command.upgrade(config, script.revision)
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            assert not broken, f"{script.revision} left rows without what they refer to: {broken[:3]}"


def _prepare(connection: Connection, way: _Way, script: Script, before: Path) -> None:
    """What no transaction can hold, such as an index that is built while others write; each statement can be run again."""
    with connection.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as outside:
        while not outside.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}).scalar():
            time.sleep(_PAUSE_SECONDS)
        if _is_missing(outside, way, script):
            for statement in statements_of(before):
                _until_nobody_is_in_the_way(partial(_prepared, outside, way, statement))
        outside.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})


def _prepared(outside: Connection, way: _Way, statement: str) -> None:
    """An index that is built beside those who write waits for whoever was there before, and nobody waits for it."""
    patience = 0 if " CONCURRENTLY " in statement else int(way.pace.patience * 1_000)
    outside.execute(text(f"SET lock_timeout = {patience}"))
    outside.execute(said(way.schema, statement.replace(":", "\\:")))


def _fill(connection: Connection, way: _Way, script: Script, fill: Fill) -> None:
    after: Any = None
    while True:
        after = _until_nobody_is_in_the_way(partial(_portion, connection, way, script, fill, after))
        if after is None:
            return


def _portion(connection: Connection, way: _Way, script: Script, fill: Fill, after: Any) -> Any:
    with _alone(connection, way):
        return fill(connection, way.schema, after, way.pace.portion) if _is_missing(connection, way, script) else None


def _is_missing(connection: Connection, way: _Way, script: Script) -> bool:
    """Whether this very migration is next; a database that is further, or a later release's, misses nothing."""
    return _revision(connection, way.schema) == script.down_revision


@contextmanager
def _alone(connection: Connection, way: _Way) -> Iterator[None]:
    """A transaction in which nobody else upgrades: of two nodes that deploy at once the second waits."""
    if connection.dialect.name == "sqlite":
        with connection.begin():
            yield
        return
    while True:  # asked for, not waited for: an index that is built meanwhile would wait for whoever waits within a transaction
        with connection.begin():
            if connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK}).scalar():
                connection.execute(text(f"SET LOCAL lock_timeout = {int(way.pace.patience * 1_000)}"))
                yield
                return
        time.sleep(_PAUSE_SECONDS)


def _until_nobody_is_in_the_way(work: Callable[[], T]) -> T:
    tries = 0
    while True:
        tries += 1
        try:
            return work()
        except DBAPIError as error:
            if tries == _TRIES or getattr(error.orig, "sqlstate", None) not in _LOST_RACES:
                raise
        time.sleep(_PAUSE_SECONDS)


def _revision(connection: Connection, schema: str) -> str | None:
    options = version_table(connection, schema)
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def _on(url: str, work: Callable[[Connection], T], *, writes: bool) -> T:
    if url.startswith("sqlite"):
        with _sqlite(url, "BEGIN IMMEDIATE" if writes else "BEGIN").connect() as connection:
            return work(connection)
    return asyncio.run(_on_postgres(url, work, MIGRATION_SECONDS if writes else LOOK_SECONDS))


def _sqlite(url: str, begin: str) -> Engine:
    """Transactions hold changes of the schema as well, which the driver by itself would commit one by one."""
    keep_private(url.removeprefix("sqlite:///"))
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": 60})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    event.listen(engine, "before_cursor_execute", _localise, retval=True)
    return engine


def _set_up(connection: Any, _: Any) -> None:
    set_up(connection)
    connection.execute("PRAGMA foreign_keys=OFF")  # a table that is built anew is gone for a moment; checked at the end


async def _on_postgres(url: str, work: Callable[[Connection], T], seconds: float) -> T:
    connect = Servers(url, Patience(statement=seconds)).connect
    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


_SQLITE = sqlite_flavour()
_UNQUALIFIED = re.compile(rf"((?:INDEX \S+ ON|REFERENCES) )(?!{SCHEMA}_)(\w+)")


def localised(statement: str) -> str:
    """A statement as SQLite takes it: tables have a prefix, also where its DDL never qualifies them."""
    return _UNQUALIFIED.sub(rf"\1{SCHEMA}_\2", _SQLITE.localise(statement))


def _localise(_: Any, __: Any, statement: str, parameters: Any, ___: Any, ____: Any) -> tuple[str, Any]:
    return localised(statement), parameters
