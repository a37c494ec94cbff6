"""What every room of the tests may ask for: databases, Hypothesis profiles, and a machine nobody else is on."""

from __future__ import annotations

import gc
import ipaddress
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support.budgets import Budgets
from tests.support.postgres import Postgres, fresh_database, migrate, running_postgres

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "ci", max_examples=200, deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("night", max_examples=5_000, deadline=None, print_blob=True)
_KEPT = frozenset({
    "RETAIL_TEST_CHROMIUM", "RETAIL_HYPOTHESIS", "RETAIL_SHARED_DATA", "RETAIL_WRITE_EVENTS", "RETAIL_WRITE_STATEMENTS",
})  # fmt: skip
settings.load_profile(os.environ.get("RETAIL_HYPOTHESIS", "ci" if os.environ.get("CI") else "dev"))

for name in [name for name in os.environ if name.startswith("RETAIL_") and not name.startswith("RETAIL_TEST_POSTGRES")]:
    if name not in _KEPT:
        del os.environ[name]  # a developer's own shop must not change what the tests see


def _stay_at_home(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse connections that leave this machine: a test that needs the outside world is a broken test."""
    if event != "socket.connect" or not isinstance(arguments[1], tuple):
        return
    host = str(arguments[1][0])
    try:
        is_home = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        is_home = host in ("", "localhost")
    if not is_home:
        raise PermissionError(f"a test tried to reach {host}")


sys.addaudithook(_stay_at_home)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """The PostgreSQL server of this test process."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def _migrated(postgres_server: Postgres) -> str:
    """The database from which `postgres_url` is copied: the newest schema, no rows."""
    template = postgres_server.create()
    migrate(postgres_server.url(template))
    return template


@pytest.fixture
def postgres_url(postgres_server: Postgres, _migrated: str) -> Iterator[str]:
    """A PostgreSQL database of this test's own, at the newest schema."""
    with fresh_database(postgres_server, template=_migrated) as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_server: Postgres) -> Iterator[str]:
    """A PostgreSQL database of this test's own, without any table."""
    with fresh_database(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    """Where this test may keep a SQLite database; the file does not exist yet."""
    return tmp_path / "shop.db"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses PostgreSQL carries its marker, so that `-m 'not postgres'` is true."""
    for item in items:
        if "postgres_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgres)


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: the search for garbage, a fifth of all time, passes them over and looks less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_configure(config: pytest.Config) -> None:
    """The processes that run tests tell the one that hands them out; only that one prints."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Budgets(), "retail-budgets")
