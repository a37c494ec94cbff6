"""What a database really looks like: everything that two schemas can differ in, by name, so that a difference can be read."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from typing import Any, Final

import asyncpg

Looks = Mapping[str, Any]
"""What it is called -> how it is."""

_COLUMNS: Final = """
SELECT table_name || '.' || column_name AS name, data_type, is_nullable, column_default, is_identity, is_generated
FROM information_schema.columns WHERE table_schema = 'retail' AND table_name <> 'alembic_version'"""
_CONSTRAINTS: Final = """
SELECT c.relname || '.' || n.conname AS name, pg_get_constraintdef(n.oid) AS text FROM pg_constraint n
JOIN pg_class c ON c.oid = n.conrelid JOIN pg_namespace s ON s.oid = c.relnamespace
WHERE s.nspname = 'retail' AND c.relname <> 'alembic_version'"""
_INDEXES: Final = """
SELECT tablename || '.' || indexname AS name, indexdef AS text FROM pg_indexes
WHERE schemaname = 'retail' AND tablename <> 'alembic_version'"""
_REST: Final = """
SELECT c.relkind::text || ' ' || c.relname AS name, '' AS text FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
WHERE s.nspname = 'retail' AND c.relkind IN ('S', 'v', 'm', 'f')
UNION ALL SELECT 'trigger ' || t.tgname, '' FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace s ON s.oid = c.relnamespace WHERE s.nspname = 'retail' AND NOT t.tgisinternal"""


async def of_postgres(url: str) -> Looks:
    """Columns, constraints, indexes, sequences and triggers in the schema `retail`."""
    connection = await asyncpg.connect(url)
    try:
        looks: dict[str, Any] = {}
        for asked in (_COLUMNS, _CONSTRAINTS, _INDEXES, _REST):
            looks |= {row["name"]: tuple(row.values())[1:] for row in await connection.fetch(asked)}
        return looks
    finally:
        await connection.close()


def of_sqlite(path: str) -> Looks:
    """Tables with columns, keys, references and checks, indexes and triggers."""
    looks: dict[str, Any] = {}
    with closing(sqlite3.connect(path)) as connection:
        objects = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
        for kind, name, table, text in objects:
            if "alembic" in table or name.startswith("sqlite_autoindex"):
                continue
            if kind == "table":
                looks |= _table(connection, name, text)
            else:
                looks[f"{kind} {name}"] = _plain(text)
    return looks


def _table(connection: sqlite3.Connection, name: str, text: str) -> Looks:
    looks: dict[str, Any] = {}
    for _, column, kind, not_null, default, key, hidden in connection.execute(f"PRAGMA table_xinfo({name})"):
        looks[f"{name}.{column}"] = (kind, not_null, default, key, hidden)
    looks[f"{name} references"] = sorted(row[2:8] for row in connection.execute(f"PRAGMA foreign_key_list({name})"))
    listed = connection.execute(f"PRAGMA index_list({name})").fetchall()
    looks[f"{name} unique"] = sorted(
        (row[3], tuple(one[2] for one in connection.execute(f"PRAGMA index_info({row[1]})"))) for row in listed if row[2]
    )
    looks[f"{name} rules"] = sorted(_plain(rule) for rule in re.findall(r"(?<=CONSTRAINT )\w+ CHECK .*", text))
    looks[f"{name} is"] = _plain(text.rpartition(")")[2])
    return looks


def _plain(text: str) -> str:
    return " ".join(text.replace('"', "").rstrip(",").split())
