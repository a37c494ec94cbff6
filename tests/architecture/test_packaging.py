"""One wheel, three import packages, in nobody's way (GEN-R21)."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import venv
import zipfile
from email.parser import Parser
from pathlib import Path
from typing import Final

import pytest

PROJECT: Final = Path(__file__).parents[2]
OURS: Final = {"retail_domain", "retail_adapters", "retail_entrypoints"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our wheel, as `make build` makes it."""
    into = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(into)]
    told = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    return next(into.glob("retail_domain-*.whl"))


@pytest.mark.slow
def test_the_wheel_holds_three_packages_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == OURS
    assert {f"{package}/py.typed" for package in OURS} <= set(names)
    assert any(re.fullmatch(r"retail_adapters/sql/migrations/versions/\w+\.py", name) for name in names)
    assert any(name.startswith("retail_entrypoints/http/static/") for name in names)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


@pytest.mark.slow
def test_the_core_requires_attrs_alone(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    metadata = Parser().parsestr(archive.read(next(name for name in archive.namelist() if name.endswith("METADATA"))).decode())

    required = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]

    assert [re.split(r"[<>=~!]", line)[0] for line in required] == ["attrs"]
    assert set(metadata.get_all("Provides-Extra", [])) == {"sql", "http", "pictures", "web", "cli", "testing", "dev", "all"}


@pytest.mark.slow
def test_the_wheel_lives_beside_the_registrys_entrypoints(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "host", with_pip=False, symlinks=True)
    python = tmp_path / "host" / "bin" / "python"
    site = next((tmp_path / "host" / "lib").glob("python*/site-packages"))
    for name in ("entrypoints", "attrs"):
        _copy_distribution(name, site)
    zipfile.ZipFile(wheel).extractall(site)

    told = subprocess.run(
        [python, "-I", "-c", "import entrypoints, retail_domain, retail_entrypoints; print(entrypoints.EntryPoint.__name__)"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert told.returncode == 0, told.stderr
    assert told.stdout.strip() == "EntryPoint"


def _copy_distribution(name: str, site: Path) -> None:
    distribution = importlib.metadata.distribution(name)
    for file in distribution.files or ():
        target = site / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(Path(str(distribution.locate_file(file))).read_bytes())


def test_working_on_the_project_runs_its_source_and_no_copy() -> None:
    """An installed copy would go stale without a word."""
    files = [str(file) for file in importlib.metadata.files("retail-domain") or ()]

    assert files != []
    assert [file for file in files if file.startswith(tuple(f"{package}/" for package in OURS))] == []


def test_what_runs_the_shop_is_locked_without_what_builds_it() -> None:
    """DOR-R7: what builds us is locked in a file of its own."""
    runs, builds = (_pinned(PROJECT / "requirements" / f"{name}.txt") for name in ("runtime", "build"))

    assert {"hatchling", "editables"} <= builds
    assert runs & (builds | {"pip", "setuptools", "wheel", "build"}) == set()


def test_development_has_a_pip_of_its_own_and_no_setuptools() -> None:
    """DOR-R7: the pip that comes with a Python is as old as that Python."""
    locked = _pinned(PROJECT / "requirements" / "dev.txt")

    assert "pip" in locked and not locked & {"setuptools", "wheel"}


def _pinned(lock: Path) -> set[str]:
    return set(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==", lock.read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", ["runtime.txt", "dev.txt", "build.txt"])
def test_the_locks_have_hashes_and_name_no_index(lock: str) -> None:
    text = (PROJECT / "requirements" / lock).read_text()
    pinned = re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==", text, re.MULTILINE)

    assert len(pinned) >= 7
    assert "://" not in text
    assert not re.search(r"^--(index|extra-index|find-links)", text, re.MULTILINE)
    for entry in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in entry


def test_the_locks_satisfy_what_pyproject_asks() -> None:
    """What is installed from the lock is what the extras name."""
    needed = {
        re.split(r"[\[<>=~!; ]", line)[0].lower()
        for line in importlib.metadata.requires("retail-domain") or ()
        if "retail-domain" not in line
    }
    text = (PROJECT / "requirements" / "dev.txt").read_text()
    pinned = set(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==", text, re.MULTILINE))

    assert needed <= pinned, "run `make lock`"
