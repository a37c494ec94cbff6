"""Migrations make exactly the schema the code believes in, on both databases, from nothing and from every release (R44)."""

from __future__ import annotations

import ast
import asyncio
import hashlib
import shutil
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

from retail_adapters.sql.migrations import Pace, check, newest, revisions, upgrade
from retail_adapters.sql.migrations.run import localised
from scripts.print_schema import statements
from tests.support.postgres import Postgres, fresh_database
from tests.support.schema import Looks, of_postgres, of_sqlite
from tests.upgrade import stored

ROOT = Path(__file__).parents[2]
VERSIONS = ROOT / "src/adapters/retail_adapters/sql/migrations/versions"
UPGRADE = ROOT / "tests/upgrade"
KEPT = stored.in_json((UPGRADE / "v0_1_0/rows.json").read_text())


@pytest.mark.parametrize("line", (UPGRADE / "RELEASED").read_text().splitlines()[1:])
def test_a_migration_that_a_release_carries_is_never_written_again(line: str) -> None:
    """R44: two shops at one revision have one schema, whenever they were upgraded."""
    digest, name = line.split()

    assert hashlib.sha256((VERSIONS / name).read_bytes()).hexdigest() == digest, f"{name}: write a new migration instead"


@pytest.mark.parametrize("file", sorted(VERSIONS.glob("*.py")), ids=lambda file: file.stem)
def test_a_migration_knows_no_tables_of_the_code(file: Path) -> None:
    """R44: what it does is its own text; tables that change later do not change it."""
    imported = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = {node.module for node in imported if isinstance(node, ast.ImportFrom)}
    names |= {one.name for node in imported if isinstance(node, ast.Import) for one in node.names}

    assert {name for name in names if name and name.startswith("retail_")} <= {"retail_adapters.sql.migrations.scripts"}
    assert newest() == revisions()[-1]
    assert file.stem[:4] in revisions()


def test_an_empty_sqlite_file_becomes_what_the_tables_say(tmp_path: Path) -> None:
    """R44: columns, types, nullability, defaults, checks, unique keys, indexes and references."""
    upgrade(f"sqlite:///{tmp_path / 'upgraded.db'}")
    with closing(sqlite3.connect(tmp_path / "said.db")) as connection:
        for statement in statements("sqlite"):
            connection.execute(localised(statement))

    _are_alike(of_sqlite(str(tmp_path / "upgraded.db")), of_sqlite(str(tmp_path / "said.db")))


def test_an_empty_postgres_database_becomes_what_the_tables_say(empty_postgres_url: str, postgres_server: Postgres) -> None:
    """R44, the same there."""
    upgrade(empty_postgres_url)
    with fresh_database(postgres_server) as said:
        asyncio.run(_run(said, "CREATE SCHEMA retail", *statements("postgresql")))

        _are_alike(asyncio.run(of_postgres(empty_postgres_url)), asyncio.run(of_postgres(said)))


@pytest.mark.parametrize("damage", [
    "ALTER TABLE retail_order_lines ADD COLUMN member BLOB", "ALTER TABLE retail_refunds DROP COLUMN trouble",
    "DROP INDEX retail_uq_payments_open", "CREATE UNIQUE INDEX retail_ix_new ON retail_parcels (tracking_number)",
    "CREATE TRIGGER retail_new AFTER INSERT ON retail_parcels BEGIN SELECT 1; END",
])  # fmt: skip
def test_a_schema_that_differs_is_noticed(damage: str, tmp_path: Path) -> None:
    """What the two tests before rest on."""
    upgrade(f"sqlite:///{tmp_path / 'shop.db'}")
    before = of_sqlite(str(tmp_path / "shop.db"))
    with closing(sqlite3.connect(tmp_path / "shop.db")) as connection:
        connection.execute(damage)

    with pytest.raises(AssertionError):
        _are_alike(of_sqlite(str(tmp_path / "shop.db")), before)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_upgrading_step_by_step_is_upgrading_at_once_and_again_changes_nothing(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}" if kind == "sqlite" else request.getfixturevalue("empty_postgres_url")

    for revision in revisions():
        upgrade(url, to=revision)
        assert check(url) == (revision, newest())
    upgrade(url)
    upgrade(url, to="0001")

    assert check(url) == (newest(), newest())


def test_a_database_that_was_never_migrated_says_so(tmp_path: Path) -> None:
    assert check(f"sqlite:///{tmp_path / 'new.db'}") == (None, newest())


