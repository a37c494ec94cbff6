"""What ended goes in portions, each a unit of work: nobody waits long for the rows, and no transaction grows without end."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Delete, Table, bindparam, delete, select, tuple_


def ended_before(table: Table, ended: Column[Any]) -> Delete:
    """Delete the `most` rows that ended first, all of them before `before`; `table` has one key column.

    Whether a row has ended is asked once more of what is deleted: it may have been begun anew while this waited for it.
    """
    (key,) = table.primary_key.columns
    before = ended < bindparam("before", type_=ended.type)
    first = select(key).where(before).order_by(ended).limit(bindparam("most"))
    return delete(table).where(key.in_(first), before)


def named(table: Table, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a row is one of `most` rows of which all this holds, by its key."""
    keys = [*table.primary_key.columns]
    first = select(*keys).where(*which).limit(bindparam("most"))
    return (tuple_(*keys) if len(keys) > 1 else keys[0]).in_(first)


def some_of(table: Table, *which: ColumnElement[bool]) -> Delete:
    """Delete `most` rows at most of which all this holds."""
    return delete(table).where(named(table, *which))
