"""What the shop writes on a disk is its owner's alone (R40)."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from retail_adapters.sql import migrations
from retail_adapters.sql.sqlite import SqliteDatabase
from retail_domain.accounts import AdmitMember
from retail_domain.kernel.actor import Actor
from retail_entrypoints.container import open_shop
from retail_entrypoints.databases import check_schema, upgrade_schema
from retail_entrypoints.settings import Settings
from retail_entrypoints.simulators.sandbox.store import Store


@pytest.fixture(autouse=True)
def careless() -> Iterator[None]:
    """A machine on which new files are everybody's."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    return {one.name: oct(stat.S_IMODE(one.stat().st_mode)) for one in sorted(folder.iterdir())}


async def use(settings: Settings, folder: Path) -> dict[str, str]:
    async with open_shop(settings) as shop:
        await shop.retail.accounts.admit_member(AdmitMember(actor=Actor.system("test"), name="韩梅梅"))
        return modes(folder)


@pytest.mark.parametrize("first", ["upgraded", "opened", "looked at"])
def test_the_file_and_what_lies_beside_it_are_made_for_the_owner_whoever_is_first(tmp_path: Path, first: str) -> None:
    """R40: retail.db, -wal and -shm, whatever the umask."""
    path = tmp_path / "retail.db"
    settings = Settings.from_environ({"RETAIL_DATABASE_URL": f"sqlite:///{path}"})
    if first == "opened":
        asyncio.run(_opened(path))
    if first == "looked at":
        migrations.check(settings.database_url)
    upgrade_schema(settings)
    assert check_schema(settings)[0] is not None

    found = asyncio.run(use(settings, tmp_path))

    assert set(found) == {"retail.db", "retail.db-wal", "retail.db-shm"} and set(found.values()) == {"0o600"}


async def _opened(path: Path) -> None:
    database = SqliteDatabase(str(path))
    async with database.begin():
        pass
    await database.close()


def test_a_file_of_an_older_release_is_taken_from_all_others_and_stays_its_groups(tmp_path: Path) -> None:
    """R40: nobody but all others loses anything."""
    path = tmp_path / "retail.db"
    settings = Settings.from_environ({"RETAIL_DATABASE_URL": f"sqlite:///{path}"})
    upgrade_schema(settings)
    path.chmod(0o664)

    asyncio.run(use(settings, tmp_path))

    assert modes(tmp_path)["retail.db"] == "0o660"


def test_the_sandbox_keeps_its_books_for_itself(tmp_path: Path) -> None:
    """R40"""
    Store(str(tmp_path / "sandbox.db"))

    assert modes(tmp_path) == {"sandbox.db": "0o600"}