def test_another_schema_name_is_honoured(empty_postgres_url: str) -> None:
    """GEN-R21: an embedder may choose the schema, so that our `orders` never meets his."""
    upgrade(empty_postgres_url, schema="my_shop")

    assert check(empty_postgres_url, schema="my_shop") == (newest(), newest())
    assert check(empty_postgres_url) == (None, newest())


@pytest.fixture
def sqlite_of_0_1_0(tmp_path: Path) -> str:
    """The shop that release 0.1.0 left in a file."""
    path = str(tmp_path / "shop.db")
    upgrade(f"sqlite:///{path}", to="0001")
    stored.into_sqlite(path, KEPT["tables"])
    return path


@pytest.fixture
def postgres_of_0_1_0(empty_postgres_url: str) -> str:
    """The shop that release 0.1.0 left in a database."""
    upgrade(empty_postgres_url, to="0001")
    asyncio.run(stored.into_postgres(empty_postgres_url, KEPT["tables"]))
    return empty_postgres_url


def test_a_migration_that_fails_halfway_leaves_the_file_as_it_was(sqlite_of_0_1_0: str) -> None:
    """R44: a change of the schema is a transaction on SQLite, too."""
    before = of_sqlite(sqlite_of_0_1_0)
    with closing(sqlite3.connect(sqlite_of_0_1_0)) as connection:
        connection.execute("ALTER TABLE retail_reservations ADD COLUMN member_id BLOB")  # the last of what 0002 adds
        taken = of_sqlite(sqlite_of_0_1_0)

    with pytest.raises(Exception, match="duplicate column name"):
        upgrade(f"sqlite:///{sqlite_of_0_1_0}")

    assert of_sqlite(sqlite_of_0_1_0) == taken != before
    assert check(f"sqlite:///{sqlite_of_0_1_0}")[0] == "0001"


FOR_EVER: Final = datetime(9999, 12, 31, tzinfo=UTC)


