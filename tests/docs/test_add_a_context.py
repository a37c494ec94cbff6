"""The page about a new context is true: what it says is planted in a copy, kept on every store, and counted."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest
from attrs import frozen

from tests.docs.following import PROJECT, PYTEST, blocks_of, copy_of_the_project, follow_page, run

PAGE: Final = "docs/how-to/add-a-context.md"

FILES_MAX: Final = 13
EDITED_MAX: Final = 6
LINES_MAX: Final = 550
PLACES_MAX: Final = 4
"""A context must cost no more than this: the smallest one is what every other one begins with."""

LISTED: Final = "tests/architecture/test_manifests.py::test_every_context_is_listed_and_kept_everywhere"
SERVED: Final = "tests/e2e/test_http_matrix.py::test_every_route_stands_in_the_matrix_as_it_is_served"


@frozen
class Cost:
    """What the page asks for."""

    new: Sequence[str]
    edited: Sequence[str]
    lines: int


def cost() -> Cost:
    """Files that are new, files that are changed, and lines in both; what scripts write is not written by hand."""
    blocks = blocks_of(PAGE)
    new = [block.path for block in blocks if block.kind != "diff"]
    edited = sorted({block.path for block in blocks if block.kind == "diff"})
    lines = sum(block.text.count("\n") for block in blocks if block.kind != "diff")
    lines += sum(block.text.count("\n+") - block.text.count("\n-") for block in blocks if block.kind == "diff")
    return Cost(new, edited, lines)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which the page was followed."""
    root = copy_of_the_project(tmp_path_factory.mktemp("project"))
    follow_page(root, PAGE)
    return root


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
    told = run(copy, [*PYTEST, "-x", "tests/contract/test_findings.py", LISTED, SERVED, *tables])

    assert told.returncode == 0, told.stdout[-4_000:] + told.stderr[-2_000:]


def test_a_planted_context_keeps_the_contracts(copy: Path) -> None:
    told = run(copy, [str(Path(sys.executable).parent / "lint-imports"), "--no-logo", "--no-cache"])

    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize("left_out", ["src/retail_domain/contexts.py", "tests/e2e/matrix.py"])
def test_whoever_leaves_out_a_registration_is_told_the_line(copy: Path, left_out: str) -> None:
    """A list that has no room for it is named, with what to write there."""
    file = copy / left_out
    whole = file.read_text(encoding="utf-8")
    file.write_text((PROJECT / left_out).read_text(encoding="utf-8"), encoding="utf-8")
    told = run(copy, [*PYTEST, LISTED if left_out.endswith("contexts.py") else SERVED])
    file.write_text(whole, encoding="utf-8")

    assert told.returncode != 0
    assert "findings" in told.stdout + told.stderr
