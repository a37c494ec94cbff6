"""A shop's file that cannot be written is said to be so, and read: by the audit, which only reads, above all (R43, R47)."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from retail_adapters.sql import migrations
from retail_adapters.sql.files import only_reads, open_file
from tests.support.stores import new_file

RETAIL = [sys.executable, "-m", "retail_entrypoints.cli"]
# Nobody's rights hold root back: it runs the commands without those that open every file.
AS_ANYBODY = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"] if os.geteuid() == 0 else []


@pytest.fixture
def file(sqlite_path: Path) -> Path:
    """A shop at the newest schema, with a place in it, that nobody has open."""
    new_file(sqlite_path)
    assert told(sqlite_path, "stock", "open-location", "SH", "Shanghai") == (0, "")
    return sqlite_path


@contextmanager
def closed(file: Path) -> Iterator[None]:
    """Neither the file nor what lies beside it can be written, and nothing can be laid there."""
    beside = [each for each in file.parent.iterdir() if each.is_file()]
    for each in beside:
        each.chmod(0o444)
    file.parent.chmod(0o555)
    try:
        yield
    finally:
        file.parent.chmod(0o755)
        for each in beside:
            each.chmod(0o644)


def told(file: Path, *words: str) -> tuple[int, str]:
    """How a command ended, and what it complained of."""
    environ = {**os.environ, "RETAIL_DATABASE_URL": f"sqlite:///{file}", "RETAIL_SMS": "file:/dev/null"}
    done = subprocess.run([*AS_ANYBODY, *RETAIL, *words], env=environ, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("is_open", [False, True], ids=["nobody has it open", "a shop has it open"])
def test_who_only_reads_reads_a_file_that_he_cannot_write_and_who_writes_is_told(file: Path, is_open: bool) -> None:
    """R43, R47: neither "cannot be reached" nor our error, and nothing has changed."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        if is_open:
            other.execute("UPDATE retail_locations SET priority = 7")
        else:
            other.close()
        with closed(file):
            assert told(file, "audit") == (0, "")
            assert told(file, "db", "check") == (0, "")
            assert told(file, "db", "upgrade") == (0, "")
            code, words = told(file, "stock", "open-location", "BJ", "Beijing")

    assert code != 0 and "cannot be written" in words and "Traceback" not in words
    with closing(sqlite3.connect(file)) as after:
        assert after.execute("SELECT code FROM retail_locations").fetchall() == [("SH",)]


@pytest.mark.slow
def test_a_schema_behind_in_a_file_that_cannot_be_written_is_told_in_words(sqlite_path: Path) -> None:
    """R44, R47: whoever upgrades learns what stands in the way."""
    migrations.upgrade(f"sqlite:///{sqlite_path}", to="0003")
    with closed(sqlite_path):
        code, words = told(sqlite_path, "db", "upgrade")
    assert code != 0 and words.endswith("[database.read_only]\n") and "Traceback" not in words


def test_a_file_that_can_be_written_is_opened_to_be_written(sqlite_path: Path) -> None:
    with closing(open_file(str(sqlite_path))) as made:
        made.execute("CREATE TABLE anything (at_all)")
    assert not only_reads(str(sqlite_path))


def test_no_file_at_all_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        open_file(str(tmp_path / "no folder" / "shop.db"))