def test_moments_that_no_wish_takes_any_more_come_within_the_years_that_the_shop_knows(
    sqlite_of_0_1_0: str, postgres_of_0_1_0: str
) -> None:
    """R44, GEN-R22: goods that were on sale for ever could not be looked at nor mended any more."""
    lite, post = f"sqlite:///{sqlite_of_0_1_0}", postgres_of_0_1_0
    for url in (lite, post):
        upgrade(url, to="0036")
    micros = int((FOR_EVER - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 10**6
    with closing(sqlite3.connect(sqlite_of_0_1_0, isolation_level=None)) as connection:
        connection.execute("UPDATE retail_products SET sale_from = -1, sale_until = ?", [micros])
        connection.execute("UPDATE retail_skus SET basis = 'listed', basis_since = '0001-01-01', list_price_minor = 10000000")
    asyncio.run(_run_on(post, (
        "UPDATE retail.products SET sale_from = '1969-12-31T00:00:00Z', sale_until = '9999-12-31T00:00:00Z'",
        "UPDATE retail.skus SET basis = 'listed', basis_since = '0001-01-01', list_price_minor = 10000000",
    )))  # fmt: skip
    for url in (lite, post):
        upgrade(url)

    asked = "SELECT count(*), count(sale_from), count(sale_until) FROM {0}products"
    bases = "SELECT count(*), count(basis), count(basis_since) FROM {0}skus"
    with closing(sqlite3.connect(sqlite_of_0_1_0)) as connection:
        told = [tuple(connection.execute(one.format("retail_")).fetchone()) for one in (asked, bases)]
    told += [asyncio.run(_one_of(post, one.format("retail."))) for one in (asked, bases)]
    assert all(one[0] > 0 and one[1:] == (0, 0) for one in told), told


async def _run_on(url: str, statements: Sequence[str]) -> None:
    connection = await asyncpg.connect(url)
    try:
        for one in statements:
            await connection.execute(one)
    finally:
        await connection.close()


async def _one_of(url: str, statement: str) -> tuple[int, ...]:
    connection = await asyncpg.connect(url)
    try:
        return tuple((await connection.fetchrow(statement)).values())
    finally:
        await connection.close()


def test_filling_goes_on_where_it_was_killed(sqlite_of_0_1_0: str) -> None:
    """R44: what was filled stays filled, the rest follows, and the revision is noted last."""
    url = f"sqlite:///{sqlite_of_0_1_0}"
    upgrade(url, to="0002")
    with closing(sqlite3.connect(sqlite_of_0_1_0, isolation_level=None)) as connection:
        last = "old.order_id = (SELECT max(order_id) FROM retail_order_lines)"
        killed = f"WHEN {last} BEGIN SELECT RAISE(ABORT, 'killed'); END"
        connection.execute(f"CREATE TRIGGER stop BEFORE UPDATE ON retail_order_lines {killed}")
        with pytest.raises(Exception, match="killed"):
            upgrade(url, pace=Pace(portion=2))
        assert check(url)[0] == "0002"
        half = connection.execute("SELECT count(member_id) FROM retail_order_lines").fetchone()[0]
        connection.execute("DROP TRIGGER stop")

        upgrade(url, pace=Pace(portion=2))

        asked = "SELECT count(*), count(member_id) FROM retail_order_lines"
        (rows, filled) = connection.execute(asked).fetchone()
    assert 0 < half < rows == filled


def test_a_change_of_the_schema_lets_those_through_who_wait_behind_it(postgres_of_0_1_0: str) -> None:
    """R44: somebody who reads for long holds up the migration, never the shop."""
    assert asyncio.run(_upgraded_beside_a_long_look(postgres_of_0_1_0)) == 10
    assert check(postgres_of_0_1_0)[0] == newest()


async def _upgraded_beside_a_long_look(url: str) -> int:
    """How many buyers were served while a migration waited for somebody who looked at the same table all the time."""
    looking, buying = await asyncpg.connect(url), await asyncpg.connect(url)
    try:
        await looking.execute("BEGIN; SELECT count(*) FROM retail.order_lines")
        upgrading = asyncio.create_task(asyncio.to_thread(upgrade, url, pace=Pace(patience=0.1)))
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'retail.order_lines'::regclass"
        while not await looking.fetchval(waits):
            await asyncio.sleep(0.01)
        served = 0
        for _ in range(10):
            served += await buying.fetchval("SELECT count(*) > 0 FROM retail.order_lines", timeout=30)
        assert not upgrading.done()
        await looking.execute("COMMIT")
        await upgrading
        return served
    finally:
        await looking.close()
        await buying.close()


def test_a_key_can_be_changed_on_both_databases(sqlite_of_0_1_0: str, postgres_of_0_1_0: str, tmp_path: Path) -> None:
    """R44: lines keyed by their place, by a planted migration: rows and references stay, one SKU may come twice."""
    versions = _planted(tmp_path)
    with closing(sqlite3.connect(sqlite_of_0_1_0)) as connection:
        asked = f"SELECT {_COLUMNS} FROM retail_order_lines ORDER BY order_id, position"
        rows = connection.execute(asked).fetchall()
        upgrade(f"sqlite:///{sqlite_of_0_1_0}", versions=versions)
        assert connection.execute(asked).fetchall() == rows
        assert of_sqlite(sqlite_of_0_1_0)["retail_order_lines references"][0][0] == "retail_orders"
        again = (rows[0][0], 7, *rows[0][2:])  # the same goods once more, in another line
        connection.execute(f"INSERT INTO retail_order_lines ({_COLUMNS}) VALUES ({', '.join('?' * len(again))})", again)
    upgrade(postgres_of_0_1_0, versions=versions)
    asyncio.run(_run(postgres_of_0_1_0, "UPDATE retail.order_lines SET sku_id = (SELECT id FROM retail.skus LIMIT 1)"))
    assert "pk_order_lines" in str(asyncio.run(of_postgres(postgres_of_0_1_0)))


def test_what_a_later_release_upgraded_is_left_alone(sqlite_of_0_1_0: str, tmp_path: Path) -> None:
    """R44: a process of the release before may come back, and take nothing away."""
    upgrade(f"sqlite:///{sqlite_of_0_1_0}", versions=_planted(tmp_path))
    before = of_sqlite(sqlite_of_0_1_0)

    upgrade(f"sqlite:///{sqlite_of_0_1_0}")

    assert of_sqlite(sqlite_of_0_1_0) == before
    assert check(f"sqlite:///{sqlite_of_0_1_0}") == ("9999", newest())


def test_nothing_to_do_waits_for_nobody(sqlite_of_0_1_0: str) -> None:
    """R44: a shop that opens its file while another process writes asks for no lock."""
    url = f"sqlite:///{sqlite_of_0_1_0}"
    upgrade(url)
    with closing(sqlite3.connect(sqlite_of_0_1_0, isolation_level=None)) as writing:
        writing.execute("BEGIN IMMEDIATE")

        upgrade(url)

        assert writing.in_transaction


def test_two_nodes_that_deploy_at_once_upgrade_once(postgres_of_0_1_0: str, tmp_path: Path) -> None:
    """R44: also where an index is built outside any transaction, which waits for all others to end."""
    versions = _planted(tmp_path)

    with ThreadPoolExecutor(3) as nodes:
        done = [nodes.submit(upgrade, postgres_of_0_1_0, versions=versions, pace=Pace(portion=2)) for _ in range(3)]
        for one in done:
            one.result(timeout=120)

    asyncio.run(_run(postgres_of_0_1_0, "SELECT 1 / (version_num = '9999')::int FROM retail.alembic_version"))


def test_references_that_lead_nowhere_stop_a_migration(sqlite_of_0_1_0: str, tmp_path: Path) -> None:
    """R44: SQLite looks at them at the end only, and then nothing is kept."""
    versions = _planted(tmp_path)
    (versions / "9999_planted.sqlite.sql").write_text("DELETE FROM retail.orders")

    with pytest.raises(AssertionError, match="left rows without what they refer to"):
        upgrade(f"sqlite:///{sqlite_of_0_1_0}", versions=versions)

    assert check(f"sqlite:///{sqlite_of_0_1_0}") == (newest(), newest())


_COLUMNS = "order_id, position, sku_id, product_id, title, options, image_url, quantity, unit_price_minor, payable_minor, " \
           "freight_minor, shares, location_id, limited, shipped, refunded_shipped, refunded_unshipped"  # fmt: skip
_REBUILT = f"""
CREATE TABLE retail.order_lines_new (
    order_id BLOB NOT NULL, position INTEGER NOT NULL, sku_id BLOB NOT NULL, product_id BLOB NOT NULL, title TEXT NOT NULL,
    options TEXT NOT NULL, image_url TEXT, quantity INTEGER NOT NULL, unit_price_minor INTEGER NOT NULL,
    payable_minor INTEGER NOT NULL, freight_minor INTEGER NOT NULL, shares TEXT NOT NULL, location_id BLOB NOT NULL,
    limited INTEGER NOT NULL, shipped INTEGER NOT NULL, refunded_shipped INTEGER NOT NULL, refunded_unshipped INTEGER NOT NULL,
    member_id BLOB,
    CONSTRAINT pk_order_lines PRIMARY KEY (order_id, position), FOREIGN KEY (order_id) REFERENCES orders (id)
) STRICT, WITHOUT ROWID;

INSERT INTO retail.order_lines_new ({_COLUMNS}, member_id) SELECT {_COLUMNS}, member_id FROM retail.order_lines;

DROP TABLE retail.order_lines;

ALTER TABLE retail.order_lines_new RENAME TO retail.order_lines;
"""
_BEFORE = """
DROP INDEX CONCURRENTLY IF EXISTS retail.order_lines_by_place;

CREATE UNIQUE INDEX CONCURRENTLY order_lines_by_place ON retail.order_lines (order_id, position);
"""
_REKEYED = """
ALTER TABLE retail.order_lines DROP CONSTRAINT pk_order_lines;

ALTER TABLE retail.order_lines ADD CONSTRAINT pk_order_lines PRIMARY KEY USING INDEX order_lines_by_place;
"""
_PLANTED = f"""
from retail_adapters.sql.migrations.scripts import run_files

revision = "9999"
down_revision = "{newest()}"


def upgrade() -> None:
    run_files(__file__)
"""


def _planted(folder: Path) -> Path:
    """Our migrations, and one more."""
    versions = Path(shutil.copytree(VERSIONS, folder / "versions", ignore=shutil.ignore_patterns("__pycache__")))
    for suffix, text in {
        ".py": _PLANTED, ".sqlite.sql": _REBUILT, ".postgresql.sql": _REKEYED, ".before.postgresql.sql": _BEFORE,
    }.items():  # fmt: skip
        (versions / f"9999_planted{suffix}").write_text(text)
    return versions


async def _run(url: str, *texts: str) -> None:
    connection: Any = await asyncpg.connect(url)
    try:
        for text in texts:
            await connection.execute(text)
    finally:
        await connection.close()


def _are_alike(found: Looks, wanted: Looks) -> None:
    assert {name: found.get(name) for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)} == {
        name: wanted.get(name) for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)
    }, "the tables say one thing, the migrations another: write a migration"
