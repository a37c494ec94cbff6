"""The database that the settings name: looked at, brought to this release's schema, opened and closed.

Every command needs it, and many need little else: so each kind of database is loaded only where it is the one.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from attrs import evolve

from retail_adapters.sql import migrations
from retail_adapters.sql.database import Database
from retail_adapters.sql.files import only_reads
from retail_adapters.sql.patience import Patience
from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_entrypoints.settings import BadSetting, Pooler, Settings


@refusal
class SchemaBehind(DomainError):
    """The database is not at this release's schema; run `retail db upgrade` first."""

    code = "database.schema_behind"
    kind = Kind.UNAVAILABLE
    found: str | None
    wanted: str


@refusal
class NoShopHere(SchemaBehind):
    """There is no shop here; is this the right folder and RETAIL_DATABASE_URL? `retail db upgrade` would make an empty one."""

    code = "database.no_shop"
    place: str


@refusal
class DatabaseUnreachable(DomainError):
    """The database cannot be reached; check RETAIL_DATABASE_URL and whether it is running."""

    code = "database.unreachable"
    kind = Kind.UNAVAILABLE
    said: str | None = None  # by the server or pooler, or by SQLite


@refusal
class DatabaseReadOnly(DomainError):
    """The database can be read, and cannot be written; look at the owner of its file, its folder and its file system."""

    code = "database.read_only"
    kind = Kind.UNAVAILABLE


@asynccontextmanager
async def opened_database(
    settings: Settings, *, must_be_current: bool = True, for_requests: bool = False
) -> AsyncIterator[Database]:
    """Open the database, and close it at the end.

    `for_requests`: somebody waits for each answer, so that a statement may not take longer than the settings say. Raises
    SchemaBehind for a database that is not at this release's schema, unless that is for readiness to say.
    """
    if must_be_current:
        found, wanted = await asyncio.to_thread(check_schema, settings)
        if found != wanted:
            raise behind(settings, found, wanted)
    async with _file(settings, for_requests) if is_file(settings) else _servers(settings, for_requests) as database:
        yield database


@asynccontextmanager
async def _file(settings: Settings, for_requests: bool) -> AsyncIterator[Database]:
    from retail_adapters.sql.sqlite import SqliteDatabase

    patience = patience_of(settings, for_requests=for_requests)
    file = SqliteDatabase(path_of(settings), busy_seconds=patience.lock_at_a_time)
    try:
        yield file
    finally:
        await file.close()


@asynccontextmanager
async def _servers(settings: Settings, for_requests: bool) -> AsyncIterator[Database]:
    from retail_adapters.sql.postgres import PostgresDatabase, open_pool

    patience = patience_of(settings, for_requests=for_requests)
    with _reaching():
        pool = await open_pool(
            settings.database_url,
            connections_max=settings.database_connections,
            patience=patience,
            keeps_sessions=settings.database_pooler is not Pooler.TRANSACTION,
        )
    database = PostgresDatabase(pool, keeps=True)
    try:
        yield database
    finally:
        await database.let_go()
        await pool.close()


def patience_of(settings: Settings, *, for_requests: bool) -> Patience:
    """How long a silent database is waited for; commands and workers do what takes long."""
    signs = Patience(keepalive=settings.database_keepalive_seconds, unanswered=settings.database_unanswered_seconds)
    if not for_requests:
        return signs
    return evolve(signs, statement=settings.database_statement_seconds, lock=settings.database_lock_seconds)


def session_url(settings: Settings) -> str | None:
    """Where whoever needs a session of his own connects: past a pooler that gives none. None if no such way is known."""
    if settings.database_pooler is Pooler.TRANSACTION:
        return settings.database_direct_url or None
    return settings.database_direct_url or settings.database_url


def check_schema(settings: Settings) -> tuple[str | None, str]:
    """The revision the database is at (None: empty), and this release's."""
    if _is_missing_file(settings):  # looking must not make it
        return None, migrations.newest()
    with _reaching():
        return migrations.check(settings.database_url)


def behind(settings: Settings, found: str | None, wanted: str) -> DomainError:
    """What to say of a database that is not at this release's schema: an old shop, or none at all."""
    if found is None:
        return NoShopHere(found=found, wanted=wanted, place=place_of(settings))
    return SchemaBehind(found=found, wanted=wanted)


def place_of(settings: Settings) -> str:
    """Where the shop lives, for people; without anything secret."""
    return str(Path(path_of(settings)).absolute()) if is_file(settings) else "the database that RETAIL_DATABASE_URL names"


def upgrade_schema(settings: Settings) -> None:
    """Bring the database to this release's schema.

    Raises DatabaseReadOnly, and BadSetting where only a pooler is known that gives no sessions.
    """
    if is_file(settings):
        _upgrade_file(settings)
        return
    url = session_url(settings)
    if url is None:
        raise BadSetting("RETAIL_DATABASE_DIRECT_URL", "changing the schema needs the server itself, past the pooler")
    migrations.upgrade(url)


def _upgrade_file(settings: Settings) -> None:
    if Path(path_of(settings)).is_file():
        with _reaching():
            is_closed = only_reads(path_of(settings))
        if is_closed:
            found, wanted = check_schema(settings)
            if found != wanted:
                raise DatabaseReadOnly()
            return
    migrations.upgrade(settings.database_url)


def is_file(settings: Settings) -> bool:
    """Whether the shop lives in a file of SQLite."""
    return settings.database_url.startswith("sqlite:")


def path_of(settings: Settings) -> str:
    """Where that file is."""
    return settings.database_url.removeprefix("sqlite:///")


def _is_missing_file(settings: Settings) -> bool:
    file = Path(path_of(settings))
    return is_file(settings) and file.parent.is_dir() and not file.exists()


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except _unreachable() as error:  # asked for only when something has gone wrong
        raise DatabaseUnreachable(said=_said_by(error)) from error


def _said_by(error: Exception) -> str | None:
    """In its own words; those of the driver and the machine are left out, since they may repeat the address."""
    import asyncpg

    return str(error) if isinstance(error, asyncpg.PostgresError | sqlite3.Error) else None


def _unreachable() -> tuple[type[Exception], ...]:
    import asyncpg

    from retail_adapters.sql.postgres_errors import LOST

    return (*LOST, asyncpg.PostgresError, sqlite3.Error)
