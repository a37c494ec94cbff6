"""What every statement of the adapters keeps to: none deletes without end, and none sets what never changes."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Update, text

import retail_adapters.sql
from retail_adapters.sql.portions import ended_before
from retail_adapters.sql.statement import Statement, postgres_flavour, sqlite_flavour
from retail_adapters.sql.tables.accounts import sessions
from retail_adapters.sql.tables.settled import BORN_WITH, OWNERS, settled
from retail_adapters.sql.tables.whole import metadata
from retail_adapters.sql.writes import Write, delete_from, update_of
from tests.support.objects import every_object
from tests.support.source import files, short, tree

WHOLE: dict[str, str] = {
    "regions.clear": "of the shop's side and small: an import puts another whole in its place, in one transaction",
}
"""Statements that delete all there is, and why they may."""
OF_AN_OWNER: dict[tuple[str, tuple[str, ...]], str] = {
    ("sessions", ("subject_id",)): "the sessions of one account",
}
"""Deletes by something else than the key, and what bounds them."""
OF_A_PORTION = {
    "carts.forget": "ids that carts.left_by_guests picked",
    "cart_lines.forget": "the same",
    "deliveries.forget": "events that deliveries.made picked",
    "contacts.forget_of_orders": "ids that contacts.of_orders_of_member picked",
    "challenges.forget": "the codes of one phone: a few a day, which the sweep takes away the next",
    "message_occasions.forget": "messages that messages.old picked, or messages.oldest_of",
    "message_sendings.forget": "the same",
    "messages.forget": "the same",
}
"""Deletes by a list of keys that a statement with a limit has picked before; tried in `integration/test_sweeps.py`."""
WRITERS = tuple(
    f"retail_adapters/sql/{name}.py"
    for name in ("statement", "writes", "sqlalchemy", "portions", "migrations/versions/0006_words_meet")
)
"""Where deletes are written for others, and so looked at by what they write; and words of goods, which are derived anew."""


@pytest.fixture(scope="module", autouse=True)
def everything_is_loaded() -> None:
    for module in pkgutil.walk_packages(retail_adapters.sql.__path__, "retail_adapters.sql."):
        if ".migrations." not in module.name:
            importlib.import_module(module.name)


def statements() -> Iterator[Statement]:
    """Every statement there is, wherever it is kept."""
    return (one for one in every_object() if isinstance(one, Statement))


def writes(kind: str) -> set[Write]:
    return {one for one in every_object() if isinstance(one, Write) and one.kind == kind and one.table.metadata is metadata}


def is_bounded(statement: str) -> bool:
    """A portion, one row by its key, or no row at all."""
    told = re.sub(r"\s+", " ", statement)
    table = re.search(r"\bDELETE FROM retail[._](\w+)", told)
    if table is None:
        return True
    keys = [column.name for column in metadata.tables[f"retail.{table[1]}"].primary_key.columns]
    by_key = all(re.search(rf"\b{key} = (\$\d|\?|ANY)", told) for key in keys)
    return by_key or " LIMIT " in told or told.endswith("WHERE 1 = 0")


def test_no_statement_deletes_without_end() -> None:
    """R40: what expired goes in portions, each a unit of work."""
    unbounded = {
        one.name for one in statements() for flavour in (sqlite_flavour(), postgres_flavour())
        if not is_bounded(one.compiled(flavour).text)
    }  # fmt: skip
    swept = {one.name for one in statements() if re.search(r"(?s)DELETE.* LIMIT ", one.compiled(sqlite_flavour()).text)}

    assert unbounded == WHOLE.keys() | OF_A_PORTION.keys()
    assert swept >= {"challenges.sweep", "sessions.sweep", "send_slots.sweep", "quotes.forget"}


def test_rows_are_deleted_by_their_key_or_their_owner() -> None:
    """R40"""
    deletes = writes("delete")
    wide = {
        (one.table.name, one.keys) for one in deletes
        if not {column.name for column in one.table.primary_key.columns} <= {*one.keys}
    }  # fmt: skip

    assert len(deletes) >= 5
    assert wide <= OF_AN_OWNER.keys()


def test_every_delete_is_a_statement_that_these_tests_see() -> None:
    """R40: made on the way, or as text, it would not be looked at."""
    hidden = [
        f"{short(file)}:{node.lineno}" for file in files("retail_adapters") if not str(file).endswith(WRITERS)
        for node in ast.walk(_without_named_statements(tree(file))) if _deletes(node)
    ]  # fmt: skip

    assert hidden == []


def test_no_update_sets_a_key_an_owner_or_what_a_row_is_born_with() -> None:
    """R16: whose a row is never changes, so that rows can be found, locked and laid out by it."""
    updates = writes("update") | {update_of(table, guard=None) for table in metadata.tables.values()}
    setting = {
        f"{one.name}: {column}" for one in updates for column in {*one.columns} & {*settled(one.table), *OWNERS, *one.keys}
    }  # fmt: skip
    as_clauses = {
        f"{one.name}: {column}" for one in statements() if isinstance(one.clause, Update)
        for column in {getattr(key, "name", key) for key in one.clause._values or ()} & settled(one.clause.table)
    }  # fmt: skip

    assert len(updates) > 15
    assert (setting, as_clauses) == (set(), set())


def test_what_is_said_to_be_settled_is_there() -> None:
    """R16: what is misspelt would be set all the same."""
    unknown = [
        f"{name}.{column}" for name, columns in BORN_WITH.items()
        for column in columns - {*metadata.tables[f"retail.{name}"].columns.keys()}
    ]  # fmt: skip

    assert unknown == []


def _without_named_statements(module: ast.Module) -> ast.Module:
    kept = [one for one in module.body if not (isinstance(one, ast.Assign | ast.AnnAssign) and _is_statement(one.value))]
    return ast.Module(kept, [])


def _is_statement(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "Statement"


def _deletes(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        called = node.func
        name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
        return name == "delete"
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(re.search(r"\bDELETE\s+FROM\b", node.value))


@pytest.mark.parametrize(
    "planted",
    [
        "async def sweep(self): await self.tx.changed(Statement('x', delete(sessions)))",
        "OLD = sessions.delete()",
        "await connection.execute('DELETE FROM retail.sessions')",
    ],
)
def test_a_delete_in_hiding_would_be_noticed(planted: str) -> None:
    module = ast.parse(planted)

    assert any(_deletes(node) for node in ast.walk(_without_named_statements(module)))


def test_a_delete_without_end_would_be_noticed() -> None:
    endless = sessions.delete().where(sessions.c.expires_at < sessions.c.created_at)
    clauses = (endless, text("DELETE FROM retail.sessions"), ended_before(sessions, sessions.c.expires_at))
    texts = [Statement("x", clause).compiled(postgres_flavour()).text for clause in clauses]

    assert [is_bounded(one) for one in texts] == [False, False, True]
    assert ("sessions", delete_from(sessions, "subject_id").keys) in OF_AN_OWNER
