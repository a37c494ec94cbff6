"""Databases to measure on: PostgreSQL on a RAM disk and on a real one, SQLite on either."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attrs import frozen

from benchmarks.processes import cpu_seconds
from tests.support.postgres import fresh_database, own_postgres

SHARED: Final = {"shared_buffers": "256MB", "max_wal_size": "4GB", "checkpoint_timeout": "15min"}
DURABLE: Final = {**SHARED, "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
_IN_MEMORY: Final = ("tmpfs", "ramfs", "overlay-tmpfs")


@frozen
class Database:
    """An empty database: what it is called in tables, its address, and the process above its server's, if it has one."""

    name: str
    url: str
    process: int | None

    def cpu_seconds(self) -> float:
        """What the processes of its server have spent; SQLite works inside the shop's own."""
        return 0.0 if self.process is None else cpu_seconds(self.process)


@contextmanager
def postgres_on_ram(**settings: str) -> Iterator[Database]:
    """PostgreSQL where syncing costs nothing: the processor decides."""
    yield from _postgres("PostgreSQL, RAM disk", None, {**SHARED, **settings})


@contextmanager
def postgres_on_disk() -> Iterator[Database]:
    """PostgreSQL with every commit safe on a real disk."""
    yield from _postgres("PostgreSQL, disk", disk(), DURABLE)


@contextmanager
def postgres_to_fill() -> Iterator[Database]:
    """PostgreSQL on a disk that it does not wait for, large, and vacuumed by hand, so that nobody else's work is counted."""
    settings = {"autovacuum": "off", "shared_buffers": "1GB", "max_wal_size": "1GB"}
    yield from _postgres("PostgreSQL, disk, not waited for", disk(), {**SHARED, **settings})


def _postgres(name: str, above: Path | None, settings: Mapping[str, str]) -> Iterator[Database]:
    with own_postgres(above=above, settings=settings) as server, fresh_database(server) as url:
        yield Database(name, url, server.process)


@contextmanager
def sqlite_on_ram() -> Iterator[Database]:
    """SQLite in a folder in memory, where there is one."""
    ram = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="retail-bench-", dir=ram if ram.is_dir() else None) as folder:
        yield Database("SQLite, RAM disk", f"sqlite:///{folder}/shop.db", None)


@contextmanager
def sqlite_on_disk() -> Iterator[Database]:
    """SQLite on a real disk."""
    with tempfile.TemporaryDirectory(prefix="retail-bench-", dir=disk()) as folder:
        yield Database("SQLite, disk", f"sqlite:///{folder}/shop.db", None)


def disk() -> Path:
    """A folder for temporary files that lies on a disk, as far as the machine has one."""
    candidates = [Path("/var/tmp"), Path(tempfile.gettempdir())]
    return next((one for one in candidates if one.is_dir() and filesystem(one) not in _IN_MEMORY), Path(tempfile.gettempdir()))


def filesystem(folder: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """The kind of file system below a folder."""
    kinds = {Path(line.split()[1]): line.split()[2] for line in mounts.read_text().splitlines()}
    return next((kinds[above] for above in (folder, *folder.parents) if above in kinds), "?")
