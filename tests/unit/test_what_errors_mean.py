"""What PostgreSQL and SQLite say, in the words of the shop: the same rule by the same table and columns (R1, R31)."""

from __future__ import annotations

from typing import Any, Final

import asyncpg
import pytest
from attrs import frozen

from retail_adapters.memory import accounts, cart, catalog, inventory, ordering, payments, pricing
from retail_adapters.memory.store import MemoryCollection
from retail_adapters.sql.meanings import DatabaseSaid, from_postgres, from_sqlite, unique_rules
from retail_adapters.system.retry import LOCK_TIMEOUT
from retail_domain.kernel.errors import Retry, Taken, Unavailable

NUMBER = ("orders", ("number",))
CART_LINE = ("cart_lines", ("cart_id", "sku_id"))


def taken(**told: str) -> tuple[str, tuple[str, ...]]:
    meaning = from_postgres(DatabaseSaid(sqlstate="23505", text="duplicate key", **told))
    assert isinstance(meaning, Taken)
    return meaning.table, meaning.columns


@pytest.mark.parametrize(
    ("told", "rule"),
    [
        ({"constraint": "uq_orders_number"}, NUMBER),
        ({"constraint": "pk_cart_lines"}, ("cart_lines", ("cart_id", "sku_id"))),
        ({"constraint": "uq_payments_open"}, ("payments", ("order_id",))),
        ({"constraint": "orders_p1_number_idx", "table": "orders_p1", "detail": "Key (number)=(A1) already exists."}, NUMBER),
        ({"constraint": "uq_orders_number_7", "table": "orders_7", "detail": "Key (number)=(A1) already exists."}, NUMBER),
        ({"constraint": "x", "table": "orders_p1", "detail": "Schlüssel »(number)=(A (1)=(2))« existiert bereits."}, NUMBER),
        (
            {"constraint": "x", "table": "y2026", "detail": "Key (quote_id)=(a) already exists."},
            ("orders", ("quote_id",)),
        ),
        (
            {"constraint": "x", "table": "order_lines_p1", "detail": 'Key (order_id, "sku_id")=(a, b) already exists.'},
            ("order_lines", ("order_id", "sku_id")),
        ),
        ({"constraint": "x", "table": "y2026", "detail": "Key (id)=(a) already exists."}, ("y2026", ("id",))),
        ({"constraint": "x", "table": "orders_p1"}, ("orders", ())),
        ({"constraint": "x"}, ("x", ())),
    ],
    ids=str,
)  # fmt: skip
def test_a_unique_rule_is_told_by_table_and_columns(told: dict[str, str], rule: object) -> None:
    """R1: a part of a table calls its rules otherwise, and the server may speak any language."""
    assert taken(**told) == rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("UNIQUE constraint failed: retail_orders.number", NUMBER),
        ("UNIQUE constraint failed: retail_cart_lines.cart_id, retail_cart_lines.sku_id", CART_LINE),
        ("UNIQUE constraint failed: index 'retail_uq_payments_open'", ("payments", ("order_id",))),
    ],
)
def test_sqlite_tells_the_same(text: str, rule: object) -> None:
    """R1"""
    meaning = from_sqlite("SQLITE_CONSTRAINT_UNIQUE", text)

    assert isinstance(meaning, Taken) and (meaning.table, meaning.columns) == rule


def test_what_is_unique_in_memory_is_so_in_a_database() -> None:
    """R1: the same name for the same rule on all stores."""
    modules = (accounts, cart, catalog, inventory, ordering, payments, pricing)
    kinds: list[Any] = [
        each for module in modules for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, MemoryCollection) and each is not MemoryCollection
    ]  # fmt: skip
    told = {rule for kind in kinds for rule in kind.unique} | {f"{kind.table}.{kind.key_columns}" for kind in kinds}
    known = {f"{table}.{'+'.join(columns)}" for table, columns in unique_rules()}

    assert len(told) > 15 and told - known == set()


@pytest.mark.parametrize(
    "told",
    [
        DatabaseSaid(sqlstate="0A000", text="cached plan must not change result type"),
        DatabaseSaid(sqlstate="0A000", text="zwischengespeicherter Plan darf ...", source="RevalidateCachedQuery"),
    ],
    ids=["in English", "in any language"],
)
def test_a_plan_that_a_migration_made_old_is_a_lost_race(told: DatabaseSaid) -> None:
    """R31, R44: the next run prepares it anew."""
    assert isinstance(from_postgres(told), Retry)


@pytest.mark.parametrize("text", ["no unique constraint on a partitioned table", "complex joins are only supported"])
def test_a_statement_that_can_never_work_is_shown_as_the_bug_it_is(text: str) -> None:
    """R31: said to be busy, it would be tried again for ever and nobody would look."""
    assert from_postgres(DatabaseSaid(sqlstate="0A000", text=text, source="transformStmt")) is None


@frozen
class Diag:
    """How psycopg tells of an error."""

    constraint_name: str | None = "orders_p1_number_idx"
    table_name: str | None = "orders_p1"
    message_detail: str | None = "Key (number)=(A1) already exists."
    source_function: str | None = "_bt_check_unique"


@frozen
class Error:
    """An error of psycopg's."""

    sqlstate: str = "23505"
    diag: Diag = Diag()


def test_another_driver_may_tell_it_its_own_way() -> None:
    told = from_postgres(DatabaseSaid.by(Error(), "duplicate key"))

    assert isinstance(told, Taken) and (told.table, told.columns) == NUMBER


def test_a_server_that_only_reads_is_unavailable() -> None:
    """R31"""
    assert isinstance(from_postgres(DatabaseSaid(sqlstate="25006", text="cannot execute INSERT")), Unavailable)


EVERY_STATE: Final = sorted(
    {
        kind.sqlstate
        for kind in vars(asyncpg.exceptions).values()
        if isinstance(kind, type) and issubclass(kind, asyncpg.PostgresError) and kind.sqlstate
    }
)


def test_a_statement_is_run_again_only_where_it_can_work_then() -> None:
    """R31: over every state that there is; whoever adds one to them says why it is a lost race."""
    meanings = {state: from_postgres(DatabaseSaid(sqlstate=state, text="anything")) for state in EVERY_STATE}

    assert len(EVERY_STATE) > 200
    assert {state for state, meaning in meanings.items() if isinstance(meaning, Retry)} == {"40001", "40P01", "55P03"}
    assert {state for state, meaning in meanings.items() if meaning is None} >= {"0A000", "42601", "42P01", "42703", "25P02"}


@pytest.mark.parametrize(("source", "reason"), [("ProcessInterrupts", LOCK_TIMEOUT), ("heap_lock_tuple", "55P03")])
def test_who_waited_for_a_lock_is_told_apart_from_who_did_not_want_to(source: str, reason: str) -> None:
    """R46: one had a connection all the while, in whatever language the server tells it."""
    meaning = from_postgres(DatabaseSaid(sqlstate="55P03", text="?", source=source))

    assert isinstance(meaning, Retry) and meaning.reason == reason


@pytest.mark.parametrize("state", ["26000", "42P05"])
def test_a_kept_statement_that_is_not_there_names_the_setting_that_helps(state: str) -> None:
    """R47: in the words of the server, and what to do about it."""
    meaning = from_postgres(DatabaseSaid(sqlstate=state, text="prepared statement does not exist"))

    assert isinstance(meaning, Unavailable)
    assert "prepared statement" in meaning.reason and "RETAIL_DATABASE_POOLER" in meaning.reason
