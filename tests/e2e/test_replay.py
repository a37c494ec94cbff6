"""A made-up order history through the public use cases, reconciled to the penny, on both databases."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from benchmarks.made_up_history import write_history

REPLAY: Final = Path(__file__).parents[2] / "benchmarks" / "replay.py"


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Sixty invoices, some of them give something back."""
    file = tmp_path / "history.csv.gz"
    write_history(file, invoices=60, seed=7)
    return file


@pytest.mark.slow
def test_a_history_reconciles_to_the_penny_on_sqlite(history: Path, sqlite_path: Path) -> None:
    _reconciles(history, f"sqlite:///{sqlite_path}")


@pytest.mark.slow
def test_a_history_reconciles_to_the_penny_on_postgresql(history: Path, empty_postgres_url: str) -> None:
    _reconciles(history, empty_postgres_url)


def _reconciles(history: Path, database: str) -> None:
    command = [sys.executable, REPLAY, history, "--database", database]
    told = subprocess.run(command, capture_output=True, text=True, check=False)

    assert told.returncode == 0, told.stdout + told.stderr
    assert "reconciled to the penny: yes; audit findings: 0" in told.stdout
    assert "refunds 0" not in told.stdout, "the history gives nothing back, so the test proves too little"
