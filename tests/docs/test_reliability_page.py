"""The page about reliability names tests that name their promise."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

PROJECT: Final = Path(__file__).parents[2]
ROW: Final = re.compile(r"^\| (?P<ids>R\d[^|]*) \|[^|]*\|(?P<files>[^|]*)\|$", re.MULTILINE)
CLAIMS: Final = [
    (id, file)
    for row in ROW.finditer((PROJECT / "docs/explanation/reliability.md").read_text())
    for id in row["ids"].split(", ")
    for file in re.findall(r"`([^`]+)`", row["files"])
]


@pytest.mark.parametrize(("id", "file"), CLAIMS)
def test_a_promise_is_named_by_the_tests_that_show_it(id: str, file: str) -> None:
    assert re.search(rf"(?<![-\w]){id}(?!\d)", (PROJECT / file).read_text())


def test_every_promise_of_the_purchase_has_a_row() -> None:
    told = {id for id, _ in CLAIMS}

    assert {f"R{number}" for number in (*range(1, 19), *range(25, 29), *range(31, 39), 41, 43, 47)} <= told
