"""What every table shares."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Column, MetaData, Table
from sqlalchemy.schema import SchemaItem

SCHEMA: Final = "retail"
"""Tables live in this schema; on SQLite, and under another schema name, it is replaced when compiling (GEN-R21)."""

metadata: Final = MetaData(
    schema=SCHEMA,
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    },
)


SHOP: Final = "the shop"
"""Owner of what is written seldom and read by all: it belongs to nobody in particular."""


def table(name: str, *items: SchemaItem, owner: str, rowid: bool = False) -> Table:
    """A STRICT table; keyed by UUID it is WITHOUT ROWID on SQLite, `rowid=True` for those with a counting key.

    `owner` names the column with the key of whoever the rows live with and are locked with, or is SHOP: rows of one owner can
    be kept together, and apart from others', by a database that spreads over several machines.
    """
    return Table(name, metadata, *items, sqlite_strict=True, sqlite_with_rowid=rowid, info={"owner": owner})


def needed(name: str, kind: Any, *items: SchemaItem, usual: Any = None, **options: Any) -> Column[Any]:
    """A column that always has a value; `usual` is the one that fresh rows nearly always have: it is not told row by row."""
    info = {} if usual is None else {"usual": usual}
    return Column(name, kind, *items, nullable=False, info=info, **options)
