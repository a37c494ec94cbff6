"""The one way to a file of SQLite: who can write it does, and who cannot reads it all the same."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from retail_adapters.sql.private_file import keep_private

_REFUSED: Final = ("SQLITE_READONLY", "SQLITE_CANTOPEN")


def open_file(path: str, **options: Any) -> sqlite3.Connection:
    """A connection outside any transaction; the file is made if there is none, and keeps a log beside it for good.

    It is its owner's alone. A file that cannot be written is opened for reading: what is written to it is refused as
    SQLITE_READONLY. Raises sqlite3.Error.
    """
    keep_private(path)
    try:
        return _tried(sqlite3.connect(path, isolation_level=None, **options), "PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        if not _is_refused(error) or not Path(path).is_file():
            raise
    try:
        return _reading(path, "mode=ro", options)
    except sqlite3.OperationalError as error:
        log = Path(f"{path}-wal")
        if not _is_refused(error) or (log.exists() and log.stat().st_size):  # what is in the log only is not left out
            raise
    # Where not even the index of the log can be made beside it, the file is taken as it lies there.
    return _reading(path, "mode=ro&immutable=1", options)


def only_reads(path: str) -> bool:
    """Whether the file is there and cannot be written."""
    with closing(open_file(path)) as connection:
        (kept,) = connection.execute("PRAGMA user_version").fetchone()
        try:
            connection.execute("BEGIN")  # one that wishes to write is taken as one that does not
            connection.execute(f"PRAGMA user_version = {kept}")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            return str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_READONLY")
    return False


def _reading(path: str, how: str, options: dict[str, Any]) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{Path(path).absolute().as_uri()}?{how}", uri=True, isolation_level=None, **options)
    return _tried(connection, "SELECT 1 FROM sqlite_schema LIMIT 1")


def _tried(connection: sqlite3.Connection, statement: str) -> sqlite3.Connection:
    try:
        connection.execute(statement).fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _is_refused(error: sqlite3.OperationalError) -> bool:
    return str(getattr(error, "sqlite_errorname", "")).startswith(_REFUSED)
