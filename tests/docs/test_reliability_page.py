"""The page about reliability names tests that name their promise."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

PROJECT: Final = Path(__file__).parents[2]
ROW: Final = re.compile(r"^\| (?P<ids>R\d[^|]*) \|[^|]*\|(?P<figures>[^|]*)\|(?P<files>[^|]*)\|$", re.MULTILINE)
RUN: Final = re.compile(r"^\| \*\*(?P<letter>[A-Z])\*\* \|[^|]*\|[^|]*\|[^|]*\|$", re.MULTILINE)
PAGE: Final = (PROJECT / "docs/explanation/reliability.md").read_text()

CLAIMS: Final = [
    (id, file) for row in ROW.finditer(PAGE) for id in row["ids"].split(", ") for file in re.findall(r"`([^`]+)`", row["files"])
]


@pytest.mark.parametrize(("id", "file"), CLAIMS)
def test_a_promise_is_named_by_the_tests_that_show_it(id: str, file: str) -> None:
    assert re.search(rf"(?<![-\w]){id}(?!\d)", (PROJECT / file).read_text())


def test_each_figure_is_of_a_run_that_is_described_or_there_is_none() -> None:
    runs = {run["letter"] for run in RUN.finditer(PAGE)}

    assert runs
    for row in ROW.finditer(PAGE):
        letters = set(re.findall(r"\b[A-Z]\b", row["figures"]))
        assert letters <= runs and (letters or "unproven" in row["figures"]), row["ids"]


def test_every_promise_of_the_purchase_has_a_row() -> None:
    told = {id for id, _ in CLAIMS}

    assert {f"R{number}" for number in (*range(1, 19), *range(25, 29), *range(31, 39), 41, 43, 47)} <= told
