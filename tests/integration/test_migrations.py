"""Migrations make exactly the schema the code believes in, on both databases (R44)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from retail_adapters.sql.migrations import check, upgrade

STEM = "0001_first_schema"
ROOT = Path(__file__).parents[2]
VERSIONS = ROOT / "src/adapters/retail_adapters/sql/migrations/versions"


def test_the_first_migration_is_the_schema_of_the_tables(tmp_path: Path) -> None:
    """While there is one migration, it says what `sql/tables` says; a changed table without a migration fails here."""
    subprocess.run([sys.executable, ROOT / "scripts/freeze_schema.py", tmp_path / STEM], check=True)

    for database in ("postgresql", "sqlite"):
        name = f"{STEM}.{database}.sql"
        assert (tmp_path / name).read_text() == (VERSIONS / name).read_text(), f"{name}: run scripts/freeze_schema.py"


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_upgrading_an_empty_database_reaches_the_newest_revision_and_again_changes_nothing(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}" if kind == "sqlite" else request.getfixturevalue("postgres_url")

    upgrade(url)
    upgrade(url)

    now, newest = check(url)
    assert now == newest == "0001"


def test_a_database_that_was_never_migrated_says_so(tmp_path: Path) -> None:
    assert check(f"sqlite:///{tmp_path / 'new.db'}") == (None, "0001")


def test_another_schema_name_is_honoured(postgres_url: str) -> None:
    """Rulings 5: an embedder may choose the schema, so that our `orders` never meets his."""
    upgrade(postgres_url, schema="my_shop")

    assert check(postgres_url, schema="my_shop") == ("0001", "0001")
