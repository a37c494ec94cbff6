"""`retail settings set`: what cannot be a value is told as what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from retail_entrypoints.cli.main import FAILED, run
from tests.support.stores import new_file


@pytest.mark.parametrize("typed", ["-1", "0", "99999999999999999999", "-" + "9" * 40, "9" * 4000])
def test_a_number_that_is_too_small_or_too_large_is_told_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    """SET-R1: a whole number it is; what it may be is said."""
    monkeypatch.setenv("RETAIL_DATABASE_URL", f"sqlite:///{tmp_path / 'shop.db'}")
    new_file(tmp_path / "shop.db")

    assert run(["settings", "set", f"orders.pay_seconds={typed}", "--reason", "x"]) == FAILED

    told = capsys.readouterr().err
    assert "orders.pay_seconds: a whole number from " in told and "[range]" in told
