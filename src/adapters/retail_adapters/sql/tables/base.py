"""What every table shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import evolve
from sqlalchemy import Column, MetaData, Table
from sqlalchemy.schema import SchemaItem

from retail_adapters.sql.tables.growth import NONE, Growth
from retail_domain.kernel.ranks import Rank

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


PERSONAL: Final[Mapping[str, Any]] = {"personal": True}
"""`info` of a column that tells of a person: the page of tables names it."""


def table(name: str, *items: SchemaItem, owner: str, grows: Growth, rank: Rank | None = None, rowid: bool = False) -> Table:
    """A STRICT table; keyed by UUID it is WITHOUT ROWID on SQLite, `rowid=True` for those with a counting key.

    `owner` names the column with the key of whoever the rows live with and are locked with, or is SHOP: rows of one owner can
    be kept together, and apart from others', by a database that spreads over several machines.
    `grows`: its line on the page of tables. `rank`: where claims of its rows stand in the order of locks.
    """
    telling = [item.name for item in items if isinstance(item, Column) and PERSONAL.items() <= item.info.items()]
    if telling:
        grows = evolve(grows, personal=", ".join([*([grows.personal] if grows.personal != NONE else []), *telling]))
    info = {"owner": owner, "rank": rank, "grows": grows}
    return Table(name, metadata, *items, sqlite_strict=True, sqlite_with_rowid=rowid, info=info)


def order_of_writes(tables: MetaData) -> Mapping[Table, int]:
    """Parents before children, and otherwise as locks are taken: a rank also holds for what refers to its rows (R13)."""
    ranks: dict[Table, int] = {}
    for one in tables.sorted_tables:
        above = (ranks[key.column.table] for key in one.foreign_keys)
        ranks[one] = max((one.info.get("rank") or 0, *above))
    return {one: place for place, one in enumerate(sorted(ranks, key=lambda table: ranks[table]))}


def needed(name: str, kind: Any, *items: SchemaItem, usual: Any = None, **options: Any) -> Column[Any]:
    """A column that always has a value; `usual` is the one that fresh rows nearly always have: it is not told row by row."""
    info = {**options.pop("info", {}), **({} if usual is None else {"usual": usual})}
    return Column(name, kind, *items, nullable=False, info=info, **options)
