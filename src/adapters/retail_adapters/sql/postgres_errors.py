"""What the errors of asyncpg mean to the shop, and to the connection they were met on."""

from __future__ import annotations

import asyncio
from typing import Final, NoReturn

import asyncpg
from attrs import evolve

from retail_adapters.sql.meanings import CONNECTION, READ_ONLY, DatabaseSaid, from_postgres
from retail_domain.kernel.errors import CommitUnknown, DomainError, Unavailable

LOST: Final = (
    OSError, asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresConnectionError, asyncio.TimeoutError,
)  # fmt: skip
"""What says that a connection is gone, or never was."""


def is_read_only(error: Exception) -> bool:
    """Whether the server takes no writes: a stand-by, or one that was demoted."""
    return isinstance(error, asyncpg.PostgresError) and error.sqlstate == READ_ONLY


def is_lost(error: Exception) -> bool:
    """Whether the connection is gone or in doubt, an answer not having come in time; not so where a value had no such type."""
    return isinstance(error, LOST) and not isinstance(error, ValueError)


def raise_unknown(error: Exception) -> None:
    """Raises CommitUnknown for an error that says nothing about what became of a commit."""
    if isinstance(error, LOST):
        raise CommitUnknown(reason="connection lost") from error
    if isinstance(error, asyncpg.PostgresError) and (error.sqlstate or "")[:2] in {"08", "57"}:
        raise CommitUnknown(reason=error.sqlstate or "") from error


def raise_meant(error: Exception) -> NoReturn:
    """Raises what an error means to the shop, or the error itself where it is a bug of ours."""
    meaning = _meaning(error)
    if meaning is error:
        raise error  # ours to mend, and never its own cause: whoever follows causes would not come to an end
    raise meaning from error


def _meaning(error: Exception) -> BaseException:
    if isinstance(error, DomainError):
        return error
    if isinstance(error, asyncpg.PostgresError):
        return from_postgres(evolve(DatabaseSaid.by(error, str(error)), sqlstate=error.sqlstate or "")) or error
    return Unavailable(reason=CONNECTION) if isinstance(error, LOST) else error
