"""What the errors of a database mean to the shop; the same rule is told by the same table and columns on all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

from attrs import frozen
from sqlalchemy import Index, PrimaryKeyConstraint, Table, UniqueConstraint

from retail_adapters.system.retry import LOCK_TIMEOUT
from retail_domain.kernel.errors import Broken, DomainError, Retry, Taken, Unavailable

Rule: TypeAlias = tuple[str, tuple[str, ...]]
"""A table and the columns that must be unique in it."""

_LOCKED: Final = "55P03"
_RETRY: Final = frozenset({"40001", "40P01", _LOCKED})
_GIVES_UP_WAITING: Final = "ProcessInterrupts"
"""The server's function that ends a wait; who does not want to wait at all is told by others."""
_NOT_THERE: Final = frozenset({"26000", "42P05"})
"""A kept statement that is not there, or is there already: the session is another one."""
_POOLED: Final = "kept statements need sessions; if a pooler shares them, RETAIL_DATABASE_POOLER=transaction"
_AWAY: Final = frozenset({"08", "28", "3D", "53", "55", "57"})
"""Classes of errors that say the database cannot be used now: connection, login, gone, full, not in state, interfered."""
READ_ONLY: Final = "25006"
CONNECTION: Final = "connection"
"""What is told where there is no state: the connection is gone, or silent."""
_NOT_SUPPORTED: Final = "0A000"
_OLD_PLAN: Final = "cached plan must not change result type"
_REFUSES_OLD_PLANS: Final = "RevalidateCachedQuery"
"""The server's function that says so: its text may be in any language."""
_KEY: Final = re.compile(r"\((?P<columns>[^()=]+)\)=\(")
"""`Key (a, b)=(1, 2) already exists.`, in whatever language the server speaks."""


@frozen(kw_only=True)
class DatabaseSaid:
    """What PostgreSQL says of an error; without a state the connection is gone."""

    sqlstate: str | None
    text: str
    constraint: str | None = None
    table: str | None = None
    detail: str | None = None
    source: str | None = None

    @classmethod
    def by(cls, error: Any, text: str) -> DatabaseSaid:
        """From an error of asyncpg, or of a driver that tells in `diag` as psycopg does."""
        told = getattr(error, "diag", None) or error
        return cls(
            sqlstate=getattr(error, "sqlstate", None),
            text=text,
            constraint=getattr(told, "constraint_name", None),
            table=getattr(told, "table_name", None),
            detail=getattr(told, "detail", None) or getattr(told, "message_detail", None),
            source=getattr(told, "server_source_function", None) or getattr(told, "source_function", None),
        )


def from_postgres(told: DatabaseSaid) -> DomainError | None:
    """What a PostgreSQL error means to the shop; None when it is a bug of ours and should be seen as such."""
    state = told.sqlstate
    if state == _LOCKED and told.source == _GIVES_UP_WAITING:
        return Retry(reason=LOCK_TIMEOUT)
    if state in _NOT_THERE:
        return Unavailable(reason=f"{told.text}: {_POOLED}")
    if state in _RETRY or (state == _NOT_SUPPORTED and _is_old_plan(told)):
        return Retry(reason=state or "")
    if state == "23505":
        table, columns = _rule(told)
        return Taken(table=table, columns=columns)
    if state in {"23514", "23503", "23502", "22003"}:
        return Broken(check=told.constraint or told.text)
    if state is None or state[:2] in _AWAY or state == READ_ONLY:
        return Unavailable(reason=state or CONNECTION)
    return None


def _is_old_plan(told: DatabaseSaid) -> bool:
    """A migration has changed what a kept statement returns; the next run prepares it anew. Anything else never works."""
    return told.source == _REFUSES_OLD_PLANS or _OLD_PLAN in told.text


def _rule(told: DatabaseSaid) -> Rule:
    known = _rules().get(told.constraint or "")
    if known:
        return known
    found = _KEY.search(told.detail or "")
    columns = tuple(column.strip().strip('"') for column in found["columns"].split(",")) if found else ()
    return _table(told.table or "", columns) or told.constraint or told.text, columns


def _table(part: str, columns: tuple[str, ...]) -> str:
    """The table of which this is a part: by its name, which begins with the table's, or as the only one with such a rule."""
    names = [table.name for table in _tables()]
    whole = [name for name in names if part == name or part.startswith(f"{name}_")]
    alike = [table for table, ruled in _rules().values() if columns and ruled == columns]
    return max(whole, key=len, default="") or (alike[0] if len(set(alike)) == 1 else part)


def _tables() -> Iterable[Table]:
    from retail_adapters.sql.tables.whole import metadata  # here: nearly always nothing is broken, and few tables are needed

    return metadata.tables.values()


@lru_cache(maxsize=1)
def _rules() -> Mapping[str, Rule]:
    """The unique rules of our tables by the names they have there."""
    names: dict[str, Rule] = {}
    for table in _tables():
        rules: list[Any] = [*table.constraints, *table.indexes]
        for rule in rules:
            unique = isinstance(rule, (UniqueConstraint, PrimaryKeyConstraint)) or (isinstance(rule, Index) and rule.unique)
            if unique and rule.name:
                names[str(rule.name)] = table.name, tuple(column.name for column in rule.columns)
        names[f"pk_{table.name}"] = table.name, tuple(column.name for column in table.primary_key.columns)
    return names


def unique_rules() -> frozenset[Rule]:
    """Every unique rule of our tables."""
    return frozenset(_rules().values())


def from_sqlite(errorname: str, text: str) -> DomainError | None:
    """What an SQLite error means to the shop; None when it is a bug of ours and should be seen as such."""
    if errorname == "SQLITE_BUSY":  # the snapshot's being old is told apart, and at once
        return Retry(reason=LOCK_TIMEOUT)
    if errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Retry(reason=errorname)
    if errorname in {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}:
        table, columns = _sqlite_rule(text)
        return Taken(table=table, columns=columns)
    if errorname.startswith("SQLITE_CONSTRAINT"):
        return Broken(check=text.partition("failed: ")[2] or text)
    if errorname.startswith("SQLITE_READONLY"):
        return Unavailable(reason=f"{errorname}: the file can be read, and cannot be written")
    if errorname.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_NOMEM")):
        return Unavailable(reason=errorname)
    return None


def _sqlite_rule(text: str) -> Rule:
    told = text.partition("failed: ")[2]
    if told.startswith("index '"):
        name = told[len("index '") :].rstrip("'").removeprefix("retail_")
        return _rules().get(name, (name, ()))
    columns = [column.strip().removeprefix("retail_") for column in told.split(",")]
    return columns[0].partition(".")[0], tuple(column.partition(".")[2] for column in columns)
