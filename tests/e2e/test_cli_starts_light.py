"""A command loads what it needs: said by name, not by the clock, so that it holds on any machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from click import Context, Group

from retail_adapters.sql import migrations
from retail_adapters.sql.migrations import run as migrations_run
from retail_entrypoints.cli.main import COMMANDS, cli
from tests.support.stores import new_file

SERVERS: Final = {"litestar", "granian", "uvicorn", "uvloop", "dependency_injector", "httpx2", "argon2"}
SCHEMA: Final = {"alembic", "mako", "sqlalchemy.orm", "sqlalchemy.ext.asyncio"}
TESTS: Final = {"hypothesis", "pytest", "_pytest", "retail_domain.testing"}
THE_WHOLE_SHOP: Final = {
    "retail_domain.application", "retail_domain.processes", "retail_adapters.assemble", "retail_adapters.memory",
    "retail_adapters.sql.postgres", "retail_adapters.sql.sqlalchemy", "retail_entrypoints.container", "retail_entrypoints.http",
}  # fmt: skip
OTHER_CONTEXTS: Final = {
    f"retail_domain.{name}"
    for name in ("cart", "catalog", "fulfilment", "insight", "inventory", "ordering", "payments", "pricing")
}
DATABASES: Final = {"sqlalchemy", "sqlite3", "asyncpg", "retail_adapters.sql"}

RUN: Final = """
import json, sys
from retail_entrypoints.cli.main import run
code = run(sys.argv[1:])
print(json.dumps(sorted(sys.modules)))
sys.exit(code)
"""


def loaded_by(folder: Path, *words: str) -> set[str]:
    """What a command leaves in memory, in a process of its own."""
    environ = {**os.environ, "RETAIL_DATABASE_URL": f"sqlite:///{folder / 'shop.db'}"}
    told = subprocess.run([sys.executable, "-c", RUN, *words], env=environ, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return set(json.loads(told.stdout.splitlines()[-1]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where an empty shop at the newest schema is."""
    new_file(tmp_path / "shop.db")
    return tmp_path


def test_looking_at_the_staff_loads_accounts_and_a_file_and_nothing_else_of_the_shop(folder: Path) -> None:
    loaded = loaded_by(folder, "staff", "list")

    assert sorted((SERVERS | SCHEMA | TESTS | THE_WHOLE_SHOP | OTHER_CONTEXTS) & loaded) == []
    assert {"retail_domain.accounts", "retail_adapters.sql.sqlite"} <= loaded


@pytest.mark.parametrize("words", ["members list", "stock show", "orders list", "outbox list", "refunds stuck", "catalog list"])
def test_who_only_looks_needs_no_server_no_migration_and_no_test_tool(folder: Path, words: str) -> None:
    loaded = loaded_by(folder, *words.split())

    assert sorted((SERVERS | SCHEMA | TESTS | {"retail_adapters.assemble", "retail_entrypoints.http"}) & loaded) == []


def test_who_decides_needs_the_shop_and_neither_its_doors_nor_its_migrations(folder: Path) -> None:
    loaded = loaded_by(folder, "stock", "open-location", "WH1", "Warehouse")

    wanted = {"retail_adapters.assemble", "retail_entrypoints.container"}
    unwanted = {"litestar", "granian", "uvicorn", "retail_adapters.memory", "retail_entrypoints.http"} | SCHEMA | TESTS
    assert wanted <= loaded and sorted(unwanted & loaded) == []


def test_the_list_of_commands_loads_none_of_them(folder: Path) -> None:
    loaded = loaded_by(folder, "--help")

    assert sorted((SERVERS | SCHEMA | TESTS | THE_WHOLE_SHOP | DATABASES) & loaded) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_listed_with_what_it_says_of_itself(name: str) -> None:
    assert isinstance(cli, Group)
    command = cli.get_command(Context(cli), name)

    assert command is not None and COMMANDS[name].says == command.get_short_help_str(1_000)


def test_the_newest_revision_is_the_one_that_alembic_finds() -> None:
    """R44: who opens a shop asks without Alembic, who upgrades asks Alembic."""
    assert migrations.newest() == migrations_run.revisions()[-1]
