"""The page about a new context is true: what it says is planted in a copy, kept on every store, and counted."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest
from attrs import frozen

PROJECT: Final = Path(__file__).parents[2]
PAGE: Final = (PROJECT / "docs/how-to/add-a-context.md").read_text(encoding="utf-8")
BLOCK: Final = re.compile(r"^```(?P<kind>py|sql|diff) (?P<path>\S+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)

FILES_MAX: Final = 13
EDITED_MAX: Final = 6
LINES_MAX: Final = 550
PLACES_MAX: Final = 4
"""A context must cost no more than this: the smallest one is what every other one begins with."""

PYTEST: Final = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
LISTED: Final = "tests/architecture/test_manifests.py::test_every_context_is_listed_and_kept_everywhere"
SERVED: Final = "tests/e2e/test_http_matrix.py::test_every_route_stands_in_the_matrix_as_it_is_served"


@frozen
class Cost:
    """What the page asks for."""

    new: Sequence[str]
    edited: Sequence[str]
    lines: int


def blocks() -> Iterator[tuple[str, str, str]]:
    """Kind, path and text of each."""
    return ((one["kind"], one["path"], one["text"]) for one in BLOCK.finditer(PAGE))


def cost() -> Cost:
    """Files that are new, files that are changed, and lines in both."""
    new = [path for kind, path, _ in blocks() if kind != "diff"]
    edited = sorted({path for kind, path, _ in blocks() if kind == "diff"})
    lines = sum(text.count("\n") for kind, _, text in blocks() if kind != "diff")
    lines += sum(text.count("\n+") - text.count("\n-") for kind, _, text in blocks() if kind == "diff")
    return Cost(new, edited, lines)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which the page was followed."""
    root = tmp_path_factory.mktemp("project")
    ignore = shutil.ignore_patterns("__pycache__")
    for folder in ("src", "tests", "scripts", "zoo"):
        shutil.copytree(PROJECT / folder, root / folder, ignore=ignore)
    shutil.copytree(PROJECT / "docs", root / "docs")
    shutil.copy(PROJECT / "pyproject.toml", root)
    for kind, path, text in blocks():
        if kind == "diff":
            _change(root / path, text)
        else:
            (root / path).parent.mkdir(exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
    return root


def _change(file: Path, text: str) -> None:
    lines = text.splitlines()
    old = "\n".join(line[1:] for line in lines if line.startswith("-"))
    new = "\n".join(line[1:] for line in lines if line.startswith("+"))
    before = file.read_text(encoding="utf-8")
    assert before.count(f"{old}\n") == 1, f"the page replaces what is not there once in {file.name}: {old}"
    file.write_text(before.replace(f"{old}\n", f"{new}\n"), encoding="utf-8")


def test_a_context_costs_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    """What is counted is printed."""
    told = cost()
    with capsys.disabled():
        print(f"\n  a context: {len(told.new)} new files, {len(told.edited)} edited, {told.lines} lines")

    assert len(told.new) <= FILES_MAX
    assert len(told.edited) <= min(EDITED_MAX, PLACES_MAX)
    assert told.lines <= LINES_MAX


@pytest.mark.postgres
def test_a_planted_context_passes_the_rooms_that_it_owes(copy: Path, postgres_url: str) -> None:
    """Its own tests on the three stores, the stores' manifests, the migrations, who may call what."""
    tables = ["tests/architecture/test_the_tables_keep_the_way_open.py", "tests/integration/test_migrations.py"]
    told = _run(copy, [*PYTEST, "-x", "tests/contract/test_favourites.py", LISTED, SERVED, *tables])

    assert told.returncode == 0, told.stdout[-4_000:] + told.stderr[-2_000:]


def test_a_planted_context_keeps_the_contracts(copy: Path) -> None:
    told = _run(copy, [str(Path(sys.executable).parent / "lint-imports"), "--no-logo", "--no-cache"])

    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize("left_out", ["src/retail_domain/contexts.py", "tests/e2e/matrix.py"])
def test_whoever_leaves_out_a_registration_is_told_the_line(copy: Path, left_out: str) -> None:
    """A list that has no room for it is named, with what to write there."""
    file = copy / left_out
    whole = file.read_text(encoding="utf-8")
    file.write_text((PROJECT / left_out).read_text(encoding="utf-8"), encoding="utf-8")
    told = _run(copy, [*PYTEST, LISTED if left_out.endswith("contexts.py") else SERVED])
    file.write_text(whole, encoding="utf-8")

    assert told.returncode != 0
    assert "favourites" in told.stdout + told.stderr


def _run(copy: Path, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    roots = os.pathsep.join(str(copy / root) for root in ("src", "src/adapters", "src/entrypoints", "."))
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        command, cwd=copy, env=environ | {"PYTHONPATH": roots, "COLUMNS": "200"}, capture_output=True, text=True, check=False
    )
