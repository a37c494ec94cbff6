"""What the set-up says where a machine lacks something (DOR-R7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import set_up
from scripts.set_up import _advice


def test_a_machine_without_authorities_is_told_the_command_that_helps() -> None:
    said = "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] failed: unable to get ...'))"

    assert "apt-get install ca-certificates" in _advice(said)
    assert _advice("no space left on device") == ""


@pytest.mark.parametrize("old", ["pip-23.2.1", "setuptools-65.5.0", "hatchling-1.33.0"])
def test_an_environment_that_kept_old_tools_is_made_anew(old: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_up, "VENV", tmp_path)
    packages = tmp_path / "lib/python3.11/site-packages"
    (packages / "attrs-26.1.0.dist-info").mkdir(parents=True)
    before = set_up._holds_what_no_lock_names("runtime")

    (packages / f"{old}.dist-info").mkdir()

    assert (before, set_up._holds_what_no_lock_names("runtime")) == (False, True)


def test_the_pip_that_works_on_an_environment_stays_outside_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / ".venv"
    monkeypatch.setattr(set_up, "VENV", place)
    monkeypatch.setattr(set_up, "PYTHON", place / "bin/python")
    monkeypatch.setattr(set_up, "PIP", tmp_path / "pip")
    set_up._make_environment()
    (tmp_path / "nothing.txt").touch()

    set_up._a_pip()("install", "--no-index", "-r", str(tmp_path / "nothing.txt"))

    assert list(place.glob("lib/python*/site-packages/*.dist-info")) == []
    assert not set_up._runs(place / "bin/python", "-m", "pip", "--version")
